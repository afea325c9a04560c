"""The Data Flow API in memory; it keeps the contract suite of the HTTP client (``tests/contract/test_dataflow.py``)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from handler.domain.dataflow_errors import BadParameter, BadState, DataFlowError, NotFound
from handler.domain.model import TIMEOUT, WORKERS, Job, JobId, JobSummary, Limits, RunCondition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from handler.domain.model import Execution

Method = Literal["job", "jobs", "executions", "put_run_condition"]
DOCUMENTED_LIMITS = Limits()
_NOT_YET = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fault:
    """What the next call of this method of the port raises; None lets a write be accepted all the same.

    ``takes_effect`` says whether a write was done before. ``times`` is for how many calls.
    """

    method: Method
    error: DataFlowError | None
    takes_effect: bool = False
    times: int = 1


@dataclass(frozen=True, slots=True)
class Put:
    """A write as it arrived, whatever became of it."""

    job_id: JobId
    condition: RunCondition


@dataclass(slots=True)
class _Stored:
    job: Job
    executions: tuple[Execution, ...]
    shown: RunCondition
    reads_until_shown: int = 0


class FakeDataFlow:
    """Remembers ``puts`` and uses up ``faults`` in their order.

    A write is shown by the read after the next ``reads_until_shown`` reads of its job; 0 shows it at once.
    """

    def __init__(self, jobs: Iterable[Job] = (), executions: Mapping[str, Sequence[Execution]] | None = None) -> None:
        told = executions or {}
        self.puts: list[Put] = []
        self.faults: list[Fault] = []
        self.reads_until_shown = 0
        self._stored: dict[str, _Stored] = {
            job.id: _Stored(job, tuple(told.get(job.id, ())), job.run_condition) for job in jobs
        }

    def stored(self, job_id: str) -> RunCondition:
        """Return what a job's run condition really is, whatever reads show."""
        return self._stored[job_id].job.run_condition

    def edit(self, job_id: str, **fields: object) -> None:
        """Change a job's run condition as somebody in the console would; it shows at once."""
        stored = self._stored[job_id]
        stored.shown = RunCondition({**stored.job.run_condition.fields, **fields})
        stored.job = replace(stored.job, run_condition=stored.shown)

    def remove(self, job_id: str) -> None:
        """Delete a job for good."""
        del self._stored[job_id]

    def job(self, job_id: str) -> Job:
        """Read one job by its id."""
        self._strike("job")
        stored = self._found(job_id, "getJobById")
        if stored.reads_until_shown == 0:
            return stored.job
        stored.reads_until_shown -= 1
        return replace(stored.job, run_condition=stored.shown)

    def jobs(self) -> Sequence[JobSummary]:
        """Read the list of all jobs."""
        self._strike("jobs")
        jobs = [stored.job for stored in self._stored.values()]
        return tuple(JobSummary(job.id, job.name, job.type, job.status, job.last_execution_status) for job in jobs)

    def executions(self, job_id: JobId, *, limit: int) -> Sequence[Execution]:
        """Read a job's newest executions, newest first; those without a start come before all others."""
        self._strike("executions")
        return sorted(self._found(job_id, "getJobExecutions").executions, key=_began, reverse=True)[:limit]

    def put_run_condition(self, job_id: JobId, condition: RunCondition) -> None:
        """Write a job's run condition; like the API, refuse a deleted job and new values outside documented limits."""
        self.puts.append(Put(job_id, condition))
        fault = self._next_fault("put_run_condition")
        if fault is None or fault.takes_effect:
            self._write(job_id, condition)
        if fault is not None and fault.error is not None:
            raise fault.error

    def _write(self, job_id: JobId, condition: RunCondition) -> None:
        operation = "updateJobExecuteConfig"
        job = self._found(job_id, operation).job
        if job.status == "DELETED":
            raise BadState(operation, status=400, code="bad-state")
        for name, (least, most) in ((WORKERS, DOCUMENTED_LIMITS.workers), (TIMEOUT, DOCUMENTED_LIMITS.timeout_minutes)):
            value = condition.fields.get(name)
            is_allowed = value == job.run_condition.fields.get(name) or (
                isinstance(value, int) and least <= value <= most
            )
            if not is_allowed:
                raise BadParameter(operation, status=400, code="bad-parameter", message=f"{name} is out of range")
        stored = self._stored[job_id]
        stored.shown = stored.job.run_condition
        stored.reads_until_shown = self.reads_until_shown
        stored.job = replace(stored.job, run_condition=condition)

    def _found(self, job_id: str, operation: str) -> _Stored:
        if job_id not in self._stored:
            raise NotFound(operation, status=404)
        return self._stored[job_id]

    def _strike(self, method: Method) -> None:
        fault = self._next_fault(method)
        if fault is not None and fault.error is not None:
            raise fault.error

    def _next_fault(self, method: Method) -> Fault | None:
        for place, fault in enumerate(self.faults):
            if fault.method == method:
                self.faults[place : place + 1] = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                return fault
        return None


def _began(execution: Execution) -> datetime:
    return execution.started_at or _NOT_YET
