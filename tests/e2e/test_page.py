"""The playground's page in a real browser: pick somebody, type, press, fill in a form."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk import WebClient
from starlette.responses import Response

from infra.local.slack.serving import serve
from tests.unit.local.slack.stub_app import running_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.local.slack.stub_app import Got

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


def long_section(*, expand: bool) -> dict[str, Any]:
    """A section that Slack would fold unless it is told to expand."""
    lines = "\n".join(f"line {number}" for number in range(1, 21))
    return {"type": "section", "text": {"type": "mrkdwn", "text": lines}, "expand": expand}


def answering(client: WebClient, got: Got) -> Response:
    """Be a small app: a card for a change, a form for a bare `scale`, words for one person, long ones for all."""
    form = got.form
    if form.get("text") == "scale":
        client.views_open(trigger_id=form["trigger_id"], view=FORM)
    elif form.get("text") == "help":
        client.chat_postEphemeral(channel=CHANNEL, user=form["user_id"], text="for you")
    elif form.get("text") == "long":
        for expand in (True, False):
            client.chat_postMessage(channel=CHANNEL, text="long", blocks=[long_section(expand=expand)])
    elif "command" in form:
        client.chat_postMessage(channel=CHANNEL, text="a card", blocks=card())
    elif got.payload["type"] == "block_actions":
        pressed = got.payload
        outcome = f"approved by <@{pressed['user']['id']}>"
        root = pressed["message"]["ts"]
        client.chat_update(channel=CHANNEL, ts=root, text=outcome, blocks=card(outcome))
        client.chat_postMessage(channel=CHANNEL, text="<@U0KIM>: done, tell <!subteam^S0LEADS>", thread_ts=root)
        client.chat_postMessage(channel="U0PARK", text="for Park, about <#C0INCIDENT>")
    return Response()


@pytest.mark.xdist_group("page")
def test_a_person_uses_the_page(chromium: str, run: Callable[..., str]) -> None:
    """What one does reaches the app as whoever is picked; what the app says is read as Slack reads it."""
    run("npm", "run", "--silent", "build")
    with serve() as workspace, running_app() as app:
        client = WebClient("xoxb-playground", base_url=workspace.api_url)
        app.answer = lambda got: answering(client, got)
        workspace.connect(app.url)
        seen = json.loads(run("node", "tests/e2e/page.mjs", f"{workspace.url}/", chromium))
        origin = workspace.url
    command, click, _bare, submission, _help, _long = app.got
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
        "replies": ["1 reply", "@Kim Minji: done, tell @leads"],
        "hasNews": ["Park Sora"],
        "direct": "for Park, about #incident",
        "hasNewsAfter": [],
        "folded": {"seeMore": 1, "shown": 1, "shownAfter": 2},
        "complaint": "Please enter a valid number.",
        "private": "Only visible to you",
        "privateAfter": 1,
        "overflow": 0,
        "badge": True,
    }


def test_the_pages_reading_of_slacks_markup(run: Callable[..., str]) -> None:
    """The page's own tests of mrkdwn and dates pass."""
    if shutil.which("node") is None:
        pytest.skip("there is no Node on this machine; with one the page's markup tests run")
    assert "# fail 0" in run("node", "--test", "infra/local/web/")
