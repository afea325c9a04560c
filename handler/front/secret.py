"""The signing secret: given directly, or kept for a while as Secrets Manager gave it.

    SecretUnavailable       there is none to check a signature with

A rotated secret heals by itself: a signature that does not fit asks for a fresher one. Hostile traffic cannot turn
that into a stream of calls, for what is fresh enough is not fetched again, and a failure is followed by a pause.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from handler.front import words
from handler.front.aws import Call, CallFailed, problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.front.aws import Aws

    Fetch = Callable[[float], bytes]

KEPT_SECONDS = 600.0  # a leaked and rotated secret opens the door no longer than this
DOUBTED_AFTER_SECONDS = 60.0  # a signature that does not fit makes a secret of this age worth another look
_REFRESH_SECONDS = 0.5  # with a secret in hand a fresher one may not eat the time for the answer
_PAUSE_WITHOUT_SECONDS = 2.0
_PAUSE_WITH_SECONDS = 60.0
_OK = 200


class SecretUnavailable(Exception):
    """No secret can be had now; the text says why and holds no part of it."""


class FixedSecret:
    """A secret from the environment, which never changes while the process lives."""

    def __init__(self, text: str) -> None:
        self._value = _as_key(text)

    def __repr__(self) -> str:
        """Show no part of the secret."""
        return "FixedSecret(…)"

    def current(self, _max_age_seconds: float, _seconds: float) -> bytes:
        """Return it."""
        return self._value


class FetchedSecret:
    """A secret that is fetched when first needed, kept, and fetched again when it is too old for its user.

    `fetch(seconds)` returns it or raises SecretUnavailable within that time; `monotonic` is in seconds.
    """

    def __init__(self, fetch: Fetch, monotonic: Callable[[], float]) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._value: bytes | None = None
        self._fetched_at = 0.0
        self._paused_until = float("-inf")
        self._failure = SecretUnavailable()

    def __repr__(self) -> str:
        """Show no part of the secret."""
        return "FetchedSecret(…)"

    def current(self, max_age_seconds: float, seconds: float) -> bytes:
        """Return the secret, not older than `max_age_seconds` if a fresher one can be had within `seconds`.

        Raises:
            SecretUnavailable: there is none, neither new nor old.
        """
        now = self._monotonic()
        if self._value is not None and now - self._fetched_at < max_age_seconds:
            return self._value
        if now >= self._paused_until:
            self._refresh(seconds)
        if self._value is None:
            raise self._failure
        return self._value

    def _refresh(self, seconds: float) -> None:
        known = self._value is not None
        try:
            self._value = self._fetch(min(seconds, _REFRESH_SECONDS) if known else seconds)
        except SecretUnavailable as failure:
            self._failure = failure
            pause = _PAUSE_WITH_SECONDS if known else _PAUSE_WITHOUT_SECONDS
            self._paused_until = self._monotonic() + pause
        else:
            self._fetched_at = self._monotonic()


def fetch_signing_secret(aws: Aws, url: str, secret_id: str, seconds: float) -> bytes:
    """Read `signing_secret` from the JSON text of a secret (GetSecretValue) within `seconds`.

    Raises:
        SecretUnavailable: no answer, a refusal, or a secret of another form.
    """
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "secretsmanager.GetSecretValue",
    }
    body = json.dumps({"SecretId": secret_id}).encode()
    try:
        answer = aws.post(Call("secretsmanager", f"{url}/", headers, body), seconds)
    except CallFailed as failed:
        raise SecretUnavailable(words.secret_not_read(secret_id, str(failed))) from failed
    if answer.status != _OK:
        raise SecretUnavailable(words.secret_not_read(secret_id, problem(answer)))
    try:
        return _signing_secret(answer.body)
    except ValueError as malformed:
        raise SecretUnavailable(words.secret_not_read(secret_id, str(malformed))) from None


def _signing_secret(response: bytes) -> bytes:
    """Raises ValueError with a sentence that shows nothing of the content."""
    text = _text(_json(response), "SecretString")
    if not text:
        raise ValueError(words.TEXT_ABSENT)
    held = _json(text.encode())
    if not isinstance(held, dict):
        raise ValueError(words.TEXT_NOT_JSON)  # noqa: TRY004 - what came over the wire, not a programmer's type
    value = _text(held, "signing_secret").strip()
    if not value:
        raise ValueError(words.KEY_ABSENT)
    return _as_key(value)


def _json(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _text(holder: object, name: str) -> str:
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, str) else ""


def _as_key(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
