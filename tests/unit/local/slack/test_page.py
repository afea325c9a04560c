"""The page's server side: what one person's screen holds, live updates, and who may press buttons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.unit.local.slack.conftest import CHANNEL, KIM, LEE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient

    from infra.local.slack.workspace import Workspace
    from tests.unit.local.slack.stub_app import StubApp


@pytest.fixture
def browser(workspace: Workspace) -> Iterator[httpx.Client]:
    """What the page's script uses."""
    with httpx.Client(base_url=workspace.url) as client:
        yield client


def screen(browser: httpx.Client, user: str) -> dict[str, Any]:
    """What somebody's page would draw."""
    shown: dict[str, Any] = browser.get("/page/screen", params={"user": user}).raise_for_status().json()
    return shown


def texts(shown: dict[str, Any]) -> list[str]:
    """The messages in the channel."""
    (channel,) = (one for one in shown["channels"] if one["id"] == CHANNEL)
    return [message["text"] for message in channel["messages"]]


def test_each_person_sees_their_own_screen(browser: httpx.Client, client: WebClient) -> None:
    """Messages are for all, ephemeral ones for one; everybody can be picked, with name and role."""
    client.chat_postMessage(channel=CHANNEL, text="for all")
    client.chat_postEphemeral(channel=CHANNEL, user=KIM, text="for Kim")
    kims, lees = screen(browser, KIM), screen(browser, LEE)
    assert (texts(kims), texts(lees)) == (["for all", "for Kim"], ["for all"])
    assert tuple(person[name] for person in kims["people"] for name in ("name", "role") if person["id"] == KIM) == (
        "Kim Minji",
        "on call",
    )


def test_what_is_done_on_the_page_reaches_the_app_and_its_log(browser: httpx.Client, app: StubApp) -> None:
    """A command typed on the page is a signed request, and the screen tells how soon it was acknowledged."""
    done = browser.post("/page/do/command", json={"user": KIM, "channel": CHANNEL, "text": "help"})
    (channel, *_) = screen(browser, KIM)["channels"]
    (delivery,) = channel["deliveries"]
    assert (done.status_code, app.got[0].form["text"]) == (200, "help")
    assert (delivery["what"], delivery["error"]) == ("/dataflow help", None)
    assert screen(browser, LEE)["channels"][0]["deliveries"] == []


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("command", {"user": "U9", "channel": CHANNEL, "text": "x"}),
        ("command", {"user": KIM}),
        ("reset", {}),
        ("say", {"user": KIM, "channel": CHANNEL, "text": ""}),
    ],
    ids=["nobody", "half a command", "no verb of a person", "nothing said"],
)
def test_what_cannot_be_done_is_refused(browser: httpx.Client, verb: str, arguments: dict[str, Any]) -> None:
    """The page is told why; nothing is sent."""
    refused = browser.post(f"/page/do/{verb}", json=arguments)
    assert refused.status_code == 400
    assert refused.json()["error"]


def test_another_sites_page_can_press_nothing(browser: httpx.Client, app: StubApp) -> None:
    """A form post from elsewhere, or a foreign name for this address, is refused before it is looked at."""
    body = json.dumps({"user": KIM, "channel": CHANNEL, "text": "help"})
    as_form = browser.post("/page/do/command", content=body, headers={"Content-Type": "text/plain"})
    foreign = browser.post("/page/do/command", content=body, headers={"Host": "elsewhere.example"})
    assert ([as_form.status_code, foreign.status_code], app.got) == ([400, 400], [])


def test_changes_are_told_as_they_happen(browser: httpx.Client, client: WebClient) -> None:
    """The stream tells the revision at once, and again after each change."""
    with browser.stream("GET", "/page/changes") as stream:
        lines = stream.iter_lines()
        first = next(lines)
        client.chat_postMessage(channel=CHANNEL, text="news")
        later = next(line for line in lines if line and line != first)
    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert int(first.removeprefix("data: ")) < int(later.removeprefix("data: "))


def test_a_permalink_opens_the_page_at_its_message(browser: httpx.Client, client: WebClient) -> None:
    """The browser is sent to the page with channel and message in the fragment."""
    ts = client.chat_postMessage(channel=CHANNEL, text="here")["ts"]
    link = client.chat_getPermalink(channel=CHANNEL, message_ts=ts)["permalink"]
    assert f"/#{CHANNEL}/p{ts.replace('.', '')}" == browser.get(link).headers["location"]


def test_everything_can_be_looked_at_from_another_process(browser: httpx.Client, client: WebClient) -> None:
    """The control endpoint shows deleted and edited messages too, and no secrets."""
    ts = client.chat_postMessage(channel=CHANNEL, text="before")["ts"]
    client.chat_update(channel=CHANNEL, ts=ts, text="after")
    client.chat_delete(channel=CHANNEL, ts=ts)
    browser.post("/page/do/command", json={"user": KIM, "channel": CHANNEL, "text": "help"})
    answer = browser.get("/_control/state")
    (message,) = answer.json()["messages"]
    assert (
        message["deleted"],
        message["text"],
        [edit["text"] for edit in message["edits"]],
    ) == (True, "after", ["before"])
    assert "playground-signing-secret" not in answer.text
    assert "v0=" not in answer.text
