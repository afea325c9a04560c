"""``sluice socket``: what stops it from beginning, each a sentence that says what to do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from handler.domain.errors import SettingsInvalid
from handler.entrypoints.cli import main
from handler.entrypoints.socket_command import run
from handler.settings import socket_settings
from tests.contract.ledgers import Dynamo
from tests.slack_socket import SlackSide

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "ap-northeast-2"
TOLD = {
    "SLACK_APP_TOKEN": "xapp-1-hush",
    "SLACK_BOT_TOKEN": "xoxb-hush",
    "NCP_ACCESS_KEY": "access-hush",
    "NCP_SECRET_KEY": "secret-hush",
    "REQUESTS_TABLE": "requests",
    "AUDIT_TABLE": "audit",
}


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A shell that is told everything, an AWS in this process, and Slack on loopback."""
    for name in ("HTTP_PROXY", "http_proxy", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with SlackSide() as slack, mock_aws():
        slack.answers["auth.test"] = {"ok": False, "error": "invalid_auth"}
        yield {**TOLD, "SLACK_API_URL": slack.api_url}


def stopped(capsys: pytest.CaptureFixture[str], environ: dict[str, str]) -> str:
    """Return what is said when it cannot begin; no secret is in it."""
    code = run(environ, threading.Event())
    said = capsys.readouterr()
    assert (code, said.out) == (1, "")
    assert "hush" not in said.err
    return said.err


def test_every_setting_that_is_missing_is_named_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody who tries it for the first time reads one list, not one error after the other."""
    assert stopped(capsys, {}).splitlines() == [
        "Sluice cannot begin:",
        "SLACK_APP_TOKEN is not set, so Slack's websocket cannot be opened.",
        "Neither SLACK_SECRET_ID nor SLACK_BOT_TOKEN is set, so Slack cannot be called.",
        "Neither NCP_SECRET_ID nor NCP_ACCESS_KEY with NCP_SECRET_KEY is set, so Data Flow cannot be called.",
        "REQUESTS_TABLE is not set; it names a DynamoDB table.",
        "AUDIT_TABLE is not set; it names a DynamoDB table.",
        "`sluice socket --help` says what it needs.",
    ]


def test_a_token_of_another_kind_is_told_by_its_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    """The two tokens are easily swapped."""
    said = stopped(capsys, {**TOLD, "SLACK_APP_TOKEN": "xoxb-hush", "SLACK_BOT_TOKEN": "xapp-1-hush"})

    assert "SLACK_APP_TOKEN is no app-level token: one begins with xapp- and has no blanks." in said
    assert "SLACK_BOT_TOKEN is no bot token: one begins with xoxb- and has no blanks." in said


def test_a_bots_token_that_slack_does_not_take_is_told(
    capsys: pytest.CaptureFixture[str], environ: dict[str, str]
) -> None:
    """Without it nobody would be answered, so it does not begin."""
    said = stopped(capsys, environ)

    assert said.startswith("Slack does not take the bot's token (invalid_auth).\n→ https://api.slack.com/apps")


def test_a_table_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str], environ: dict[str, str]) -> None:
    """Each command would end in trouble, so it does not begin, and says how to come by tables."""
    with SlackSide() as slack:
        without_both = {**environ, "SLACK_API_URL": slack.api_url}
        without_audit = {**without_both, "REQUESTS_TABLE": Dynamo(boto3.client("dynamodb")).requests_table}
        said = [stopped(capsys, told) for told in (without_both, without_audit)]

    there_is_no = "There is no table {} in the region ap-northeast-2 of this account."
    assert [line.splitlines()[0] for line in said] == [there_is_no.format("requests"), there_is_no.format("audit")]
    assert all("→ in another terminal: make demo" in line for line in said)


def test_a_laptop_is_quiet_unless_told_otherwise() -> None:
    """The lines of a deployment's log are for machines; a terminal shows warnings."""
    assert socket_settings(TOLD).worker.log_level == "WARNING"
    assert socket_settings({**TOLD, "LOG_LEVEL": "INFO"}).worker.log_level == "INFO"


def test_the_apps_token_is_hidden() -> None:
    """It shows itself nowhere, nor does a wrong one."""
    assert "hush" not in repr(socket_settings(TOLD))
    with pytest.raises(SettingsInvalid) as caught:
        socket_settings({**TOLD, "SLACK_APP_TOKEN": "hush"})
    assert "hush" not in str(caught.value)


def test_help_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    """Each variable that has no default is named."""
    with pytest.raises(SystemExit) as ended:
        main(["socket", "--help"], {})
    said = capsys.readouterr().out

    assert ended.value.code == 0
    assert [name for name in TOLD if name not in said] == []
