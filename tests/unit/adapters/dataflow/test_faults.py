"""Every documented error body, and every undocumented one, is exactly one error of the tree."""

from __future__ import annotations

import traceback
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.adapters.dataflow.faults import Answer, fault_in_transit, fault_of
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
from tests.makers import NOW
from tests.unit.adapters.dataflow.service import ACCESS_KEY, SECRET_KEY, Service, answer, facts, raw_answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

OPERATION = "updateJobExecuteConfig"


def fault(
    status: int, body: object = b"", headers: Mapping[str, str] | None = None, *, writes: bool = True
) -> DataFlowError:
    """Return the error of an answer that came at the tests' now."""
    made = raw_answer(body, status) if isinstance(body, bytes) else answer(body, status)
    return fault_of(OPERATION, Answer(status, headers or {}, made.content, NOW), writes=writes)


def gateway(code: object, message: str, details: str | None = None) -> dict[str, Any]:
    """Make a body as API Gateway, and by its overview page Data Flow, sends it."""
    return {"error": {"errorCode": code, "message": message} | ({} if details is None else {"details": details})}


# The rows of the common table (data-flow-api.md, 4.3), with the class and whether a write may have been done.
GATEWAY_ROWS = [
    (400, "100", "Bad Request Exception", BadParameter, False),
    (401, "200", "Authentication Failed", AuthenticationFailed, False),
    (401, "210", "Permission Denied", PermissionDenied, False),
    (403, "230", "Forbidden", PermissionDenied, False),
    (404, "300", "Not Found Exception", NotFound, False),
    (413, "430", "Request Entity Too Large", BadParameter, False),
    (429, "400", "Quota Exceeded", Throttled, False),
    (429, "410", "Throttle Limited", Throttled, False),
    (429, "420", "Rate Limited", Throttled, False),
    (500, "900", "Unexpected Error", DataFlowUnavailable, True),
    (503, "500", "Endpoint Error", DataFlowUnavailable, True),
    (504, "510", "Endpoint Timeout", DataFlowUnavailable, True),
]


@pytest.mark.parametrize("as_number", [False, True], ids=["code as text", "code as number"])
@pytest.mark.parametrize("row", GATEWAY_ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_each_row_of_the_gateway_is_one_error(
    row: tuple[int, str, str, type[DataFlowError], bool], *, as_number: bool
) -> None:
    """The HTTP status decides, not the code that looks like one; code and message are the API's own."""
    status, code, message, kind, may_have_changed = row
    found = fault(status, gateway(int(code) if as_number else code, message, "Some detail."))
    assert (kind, status, code, f"{message}: Some detail.", may_have_changed) == (
        type(found),
        found.status,
        found.code,
        found.message,
        found.may_have_changed,
    )


# Data Flow's own rows (4.2), in the two shapes of 4.1 and with the word in either column.
SERVICE_BODIES = [
    (400, gateway("-", "Bad Request"), BadParameter, None, "Bad Request"),
    (400, gateway("-", "bad-parameter", "numWorker"), BadParameter, "bad-parameter", "numWorker"),
    (400, gateway("bad-parameter", "bad-parameter", "numWorker"), BadParameter, "bad-parameter", "numWorker"),
    (400, {"detail": "numWorker", "errorType": "bad-parameter"}, BadParameter, "bad-parameter", "numWorker"),
    (400, gateway("-", "bad-state", "The job is DELETED."), BadState, "bad-state", "The job is DELETED."),
    (400, gateway("-", "-", "bad-state"), BadState, None, "bad-state"),
    (400, gateway("bad-state", "Bad state", "DELETED"), BadState, "bad-state", "Bad state: DELETED"),
    (400, gateway(100, "Bad Request", "bad-state: DELETED"), BadState, "100", "Bad Request: bad-state: DELETED"),
    (400, {"detail": "DELETED", "errorType": "bad-state"}, BadState, "bad-state", "DELETED"),
    (400, {"detail": "DELETED", "errorType": "BadStateException"}, BadState, "BadStateException", "DELETED"),
    (404, {"detail": "No job.", "errorType": "not-found"}, NotFound, "not-found", "No job."),
    (409, gateway("-", "Conflict"), BadState, None, "Conflict"),
    (422, {"message": "flat"}, BadParameter, None, "flat"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code", "message"), SERVICE_BODIES)
def test_each_row_of_data_flow_is_one_error_in_every_shape(
    status: int, body: object, kind: type[DataFlowError], code: str | None, message: str
) -> None:
    """The words are found in either shape and column; an invalid state is told apart from an invalid value."""
    found = fault(status, body)
    assert (kind, status, code, message) == (type(found), found.status, found.code, found.message)


HTML = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
WORDLESS = [
    b"",
    HTML,
    b'{"error": {"errorCode": "2',
    b"\xff\xfe\x00",
    b"null",
    b"[]",
    b"7",
    b'"text"',
    b'{"error": null}',
    b"{" * 9,
]


@pytest.mark.parametrize("body", WORDLESS, ids=repr)
@pytest.mark.parametrize(
    ("status", "kind", "may_have_changed"),
    [
        (302, DataFlowUnreadable, True),
        (400, BadParameter, False),
        (401, AuthenticationFailed, False),
        (403, PermissionDenied, False),
        (404, NotFound, False),
        (405, BadParameter, False),
        (408, DataFlowTimedOut, True),
        (429, Throttled, False),
        (499, BadParameter, False),
        (500, DataFlowUnavailable, True),
        (502, DataFlowUnavailable, True),
        (599, DataFlowUnavailable, True),
    ],
)
def test_the_status_is_enough(status: int, kind: type[DataFlowError], body: bytes, *, may_have_changed: bool) -> None:
    """HTML, nothing, half a text and other nonsense leave the error to the status, without a code or words."""
    found = fault(status, body)
    assert (kind, None, None, may_have_changed) == (type(found), found.code, found.message, found.may_have_changed)


@pytest.mark.parametrize("status", [302, 408, 503])
def test_a_read_changes_nothing_whatever_became_of_it(status: int) -> None:
    """The same unclear answers to a read say that nothing was changed."""
    assert not fault(status, writes=False).may_have_changed


def dated(moment: datetime) -> str:
    """Write a moment as an HTTP date."""
    return format_datetime(moment, usegmt=True)


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "body", "their_lead", "seconds"),
    [
        (401, gateway("200", "Authentication Failed"), 6 * MINUTE, -359),
        (401, gateway("200", "Authentication Failed"), -6 * MINUTE, 361),
        (403, b"", -60 * MINUTE, 3601),
        (403, gateway("200", "Authentication Failed"), 10 * MINUTE, -599),
        (401, gateway("200", "Authentication Failed", "Expired timestamp."), 0 * MINUTE, 1),
    ],
)
def test_a_wrong_clock_is_told_apart_from_wrong_keys(
    status: int, body: object, their_lead: timedelta, seconds: int
) -> None:
    """A gateway whose date is over five minutes off, or that speaks of the timestamp, refused our clock."""
    found = fault(status, body, {"date": dated(NOW + their_lead)})
    assert isinstance(found, ClockSkewed)
    assert (status, seconds, False) == (found.status, found.seconds, found.may_have_changed)


def test_without_a_date_the_skew_is_not_known() -> None:
    """The gateway's words alone make it the clock; by how much it is off, they do not say."""
    found = fault(401, gateway("200", "x-ncp-apigw-timestamp has expired"))
    assert isinstance(found, ClockSkewed)
    assert found.seconds == 0


@pytest.mark.parametrize(
    ("status", "code", "their_lead", "kind"),
    [
        (401, "200", 4 * MINUTE, AuthenticationFailed),
        (403, "200", 4 * MINUTE, AuthenticationFailed),
        (401, "200", -299 * timedelta(seconds=1), AuthenticationFailed),
        (401, "210", 60 * MINUTE, PermissionDenied),
        (403, "230", 60 * MINUTE, PermissionDenied),
        (403, "999", 4 * MINUTE, PermissionDenied),
        (404, "300", 60 * MINUTE, NotFound),
    ],
)
def test_a_clock_within_the_window_is_not_blamed(
    status: int, code: str, their_lead: timedelta, kind: type[DataFlowError]
) -> None:
    """Neither is it for a refusal that comes only after the signature was accepted."""
    assert kind is type(fault(status, gateway(code, "No"), {"date": dated(NOW + their_lead)}))


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 23 Nov 2026 03:04:05 -0000", "9" * 40])
def test_a_date_that_cannot_be_read_blames_nobody(date: str) -> None:
    """Without a date to trust it is the keys that were refused."""
    assert AuthenticationFailed is type(fault(401, gateway("200", "Authentication Failed"), {"date": date}))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": dated(NOW + MINUTE)}, 59.322),
        ({"retry-after": dated(NOW + MINUTE), "date": dated(NOW - MINUTE)}, 120.0),
        ({"retry-after": dated(NOW - MINUTE)}, 0.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "9" * 99}, None),
        ({"retry-after": "Mon, 23 Nov 2026 03:04:05 -0000"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    """A date is counted from the gateway's own when it tells that, else from ours; nonsense is nothing."""
    found = fault(429, gateway("420", "Rate Limited"), headers)
    assert isinstance(found, Throttled)
    assert seconds == found.retry_after_seconds


def test_words_are_made_fit_to_be_shown() -> None:
    """Control characters, among them those that reverse text, go; the rest is kept up to 200 characters."""
    found = fault(400, gateway("bad\x00code", "Bad\r\n\tvalue \u202e\u200bevil\x1b[31m", "x" * 500))
    assert (found.code, found.message) == ("bad code", f"Bad value evil [31m: {'x' * 178}…")
    assert len(found.message or "") == 200


def test_words_of_just_the_longest_length_are_whole() -> None:
    """Two hundred characters need no shortening, and a code has forty at most."""
    found = fault(400, gateway("c" * 99, "m" * 200))
    assert (found.code, found.message) == ("c" * 40, "m" * 200)


@pytest.mark.parametrize("value", [None, True, 1.5, [], {}, {"a": "b"}, ""])
def test_a_field_of_the_wrong_type_is_as_if_absent(value: object) -> None:
    """Code, message and details are text or whole numbers, or not there."""
    found = fault(400, {"error": {"errorCode": value, "message": value, "details": value}})
    assert (found.code, found.message) == (None, None)


TRANSIT: list[tuple[httpx.HTTPError, type[DataFlowError], bool]] = [
    (httpx.ConnectError("refused"), DataFlowUnavailable, False),
    (httpx.ConnectTimeout("slow"), DataFlowUnavailable, False),
    (httpx.PoolTimeout("full"), DataFlowUnavailable, False),
    (httpx.ProxyError("no way"), DataFlowUnavailable, False),
    (httpx.UnsupportedProtocol("gopher"), DataFlowUnavailable, False),
    (httpx.ReadTimeout("silent"), DataFlowTimedOut, True),
    (httpx.WriteTimeout("stuck"), DataFlowTimedOut, True),
    (httpx.ReadError("reset"), DataFlowUnavailable, True),
    (httpx.WriteError("reset"), DataFlowUnavailable, True),
    (httpx.CloseError("odd"), DataFlowUnavailable, True),
    (httpx.RemoteProtocolError("gone"), DataFlowUnavailable, True),
    (httpx.LocalProtocolError("ours"), DataFlowUnavailable, True),
    (httpx.DecodingError("not gzip"), DataFlowUnreadable, True),
    (httpx.TooManyRedirects("round"), DataFlowUnavailable, True),
]


@pytest.mark.parametrize(("error", "kind", "may_have_changed"), TRANSIT, ids=lambda each: type(each).__name__)
def test_each_failure_of_the_way_there_is_one_error(
    error: httpx.HTTPError, kind: type[DataFlowError], *, may_have_changed: bool
) -> None:
    """Only where no connection was made is it sure that a write has changed nothing."""
    written, read = (fault_in_transit(OPERATION, error, writes=writes) for writes in (True, False))
    assert (kind, kind) == (type(written), type(read))
    assert (OPERATION, None, may_have_changed) == facts(written)
    assert facts(read) == (OPERATION, None, False)


def concrete(kind: type[Exception]) -> set[type[Exception]]:
    """Return the classes below one that have none below themselves."""
    below = kind.__subclasses__()
    return {each for child in below for each in concrete(child)} if below else {kind}


def test_no_failure_of_the_http_library_is_forgotten() -> None:
    """Each request failure that httpx can raise is in the table above."""
    assert concrete(httpx.RequestError) == {type(error) for error, _, _ in TRANSIT}


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 408, 429, 500])
def test_an_answer_that_repeats_our_headers_does_not_give_them_away(status: int) -> None:
    """Key and signature are taken out of the API's words, and out of everything a traceback would print."""

    def repeat(request: httpx.Request) -> httpx.Response:
        headers = " ".join(request.headers.values())
        return answer(gateway(request.headers["x-ncp-iam-access-key"], headers[:90], headers), status)

    service = Service([repeat])
    with pytest.raises(DataFlowError) as caught:
        service.dataflow().job("Wc7RtQ2mLx9B")
    shown = f"{vars(caught.value)} {caught.value!r} {''.join(traceback.format_exception(caught.value))}"
    for secret in (ACCESS_KEY, SECRET_KEY, service.sent[0].headers["x-ncp-apigw-signature-v2"]):
        assert secret not in shown


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
error_words = st.sampled_from(["error", "errorCode", "errorType", "message", "details", "detail"])
error_bodies = st.dictionaries(
    error_words, json_values | st.dictionaries(error_words, json_values, max_size=3), max_size=4
)


@given(
    status=st.integers(300, 599),
    body=error_bodies | json_values,
    headers=st.dictionaries(st.sampled_from(["date", "retry-after"]), st.text("0123456789 :,-GMTNovMon.", max_size=30)),
)
def test_any_answer_is_one_error_of_the_tree(status: int, body: object, headers: dict[str, str]) -> None:
    """Whatever JSON and headers come with a status, there is one error with short, clean words."""
    found = fault(status, body, headers)
    assert status == found.status
    assert len(found.message or "") <= 200
    assert (found.message or "x").isprintable()
