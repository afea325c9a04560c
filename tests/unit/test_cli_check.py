"""``sluice policy check``, called as an operator calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handler.entrypoints.cli import main
from handler.settings import PACKAGED_POLICY

if TYPE_CHECKING:
    from pathlib import Path

POLICY = '@id("look") permit(principal in Group::"oncall", action == Action::"view", resource);\n'
SETTINGS = '[groups]\noncall = "S0ONCALL"\n'
CASE = '[[case]]\nname = "on-call looks"\ngiven = { groups = ["oncall"], action = "view" }\nexpect = "allowed"\n'
FAILED = "1 of 2 cases came out otherwise.\n"
INVALID = "The policy is not valid: Sluice would not start with it.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small policy that is in order."""
    (tmp_path / "policy.cedar").write_text(POLICY, "utf-8")
    (tmp_path / "settings.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "cases.toml").write_text(CASE, "utf-8")
    return tmp_path


def test_the_shipped_policy_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """The packaged policy is valid and every case of it holds; a case that does not is told here by its name."""
    code = main(["policy", "check"], {})
    said = capsys.readouterr()

    assert (code, said.err) == (0, "")
    assert said.out.startswith("The policy is valid (version ")


def test_the_folder_is_the_one_that_the_function_would_use(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a folder it is POLICY_DIR that is checked; a folder that is named goes before it."""
    codes = [
        main(["policy", "check"], {"POLICY_DIR": str(folder)}),
        main(["policy", "check", str(folder)], {"POLICY_DIR": str(PACKAGED_POLICY)}),
        main(["policy", "check", "--policy", str(folder)], {"POLICY_DIR": str(PACKAGED_POLICY)}),
        main(["policy", "check", str(PACKAGED_POLICY)], {"POLICY_DIR": str(folder)}),
    ]
    versions = [line.split("version ")[1].split(")")[0] for line in capsys.readouterr().out.splitlines()]

    assert codes == [0, 0, 0, 0]
    assert versions[0] == versions[1] == versions[2] != versions[3]


def test_a_folder_that_is_named_twice_is_a_wrong_call(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody has to guess which of the two was checked."""
    with pytest.raises(SystemExit) as ended:
        main(["policy", "check", str(folder), "--policy", str(PACKAGED_POLICY)], {})

    assert ended.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "policy.cedar",
            POLICY + "permit(principal, action resource);\n",
            "policy.cedar, line 2: this policy cannot be read: unexpected token `resource`.\n" + INVALID,
        ),
        (
            "policy.cedar",
            POLICY + '\n@id("run")\npermit(principal in Group::"onkall", action == Action::"run", resource);\n',
            'policy.cedar, line 3, run: names Group::"onkall", which is not in [groups] of settings.toml;'
            " did you mean oncall?\n" + INVALID,
        ),
        (
            "policy.cedar",
            POLICY.replace("view", "veiw"),
            "policy.cedar, line 1, look: unable to find an applicable action given the policy scope constraints.\n"
            'policy.cedar, line 1, look: unrecognized action `Action::"veiw"`.\n' + INVALID,
        ),
        (
            "settings.toml",
            SETTINGS + "[limits]\nworkers = [10, 2]\n",
            "settings.toml: limits.workers has a least, 10, above its most, 2.\n" + INVALID,
        ),
        (
            "settings.toml",
            SETTINGS + "[limits\n",
            "settings.toml is not TOML: Expected ']' at the end of a table declaration (at line 3, column 8).\n"
            + INVALID,
        ),
        (
            "cases.toml",
            CASE + CASE.replace("oncall", "onkall"),
            'cases.toml, line 5: "on-call looks" names the group onkall, which is not in [groups] of settings.toml;'
            " did you mean oncall?\n" + INVALID,
        ),
        (
            "cases.toml",
            CASE + CASE.replace('"view"', '"veiw"'),
            "cases.toml, line 5: case.2.given.action must be one of view, scale, run, cancel, approve, audit.\n"
            + INVALID,
        ),
        (
            "cases.toml",
            "# first\n" + CASE + "\n" + CASE.replace('"view"', '"run"').replace("looks", "runs"),
            'cases.toml, line 7: "on-call runs" expects allowed; the policy says denied.\n' + FAILED,
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, expected: str
) -> None:
    """Whatever is wrong is a sentence with file and line, on the error stream, and the exit code is 1."""
    (folder / name).write_text(text, "utf-8")

    code = main(["policy", "check", str(folder)], {})
    said = capsys.readouterr()

    assert (1, "", expected) == (code, said.out, said.err)


@pytest.mark.parametrize("policy", ["", "// later\n", "forbid(principal, action, resource);\n"])
def test_a_policy_without_a_permit_is_not_passed(folder: Path, capsys: pytest.CaptureFixture[str], policy: str) -> None:
    """Nobody may do anything by it, which is safe to start with but hardly meant: it says how to lock on purpose."""
    (folder / "policy.cedar").write_text(policy, "utf-8")
    (folder / "cases.toml").unlink()

    code = main(["policy", "check", str(folder)], {})

    assert code == 1
    assert capsys.readouterr().err == (
        "policy.cedar has no permit, so nobody may do anything. To lock everything for a while, keep the rules and add:"
        " forbid (principal, action, resource);\n"
    )


def test_a_policy_without_cases_passes_and_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That nothing was tried is not told as if everything had come out well."""
    (folder / "cases.toml").unlink()

    code = main(["policy", "check", str(folder)], {})

    assert code == 0
    assert capsys.readouterr().out.endswith("); there are no cases in cases.toml to try.\n")


def test_a_folder_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip in the folder's name is a sentence, too, which does not blame a variable that was not used."""
    code = main(["policy", "check", str(tmp_path / "none")], {})

    assert code == 1
    assert "none is not a folder: name the one with policy.cedar and settings.toml, on" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["policy"], ["polcy"], ["policy", "chekc"], ["policy", "check", "a", "b"]])
def test_words_that_make_no_command_are_a_wrong_call(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    """A wrong call is told apart from a wrong policy by its exit code, 2, and shows how to call."""
    with pytest.raises(SystemExit) as ended:
        main(words, {})

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: sluice")


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["policy", "check", "--polcy", "x"], "sluice policy check"),
        (["policy", "check", "a", "b"], "sluice policy check"),
        (["policy", "why", "--job", "x", "--nap"], "sluice policy why"),
        (["audit", "verify", "--jab", "x"], "sluice audit verify"),
        (["doctor", "--depth"], "sluice doctor"),
        (["socket", "--port"], "sluice socket"),
    ],
)
def test_a_wrong_option_shows_how_its_command_is_called(
    capsys: pytest.CaptureFixture[str], words: list[str], command: str
) -> None:
    """The usage is that of the command, which has the right options, not that of all of Sluice."""
    with pytest.raises(SystemExit) as ended:
        main(words, {})

    said = capsys.readouterr().err
    assert (ended.value.code, said.partition("[-h]")[0]) == (2, f"usage: {command} ")
    assert f"\n{command}: error: " in said


def test_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever puts the command into a script finds there what its exit codes mean."""
    with pytest.raises(SystemExit) as ended:
        main(["policy", "check", "--help"], {})

    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "exit codes:\n  0  the policy is valid" in said
    assert "\n  1  it is not, or a case came out otherwise; each problem is told" in said
