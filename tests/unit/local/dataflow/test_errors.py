"""Refusals over HTTP: each documented row, in each documented shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.local.dataflow.refusals import GATEWAY_ROWS, SERVICE_ROWS, Row
from tests.unit.local.dataflow.caller import NOW, Caller, signed

if TYPE_CHECKING:
    from infra.local.dataflow.refusals import ErrorShape

# Written out once more so that a change of the table in the code is seen.
GATEWAY = {
    (400, "100", "Bad Request Exception"),
    (401, "200", "Authentication Failed"),
    (401, "210", "Permission Denied"),
    (403, "230", "Forbidden"),
    (404, "300", "Not Found Exception"),
    (413, "430", "Request Entity Too Large"),
    (429, "400", "Quota Exceeded"),
    (429, "410", "Throttle Limited"),
    (429, "420", "Rate Limited"),
    (500, "900", "Unexpected Error"),
    (503, "500", "Endpoint Error"),
    (504, "510", "Endpoint Timeout"),
}
SERVICE = {
    (400, "bad-request", "Bad Request"),
    (400, "bad-parameter", "bad-parameter"),
    (400, "bad-state", "bad-state"),
    (404, "not-found", "not-found"),
}


def test_the_tables() -> None:
    """The rows are those of the two documented tables, with the 404 that G1 lists for Data Flow."""
    assert {(row.status, row.code, row.message) for row in GATEWAY_ROWS} == GATEWAY
    assert {(row.status, row.code, row.message) for row in SERVICE_ROWS} == SERVICE


@pytest.mark.parametrize("row", GATEWAY_ROWS, ids=lambda row: f"{row.status}-{row.code}")
@pytest.mark.parametrize("shape", ["error", "detail"])
def test_each_gateway_row(caller: Caller, row: Row, shape: ErrorShape) -> None:
    """The gateway's rows are wrapped in `error` with a string as code, whichever shape Data Flow's own have."""
    caller.control("POST", "/options", {"error_shape": shape})
    caller.fault(kind="status", status=row.status, code=row.code, details="Because.")
    answer = caller.call("GET", "/api/v1/jobs")
    assert answer.status_code == row.status
    assert answer.json() == {"error": {"errorCode": row.code, "message": row.message, "details": "Because."}}
    assert answer.headers["content-type"] == "application/json"
    assert caller.call("GET", "/api/v1/jobs").status_code == 200


@pytest.mark.parametrize("row", SERVICE_ROWS, ids=lambda row: row.code)
def test_each_row_of_data_flow(caller: Caller, row: Row) -> None:
    """Data Flow's own rows come in the shape of its overview page or in that of NAVER's sample."""
    answers = []
    for shape in ("error", "detail"):
        caller.control("POST", "/options", {"error_shape": shape})
        caller.fault(kind="status", status=row.status, code=row.code, details="Because.")
        answers.append(caller.call("GET", "/api/v1/jobs"))
    assert [row.status, row.status] == [answer.status_code for answer in answers]
    assert answers[0].json() == {"error": {"errorCode": row.code, "message": row.message, "details": "Because."}}
    assert answers[1].json() == {"detail": "Because.", "errorType": row.code}


@pytest.mark.parametrize("target", ["/api/v1/jobs", "/api/v1/jobs/Wc7RtQ2mLx9B", "/no/such/url"])
def test_unsigned_requests(caller: Caller, target: str) -> None:
    """A request without the headers is refused with 401 before anything else is looked at."""
    answer = caller.send("GET", target, b"", {})
    assert answer.status_code == 401
    assert answer.json() == {
        "error": {
            "errorCode": "200",
            "message": "Authentication Failed",
            "details": "Authentication information are missing.",
        }
    }


def test_the_signature_covers_the_query_as_sent(caller: Caller) -> None:
    """A signature over literal colons does not pass when they are sent percent-encoded; over the sent form it does."""
    sent = "/api/v1/jobs?name=a%3Ab"
    assert caller.send("GET", sent, b"", signed("GET", "/api/v1/jobs?name=a:b")).status_code == 401
    assert caller.send("GET", sent, b"", signed("GET", sent)).status_code == 200


def test_a_refused_signature_changes_nothing(caller: Caller) -> None:
    """A PUT with a wrong secret is refused and not applied."""
    target = "/api/v1/jobs/Wc7RtQ2mLx9B/executions"
    answer = caller.send("PUT", target, b"{}", signed("PUT", target, secret_key="wrong"))
    assert answer.json()["error"]["details"] == "Invalid authentication information."
    assert caller.world.puts == []


def test_any_content_type_is_taken(caller: Caller) -> None:
    """A body is read as JSON even when curl's default content type stands above it, as in the documented example."""
    target = "/api/v1/jobs/Wc7RtQ2mLx9B/executions"
    condition = b'{"jobCondition": {"numWorker": 3, "nrn": "n", "scriptPath": "s/", "logPath": "l/"}}'
    headers = {**signed("PUT", target), "content-type": "application/x-www-form-urlencoded"}
    assert caller.send("PUT", target, condition, headers).json()["runCondition"]["numWorker"] == 3


def test_unknown_job_over_http(caller: Caller) -> None:
    """An unknown job is Data Flow's 404, which names the id."""
    answer = caller.call("GET", "/api/v1/jobs/unknown")
    assert answer.status_code == 404
    assert answer.json()["error"]["details"] == "No job has the id unknown."


def test_answers_carry_the_gateways_headers(caller: Caller) -> None:
    """Each answer has the gateway's date, by the world's clock, and a trace id of its own."""
    answers = [caller.call("GET", "/api/v1/jobs"), caller.send("GET", "/api/v1/jobs", b"", {})]
    assert {answer.headers["date"] for answer in answers} == {NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    assert len({answer.headers["x-ncp-trace-id"] for answer in answers}) == 2


def test_text_that_is_no_utf8_does_not_break_the_answer(caller: Caller) -> None:
    """A lone surrogate that was stored comes back as a question mark instead of breaking the answer or the log."""
    target = "/api/v1/jobs/Wc7RtQ2mLx9B/executions"
    condition = rb'{"jobCondition": {"nrn": "n", "scriptPath": "\ud800/", "logPath": "l/"}}'
    answer = caller.send("PUT", target, condition, signed("PUT", target))
    assert answer.json()["runCondition"]["scriptPath"] == "?/"
    assert caller.control("GET", "/log").status_code == 200
