"""The private function: what it takes, what it gives back, and that it fails when the work failed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from handler.entrypoints.worker import Worker
from handler.slack.app import create_app
from handler.slack.forms import Complaint
from handler.telemetry import Measured
from tests.lambda_runtime import LambdaRuntime

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.slack.payloads import Click, Slash

ROOT = Path(__file__).parents[2]
FORM = {"command": "/dataflow", "text": "help", "user_id": "U0KIM", "channel_id": "C0INCIDENT", "team_id": "T0SLUICE"}
HANDED_OVER = {"sluice": 1, "kind": "command", "body": FORM, "received_at": 1795402245000}


@dataclass
class Recorder:
    """A desk that remembers what it was asked, and can break."""

    heard: list[object] = field(default_factory=list)
    failure: Exception | None = None

    def typed(self, said: Slash) -> None:
        """Remember a command."""
        self.heard.append(said.text)
        if self.failure:
            raise self.failure

    def pressed(self, pressed: Click) -> None:
        """Remember a click."""
        self.heard.append(pressed.action_id)

    def incomplete(self, body: Mapping[str, object]) -> Complaint | None:
        """Find a form without a name incomplete."""
        return None if body.get("name") else Complaint("name", "Give it a name.")

    def submitted(self, body: Mapping[str, object]) -> None:
        """Remember a form."""
        self.heard.append(body["type"])

    def tick(self) -> None:
        """Remember a tick."""
        self.heard.append("tick")

    def broke(self, body: Mapping[str, object], error: Exception) -> None:
        """Remember what broke."""
        self.heard.append((body["text"], error))


def worker(desk: Recorder) -> Worker:
    """Make the worker as its module does, with another desk."""
    return Worker(create_app(desk, "/dataflow"), desk, clock=lambda: 1795402246.25)


def test_a_command_that_was_handed_over_reaches_the_desk() -> None:
    """The hand-over of a slash command is dispatched and answered with 200."""
    desk = Recorder()
    answer = worker(desk).handle(HANDED_OVER)
    assert (answer["status"], desk.heard) == (200, ["help"])


def test_a_click_that_was_handed_over_reaches_the_desk() -> None:
    """The hand-over of a button press is dispatched by its action."""
    desk = Recorder()
    body = {"type": "block_actions", "user": {"id": "U0KIM"}, "actions": [{"action_id": "refresh", "value": "x"}]}
    assert worker(desk).handle({"sluice": 1, "kind": "interaction", "body": body})["status"] == 200
    assert desk.heard == ["refresh"]


def test_a_form_that_was_handed_over_reaches_the_desk() -> None:
    """The hand-over of a filled-in form is dispatched by its callback, and answered so that Slack closes it."""
    desk = Recorder()
    view = {"callback_id": "deny_reason", "type": "modal"}
    body = {"type": "view_submission", "user": {"id": "U0KIM"}, "team": {"id": "T0SLUICE"}, "view": view, "name": "x"}
    answer = worker(desk).handle({"sluice": 1, "kind": "interaction", "body": body})
    assert (answer["status"], answer["body"], desk.heard) == (200, "", ["view_submission"])
    assert answer["headers"] == {"content-type": "text/plain"}


def test_a_form_that_lacks_something_stays_open() -> None:
    """Slack is answered with what is missing, below its input; the desk does not take the form."""
    desk = Recorder()
    view = {"callback_id": "deny_reason", "type": "modal"}
    body = {"type": "view_submission", "user": {"id": "U0KIM"}, "team": {"id": "T0SLUICE"}, "view": view}
    answer = worker(desk).handle({"sluice": 1, "kind": "interaction", "body": body})
    told = {"response_action": "errors", "errors": {"name": "Give it a name."}}
    assert (answer["status"], json.loads(str(answer["body"])), desk.heard) == (200, told, [])
    assert answer["headers"] == {"content-type": "application/json"}


def test_the_minute_s_event_is_a_tick() -> None:
    """What EventBridge sends each minute does what is due."""
    desk = Recorder()
    worker(desk).handle({"version": "0", "detail-type": "Scheduled Event", "source": "aws.events"})
    assert desk.heard == ["tick"]


def test_what_broke_is_told_once_and_fails_the_invocation() -> None:
    """A listener's exception is told to the person and raised as it was, so that Lambda retries and alarms."""
    failure = ZeroDivisionError("a defect")
    desk = Recorder(failure=failure)
    with pytest.raises(ZeroDivisionError) as raised:
        worker(desk).handle(HANDED_OVER)
    assert raised.value is failure
    assert desk.heard == ["help", ("help", failure)]


@pytest.mark.parametrize("event", [{}, {"sluice": 2}, {"sluice": 1}, {"sluice": 1, "body": "text"}, {"body": FORM}])
def test_an_event_of_another_kind_is_refused(event: dict[str, object]) -> None:
    """What is neither a hand-over nor the schedule's fails, and reaches nobody."""
    desk = Recorder()
    with pytest.raises(ValueError, match=r"hand-over"):
        worker(desk).handle(event)
    assert desk.heard == []


def test_a_delivery_s_age_is_measured_at_its_start_and_its_end(figures: list[Measured]) -> None:
    """The seconds since the door received it, before anything is done and after people were answered."""
    worker(Recorder()).handle(HANDED_OVER)
    assert figures == [Measured("StartAge", 1.25, {}), Measured("AnswerAge", 1.25, {})]


def test_an_answer_that_broke_is_no_answer(figures: list[Measured]) -> None:
    """Of a delivery that failed only the start is measured."""
    with pytest.raises(ZeroDivisionError):
        worker(Recorder(failure=ZeroDivisionError())).handle(HANDED_OVER)
    assert figures == [Measured("StartAge", 1.25, {})]


def test_a_clock_that_is_behind_the_door_s_measures_nothing_below_zero(figures: list[Measured]) -> None:
    """Two machines' clocks differ; no age is negative."""
    worker(Recorder()).handle({**HANDED_OVER, "received_at": 1795402247000})
    assert figures[0] == Measured("StartAge", 0.0, {})


def test_a_tick_that_came_to_its_end_is_counted(figures: list[Measured]) -> None:
    """One tick, one count: when none comes for minutes an alarm says so."""
    worker(Recorder()).handle({"detail-type": "Scheduled Event"})
    assert figures == [Measured("TicksDone", 1, {})]


def test_wrong_settings_are_a_line_of_the_log_with_the_id_of_the_invocation() -> None:
    """A worker that cannot start says so as it says everything, and fails for Lambda."""
    with LambdaRuntime("handler.entrypoints.worker.handler", env={}, cwd=ROOT) as function:
        failed = function.invoke({"detail-type": "Scheduled Event"})
    lines = [json.loads(line) for line in function.output.splitlines() if line.startswith("{")]
    assert (failed.error or {})["errorType"] == "SettingsInvalid"
    assert [(line["message"], line["error"], line["lambda_request_id"]) for line in lines] == [
        ("invocation failed", "SettingsInvalid", failed.request_id)
    ]
