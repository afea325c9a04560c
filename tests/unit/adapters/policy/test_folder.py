"""The policy's folder: what is read, what stops the function, and the version that goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handler.adapters.policy.cedar import CedarPolicy
from handler.adapters.policy.folder import PolicyTexts, read_texts
from handler.domain.authority import Action, Allowed
from handler.domain.errors import PolicyInvalid, SettingsInvalid
from tests.unit.adapters.policy.examples import CONTRACT, GROUPS, policy_of, question

if TYPE_CHECKING:
    from pathlib import Path


def folder_of(path: Path, **files: str | bytes) -> Path:
    """Write a policy folder; ``files`` are policy, settings and cases."""
    names = {"policy": "policy.cedar", "settings": "settings.toml", "cases": "cases.toml"}
    for part, content in files.items():
        (path / names[part]).write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def problems_of(folder: Path) -> tuple[str, ...]:
    """Return what is wrong with a folder."""
    with pytest.raises(PolicyInvalid) as caught:
        CedarPolicy.from_folder(folder)
    return caught.value.problems


def test_a_folder_is_a_policy(tmp_path: Path) -> None:
    """A folder with the contract's policy and its groups decides."""
    policy = CedarPolicy.from_folder(folder_of(tmp_path, policy=CONTRACT, settings=GROUPS))

    assert isinstance(policy.decide(question(Action.SCALE, "oncall")), Allowed)
    assert policy.warnings == ()


@pytest.mark.parametrize(("mark", "newline"), [("\ufeff", "\r\n"), ("", "\r\n"), ("", "\r"), ("\ufeff", "\n")])
def test_a_file_of_another_editor_is_the_same_policy(tmp_path: Path, mark: str, newline: str) -> None:
    """A byte order mark and other line ends change neither what is decided nor the version."""
    edited = [(mark + text.replace("\n", newline)).encode() for text in (CONTRACT, GROUPS)]
    policy = CedarPolicy.from_folder(folder_of(tmp_path, policy=edited[0], settings=edited[1]))

    assert isinstance(policy.decide(question(Action.SCALE, "oncall")), Allowed)
    assert policy_of(CONTRACT).version == policy.version


def test_cases_are_read_where_there_are_any(tmp_path: Path) -> None:
    """The cases may be left out; when they are there they are part of the texts."""
    folder_of(tmp_path, policy=CONTRACT, settings=GROUPS)
    without = read_texts(tmp_path)
    folder_of(tmp_path, cases="# none\r\n")

    assert PolicyTexts(CONTRACT, GROUPS, None) == without
    assert PolicyTexts(CONTRACT, GROUPS, "# none\n") == read_texts(tmp_path)


def test_the_version_changes_with_each_file() -> None:
    """Each difference in words is another version, also when a text moves from one file to the next."""
    texts = [
        PolicyTexts("a", "b", "c"),
        PolicyTexts("a ", "b", "c"),
        PolicyTexts("a", "b ", "c"),
        PolicyTexts("a", "b", "c "),
        PolicyTexts("a", "b", ""),
        PolicyTexts("a", "b"),
        PolicyTexts("ab", "", "c"),
    ]

    assert len({each.version for each in texts}) == len(texts)
    assert all(len(each.version) == 12 and each.version.isalnum() for each in texts)


def test_a_folder_that_is_none_stops_the_function(tmp_path: Path) -> None:
    """A wrong one is told by its name, before anything is looked for in it, wherever it was named."""
    wanted = "name the one with policy.cedar and settings.toml, on the command line or in POLICY_DIR."

    assert problems_of(tmp_path / "none") == (f"{tmp_path / 'none'} is not a folder: {wanted}",)


def test_every_missing_file_is_told(tmp_path: Path) -> None:
    """An empty folder lacks both files, and both are named."""
    assert problems_of(tmp_path) == (
        f"{tmp_path / 'policy.cedar'} is missing.",
        f"{tmp_path / 'settings.toml'} is missing.",
    )


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    """A file in another encoding is refused with the place of the first byte that cannot be read."""
    folder_of(tmp_path, policy="// 정책".encode("cp949"), settings=GROUPS, cases=b"\xff")

    assert problems_of(tmp_path) == (
        f"{tmp_path / 'policy.cedar'} is not UTF-8 text: byte 4 cannot be read; save it as UTF-8.",
        f"{tmp_path / 'cases.toml'} is not UTF-8 text: byte 1 cannot be read; save it as UTF-8.",
    )


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A folder in the place of a file is refused with the system's reason."""
    (tmp_path / "policy.cedar").mkdir()
    folder_of(tmp_path, settings=GROUPS)

    assert problems_of(tmp_path) == (f"{tmp_path / 'policy.cedar'} could not be read: Is a directory.",)


def test_the_problems_of_both_files_are_told_together(tmp_path: Path) -> None:
    """A wrong setting does not hide a wrong policy; groups are not blamed while the settings are unreadable."""
    folder_of(tmp_path, policy='permit(principal in Group::"x", action, resource); permit;', settings="[limit]")

    assert problems_of(tmp_path) == (
        "settings.toml: limit is not a setting; did you mean limits?",
        "policy.cedar, line 1: this policy cannot be read: unexpected token `;`.",
    )


def test_wrong_settings_alone_stop_the_function(tmp_path: Path) -> None:
    """A good policy with settings that cannot work is not used."""
    assert len(problems_of(folder_of(tmp_path, policy=CONTRACT, settings="[limits]\nworkers = [3, 2]"))) == 1


def test_a_group_that_the_settings_lack_stops_the_function(tmp_path: Path) -> None:
    """A policy that names a group which no settings know would silently never apply, so it is refused."""
    folder_of(tmp_path, policy=CONTRACT, settings='[groups]\noncall = "S0ONCALL"')

    with pytest.raises(SettingsInvalid, match='names Group::"leads"'):
        CedarPolicy.from_folder(tmp_path)
