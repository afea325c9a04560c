"""Signature v2 of NAVER Cloud's API Gateway (https://api.ncloud-docs.com/docs/en/common-ncpapi): made and checked."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

from infra.local.dataflow.refusals import AUTHENTICATION_FAILED, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

TIMESTAMP_HEADER = "x-ncp-apigw-timestamp"
ACCESS_KEY_HEADER = "x-ncp-iam-access-key"
SIGNATURE_HEADER = "x-ncp-apigw-signature-v2"
WINDOW_MS = 5 * 60 * 1000
LONGEST_TIMESTAMP = 16


def sign(secret_key: str, method: str, target: str, timestamp_ms: str, access_key: str) -> str:
    """Return the base64 HMAC-SHA256 of method, request target, timestamp and access key.

    `target` is the path and the query string as sent, percent-encoding included. The body is not signed.
    """
    message = f"{method.upper()} {target}\n{timestamp_ms}\n{access_key}"
    digest = hmac.new(secret_key.encode(), message.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def check(headers: Mapping[str, str], method: str, target: str, *, keys: Mapping[str, str], now: datetime) -> None:
    """Let a request pass that is signed with a known key within 5 minutes of `now`.

    Raises:
        RefusedError: 401 with code 200; the details are the ones observed on other services of the same gateway, which
            do not tell a wrong key from a wrong clock.
    """
    timestamp = headers.get(TIMESTAMP_HEADER)
    access_key = headers.get(ACCESS_KEY_HEADER)
    signature = headers.get(SIGNATURE_HEADER)
    if not timestamp or not access_key or not signature:
        raise RefusedError(AUTHENTICATION_FAILED, "Authentication information are missing.")
    known = access_key in keys
    expected = sign(keys.get(access_key, ""), method, target, timestamp, access_key)
    matches = hmac.compare_digest(expected.encode(), signature.encode())
    if not (known and matches and _within_window(timestamp, now)):
        raise RefusedError(AUTHENTICATION_FAILED, "Invalid authentication information.")


def _within_window(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP):
        return False
    return abs(int(timestamp) - int(now.timestamp() * 1000)) <= WINDOW_MS
