"""One signed POST to AWS that ends in time, whatever the network does.

CallFailed      no usable answer; `sent` says whether the request may have reached the other side
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from handler.front import sigv4, wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from socket import socket
    from urllib.parse import SplitResult

    from handler.front.wire import Answer

    Dial = Callable[[SplitResult, float, str], socket]

_MOST_WORD = 80


class Call(NamedTuple):
    """A POST to a service, by its signing name ("lambda"); `url` is as it is sent, quoted and without a query."""

    service: str
    url: str
    headers: dict[str, str]
    body: bytes


class CallFailed(Exception):
    """No answer. `sent` is False only if the request surely never left; `reason` is one word for the log."""

    def __init__(self, reason: str, detail: str = "", *, sent: bool) -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason
        self.detail = detail
        self.sent = sent


class Aws:
    """AWS as the door sees it: POST with a signature.

    `environ` is asked for credentials at each call, for Lambda renews them; `clock` gives epoch seconds.
    """

    def __init__(self, *, environ: Mapping[str, str], region: str, clock: Callable[[], float], dial: Dial) -> None:
        self._environ = environ
        self._region = region
        self._clock = clock
        self._dial = dial

    def post(self, call: Call, seconds: float) -> Answer:
        """Send `call` and return the answer within `seconds`.

        A socket's own time-out bounds neither name resolution nor a server that drips bytes, so the call runs in
        a thread that is left behind when the time is up. Whoever takes `permit` first decides: the thread that it
        sends, or the waiter that nothing will be sent any more, also not after a thaw of the frozen function.

        Raises:
            CallFailed: there is no answer.
        """
        permit = threading.Lock()
        ends: list[Answer | CallFailed] = []

        def attempt() -> None:
            try:
                ends.append(self._exchange(call, seconds, permit))
            except CallFailed as failed:
                ends.append(failed)

        thread = threading.Thread(target=attempt, daemon=True)
        thread.start()
        thread.join(max(seconds, 0))
        if not ends:
            raise CallFailed("no_answer", sent=not permit.acquire(blocking=False))
        end = ends[0]
        if isinstance(end, CallFailed):
            raise end
        return end

    def _exchange(self, call: Call, seconds: float, permit: threading.Lock) -> Answer:
        signed = sigv4.sign(
            call.url,
            call.headers,
            call.body,
            scope=sigv4.Scope(call.service, self._region),
            credentials=credentials(self._environ),
            at=self._clock(),
        )
        parts = urlsplit(call.url)
        try:
            connection = self._dial(parts, seconds, self._environ.get("AWS_CA_BUNDLE", ""))
        except (OSError, ValueError) as error:
            raise CallFailed("unreachable", type(error).__name__, sent=False) from error
        with connection:
            if not permit.acquire(blocking=False):
                raise CallFailed("no_time", sent=False)
            try:
                return wire.post(connection, parts.path, signed, call.body)
            except (OSError, wire.BrokenAnswer) as error:
                raise CallFailed("no_answer", type(error).__name__, sent=True) from error


def problem(answer: Answer) -> str:
    """Name a refusal as AWS does, without any of its text: "HTTP 404 ResourceNotFoundException"."""
    named = answer.headers.get("x-amzn-errortype", "")
    if not named:
        try:
            told = json.loads(answer.body)
        except (ValueError, RecursionError):
            told = None
        named = str(told.get("__type", "")) if isinstance(told, dict) else ""
    word = named.partition(":")[0].rpartition("#")[2]
    return f"HTTP {answer.status} {word[:_MOST_WORD]}".strip()


def credentials(environ: Mapping[str, str]) -> sigv4.Credentials:
    """Return the keys that Lambda put in the environment.

    Raises:
        CallFailed: there are none.
    """
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    keys = sigv4.Credentials(*(environ.get(name, "").strip() for name in names))
    # These go into header lines: what could break one is no key.
    if not (keys.access_key and keys.secret_key and all(key.isascii() and key.isprintable() for key in keys)):
        raise CallFailed("no_credentials", sent=False)
    return keys
