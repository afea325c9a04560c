"""The same app over Slack's Socket Mode: envelopes come over a websocket that this side opens, so it needs no address.

Format: docs.slack.dev/apis/events-api/using-socket-mode. As at `front`, a command or a click is acknowledged at once
and carried out after that; only what Slack awaits the content of is answered with what the app says.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final, Protocol

from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.response import SocketModeResponse

from handler.front.classify import AWAITED
from handler.slack.app import dispatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App
    from slack_sdk.socket_mode.request import SocketModeRequest

    from handler.entrypoints.worker import Ticking

log = logging.getLogger(__name__)

TICK_SECONDS: Final = 60.0


class Answering(Protocol):
    """Where acknowledgements go: slack_sdk's client of Socket Mode."""

    def send_socket_mode_response(self, response: SocketModeResponse) -> None:
        """Send one."""


class Mouth:
    """Takes envelopes, each in a thread of the client's, and never raises: one that failed must not end the next."""

    def __init__(self, app: App) -> None:
        self._app = app

    def take(self, client: Answering, envelope: SocketModeRequest) -> None:
        """Acknowledge an envelope and carry out what is in it."""
        # `token` is Slack's deprecated shared secret, which `front` does not hand over either.
        payload = {name: value for name, value in envelope.payload.items() if name != "token"}
        try:
            if payload.get("type") in AWAITED:
                answer = self._answer(payload)
                client.send_socket_mode_response(SocketModeResponse(envelope.envelope_id, answer))
                return
            client.send_socket_mode_response(SocketModeResponse(envelope.envelope_id))
            self._answer(payload)
        except SlackClientError as error:
            # Slack sends what was not acknowledged again, and a delivery that comes twice is done once.
            log.warning("not acknowledged", extra={"error": type(error).__name__})
        except Exception as error:  # noqa: BLE001 - the person and the log were told by the app; the next envelope waits
            log.warning("envelope failed", extra={"kind": envelope.type, "error": type(error).__name__})

    def _answer(self, payload: dict[str, object]) -> dict[str, Any] | None:
        answer = dispatch(self._app, payload)
        log.info("dispatched", extra={"kind": payload.get("type", "slash_command"), "status": answer.status})
        return json.loads(answer.body) if answer.body and answer.status == 200 else None  # noqa: PLR2004 - HTTP's OK


def keep_ticking(desk: Ticking, ended: Callable[[float], bool]) -> None:
    """Do what is due at once and then each minute; a tick that failed is followed by the next.

    ``ended`` waits so many seconds and tells whether it is time to stop.
    """
    while True:
        try:
            desk.tick()
        except Exception:
            log.exception("tick failed")
        if ended(TICK_SECONDS):
            return
