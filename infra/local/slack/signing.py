"""Slack's request signature (docs.slack.dev/authentication/verifying-requests-from-slack)."""

import hashlib
import hmac
from dataclasses import dataclass

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class SlackRequest:
    """A body from Slack to an app, before it is signed."""

    body: bytes = b""
    content_type: str = FORM


def signature_headers(signing_secret: str, body: bytes, timestamp_seconds: int) -> dict[str, str]:
    """Sign a raw body: HMAC-SHA256 over `v0:<timestamp>:<body>`, as the two headers Slack sends."""
    signed = b"v0:%d:%s" % (timestamp_seconds, body)
    digest = hmac.new(signing_secret.encode(), signed, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp_seconds), "X-Slack-Signature": f"v0={digest}"}
