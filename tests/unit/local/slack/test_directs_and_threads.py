"""Direct messages with the bot, and the threads below messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError

from infra.local.slack.refusals import UnknownInPlaygroundError
from tests.unit.local.slack.conftest import CHANNEL, KIM, LEE

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from infra.local.slack.workspace import Workspace
    from tests.unit.local.slack.stub_app import StubApp

KIMS, LEES = "D0KIM", "D0LEE"
BUTTON = {"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}}
CARD: list[dict[str, Any]] = [{"type": "actions", "elements": [BUTTON]}]


def texts(workspace: Workspace, user: str, channel: str) -> list[str]:
    """What somebody reads in a channel."""
    return [message.text for message in workspace.messages(user, channel)]


def test_a_message_to_a_person_goes_to_their_direct_messages(workspace: Workspace, client: WebClient) -> None:
    """The answer names the channel it went to, under which it can be edited; the channels hear nothing of it."""
    posted = client.chat_postMessage(channel=LEE, text="for Lee")
    assert posted["channel"] == LEES
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="for Lee alone")
    assert texts(workspace, LEE, LEES) == ["for Lee alone"]
    assert texts(workspace, LEE, CHANNEL) == []


@pytest.mark.parametrize("nobody", ["U9", "U0SLUICE", "D9"], ids=["unknown", "the bot itself", "no such channel"])
def test_there_are_direct_messages_with_people_only(client: WebClient, nobody: str) -> None:
    """Neither somebody unknown nor the bot itself can be written to."""
    with pytest.raises(SlackApiError) as raised:
        client.chat_postMessage(channel=nobody, text="x")
    assert raised.value.response["error"] == "channel_not_found"


def test_only_a_new_message_finds_its_way_by_a_persons_id(client: WebClient) -> None:
    """`chat.update` wants the channel that the answer named, as Slack's does."""
    posted = client.chat_postMessage(channel=LEE, text="x")
    with pytest.raises(SlackApiError) as raised:
        client.chat_update(channel=LEE, ts=posted["ts"], text="y")
    assert raised.value.response["error"] == "channel_not_found"


def test_nobody_sees_anothers_direct_messages(workspace: Workspace, client: WebClient) -> None:
    """Looking there, and typing there, is refused with what there is instead."""
    client.chat_postMessage(channel=LEE, text="for Lee")
    with pytest.raises(UnknownInPlaygroundError, match=KIMS):
        workspace.messages(KIM, LEES)
    with pytest.raises(UnknownInPlaygroundError, match=KIMS):
        workspace.command(KIM, LEES, "help")


def test_a_command_can_be_typed_to_the_bot_alone(workspace: Workspace, app: StubApp) -> None:
    """The form then has the direct messages' id and the name Slack gives all of these."""
    workspace.command(KIM, KIMS, "help")
    form = app.got[0].form
    assert (form["channel_id"], form["channel_name"]) == (KIMS, "directmessage")


def test_a_click_in_direct_messages_names_them(workspace: Workspace, app: StubApp, client: WebClient) -> None:
    """`block_actions` carries the same id and name."""
    posted = client.chat_postMessage(channel=KIM, text="x", blocks=CARD)
    workspace.click(KIM, KIMS, posted["ts"], "approve")
    assert app.got[0].payload["channel"] == {"id": KIMS, "name": "directmessage"}


def test_the_page_shows_ones_own_direct_messages_and_who_else_has_news(workspace: Workspace, client: WebClient) -> None:
    """The screen lists one's own under the bot's name; of others' it tells only when the last message came."""
    ts = client.chat_postMessage(channel=LEE, text="for Lee")["ts"]
    shown = httpx.get(f"{workspace.url}/page/screen", params={"user": KIM}).json()
    (direct,) = (one for one in shown["channels"] if one["is_direct"])
    assert (direct["id"], direct["name"], direct["messages"]) == (KIMS, "Sluice", [])
    assert {person["id"]: person["direct"] for person in shown["people"] if person["id"] in (KIM, LEE, "U0SLUICE")} == {
        KIM: {"id": KIMS, "latest": ""},
        LEE: {"id": LEES, "latest": ts},
        "U0SLUICE": None,
    }


def test_a_message_tells_of_the_thread_below_it(workspace: Workspace, app: StubApp, client: WebClient) -> None:
    """A click's payload counts the replies that everybody sees, and names the latest."""
    ts = client.chat_postMessage(channel=CHANNEL, text="root", blocks=CARD)["ts"]
    kept, gone = (client.chat_postMessage(channel=CHANNEL, text=text, thread_ts=ts)["ts"] for text in ("a", "b"))
    client.chat_postEphemeral(channel=CHANNEL, user=KIM, text="c", thread_ts=ts)
    client.chat_delete(channel=CHANNEL, ts=gone)
    workspace.click(KIM, CHANNEL, ts, "approve")
    message = app.got[0].payload["message"]
    assert (message["thread_ts"], message["reply_count"], message["latest_reply"]) == (ts, 1, kept)


def test_a_message_without_replies_tells_of_no_thread(client: WebClient) -> None:
    """Neither a message alone nor a reply counts replies."""
    ts = client.chat_postMessage(channel=CHANNEL, text="root")["ts"]
    reply = client.chat_postMessage(channel=CHANNEL, text="a", thread_ts=ts)["message"]
    alone = client.chat_postMessage(channel=CHANNEL, text="alone")["message"]
    assert ("reply_count" in reply, "thread_ts" in alone) == (False, False)
    assert ts == reply["thread_ts"]
