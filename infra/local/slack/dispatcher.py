"""Sends signed requests to the app and measures how soon they are acknowledged."""

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx

from infra.local.slack.signing import SlackRequest, signature_headers
from infra.local.slack.workspace_state import Clock

SLACK_WAITS_SECONDS = 3.0
"""docs.slack.dev/interactivity/handling-user-interaction: everything is acknowledged within 3 seconds."""
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the app listens. `host`: the Host header, by which a local emulator routes; None: the URL's own."""

    url: str
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What came back for one request."""

    status: int | None
    body: str
    took_ms: float
    error: str | None
    """Slack's word for what went wrong; None for any 2xx in time."""

    @property
    def answer(self) -> Any:  # noqa: ANN401 - JSON of any type
        """The body as JSON; None when it is empty or not JSON."""
        try:
            return json.loads(self.body) if self.body.strip() else None
        except ValueError:
            return None


class Dispatcher:
    """Signs as Slack does and posts. Safe to use from several threads."""

    def __init__(self, signing_secret: str, clock: Clock, timeout_seconds: float = SLACK_WAITS_SECONDS) -> None:
        self._signing_secret = signing_secret
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._client = httpx.Client(timeout=timeout_seconds, trust_env=False)
        self.address: Address | None = None

    def send(self, request: SlackRequest) -> Acknowledgement:
        """Post one request; never raises for what the app does. Without an address nothing is sent."""
        if self.address is None:
            return Acknowledgement(None, "", 0.0, "app_not_connected")
        headers = {
            "Content-Type": request.content_type,
            "Accept": "application/json,*/*",
            "User-Agent": "Slackbot 1.0 (playground)",
            **signature_headers(self._signing_secret, request.body, int(self._clock().timestamp())),
        }
        if self.address.host is not None:
            headers["Host"] = self.address.host
        started = time.perf_counter()
        try:
            response = self._client.post(self.address.url, content=request.body, headers=headers)
        except httpx.TimeoutException:
            return Acknowledgement(None, "", _ms_since(started), "operation_timeout")
        except httpx.TransportError:
            return Acknowledgement(None, "", _ms_since(started), "dispatch_failed")
        took_ms = _ms_since(started)
        error = None
        if took_ms > self._timeout_seconds * 1000:
            error = "operation_timeout"
        elif response.status_code not in _OK:
            error = "dispatch_failed"
        return Acknowledgement(response.status_code, response.text, took_ms, error)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
