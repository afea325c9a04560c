"""Did Slack send this? The signature over the raw body, and the window against replays.

Source: docs.slack.dev/authentication/verifying-requests-from-slack: `v0=` and the hexadecimal HMAC-SHA256 of
`v0:{timestamp}:{raw body}`, refused when the timestamp is more than five minutes off.
"""

from __future__ import annotations

import hmac
from typing import NamedTuple

from handler.front import replies

WINDOW_SECONDS = 300
_SIGNATURE_CHARACTERS = len("v0=") + 64
_TIMESTAMP_DIGITS = 12  # enough until the year 33658, and no text so long that int() would refuse it


class Claim(NamedTuple):
    """What a request says of itself before it is believed. `sent_at` is in epoch seconds."""

    timestamp: str
    signature: str
    body: bytes
    sent_at: int


def read_claim(headers: dict[str, str], body: bytes, now: float) -> Claim:
    """Return the claim in `headers` (names in lower case) if it has the right form and age at `now`.

    Raises:
        TurnedAway: 401, whatever is wrong.
    """
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _TIMESTAMP_DIGITS):
        raise replies.unauthentic("bad_timestamp")
    if not (signature.isascii() and len(signature) == _SIGNATURE_CHARACTERS):
        raise replies.unauthentic("bad_signature")
    sent_at = int(timestamp)
    if abs(now - sent_at) > WINDOW_SECONDS:
        raise replies.unauthentic("outside_window")
    return Claim(timestamp, signature, body, sent_at)


def is_genuine(claim: Claim, secret: bytes) -> bool:
    """Tell whether the holder of `secret` made this claim; takes the same time whichever byte differs."""
    base = b"v0:%b:%b" % (claim.timestamp.encode(), claim.body)
    expected = b"v0=%b" % hmac.digest(secret, base, "sha256").hex().encode()
    return hmac.compare_digest(expected, claim.signature.encode())
