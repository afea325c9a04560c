"""The DataFlow port over HTTPS. Reads are tried again inside a deadline; a write is sent once, whatever becomes of it.

Paths and names: https://api.ncloud-docs.com/docs/en/analytics-dataflow and its pages getJobById, getJobs,
getJobExecutions, updateJobExecuteConfig.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import quote

import httpx

from handler.adapters.dataflow import wire
from handler.adapters.dataflow.exchange import Call, exchange
from handler.adapters.dataflow.lenient import document
from handler.adapters.dataflow.paging import is_newest_first, read_all
from handler.adapters.dataflow.retry import Deadline, Patience, retried
from handler.domain.dataflow_errors import DataFlowUnreadable, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handler.adapters.dataflow.faults import Answer
    from handler.adapters.dataflow.signature import NcpSignatureV2
    from handler.domain.model import Execution, Job, JobId, JobSummary, RunCondition
    from handler.ports import Clock

Result = TypeVar("Result")

JOBS_PATH: Final = "/api/v1/jobs"
GET_JOB: Final = "getJobById"
GET_JOBS: Final = "getJobs"
GET_EXECUTIONS: Final = "getJobExecutions"
PUT_SETTINGS: Final = "updateJobExecuteConfig"
# The documented default of ``limit``, the one value that is sure to be allowed.
PAGE_LIMIT: Final = 1000
FIRST_LOOK: Final = 20
LONGEST_ID: Final = 200


def open_client(base_url: str, auth: NcpSignatureV2, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Return an HTTP client for the API at this address (without ``/api/v1``); close it when done."""
    return httpx.Client(
        base_url=base_url,
        auth=auth,
        transport=transport,
        # Compressed, a small answer could become a huge one before its size is seen.
        headers={"accept": "application/json", "accept-encoding": "identity"},
    )


class HttpDataFlow:
    """Keeps ``handler.ports.DataFlow``. ``random`` returns numbers from 0 to 1, for the pauses between tries."""

    def __init__(
        self, client: httpx.Client, clock: Clock, random: Callable[[], float], patience: Patience | None = None
    ) -> None:
        self._client = client
        self._clock = clock
        self._random = random
        self._patience = patience or Patience()

    def job(self, job_id: str) -> Job:
        """Read one job. An answer about another one is DataFlowUnreadable: its settings would be written here."""
        call = Call(GET_JOB, "GET", _path(GET_JOB, job_id))
        found = self._read(call, wire.job, self._deadline())
        if found.id.casefold() != job_id.casefold():
            raise DataFlowUnreadable(GET_JOB, may_have_changed=False)
        return found

    def jobs(self) -> Sequence[JobSummary]:
        """Read the list of all jobs, through all pages."""
        deadline = self._deadline()

        def read_page(number: int) -> wire.Page[JobSummary]:
            return self._read(_page(GET_JOBS, JOBS_PATH, number, PAGE_LIMIT), wire.job_page, deadline)

        return read_all(GET_JOBS, PAGE_LIMIT, read_page)

    def executions(self, job_id: JobId, *, limit: int) -> Sequence[Execution]:
        """Read a job's newest executions, newest first.

        The order of the list is not documented. One small page is enough when its dates show that it begins with the
        newest; otherwise all pages are read, in large ones if there are many, since the newest may be on the last.
        """
        path = f"{_path(GET_EXECUTIONS, job_id)}/executions"
        deadline = self._deadline()

        def read_page(number: int, size: int) -> wire.Page[wire.DatedExecution]:
            return self._read(_page(GET_EXECUTIONS, path, number, size), wire.execution_page, deadline)

        look = max(limit, FIRST_LOOK)
        first = read_page(0, look)
        found = first.entries
        if first.size >= look and not is_newest_first(found):
            found = read_all(GET_EXECUTIONS, PAGE_LIMIT, lambda number: read_page(number, PAGE_LIMIT))
        elif len(found) < limit or not is_newest_first(found):
            found = read_all(GET_EXECUTIONS, look, lambda number: read_page(number, look) if number else first)
        return wire.newest_first(found)[:limit]

    def put_run_condition(self, job_id: JobId, condition: RunCondition) -> None:
        """Write a job's whole run condition, with one PUT and no more. Any HTTP 2xx is a success.

        Raises ValueError or TypeError, with nothing sent, for a condition that JSON cannot hold.
        """
        body = json.dumps({"jobCondition": dict(condition.fields)}, allow_nan=False).encode()
        path = f"{_path(PUT_SETTINGS, job_id)}/executions"
        call = Call(PUT_SETTINGS, "PUT", path, body=body)
        exchange(self._client, call, tried=1, patience=self._patience, deadline=self._deadline())

    def _read(self, call: Call, reader: Callable[[object], Result], deadline: Deadline) -> Result:
        def attempt(tried: int) -> Answer:
            return exchange(self._client, call, tried=tried, patience=self._patience, deadline=deadline)

        answer = retried(attempt, patience=self._patience, deadline=deadline, random=self._random)
        try:
            return reader(document(answer.body))
        except ValueError as error:
            raise DataFlowUnreadable(call.operation, status=answer.status, may_have_changed=False) from error

    def _deadline(self) -> Deadline:
        return Deadline.after(self._clock, self._patience.deadline_seconds)


def _page(operation: str, path: str, number: int, limit: int) -> Call:
    return Call(operation, "GET", path, {"page": str(number), "limit": str(limit)})


def _path(operation: str, job_id: str) -> str:
    """Return a job's path. Raises NotFound for what can be no id: a path of dots, for one, leads elsewhere."""
    if not job_id.strip(".") or len(job_id) > LONGEST_ID:
        raise NotFound(operation)
    return f"{JOBS_PATH}/{quote(job_id, safe='*', errors='replace')}"
