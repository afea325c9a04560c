"""Short ids that a person can say aloud, derived from what Slack delivered."""

from __future__ import annotations

import hashlib
from typing import Final

from handler.domain.model import RequestId

# Crockford's base 32: no letter that looks or sounds like a digit.
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH: Final = 8
# What people read or hear for a digit, and Crockford takes for it.
_MISREAD: Final = str.maketrans("oil", "011")


def delivery_digest(delivery: str) -> str:
    """Return what is kept of a delivery's id (``trigger_id``, view id): enough to know it again, useless to others."""
    return hashlib.sha256(delivery.encode(errors="replace")).hexdigest()


def request_id(digest: str, attempt: int = 0) -> RequestId:
    """Derive a request's short id from its delivery, so that a redelivery finds the same; ``attempt`` passes a clash.

    Eight letters and digits in two groups (40 bits), short enough to say aloud.
    """
    number = int.from_bytes(hashlib.sha256(f"{digest}/{attempt}".encode()).digest()[:5], "big")
    letters = "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(ID_LENGTH))
    return RequestId(f"{letters[:4]}-{letters[4:]}")


def read_request_id(typed: str) -> RequestId | None:
    """Read an id as people type it: in capitals, without its dash, O for 0; None when it can be none."""
    letters = typed.casefold().replace("-", "").translate(_MISREAD)
    if len(letters) != ID_LENGTH or not set(letters) <= set(ALPHABET):
        return None
    return RequestId(f"{letters[:4]}-{letters[4:]}")
