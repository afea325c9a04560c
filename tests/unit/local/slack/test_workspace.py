"""What people do reaches the app as Slack would send it, and what the app answers shows as Slack would show it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.signature import Clock as VendorClock
from slack_sdk.signature import SignatureVerifier
from starlette.responses import JSONResponse, PlainTextResponse, Response

from infra.local.slack.cast import PLAYGROUND
from infra.local.slack.refusals import UnknownInPlaygroundError
from infra.local.slack.serving import serve
from tests.unit.local.slack.conftest import CHANNEL, KIM, LEE

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from infra.local.slack.workspace import Workspace
    from tests.fakes.clock import FakeClock
    from tests.unit.local.slack.stub_app import Got, StubApp

BLOCKS: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "scale?"}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "value": "R1",
                "text": {"type": "plain_text", "text": "Approve"},
            },
            {
                "type": "static_select",
                "action_id": "pick",
                "options": [{"text": {"type": "plain_text", "text": "Two"}, "value": "2"}],
            },
        ],
    },
]


class Standing(VendorClock):
    """The vendor's verifier at our time."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.at.timestamp()


def verified(got: Got, at: datetime, secret: str = PLAYGROUND.signing_secret) -> bool:
    """Ask the vendor whether a request is genuine."""
    return SignatureVerifier(secret, Standing(at)).is_valid_request(got.body, got.headers)


def test_a_command_has_every_field_of_slack_and_a_signature_the_vendor_takes(
    workspace: Workspace, app: StubApp, clock: FakeClock
) -> None:
    """A slash command is the form of Slack's documentation, signed over its raw body."""
    delivery = workspace.command(KIM, CHANNEL, "scale wordcount workers=4 because 적체 & *bold*")
    (got,) = app.got
    form = got.form
    issued = {form.pop(name) for name in ("response_url", "trigger_id", "token")}
    assert form == {
        "team_id": "T0SLUICE",
        "team_domain": "sluice-playground",
        "channel_id": CHANNEL,
        "channel_name": "incident",
        "user_id": KIM,
        "user_name": "minji",
        "command": "/dataflow",
        "text": "scale wordcount workers=4 because 적체 & *bold*",
        "api_app_id": "A0SLUICE",
        "is_enterprise_install": "false",
    }
    assert len(issued) == 3
    assert got.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (verified(got, clock.at), verified(got, clock.at, "another-secret")) == (True, False)
    assert (delivery.status, delivery.error) == (200, None)


def test_the_host_header_can_be_another_than_the_addresss(workspace: Workspace, app: StubApp) -> None:
    """A local emulator tells functions apart by the Host header."""
    workspace.connect(app.url, "front.lambda-url.us-east-1.on.aws")
    workspace.command(KIM, CHANNEL, "help")
    assert app.got[0].headers["host"] == "front.lambda-url.us-east-1.on.aws"


def test_a_click_carries_the_message_and_what_was_pressed(
    workspace: Workspace, app: StubApp, client: WebClient, clock: FakeClock
) -> None:
    """`block_actions` tells who pressed which button of which message, with trigger and address."""
    posted = client.chat_postMessage(channel=CHANNEL, text="scale?", blocks=BLOCKS)
    delivery = workspace.click(LEE, CHANNEL, posted["ts"], "approve")
    payload = app.got[0].payload
    (action,) = payload["actions"]
    assert (payload["type"], payload["user"]["id"], payload["channel"]["id"]) == ("block_actions", LEE, CHANNEL)
    assert tuple(action[name] for name in ("action_id", "block_id", "type", "value")) == (
        "approve",
        "decide",
        "button",
        "R1",
    )
    assert posted["message"] == payload["message"]
    assert {"type": "message", "message_ts": posted["ts"], "channel_id": CHANNEL, "is_ephemeral": False} == payload[
        "container"
    ]
    assert payload["response_url"].startswith(f"{workspace.url}/response/")
    assert (delivery.what, verified(app.got[0], clock.at)) == ("Approve", True)


def test_a_click_in_an_ephemeral_message_carries_no_message(
    workspace: Workspace, app: StubApp, client: WebClient
) -> None:
    """What only one person sees is not repeated to the app, as in Slack."""
    ts = client.chat_postEphemeral(channel=CHANNEL, user=KIM, text="x", blocks=BLOCKS)["message_ts"]
    workspace.click(KIM, CHANNEL, ts, "approve")
    assert (app.got[0].payload["container"]["is_ephemeral"], "message" in app.got[0].payload) == (True, False)


def test_a_menu_tells_the_option_that_was_chosen(workspace: Workspace, app: StubApp, client: WebClient) -> None:
    """Choosing in a menu sends the whole option."""
    ts = client.chat_postMessage(channel=CHANNEL, text="x", blocks=BLOCKS)["ts"]
    workspace.click(KIM, CHANNEL, ts, "pick", "2")
    assert BLOCKS[1]["elements"][1]["options"][0] == app.got[0].payload["actions"][0]["selected_option"]


def test_shortcuts_and_events_are_sent_as_slack_sends_them(
    workspace: Workspace, app: StubApp, client: WebClient, clock: FakeClock
) -> None:
    """A global shortcut, a message's shortcut and an event each have their own shape, all signed."""
    ts = client.chat_postMessage(channel=CHANNEL, text="wordcount is slow")["ts"]
    workspace.shortcut(KIM, CHANNEL, "scale_job")
    workspace.shortcut(KIM, CHANNEL, "scale_from_message", ts)
    workspace.event(KIM, {"type": "app_home_opened", "user": KIM, "tab": "home"})
    first, second = (got.payload for got in app.got[:2])
    assert (first["type"], first["callback_id"]) == ("shortcut", "scale_job")
    assert (second["type"], second["message"]["text"]) == ("message_action", "wordcount is slow")
    assert app.got[2].headers["content-type"] == "application/json"
    assert b'"event_callback"' in app.got[2].body
    assert [verified(got, clock.at) for got in app.got] == [True] * 3


def test_a_redelivery_is_the_same_body_signed_anew(workspace: Workspace, app: StubApp, clock: FakeClock) -> None:
    """`resend` is what a duplicate looks like: same trigger, later timestamp."""
    delivery = workspace.command(KIM, CHANNEL, "help")
    clock.move_on(seconds=60)
    workspace.resend(delivery)
    first, second = app.got
    assert first.body == second.body
    assert (first.headers == second.headers, verified(second, clock.at)) == (False, True)


FAILING: dict[str, tuple[Response, str]] = {
    "a crash": (Response(status_code=500), "dispatch_failed"),
    "refused": (Response(status_code=401), "dispatch_failed"),
    "wrong blocks": (JSONResponse({"blocks": [{"type": "sparkle"}]}), "invalid_command_response"),
}


@pytest.mark.parametrize(("answer", "error"), FAILING.values(), ids=FAILING.keys())
def test_a_command_that_fails_is_shown_as_slack_shows_it(
    workspace: Workspace, app: StubApp, answer: Response, error: str
) -> None:
    """Only the person who typed is told, by Slackbot, with Slack's word for it."""
    app.answer = lambda _: answer
    delivery = workspace.command(KIM, CHANNEL, "help")
    (told,) = workspace.messages(KIM, CHANNEL)
    assert (f'/dataflow failed with the error "{error}"', "USLACKBOT") == (told.text, told.user)
    assert (error, []) == (delivery.error, workspace.messages(LEE, CHANNEL))


def test_a_late_acknowledgement_is_an_operation_timeout(app: StubApp) -> None:
    """An answer after Slack's patience, which is 3 s and here 0.1 s, is as good as none."""
    given_up = threading.Event()

    def late(_got: Got) -> Response:
        given_up.wait(30)
        return Response()

    app.answer = late
    with serve(acknowledge_within_seconds=0.1) as impatient:
        impatient.connect(app.url)
        delivery = impatient.command(KIM, CHANNEL, "help")
        (told,) = impatient.messages(KIM, CHANNEL)
    given_up.set()
    assert (delivery.error, delivery.status) == ("operation_timeout", None)
    assert delivery.acknowledged_in_ms >= 100
    assert told.text == '/dataflow failed with the error "operation_timeout"'


def test_an_app_that_is_not_there_is_a_dispatch_failure(workspace: Workspace) -> None:
    """Nobody listens at the address."""
    workspace.connect("http://127.0.0.1:9/")
    assert workspace.command(KIM, CHANNEL, "help").error == "dispatch_failed"


@pytest.mark.parametrize(
    ("answer", "kim_reads", "lee_reads"),
    [
        (PlainTextResponse("hi"), ["hi"], []),
        (JSONResponse({"text": "hi"}), ["hi"], []),
        (JSONResponse({"text": "hi", "response_type": "in_channel"}), ["hi"], ["hi"]),
        (Response(), [], []),
    ],
    ids=["text", "JSON", "in channel", "empty"],
)
def test_an_acknowledgement_with_words_is_shown(
    workspace: Workspace, app: StubApp, answer: Response, kim_reads: list[str], lee_reads: list[str]
) -> None:
    """A body of 200 is a message to the person, or to the channel if it says so."""
    app.answer = lambda _: answer
    workspace.command(KIM, CHANNEL, "help")
    assert (kim_reads, lee_reads) == tuple([m.text for m in workspace.messages(user, CHANNEL)] for user in (KIM, LEE))


def test_what_there_is_not_is_told_and_not_sent(workspace: Workspace, app: StubApp, client: WebClient) -> None:
    """A mistake in a script names what there is instead."""
    ts = client.chat_postMessage(channel=CHANNEL, text="x", blocks=BLOCKS)["ts"]
    with pytest.raises(UnknownInPlaygroundError, match="U0KIM"):
        workspace.command("U9", CHANNEL, "help")
    with pytest.raises(UnknownInPlaygroundError, match="C0DATA"):
        workspace.command(KIM, "C9", "help")
    with pytest.raises(UnknownInPlaygroundError, match="approve"):
        workspace.click(KIM, CHANNEL, ts, "aprove")
    with pytest.raises(UnknownInPlaygroundError, match=ts):
        workspace.click(KIM, CHANNEL, "1.2", "approve")
    assert app.got == []


def test_a_message_can_be_waited_for(workspace: Workspace, client: WebClient) -> None:
    """The newest match is given; when it does not come, the error tells what was there."""
    client.chat_postMessage(channel=CHANNEL, text="one")
    client.chat_postMessage(channel=CHANNEL, text="two")
    assert workspace.wait_for_message(KIM, CHANNEL, lambda _: True, 1).text == "two"
    with pytest.raises(TimeoutError, match="'one', 'two'"):
        workspace.wait_for_message(KIM, CHANNEL, lambda message: message.text == "three", 0.01)


def test_the_log_tells_what_was_sent_without_its_secrets(workspace: Workspace) -> None:
    """A delivery prints neither signature nor the addresses in the body."""
    delivery = workspace.command(KIM, CHANNEL, "help")
    assert [delivery] == workspace.deliveries()
    assert (delivery.what, delivery.at.tzinfo) == ("/dataflow help", UTC)
    assert "response_url" not in repr(delivery)
