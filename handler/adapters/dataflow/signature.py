"""Signature v2 of NAVER Cloud's API Gateway (https://api.ncloud-docs.com/docs/en/common-ncpapi)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import httpx

from handler.domain.errors import SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Generator

    from handler.ports import Clock

TIMESTAMP_HEADER: Final = "x-ncp-apigw-timestamp"
ACCESS_KEY_HEADER: Final = "x-ncp-iam-access-key"
SIGNATURE_HEADER: Final = "x-ncp-apigw-signature-v2"
# What must never be shown, should an answer repeat it.
CONFIDENTIAL_HEADERS: Final = (ACCESS_KEY_HEADER, SIGNATURE_HEADER)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def sign(secret_key: str, method: str, target: str, timestamp_ms: str, access_key: str) -> str:
    """Return the signature, base64 of HMAC-SHA256, of a request.

    ``target`` is path and query exactly as sent, percent-encoding included; scheme, host, other headers and body are
    not signed.
    """
    message = f"{method.upper()} {target}\n{timestamp_ms}\n{access_key}"
    digest = hmac.new(secret_key.encode(), message.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


class NcpSignatureV2(httpx.Auth):
    """Signs each request as it is sent, with the time of that very sending.

    Raises SettingsInvalid for keys that cannot be sent, without repeating them.
    """

    def __init__(self, access_key: str, secret_key: str, clock: Clock) -> None:
        problems = tuple(
            f"the NAVER Cloud {name} is empty or has characters that no key has (such as a space or a line break)"
            for name, key in (("access key", access_key), ("secret key", secret_key))
            if not _could_be_key(key)
        )
        if problems:
            raise SettingsInvalid(problems)
        self._access_key = access_key
        self._secret_key = secret_key
        self._clock = clock

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the three headers on a request."""
        timestamp_ms = str((self._clock.now() - _EPOCH) // timedelta(milliseconds=1))
        target = request.url.raw_path.decode("ascii")
        request.headers[TIMESTAMP_HEADER] = timestamp_ms
        request.headers[ACCESS_KEY_HEADER] = self._access_key
        request.headers[SIGNATURE_HEADER] = sign(
            self._secret_key, request.method, target, timestamp_ms, self._access_key
        )
        yield request


def _could_be_key(text: str) -> bool:
    # An unsendable header value would be quoted in the error of the HTTP library, and so in the log.
    return text != "" and text.isascii() and text.isprintable() and " " not in text
