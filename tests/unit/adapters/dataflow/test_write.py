"""The one write: sent once whatever becomes of it, whole, and believed by its status alone."""

from __future__ import annotations

import json
import logging
from decimal import Decimal
from typing import Any

import httpx
import pytest

from handler.adapters.dataflow.lenient import document
from handler.domain.dataflow_errors import (
    AuthenticationFailed,
    BadParameter,
    BadState,
    DataFlowError,
    DataFlowTimedOut,
    DataFlowUnavailable,
    DataFlowUnreadable,
    NotFound,
    PermissionDenied,
    Throttled,
)
from handler.domain.model import JobId, RunCondition
from tests.makers import run_condition
from tests.unit.adapters.dataflow.service import Service, Step, Streamed, answer, facts, raw_answer

WORDCOUNT = JobId("Wc7RtQ2mLx9B")


def test_a_write_is_one_put_of_the_whole_condition() -> None:
    """The path is that of the executions, the wrapper is jobCondition, the method is never POST, which would run it."""
    service = Service([answer()])
    condition = run_condition(numWorker=4, parameters={"mode": "full"}, unknown=None)
    service.dataflow().put_run_condition(WORDCOUNT, condition)
    assert service.targets() == ["PUT /api/v1/jobs/Wc7RtQ2mLx9B/executions"]
    request = service.sent[0]
    assert {"jobCondition": dict(condition.fields)} == json.loads(request.content)
    assert request.headers["content-type"] == "application/json"
    assert request.extensions["timeout"] == {"connect": 2.0, "read": 10.0, "write": 10.0, "pool": 2.0}


def test_what_was_read_is_written_back_as_it_was() -> None:
    """Numbers keep their kind, text its characters, and fields their order."""
    text = '{"numWorker": 2.0, "timeout": 2880, "nrn": "", "x": {"y": [0.1, 12345678901234567890, "\\u0000\\ud55c"]}}'
    fields = document(text.encode())
    assert isinstance(fields, dict)
    service = Service([answer()])
    service.dataflow().put_run_condition(WORDCOUNT, RunCondition(fields))
    assert f'{{"jobCondition": {text}}}' == service.sent[0].content.decode()


@pytest.mark.parametrize(
    "step",
    [
        answer(),
        answer({"jobId": "another", "runCondition": {"numWorker": 9}}),
        answer({}, 201),
        answer({}, 202),
        raw_answer(b"", 204),
        raw_answer(b""),
        raw_answer(b"<html>fine</html>"),
        raw_answer(b'{"jobId": "Wc7'),
        Streamed([b"{", httpx.ReadError("reset")]),
        Streamed([b"{", httpx.ReadTimeout("silent")]),
        Streamed([b"no gzip"], content_encoding="gzip"),
        Streamed([b" " * 2**20] * 99),
    ],
    ids=repr,
)
def test_any_success_is_a_success(step: httpx.Response | Step) -> None:
    """The status was told; the echo, which by the documents' own example is not what was sent, is not looked at."""
    service = Service([step, answer({}, 500)])
    service.dataflow().put_run_condition(WORDCOUNT, run_condition())
    assert len(service.sent) == 1


FAILURES: list[tuple[Any, type[DataFlowError], bool]] = [
    (httpx.ConnectError("refused"), DataFlowUnavailable, False),
    (httpx.ConnectTimeout("slow"), DataFlowUnavailable, False),
    (httpx.PoolTimeout("full"), DataFlowUnavailable, False),
    (httpx.ReadTimeout("silent"), DataFlowTimedOut, True),
    (httpx.WriteTimeout("stuck"), DataFlowTimedOut, True),
    (httpx.ReadError("reset"), DataFlowUnavailable, True),
    (httpx.RemoteProtocolError("gone"), DataFlowUnavailable, True),
    (answer({}, 307, location="/api/v1/jobs"), DataFlowUnreadable, True),
    (answer({"error": {"message": "bad-parameter"}}, 400), BadParameter, False),
    (answer({"errorType": "bad-state"}, 400), BadState, False),
    (answer({}, 401), AuthenticationFailed, False),
    (answer({}, 403), PermissionDenied, False),
    (answer({}, 404), NotFound, False),
    (answer({}, 408), DataFlowTimedOut, True),
    (answer({}, 413), BadParameter, False),
    (answer({}, 429, retry_after="0"), Throttled, False),
    (answer({}, 500), DataFlowUnavailable, True),
    (answer({}, 503), DataFlowUnavailable, True),
    (answer({}, 504), DataFlowUnavailable, True),
    (Streamed([b"{", httpx.ReadError("reset")], 400), BadParameter, False),
    (Streamed([httpx.ReadTimeout("silent")], 503), DataFlowUnavailable, True),
]


@pytest.mark.parametrize(("step", "kind", "may_have_changed"), FAILURES, ids=repr)
def test_a_write_is_never_sent_twice(step: Any, kind: type[DataFlowError], *, may_have_changed: bool) -> None:
    """One request leaves whatever fails; the error says whether the job may have been changed all the same."""
    service = Service([step, answer()])
    with pytest.raises(kind) as caught:
        service.dataflow().put_run_condition(WORDCOUNT, run_condition())
    assert (1, may_have_changed) == (len(service.sent), caught.value.may_have_changed)
    assert service.clock.slept_seconds == []
    assert caught.value.operation == "updateJobExecuteConfig"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal(2), {1, 2}, b"2"], ids=repr)
def test_what_json_cannot_hold_is_not_sent(value: object) -> None:
    """A condition that could only be sent changed is a defect of ours, found before anything leaves."""
    service = Service([answer()])
    with pytest.raises((ValueError, TypeError)):
        service.dataflow().put_run_condition(WORDCOUNT, run_condition(x=value))
    assert service.sent == []


def test_what_can_be_no_id_is_not_written_to() -> None:
    """Dots would lead to another address: not found, without a request."""
    service = Service([answer()])
    with pytest.raises(NotFound) as caught:
        service.dataflow().put_run_condition(JobId(".."), run_condition())
    assert facts(caught.value) == ("updateJobExecuteConfig", None, False)
    assert service.sent == []


def test_a_write_is_the_first_try_and_the_only_one(caplog: pytest.LogCaptureFixture) -> None:
    """The log says so too."""
    service = Service([answer({}, 500)], seconds=2.0)
    with caplog.at_level(logging.INFO, "handler.adapters.dataflow"), pytest.raises(DataFlowUnavailable):
        service.dataflow().put_run_condition(WORDCOUNT, run_condition())
    (logged,) = [vars(record) for record in caplog.records if record.name.startswith("handler")]
    assert [logged[name] for name in ("operation", "status", "attempt", "duration_ms")] == [
        "updateJobExecuteConfig",
        500,
        1,
        2000,
    ]
