"""``sluice socket`` as a process: a command comes over the websocket, its answer goes to Slack, Ctrl-C ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.shell import variables
from tests.slack_socket import SlackSide, command, interaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.playground import Playground

pytestmark = pytest.mark.xdist_group("playground")  # one playground, whichever process runs these

ROOT = Path(__file__).resolve().parents[2]
BEGIN_SECONDS = 30


@pytest.fixture
def slack() -> Iterator[SlackSide]:
    """A workspace of which only the side that Socket Mode shows is there."""
    with SlackSide() as side:
        side.answers["usergroups.users.list"] = {"ok": True, "users": ["U0KIM"]}
        side.answers["conversations.history"] = {"ok": True, "messages": []}
        yield side


def started(up: Playground, slack: SlackSide, **environ: str) -> subprocess.Popen[str]:
    """Start the command in a shell that has read the playground's file."""
    told = {
        **variables(up.deployment, up.dataflow_url),
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "SLACK_API_URL": slack.api_url,
        "SLACK_APP_TOKEN": "xapp-1-playground",
        "SLACK_BOT_TOKEN": "xoxb-playground",
        **environ,
    }
    words = [sys.executable, "-m", "handler.entrypoints.cli", "socket"]
    return subprocess.Popen(words, cwd=ROOT, env=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603 - words of the tests only


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """End it as Ctrl-C does; return its exit code and what it said."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=BEGIN_SECONDS)
    return process.returncode, out, err


def text_of(arguments: dict[str, Any]) -> str:
    """Return a message's plain words."""
    return str(arguments["text"])


def test_a_conversation_over_the_websocket(up: Playground, slack: SlackSide) -> None:
    """Look, change, press a button: each is acknowledged with its envelope, and answered where Slack wants it."""
    address = f"http://{slack.address}/response"
    process = started(up, slack)
    try:
        link = slack.link()
        link.send(command("status job001", "envelope-1", address, "1.1.1"))
        assert link.received() == {"envelope_id": "envelope-1"}
        assert "job001" in text_of(slack.called("response"))

        link.send(command("scale job001 workers=+1 because backlog", "envelope-2", address, "2.2.2"))
        assert link.received() == {"envelope_id": "envelope-2"}
        told = slack.called("chat.postMessage")
        assert (told["channel"], told["bearer"]) == ("C0INCIDENT", "xoxb-playground")
        assert text_of(told).startswith("Done: job001 workers ")

        link.send(
            interaction(
                "block_actions", "envelope-3", actions=[{"action_id": "nobody", "value": "x"}], response_url=address
            )
        )
        assert link.received() == {"envelope_id": "envelope-3"}
        assert "another version" in text_of(slack.called("response"))
    finally:
        code, out, err = ended(process)

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "Sluice answers as @sluice in Acme: type /dataflow help where @sluice was invited to.",
        "Its records: sluice-socket-requests, sluice-socket-audit. It ticks each minute.",
        "Ctrl-C ends it.",
        "ending: what is under way is finished first",
        "ended",
    ]


def test_a_wrong_token_is_one_sentence(up: Playground, slack: SlackSide) -> None:
    """Slack does not take the app's token: nothing begins, and the page that mends it is named."""
    slack.answers["apps.connections.open"] = {"ok": False, "error": "invalid_auth"}
    process = started(up, slack)
    out, err = process.communicate(timeout=BEGIN_SECONDS)

    assert (process.returncode, out) == (1, "")
    assert err.startswith("Slack does not take SLACK_APP_TOKEN (invalid_auth).\n→ https://api.slack.com/apps")
