"""``sluice policy why``, called as an operator calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handler.adapters.policy.cedar import CedarPolicy
from handler.entrypoints.cli import main
from handler.settings import PACKAGED_POLICY

if TYPE_CHECKING:
    from pathlib import Path

ONCALL = ["--groups", "oncall", "--job", "wordcount"]
SETTLEMENT = ["--groups", "leads", "--job", "settlement-close"]
EMERGENCY = ["--break-glass", "--because", "backlog"]
REST = "timeout 360 min as before, until undone, without a reason."
WITHOUT = "and an emergency waits for none. Ask without break-glass."

POLICY = """\
// The first line of a file's own comment.

// Looking is free.
@id("look") permit(principal, action == Action::"view", resource);
  // indented, so no comment of the rule
@id("here") permit(principal, action == Action::"scale", resource)
when { context.channel == "C0INCIDENT" };
@id("named") permit(principal == User::"U0KIM", action == Action::"scale", resource) when { context.approvals >= 1 };
@id("not-deleting") forbid(principal, action == Action::"scale", resource) when { resource.status == "CREATING" };
@id("script") forbid(principal, action == Action::"scale", resource)
when { resource.type == "SCRIPT" && context.workers * 9223372036854775807 > 3 };
"""
SETTINGS = '[groups]\noncall = ["U0KIM"]\nnight = ["U0KIM", "U0HAN"]\n[limits]\nworkers = [2, 20000]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy whose groups are lists of people."""
    (tmp_path / "policy.cedar").write_text(POLICY, "utf-8")
    (tmp_path / "settings.toml").write_text(SETTINGS, "utf-8")
    return tmp_path


def why(capsys: pytest.CaptureFixture[str], *words: str, folder: Path | None = None) -> tuple[int, list[str]]:
    """Ask; return the exit code and the lines that were said."""
    code = main(["policy", "why", *words], {"POLICY_DIR": str(folder)} if folder else {})
    return code, capsys.readouterr().out.splitlines()


def wrong(capsys: pytest.CaptureFixture[str], *words: str, folder: Path | None = None) -> str:
    """Call wrongly; return what is said about it."""
    with pytest.raises(SystemExit) as ended:
        main(["policy", "why", *words], {"POLICY_DIR": str(folder)} if folder else {})
    assert ended.value.code == 2
    return capsys.readouterr().err.partition("error: ")[2].strip()


def test_a_change_that_needs_approval_is_explained_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """The answer, what was asked, what would pass at once, who may approve, and the rule with its comment and line."""
    code, lines = why(capsys, *ONCALL, "--workers", "8")
    policy = (PACKAGED_POLICY / "policy.cedar").read_text("utf-8").splitlines()
    line = policy.index('@id("oncall-with-approval")') + 1

    assert code == 1
    assert lines[:7] == [
        "Needs 1 approval.",
        f"Asked: somebody (oncall), job wordcount, workers 2 → 8, {REST}",
        "6 workers are the most that pass straight away, all else as asked.",
        "May approve: leads; nobody their own.",
        f"policy.cedar, line {line}: oncall-with-approval permits it with 1 approval",
        f"    {policy[line - 2]}",
        '    @id("oncall-with-approval")',
    ]
    assert lines[-2:] == [
        "    when { context.approvals >= 1 };",
        f"Policy version {CedarPolicy.from_folder(PACKAGED_POLICY).version}.",
    ]


@pytest.mark.parametrize(
    ("words", "code", "answer"),
    [
        ([*ONCALL, "--workers", "4"], 0, "Allowed straight away."),
        ([*ONCALL, "--workers", "+2", "--timeout-now", "2d"], 0, "Allowed straight away."),
        ([*ONCALL, "--workers", "+7"], 1, "Needs 2 approvals by different people."),
        ([*ONCALL, "--timeout", "12h"], 0, "Allowed straight away."),
        ([*ONCALL, "--timeout", "721"], 1, "Needs 1 approval."),
        ([*ONCALL, "--timeout", "90", "--workers-now", "10"], 0, "Allowed straight away."),
        ([*SETTLEMENT, "--workers", "3"], 1, "Needs 1 approval."),
        ([*ONCALL, *EMERGENCY, "--workers", "8"], 0, "Allowed straight away."),
        ([*ONCALL, *EMERGENCY, "--workers", "8", "--for", "2h"], 0, "Allowed straight away."),
        (
            [*SETTLEMENT, *EMERGENCY, "--workers", "3"],
            1,
            f"Denied: it needs 1 approval, {WITHOUT}",
        ),
        (
            [*ONCALL, *EMERGENCY, "--workers", "9"],
            1,
            f"Denied: it needs 2 approvals by different people, {WITHOUT}",
        ),
        (["--groups", "viewers", "--job", "a", "--workers", "3"], 1, "Denied: no rule permits it."),
        (["--groups", "--job", "a", "--workers", "3"], 1, "Denied: no rule permits it."),
        (
            [*ONCALL, "--workers", "11"],
            1,
            "Not possible: workers may be 2 to 10 ([limits] of settings.toml), not 11.",
        ),
        (
            [*ONCALL, "--timeout", "2d"],
            1,
            "Not possible: timeout may be 1 to 1440 minutes ([limits] of settings.toml), not 2880.",
        ),
        (
            [*ONCALL, "--workers", "2"],
            1,
            "Not possible: the job has these values already. --workers-now and --timeout-now say what it has.",
        ),
        (
            [*ONCALL, *EMERGENCY, "--workers", "8", "--for", "121m"],
            1,
            "Not possible: an emergency lasts 120 minutes at the most ([break_glass] of settings.toml), not 121.",
        ),
        (
            [*ONCALL, "--workers", "8", "--status", "DELETED"],
            1,
            "Not possible: the job does not allow any change (wrong_status).",
        ),
    ],
)
def test_the_first_line_is_the_answer_and_the_exit_code_too(
    capsys: pytest.CaptureFixture[str], words: list[str], code: int, answer: str
) -> None:
    """0 is allowed straight away, 1 is anything else, and the first line says it in words."""
    found, lines = why(capsys, *words)

    assert (code, answer) == (found, lines[0])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([*ONCALL, "--workers", "9"], ["6 workers"]),
        ([*ONCALL, "--workers", "4", "--timeout", "20h"], ["No number of workers", "720 minutes of timeout"]),
        ([*ONCALL, "--timeout", "20h"], ["720 minutes of timeout"]),
        ([*ONCALL, *EMERGENCY, "--workers", "9"], ["8 workers"]),
        ([*SETTLEMENT, "--workers", "3"], ["No number of workers"]),
        ([*ONCALL, "--workers", "3"], []),
    ],
)
def test_what_would_pass_straight_away_is_told_for_each_value(
    capsys: pytest.CaptureFixture[str], words: list[str], expected: list[str]
) -> None:
    """For each value asked for, the most that would need nobody; nothing of the kind when nobody is needed."""
    _, lines = why(capsys, *words)
    told = [line for line in lines if line.endswith("straight away, all else as asked.")]

    assert expected == [line.split(" are the most")[0].split(" passes")[0] for line in told]


def test_everything_that_was_said_reaches_the_question(capsys: pytest.CaptureFixture[str]) -> None:
    """The second line repeats the question, so that a slip in it is seen."""
    asked = ["--user", "U0KIM", "--groups", "oncall", "viewers", "--channel", "C0INCIDENT", "--job", "orders-daily"]
    change = ["--workers", "5", "--timeout", "1h30m", "--for", "30m", "--workers-now", "3", "--timeout-now", "60"]
    _, lines = why(capsys, *asked, *change, *EMERGENCY)

    assert lines[1] == (
        "Asked: U0KIM (oncall, viewers) in C0INCIDENT, job orders-daily, workers 3 → 5, timeout 60 → 90 min,"
        " for 30 min, with a reason, as an emergency."
    )


def test_each_rule_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    """A rule that permits and a rule that forbids are told apart, each with the place where it stands."""
    _, lines = why(capsys, *SETTLEMENT, "--workers", "3")
    rules = [line.partition(": ")[2] for line in lines if line.startswith("policy.cedar, line ")]

    assert rules == [
        "oncall-small permits it with 1 approval",
        "oncall-with-approval permits it with 1 approval",
        "settlement-never-alone forbids it with fewer",
    ]


def test_all_of_a_rules_comment_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Several lines right above a rule are its comment, in their order, also at the beginning of the file."""
    rule = 'permit(principal, action == Action::"scale", resource);'
    (folder / "policy.cedar").write_text(f"// one\n// two\n{rule}\n// three\n", "utf-8")

    _, lines = why(capsys, "--groups", "--job", "a", "--workers", "3", folder=folder)

    assert lines[2:-1] == ["policy.cedar, line 3: policy0 permits it", "    // one", "    // two", f"    {rule}"]


def test_the_channel_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is free in one channel is not in another; the groups of a person are known where they are lists."""
    words = ["--user", "U0HAN", "--job", "a", "--workers", "3"]
    here, lines = why(capsys, *words, "--channel", "C0INCIDENT", folder=folder)
    there, _ = why(capsys, *words, "--channel", "C0DATA", folder=folder)

    assert (here, there) == (0, 1)
    assert lines[1].startswith("Asked: U0HAN (night) in C0INCIDENT")
    assert lines[2:-1] == [
        "policy.cedar, line 6: here permits it",
        '    @id("here") permit(principal, action == Action::"scale", resource)',
        '    when { context.channel == "C0INCIDENT" };',
    ]


def test_a_person_that_the_policy_names_is_asked_about_by_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rule on one person decides about that person only; limits too wide to be tried are not tried."""
    code, lines = why(capsys, "--user", "U0KIM", "--job", "a", "--workers", "3", folder=folder)

    assert code == 1
    assert lines[:3] == [
        "Needs 1 approval.",
        f"Asked: U0KIM (night, oncall), job a, workers 2 → 3, {REST}",
        "No group may approve it.",
    ]


@pytest.mark.parametrize(
    ("words", "answer", "rules"),
    [
        (
            ["--status", "CREATING"],
            "Denied: the policy forbids it.",
            ["policy.cedar, line 9: not-deleting forbids it"],
        ),
        (
            ["--type", "SCRIPT"],
            "Denied: script (could not be evaluated).",
            ["policy.cedar, line 10: script (could not be evaluated)"],
        ),
        (["--type", "half a pair \udcff"], "Denied: the question (could not be evaluated).", []),
    ],
)
def test_what_is_forbidden_is_told_by_its_rule(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], answer: str, rules: list[str]
) -> None:
    """A prohibition, and a rule or a question that Cedar cannot evaluate, deny, and are named."""
    code, lines = why(capsys, "--user", "U0KIM", "--job", "a", "--workers", "3", *words, folder=folder)

    assert code == 1
    assert lines[0] == answer
    assert rules == [line for line in lines if line.startswith("policy.cedar")]


def test_another_policy_can_be_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--policy goes before POLICY_DIR, so that a change of the policy can be tried before it is anywhere."""
    words = ["--user", "U0HAN", "--job", "a", "--workers", "3", "--channel", "C0INCIDENT"]

    assert why(capsys, *words, "--policy", str(folder))[0] == 0


def test_a_policy_that_is_not_valid_allows_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The problems are told instead of an answer, and the exit code is not that of a yes."""
    (folder / "policy.cedar").write_text(POLICY + "permit;", "utf-8")

    code = main(["policy", "why", *ONCALL, "--workers", "3"], {"POLICY_DIR": str(folder)})
    said = capsys.readouterr()

    assert (code, said.out) == (1, "")
    assert said.err == (
        "policy.cedar, line 12: this policy cannot be read: unexpected token `;`.\n"
        "The policy is not valid, so nothing is allowed.\n"
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--job", "a", "--workers", "8"], "say who asks: --user, --groups or both"),
        (
            ["--user", "U0KIM", "--job", "a", "--workers", "8"],
            "only Slack knows who is in oncall, leads, viewers: name the groups of U0KIM with --groups",
        ),
        (
            ["--groups", "onkall", "--job", "a", "--workers", "8"],
            "onkall is not in [groups] of settings.toml; did you mean oncall?",
        ),
        (ONCALL, "say what should change: --workers, --timeout or both"),
        ([*ONCALL, "--workers", "8", "--break-glass"], "--break-glass needs a reason: add --because"),
        (
            [*ONCALL, "--workers", "8", "--break-glass", "--because", " "],
            "--break-glass needs a reason: add --because",
        ),
        (["--groups", "oncall", "--workers", "8"], "the following arguments are required: --job"),
        ([*ONCALL, "--workers", "-2"], "argument --workers: '-2' cannot be read; write 8 or +2"),
        ([*ONCALL, "--workers", "2", "--workers-now", "+1"], "argument --workers-now: '+1' cannot be read; write 4"),
        (
            [*ONCALL, "--timeout", "2x"],
            "argument --timeout: '2x' cannot be read; write 90 (minutes), 90m, 2h, 1h30m or 1d",
        ),
        (
            [*ONCALL, "--workers", "8", "--for", "0"],
            "argument --for: '0' cannot be read; write 90 (minutes), 90m, 2h, 1h30m or 1d",
        ),
        (
            ["--user", "@kim", "--job", "a", "--workers", "8"],
            "argument --user: '@kim' is not an id of Slack's, such as U0123ABCD",
        ),
        (
            [*ONCALL, "--channel", "#incident", "--workers", "8"],
            "argument --channel: '#incident' is not an id of Slack's, such as C0123ABCD",
        ),
        (["--groups", "oncall", "--job", "\udcff", "--workers", "8"], "argument --job: this is not text in UTF-8"),
    ],
)
def test_a_wrong_call_says_what_to_write(capsys: pytest.CaptureFixture[str], words: list[str], expected: str) -> None:
    """A call that asks nothing that can be answered ends with 2 and one sentence; it never guesses."""
    assert wrong(capsys, *words) == expected


def test_help_tells_the_exit_codes_and_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """--help shows a call that can be copied, and what the exit codes mean."""
    with pytest.raises(SystemExit) as ended:
        main(["policy", "why", "--help"], {})
    said = capsys.readouterr().out

    assert ended.value.code == 0
    assert "sluice policy why --groups oncall --job wordcount --workers 8" in said
    assert "0  allowed straight away" in said
