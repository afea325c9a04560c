"""The private function: what ``front`` handed over, and the schedule of each minute."""

from __future__ import annotations

import logging
import os
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

from handler.settings import worker_settings
from handler.slack.app import create_app, dispatch
from handler.telemetry import configure
from handler.wiring.composition import compose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt import App


log = logging.getLogger(__name__)

HANDED_OVER: Final = 1


class Ticking(Protocol):
    """Whoever does what is due."""

    def tick(self) -> None:
        """Do it."""


class Worker:
    """Dispatches one event at a time; made once for the process."""

    def __init__(self, app: App, desk: Ticking) -> None:
        self._app = app
        self._desk = desk

    def handle(self, event: Mapping[str, object]) -> dict[str, object]:
        """Handle a hand-over or the minute's event. Raises whatever the flows raise, so that Lambda sees a failure."""
        if event.get("sluice") == HANDED_OVER:
            return self._dispatched(event)
        if event.get("detail-type") == "Scheduled Event" or event.get("kind") == "tick":
            self._desk.tick()
            return {"status": 200}
        raise ValueError("this event is neither a hand-over of front nor the schedule's")

    def _dispatched(self, event: Mapping[str, object]) -> dict[str, object]:
        body = event.get("body")
        if not isinstance(body, dict):
            raise ValueError("the hand-over has no body")  # noqa: TRY004 - a malformed event, not a wrong call
        answer = dispatch(self._app, body)
        log.info("dispatched", extra={"kind": event.get("kind"), "status": answer.status})
        return {"status": answer.status, "headers": {"content-type": "application/json"}, "body": answer.body or ""}


@cache
def _worker() -> Worker:
    settings = worker_settings(os.environ)
    configure(settings.log_level)
    desk = compose(settings)
    return Worker(create_app(desk, settings.slack_command), desk)


def handler(event: Mapping[str, object], _context: object) -> dict[str, object]:
    """Take what Lambda invokes the function with."""
    return _worker().handle(event)
