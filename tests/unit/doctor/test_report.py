"""The doctor's table, its JSON and its exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from handler.entrypoints.cli import main
from handler.entrypoints.doctor.command import look_over
from handler.entrypoints.doctor.evidence import Wanted
from handler.entrypoints.doctor.examination import CHECKS
from handler.entrypoints.doctor.findings import Finding, Green, NotChecked, Red
from handler.entrypoints.doctor.report import LINE_WIDTH, as_json, exit_code, lines, summary
from tests.unit.doctor.clinic import ACCESS_KEY, BOT_TOKEN, HUSH, SECRET_KEY, Reply

if TYPE_CHECKING:
    from tests.unit.doctor.clinic import Clinic

OK = Finding("front", Green("answers"))
WRONG = Finding("last tick", Red("The last tick was 14 min ago.", "aws logs tail worker"))
UNKNOWN = Finding("clock", NotChecked("NAVER was not read"))


def test_a_finding_is_a_line_and_what_mends_it_another() -> None:
    """Name, result and words stand in columns; the command stands alone, so that it can be copied."""
    assert [line for finding in (OK, WRONG, UNKNOWN) for line in lines(finding)] == [
        "front               ok   answers",
        "last tick           RED  The last tick was 14 min ago.",
        "                         → aws logs tail worker",
        "clock               -    not checked, because NAVER was not read",
    ]


def test_a_long_sentence_goes_on_below_its_column() -> None:
    """No line of words is wider than a terminal, and a command is never broken."""
    long = Finding("settings", Red("sluice-prod-requests " * 20, "command " * 60))
    *words, command = lines(long)

    assert (len(words) > 1, max(map(len, words)) <= LINE_WIDTH) == (True, True)
    assert {line[:25] for line in words[1:]} == {" " * 25}
    assert {word for line in words for word in line[25:].split()} == {"sluice-prod-requests"}
    assert command.strip() == "→ " + ("command " * 60).strip()


@pytest.mark.parametrize(("findings", "code"), [([OK], 0), ([OK, UNKNOWN], 0), ([OK, WRONG, UNKNOWN], 1), ([], 0)])
def test_the_exit_code_says_whether_anything_is_wrong(findings: list[Finding], code: int) -> None:
    """What could not be looked at is wrong only if something else is."""
    assert (exit_code(findings), json.loads(as_json(findings))["ok"]) == (code, code == 0)


def test_a_script_reads_the_same_as_a_person() -> None:
    """JSON has each check with its result, and the words in fields of their own."""
    assert json.loads(as_json([OK, WRONG, UNKNOWN])) == {
        "ok": False,
        "checks": [
            {"check": "front", "result": "ok", "seen": "answers"},
            {
                "check": "last tick",
                "result": "red",
                "wrong": "The last tick was 14 min ago.",
                "mend": "aws logs tail worker",
            },
            {"check": "clock", "result": "not checked", "because": "NAVER was not read"},
        ],
    }
    assert summary([OK, WRONG, UNKNOWN]) == "1 ok, 1 red, 1 not checked."


def test_a_deployment_in_order_ends_with_nothing_wrong(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    """All lines are printed, then their number; no secret is among them, nor in what the door was asked."""
    code = look_over(clinic.wanted, clinic.tools)
    said = capsys.readouterr()

    assert (code, said.err) == (0, "")
    assert said.out.endswith(f"\n{len(CHECKS)} ok, 0 red, 0 not checked.\n")
    assert HUSH not in said.out + "".join(clinic.heard)


def test_nothing_is_handed_over_by_looking(clinic: Clinic) -> None:
    """The door answers the doctor by itself: worker hears of none of it, and AWS is only ever asked to tell."""
    clinic.findings()

    assert [json.loads(line)["outcome"] for line in clinic.heard] == ["challenged", "unauthentic"]
    assert {asked.partition("_")[0].partition(" ")[0] for asked in clinic.aws.asked} == {"describe", "get", "query"}


def test_what_mends_names_the_region_that_was_given(clinic: Clinic) -> None:
    """Commands to be copied are whole."""
    clinic.wanted = Wanted("prod", "ap-northeast-2", clinic.url)
    clinic.aws.answers["describe_stacks"] = {"Stacks": []}
    found = clinic.findings()["stack"]

    assert isinstance(found, Red)
    assert found.mend.endswith(": make deploy STAGE=prod REGION=ap-northeast-2")


def test_the_page_says_which_rights_it_takes(clinic: Clinic) -> None:
    """The actions that docs/operations.md lists are the operations of AWS that are called, and no other."""
    clinic.findings()
    called = {asked.partition(" ")[0].replace("_", "") for asked in clinic.aws.asked}
    page = (Path(__file__).resolve().parents[3] / "docs" / "operations.md").read_text("utf-8")
    section = page.partition("## Who may run the doctor")[2].partition("## ")[0]

    assert {action.lower() for action in re.findall(r"[a-z]+:([A-Z][A-Za-z]+)", section)} == called


def test_json_is_all_that_a_script_gets(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json nothing else is printed, and the exit code is the same."""
    clinic.naver = Reply("no", 401)
    code = look_over(clinic.wanted, clinic.tools, json=True)

    assert code == 1
    assert [each["check"] for each in json.loads(capsys.readouterr().out)["checks"]] == list(CHECKS)


def test_a_disposable_stage_needs_no_protection(clinic: Clinic) -> None:
    """Its tables are looked at, but not whether they could be lost."""
    clinic.aws.answers["describe_continuous_backups"] = {"ContinuousBackupsDescription": {}}
    clinic.wanted = Wanted("prod", through=clinic.url, is_disposable=True)
    found = clinic.findings()

    because = NotChecked("its tables may be lost (--disposable)")
    assert {name for name, verdict in found.items() if verdict != because and not isinstance(verdict, Green)} == set()
    assert (found["requests kept"], found["audit kept"]) == (because, because)


def test_a_laptop_is_looked_over_by_its_variables(clinic: Clinic) -> None:
    """Without a stage the variables of the shell are taken, and what only a deployment has is not looked for."""
    clinic.wanted = Wanted()
    clinic.environ |= {
        **clinic.aws.answers["get_function_configuration sluice-prod-worker"]["Environment"]["Variables"],
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "NCP_ACCESS_KEY": ACCESS_KEY,
        "NCP_SECRET_KEY": SECRET_KEY,
    }
    found = clinic.findings()

    deployed = {"stack", "signing secret", "front", "requests kept", "audit kept"}
    deployed |= {"last tick", "deployed policy", "seals", "failure queue"}
    assert {name for name, verdict in found.items() if verdict == NotChecked("no --stage was given")} == deployed
    assert {name for name, verdict in found.items() if isinstance(verdict, Green)} == set(CHECKS) - deployed


def test_a_laptops_secret_is_filled_where_it_is(clinic: Clinic) -> None:
    """No make knows of it, so the command names the secret and what must stand in the file; nothing of it is shown."""
    clinic.wanted = Wanted()
    clinic.environ |= clinic.aws.answers["get_function_configuration sluice-prod-worker"]["Environment"]["Variables"]
    clinic.aws.answers["get_secret_value sluice/prod/ncp"] = {"SecretString": "{}"}
    found = clinic.findings()["NAVER keys"]

    assert isinstance(found, Red)
    assert found.mend == (
        "aws secretsmanager put-secret-value --secret-id sluice/prod/ncp --secret-string file://secret.json"
        '   (secret.json: {"access_key": "...", "secret_key": "..."})'
    )


def test_without_any_settings_every_missing_one_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty shell is told everything at once, and how to go on."""
    code = main(["doctor"], {})
    said = capsys.readouterr().out

    assert code == 1
    for name in ("SLACK_BOT_TOKEN", "NCP_SECRET_KEY", "REQUESTS_TABLE", "AUDIT_TABLE"):
        assert name in said
    assert "→ set them in this shell, or give --stage" in said


def test_a_region_that_can_be_none_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """boto3 refuses it before anything is asked; the doctor says where to look, and goes on with what it can."""
    for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    code = main(["doctor", "--stage", "prod", "--region", "mars 1", "--json"], {})
    found = {each["check"]: each for each in json.loads(capsys.readouterr().out)["checks"]}

    assert code == 1
    assert found["stack"]["wrong"] == "AWS could not be asked for the stack (InvalidRegionError)."
    assert "the name of the region" in found["stack"]["mend"]
    assert {name for name, each in found.items() if each["result"] == "ok"} == {"policy", "policy cases"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--stage", ""], "letters, digits and dashes, such as prod"),
        (["--stage", "prod/../x"], "letters, digits and dashes, such as prod"),
        (["--through", "front"], "an address with http:// or https://"),
        (["--through", "https://[x"], "an address with http:// or https://"),
        (["--stag"], "expected one argument"),
        (["prod"], "unrecognized arguments: prod"),
    ],
)
def test_a_wrong_call_is_told_apart(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    """It ends with 2, before anything is asked."""
    with pytest.raises(SystemExit) as ended:
        main(["doctor", *words], {})

    assert ended.value.code == 2
    assert said in capsys.readouterr().err
