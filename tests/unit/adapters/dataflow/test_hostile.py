"""Whatever a service sends, the client gives a value of the domain or an error of the tree, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.dataflow_errors import DataFlowError
from handler.domain.model import Execution, Job, JobId, JobSummary, RunCondition
from tests.unit.adapters.dataflow.service import Service, raw_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.adapters.dataflow.client import HttpDataFlow

WORDCOUNT = JobId("Wc7RtQ2mLx9B")
NAMES = [
    *("jobId", "name", "type", "status", "nodes", "runCondition", "jobCondition", "createdDate", "lastExecutionDate"),
    *("list", "count", "jobExecutionId", "startDate", "endDate", "executorNum", "runningTime", "triggerName"),
    *("id", "parentNodeIds", "numWorker", "timeout", "nrn", "error", "errorCode", "message", "details", "errorType"),
]
# any character, half ones too: what JSON can escape, it can carry
TEXT = st.text(st.characters(), max_size=12) | st.sampled_from([WORDCOUNT, "2025-03-20T13:07:34+09:00", "RUNNING", "4"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
KEYS = st.sampled_from(NAMES) | TEXT
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=12
)
FIELDS = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, VALUES))
JOBS = st.builds(lambda fields, name: {**fields, "jobId": WORDCOUNT, "name": name}, FIELDS, TEXT)
PAGES = st.fixed_dictionaries({"list": st.lists(FIELDS, max_size=4)}, optional={"count": SCALARS})
ANSWERS = st.sampled_from([200, 200, 200, 204, 302, 400, 401, 404, 429, 500])

CALLS: list[Callable[[HttpDataFlow], object]] = [
    lambda dataflow: dataflow.job(WORDCOUNT),
    lambda dataflow: dataflow.jobs(),
    lambda dataflow: dataflow.executions(WORDCOUNT, limit=3),
    lambda dataflow: dataflow.put_run_condition(WORDCOUNT, RunCondition({"numWorker": 4})),
]


def result(body: bytes, status: int, call: Callable[[HttpDataFlow], object]) -> object:
    """Return what a call comes to when every answer is this one; an error of the tree is a result like any other."""
    service = Service([lambda _: raw_answer(body, status)])
    try:
        return call(service.dataflow())
    except DataFlowError as error:
        return error


def is_of_the_domain(value: object) -> bool:
    """Say whether a caller of the port may get this."""
    if isinstance(value, tuple):
        return all(isinstance(each, JobSummary | Execution) for each in value)
    return value is None or isinstance(value, Job | DataFlowError)


@pytest.mark.parametrize("call", CALLS, ids=["job", "jobs", "executions", "put"])
@given(value=VALUES | JOBS | PAGES, status=ANSWERS)
def test_any_json_comes_to_a_value_or_an_error(value: Any, status: int, call: Callable[[HttpDataFlow], object]) -> None:
    """Any JSON value with any status, also one that is nearly a job or a list."""
    assert is_of_the_domain(result(json.dumps(value).encode(), status, call))


@pytest.mark.parametrize("call", CALLS, ids=["job", "jobs", "executions", "put"])
@given(body=st.binary(max_size=60), status=ANSWERS)
def test_any_bytes_come_to_a_value_or_an_error(
    body: bytes, status: int, call: Callable[[HttpDataFlow], object]
) -> None:
    """Bytes that are no JSON, no UTF-8, nothing."""
    assert is_of_the_domain(result(body, status, call))


@given(value=JOBS)
def test_what_was_read_of_a_job_can_be_written_and_recorded(value: Any) -> None:
    """A run condition that was read goes out again as the same JSON, and none of its text breaks an encoder."""
    job = result(json.dumps(value).encode(), 200, CALLS[0])
    if isinstance(job, Job):
        service = Service([httpx.Response(200)])
        service.dataflow().put_run_condition(WORDCOUNT, job.run_condition)
        written = json.loads(service.sent[0].content)["jobCondition"]
        assert json.dumps(dict(job.run_condition.fields)) == json.dumps(written)
        assert f"{job}".encode().decode() == f"{job}"
