"""The private function: what ``front`` handed over, and the schedule of each minute."""

from __future__ import annotations

import logging
import os
import time
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, Protocol

from handler.adapters.ambient import Invocation
from handler.settings import worker_settings
from handler.slack.app import create_app, dispatch
from handler.telemetry import configure, count, on_each_line
from handler.wiring.composition import compose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt import App


log = logging.getLogger(__name__)

HANDED_OVER: Final = 1


class Ticking(Protocol):
    """Whoever does what is due."""

    def tick(self) -> None:
        """Do it."""


class Worker:
    """Dispatches one event at a time; made once for the process. ``clock`` gives epoch seconds."""

    def __init__(self, app: App, desk: Ticking, clock: Callable[[], float] = time.time) -> None:
        self._app = app
        self._desk = desk
        self._clock = clock

    def handle(self, event: Mapping[str, object]) -> dict[str, object]:
        """Handle a hand-over or the minute's event. Raises whatever the flows raise, so that Lambda sees a failure."""
        if event.get("sluice") == HANDED_OVER:
            return self._dispatched(event)
        if event.get("detail-type") == "Scheduled Event" or event.get("kind") == "tick":
            with on_each_line(kind="tick", request_id=None):
                self._desk.tick()
                count("TicksDone")
            return {"status": 200}
        raise ValueError("this event is neither a hand-over of front nor the schedule's")

    def _dispatched(self, event: Mapping[str, object]) -> dict[str, object]:
        body = event.get("body")
        if not isinstance(body, dict):
            raise ValueError("the hand-over has no body")  # noqa: TRY004 - a malformed event, not a wrong call
        received_at = event.get("received_at")
        with on_each_line(kind=event.get("kind"), door_id=event.get("id")):
            self._measure("StartAge", received_at)
            answer = dispatch(self._app, body)
            self._measure("AnswerAge", received_at)
            log.info("dispatched", extra={"status": answer.status})
        content_type = "application/json" if answer.body else "text/plain"  # nothing is no JSON
        return {"status": answer.status, "headers": {"content-type": content_type}, "body": answer.body or ""}

    def _measure(self, age: Literal["StartAge", "AnswerAge"], received_at: object) -> None:
        """Measure how long ago the door received a delivery; it says so in epoch milliseconds."""
        if isinstance(received_at, int):
            count(age, round(max(0.0, self._clock() - received_at / 1000), 3))


_invocation: Final = Invocation()


@cache
def _worker() -> Worker:
    function = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    configure("INFO", function)  # that settings are wrong is a line as any other
    settings = worker_settings(os.environ)
    configure(settings.log_level, function)
    desk = compose(settings, seconds_left=_invocation.seconds_left)
    return Worker(create_app(desk, settings.slack_command), desk)


def handler(event: Mapping[str, object], context: object) -> dict[str, object]:
    """Take what Lambda invokes the function with. Every line of the log has the id of the invocation."""
    with on_each_line(lambda_request_id=getattr(context, "aws_request_id", None)):
        _invocation.begin(context)
        try:
            return _worker().handle(event)
        except Exception as error:
            # Lambda prints the traceback by itself, without our ids.
            log.error("invocation failed", extra={"error": type(error).__name__})  # noqa: TRY400 - see above
            raise
