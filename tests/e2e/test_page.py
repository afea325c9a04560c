"""The playground's page in a real browser: pick somebody, type, press, fill in a form."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk import WebClient
from starlette.responses import Response

from infra.local.slack.serving import serve
from tests.unit.local.slack.stub_app import running_app

if TYPE_CHECKING:
    from tests.unit.local.slack.stub_app import Got

ROOT = Path(__file__).resolve().parents[2]
CHANNEL = "C0INCIDENT"
DATE = "<!date^1795402413^{date_num}|2026-11-23>"
FORM: dict[str, Any] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Scale a job"},
    "submit": {"type": "plain_text", "text": "Preview"},
    "blocks": [
        {
            "type": "input",
            "label": {"type": "plain_text", "text": "Workers"},
            "element": {"type": "number_input", "is_decimal_allowed": False, "action_id": "workers"},
        }
    ],
}


def card(outcome: str | None = None) -> list[dict[str, Any]]:
    """A request's card: with a button, or with how it went."""
    text = f"*scale wordcount* asked by <@U0KIM> at {DATE}, because &lt;!channel&gt; `x &amp; y`"
    approve = {"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}}
    last: dict[str, Any] = {"type": "actions", "elements": [approve]}
    if outcome is not None:
        last = {"type": "context", "elements": [{"type": "mrkdwn", "text": outcome}]}
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text}}, last]


def answering(client: WebClient, got: Got) -> Response:
    """Be a small app: a card for a change, a form for a bare `scale`, and words for one person."""
    form = got.form
    if form.get("text") == "scale":
        client.views_open(trigger_id=form["trigger_id"], view=FORM)
    elif form.get("text") == "help":
        client.chat_postEphemeral(channel=CHANNEL, user=form["user_id"], text="for you")
    elif "command" in form:
        client.chat_postMessage(channel=CHANNEL, text="a card", blocks=card())
    elif got.payload["type"] == "block_actions":
        pressed = got.payload
        outcome = f"approved by <@{pressed['user']['id']}>"
        client.chat_update(channel=CHANNEL, ts=pressed["message"]["ts"], text=outcome, blocks=card(outcome))
    return Response()


@pytest.fixture(scope="module")
def chromium() -> str:
    """Where the browser is."""
    found = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium on this machine; with one the page is tried in it")
    if not (ROOT / "node_modules" / "playwright-core").is_dir():
        pytest.skip("what drives the browser is not installed: npm ci")
    return found


def run(*words: str) -> str:
    """Run a program of ours in the repository; gives what it printed."""
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - words of this file only
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_person_uses_the_page(chromium: str) -> None:
    """What one does reaches the app as whoever is picked; what the app says is read as Slack reads it."""
    run("npm", "run", "--silent", "build")
    with serve() as workspace, running_app() as app:
        client = WebClient("xoxb-playground", base_url=workspace.api_url)
        app.answer = lambda got: answering(client, got)
        workspace.connect(app.url)
        seen = json.loads(run("node", "tests/e2e/page.mjs", f"{workspace.url}/", chromium))
        origin = workspace.url
    command, click, _bare, submission, _help = app.got
    assert (command.form["user_id"], command.form["text"]) == ("U0KIM", "scale wordcount workers=8")
    assert (click.payload["user"]["id"], click.payload["actions"][0]["action_id"]) == ("U0LEE", "approve")
    (entered,) = submission.payload["view"]["state"]["values"].values()
    assert entered["workers"]["value"] == "6"
    assert "because <!channel> x & y" in seen.pop("card")
    assert seen == {
        "errors": [],
        "origins": [origin],
        "mentions": ["@Kim Minji"],
        "moment": "2026-11-23",
        "history": "/dataflow scale wordcount workers=8",
        "after": "approved by @Lee Jun",
        "buttonsAfter": 0,
        "complaint": "Please enter a valid number.",
        "private": "Only visible to you",
        "overflow": 0,
        "badge": True,
    }


def test_the_pages_reading_of_slacks_markup() -> None:
    """The page's own tests of mrkdwn and dates pass."""
    if shutil.which("node") is None:
        pytest.skip("there is no Node on this machine; with one the page's markup tests run")
    assert "# fail 0" in run("node", "--test", "infra/local/web/")
