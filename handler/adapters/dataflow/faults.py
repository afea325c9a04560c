"""From what the API answered instead, or how it failed to, to exactly one error of the tree.

Three bodies are known: API Gateway's ``error`` with ``errorCode``, ``message``, ``details``
(https://api-gov.ncloud-docs.com/docs/api-call-lgc-errorhandling), the same shape from Data Flow itself
(https://api.ncloud-docs.com/docs/analytics-dataflow), and ``detail`` with ``errorType`` (NAVER's own sample client).
The HTTP status decides; ``errorCode`` only looks like one (400 comes with 429, 200 with 401). Any other body has no
words worth repeating.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httpx

from handler.adapters.dataflow.lenient import document
from handler.domain.dataflow_errors import (
    AuthenticationFailed,
    BadParameter,
    BadState,
    ClockSkewed,
    DataFlowError,
    DataFlowTimedOut,
    DataFlowUnavailable,
    DataFlowUnreadable,
    NotFound,
    PermissionDenied,
    Throttled,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

LONGEST_MESSAGE: Final = 200
LONGEST_CODE: Final = 40
LARGEST_SKEW_SECONDS: Final = 300
AUTHENTICATION_CODE: Final = "200"
PERMISSION_CODES: Final = frozenset({"210", "230"})
NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_WORD: Final = re.compile(r"[a-z]+(?:-[a-z]+)+")
_SECONDS: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: ``headers`` by lower-case name, ``body`` decoded, ``at`` when it came by our clock."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """The API's own words, made fit to be shown; ``letters`` are all of them in lower case without punctuation."""

    code: str | None
    message: str | None
    letters: str


def fault_of(operation: str, answer: Answer, *, confidential: Iterable[str] = (), writes: bool) -> DataFlowError:
    """Return the one error that an answer other than a success means.

    ``confidential`` is what was sent and must not be repeated, should the answer quote it.
    """
    told = _told(answer.body, tuple(confidential))
    status, code, message = answer.status, told.code, told.message
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return _not_let_in(operation, answer, told)
        case HTTPStatus.NOT_FOUND:
            return NotFound(operation, status=status, code=code, message=message)
        case HTTPStatus.TOO_MANY_REQUESTS:
            return Throttled(operation, code=code, message=message, retry_after_seconds=_retry_after_seconds(answer))
        case HTTPStatus.REQUEST_TIMEOUT:
            return DataFlowTimedOut(operation, status=status, code=code, message=message, may_have_changed=writes)
        case _ if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            is_state = status == HTTPStatus.CONFLICT or "badstate" in told.letters
            refusal = BadState if is_state else BadParameter
            return refusal(operation, status=status, code=code, message=message)
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return DataFlowUnavailable(operation, status=status, code=code, message=message, may_have_changed=writes)
        case _:
            return DataFlowUnreadable(operation, status=status, code=code, message=message, may_have_changed=writes)


def fault_in_transit(operation: str, error: httpx.HTTPError, *, writes: bool) -> DataFlowError:
    """Return the one error that a failure of the HTTP library means.

    A connection that was never made has carried nothing, so that nothing can have changed.
    """
    if isinstance(error, NEVER_SENT):
        return DataFlowUnavailable(operation, may_have_changed=False)
    if isinstance(error, httpx.TimeoutException):
        return DataFlowTimedOut(operation, may_have_changed=writes)
    if isinstance(error, httpx.DecodingError):
        return DataFlowUnreadable(operation, may_have_changed=writes)
    return DataFlowUnavailable(operation, may_have_changed=writes)


def _not_let_in(operation: str, answer: Answer, told: Told) -> DataFlowError:
    if told.code in PERMISSION_CODES:
        return PermissionDenied(operation, status=answer.status, code=told.code, message=told.message)
    theirs = _moment(answer.headers.get("date", ""))
    seconds = round((answer.at - theirs).total_seconds()) if theirs else 0
    if abs(seconds) > LARGEST_SKEW_SECONDS or "timestamp" in told.letters:
        return ClockSkewed(operation, seconds=seconds, status=answer.status, code=told.code)
    is_permission = answer.status == HTTPStatus.FORBIDDEN and told.code != AUTHENTICATION_CODE
    refusal = PermissionDenied if is_permission else AuthenticationFailed
    return refusal(operation, status=answer.status, code=told.code, message=told.message)


def _told(body: bytes, confidential: tuple[str, ...]) -> Told:
    try:
        value = document(body)
    except ValueError:
        value = None
    whole = value if isinstance(value, dict) else {}
    inner = whole.get("error")
    fields = inner if isinstance(inner, dict) else whole
    code, message, details = (
        next((text for name in names if (text := _shown(fields.get(name), confidential))), "")
        for names in (("errorCode", "errorType"), ("message",), ("details", "detail"))
    )
    # Data Flow's table has its words, such as bad-state, in the message column and a dash in the code column.
    code = code or (message if _WORD.fullmatch(message) else "")
    words = dict.fromkeys(text for text in (message, details) if text and text != code)
    letters = "".join(filter(str.isalnum, f"{code}{message}{details}".lower()))
    return Told(code[:LONGEST_CODE] or None, _shortened(": ".join(words)) or None, letters)


def _shown(value: object, confidential: tuple[str, ...]) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = "".join(" " if unicodedata.category(each).startswith("C") else each for each in str(value))
    for secret in filter(None, confidential):
        text = text.replace(secret, "…")
    shown = " ".join(text.split())
    return "" if shown == "-" else shown


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else f"{text[: LONGEST_MESSAGE - 1]}…"


def _retry_after_seconds(answer: Answer) -> float | None:
    text = answer.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    until = _moment(text)
    if until is None:
        return None
    since = _moment(answer.headers.get("date", "")) or answer.at
    return max(0.0, (until - since).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return read if read.tzinfo else None
