"""Events as a Function URL gives them, signed as Slack signs, with every part open to be spoilt."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

SECRET = "playground-signing-secret"
NOW = 1_750_000_000
FORM = "application/x-www-form-urlencoded"
COMMAND = {
    "token": "deprecated-token",
    "team_id": "T0SLUICE",
    "channel_id": "C0INCIDENT",
    "user_id": "U0KIM",
    "command": "/dataflow",
    "text": "status wordcount",
    "response_url": "https://hooks.slack.example/commands/T0SLUICE/1/a",
    "trigger_id": "13345224609.738474920.8088930838d88f008e0",
}


def signature(body: bytes, timestamp: str, secret: str = SECRET) -> str:
    """Return Slack's signature, written down here a second time so that the door is not its own judge."""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return "v0=" + digest.hexdigest()


def event(  # noqa: PLR0913 - each part of a request that a test may want otherwise
    body: bytes | str,
    *,
    at: float = NOW,
    secret: str = SECRET,
    content_type: str = FORM,
    method: str = "POST",
    is_base64: bool = False,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return a signed request as an event of payload format 2.0."""
    raw = body.encode() if isinstance(body, str) else body
    timestamp = str(int(at))
    return {
        "version": "2.0",
        "rawPath": "/slack/events",
        "rawQueryString": "",
        "headers": {
            "content-type": content_type,
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": signature(raw, timestamp, secret),
            **(headers or {}),
        },
        "requestContext": {"http": {"method": method, "path": "/slack/events"}, "requestId": "r-1"},
        "body": base64.b64encode(raw).decode() if is_base64 else raw.decode(),
        "isBase64Encoded": is_base64,
    }


def command_event(at: float = NOW, *, secret: str = SECRET, **fields: str) -> dict[str, Any]:
    """Return a signed slash command; `fields` replace or join the usual ones."""
    return event(urlencode({**COMMAND, **fields}), at=at, secret=secret)
