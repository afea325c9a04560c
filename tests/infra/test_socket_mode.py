"""Envelopes over a real websocket: acknowledged first, answered by the same app, and none ends the next."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from handler.entrypoints.doctor.findings import Red
from handler.entrypoints.socket_command import connected
from handler.entrypoints.socket_mode import TICK_SECONDS, Mouth, keep_ticking
from handler.settings import SocketSettings, worker_settings
from handler.slack.app import create_app
from handler.slack.forms import Complaint
from tests.slack_socket import LONGEST_WAIT_SECONDS, SlackSide, command, interaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slack_sdk.socket_mode.builtin import SocketModeClient

    from handler.slack.payloads import Click, Slash

TOKEN = "xapp-1-hush"
FORM = {"type": "modal", "callback_id": "deny_reason", "id": "V1"}


@dataclass
class Desk:
    """Remembers what it was asked; ``hold`` keeps an answer back until it is set, ``failing`` breaks it."""

    typed_texts: list[str] = field(default_factory=list)
    pressed_actions: list[str] = field(default_factory=list)
    submitted_forms: list[Mapping[str, object]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    hold: Event = field(default_factory=Event)
    done: Event = field(default_factory=Event)
    failing: bool = False
    complaint: Complaint | None = None

    def incomplete(self, _body: Mapping[str, object]) -> Complaint | None:
        """Say what a form lacks."""
        return self.complaint

    def typed(self, said: Slash) -> None:
        """Take a command."""
        self._work()
        self.typed_texts.append(said.text)
        self.done.set()

    def pressed(self, pressed: Click) -> None:
        """Take a click."""
        self._work()
        self.pressed_actions.append(pressed.action_id)
        self.done.set()

    def submitted(self, body: Mapping[str, object]) -> None:
        """Take a form."""
        self._work()
        self.submitted_forms.append(body)
        self.done.set()

    def broke(self, _body: Mapping[str, object], error: Exception) -> None:
        """Hear that something broke."""
        self.broken.append(str(error))
        self.done.set()

    def wait(self) -> None:
        """Wait until it has done something."""
        assert self.done.wait(LONGEST_WAIT_SECONDS)
        self.done.clear()

    def _work(self) -> None:
        if self.failing:
            raise RuntimeError("the flow broke")
        assert self.hold.wait(LONGEST_WAIT_SECONDS)


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlackSide]:
    """Slack; slack_sdk would go to it through the user's own proxy."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with SlackSide() as side:
        yield side


@pytest.fixture
def desk() -> Desk:
    """A desk that works at once."""
    made = Desk()
    made.hold.set()
    return made


def settings(slack: SlackSide) -> SocketSettings:
    """Return what the command would be told."""
    told = {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": "xoxb-hush",
        "NCP_SECRET_ID": "ncp",
        "REQUESTS_TABLE": "requests",
        "AUDIT_TABLE": "audit",
    }
    return SocketSettings(worker=worker_settings(told), app_token=SecretStr(TOKEN))


@pytest.fixture
def client(slack: SlackSide, desk: Desk) -> Iterator[SocketModeClient]:
    """The open websocket with the app behind it."""
    made = connected(settings(slack), Mouth(create_app(desk, "/dataflow")))
    assert not isinstance(made, Red)
    yield made
    desk.hold.set()
    slack.see_off(made.close)


@pytest.mark.usefixtures("client")
def test_the_websocket_is_asked_for_with_the_apps_own_token(slack: SlackSide) -> None:
    """The bot's token has no business there, nor the app's anywhere else."""
    assert slack.called("apps.connections.open")["bearer"] == TOKEN
    slack.link()


@pytest.mark.usefixtures("client")
def test_a_command_is_acknowledged_before_it_is_carried_out(slack: SlackSide, desk: Desk) -> None:
    """Slack waits three seconds, a flow may take longer: the acknowledgement is empty and comes first."""
    desk.hold.clear()
    link = slack.link()
    link.send(command("status wordcount", "envelope-1", "https://slack.invalid/response"))

    assert link.received() == {"envelope_id": "envelope-1"}
    assert desk.typed_texts == []
    desk.hold.set()
    desk.wait()
    assert desk.typed_texts == ["status wordcount"]
    assert link.is_silent


@pytest.mark.usefixtures("client")
def test_a_click_is_acknowledged_and_carried_out(slack: SlackSide, desk: Desk) -> None:
    """Buttons come as interactive envelopes."""
    link = slack.link()
    link.send(interaction("block_actions", "envelope-2", actions=[{"action_id": "refresh", "value": "job001"}]))

    assert link.received() == {"envelope_id": "envelope-2"}
    desk.wait()
    assert desk.pressed_actions == ["refresh"]


@pytest.mark.usefixtures("client")
def test_a_form_is_answered_when_it_was_taken(slack: SlackSide, desk: Desk) -> None:
    """Slack keeps a form open until it is answered, so that its answer comes last."""
    desk.hold.clear()
    link = slack.link()
    link.send(interaction("view_submission", "envelope-3", view=FORM))
    link.send(command("help", "envelope-4", "https://slack.invalid/response"))

    assert link.received() == {"envelope_id": "envelope-4"}
    desk.hold.set()
    assert link.received() == {"envelope_id": "envelope-3"}
    assert [form["view"] for form in desk.submitted_forms] == [FORM]


@pytest.mark.usefixtures("client")
def test_what_a_form_lacks_travels_with_the_answer(slack: SlackSide, desk: Desk) -> None:
    """Slack shows it below the field, and the form stays open."""
    desk.complaint = Complaint("reason", "Say why.")
    link = slack.link()
    link.send(interaction("view_submission", "envelope-9", view=FORM))

    payload = {"response_action": "errors", "errors": {"reason": "Say why."}}
    assert link.received() == {"envelope_id": "envelope-9", "payload": payload}
    assert desk.submitted_forms == []


@pytest.mark.usefixtures("client")
def test_a_flow_that_breaks_does_not_end_the_next(
    slack: SlackSide, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """The person is told by the app, the log by its kind, and the websocket goes on."""
    desk.failing = True
    link = slack.link()
    link.send(command("help", "envelope-5", "https://slack.invalid/response"))
    assert link.received() == {"envelope_id": "envelope-5"}
    desk.wait()
    desk.failing = False
    link.send(command("list", "envelope-6", "https://slack.invalid/response"))
    assert link.received() == {"envelope_id": "envelope-6"}
    desk.wait()

    assert (desk.broken, desk.typed_texts) == (["the flow broke"], ["list"])
    failed = [record for record in caplog.records if record.message == "envelope failed"]
    assert [(vars(record)["kind"], vars(record)["error"]) for record in failed] == [("slash_commands", "RuntimeError")]


@pytest.mark.usefixtures("client")
def test_what_is_nothing_of_ours_is_acknowledged(slack: SlackSide, desk: Desk) -> None:
    """An event that nobody asked for is not sent again and again."""
    link = slack.link()
    link.send({"type": "events_api", "envelope_id": "envelope-7", "payload": {"type": "event_callback", "event": {}}})

    assert link.received() == {"envelope_id": "envelope-7"}
    assert (desk.typed_texts, desk.broken) == ([], [])


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("farewell", ["disconnect", "close"])
def test_when_slack_wants_another_websocket_it_gets_one(slack: SlackSide, desk: Desk, farewell: str) -> None:
    """Slack refreshes connections every few hours: commands go on over the new one."""
    first = slack.link()
    if farewell == "disconnect":
        first.send({"type": "disconnect", "reason": "refresh_requested"})
    else:
        first.close()
    second = slack.link()
    second.send(command("help", "envelope-8", "https://slack.invalid/response"))

    assert second.received() == {"envelope_id": "envelope-8"}
    desk.wait()
    assert desk.typed_texts == ["help"]


@pytest.mark.parametrize(
    ("answer", "wrong", "mend"),
    [
        (
            {"ok": False, "error": "invalid_auth"},
            "Slack does not take SLACK_APP_TOKEN (invalid_auth).",
            "App-Level Tokens",
        ),
        (
            {"ok": False, "error": "missing_scope"},
            "SLACK_APP_TOKEN lacks the scope connections:write.",
            "connections:write",
        ),
        (
            {"ok": False, "error": "internal_error"},
            "Slack opened no websocket (internal_error).",
            "Socket Mode: enable it",
        ),
        (
            {"ok": True, "url": "ws://127.0.0.1:9/"},
            "Slack's websocket could not be opened.",
            "let this machine reach wss-primary.slack.com",
        ),
    ],
)
def test_a_websocket_that_cannot_be_opened_is_one_sentence(
    slack: SlackSide, desk: Desk, answer: dict[str, Any], wrong: str, mend: str
) -> None:
    """It says what is wrong and which page mends it, and shows no token."""
    slack.answers["apps.connections.open"] = answer
    found = connected(settings(slack), Mouth(create_app(desk, "/dataflow")))

    assert isinstance(found, Red)
    assert (found.wrong, mend in found.mend) == (wrong, True)


def test_slack_that_cannot_be_asked_is_one_sentence(slack: SlackSide, desk: Desk) -> None:
    """Nobody answers: the network is named."""
    told = settings(slack)
    nowhere = told.worker.model_copy(update={"slack_api_url": "http://127.0.0.1:9/"})
    found = connected(SocketSettings(worker=nowhere, app_token=told.app_token), Mouth(create_app(desk, "/dataflow")))

    assert isinstance(found, Red)
    assert found.wrong.startswith("Slack could not be asked (")


@dataclass
class Ticking:
    """Counts its ticks; the first one breaks."""

    ticks: int = 0

    def tick(self) -> None:
        """Count one."""
        self.ticks += 1
        if self.ticks == 1:
            raise RuntimeError("DynamoDB is away")


def test_the_minute_goes_on_after_a_tick_that_broke(caplog: pytest.LogCaptureFixture) -> None:
    """The first tick is done at once, each next one a minute later, until it is time to stop."""
    desk, waited = Ticking(), list[float]()

    def ended(seconds: float) -> bool:
        waited.append(seconds)
        return len(waited) == 3

    with caplog.at_level(logging.ERROR):
        keep_ticking(desk, ended)

    assert (desk.ticks, waited) == (3, [TICK_SECONDS] * 3)
    assert [record.message for record in caplog.records] == ["tick failed"]
