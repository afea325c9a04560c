"""What other workers and other people do at the very moment when nobody looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.dataflow import FakeDataFlow
from tests.fakes.ledger import FakeLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from handler.domain.audit import Fact
    from handler.domain.model import Job, JobId, RequestId, RunCondition
    from handler.domain.request import Request

    Happening = Callable[[], object]


@dataclass
class BusyLedger(FakeLedger):
    """Before a call of a method is carried out, the next of its happenings happens; each once."""

    before: dict[str, list[Happening]] = field(default_factory=dict)

    def advance(self, before: Request, after: Request, fact: Fact) -> None:
        """Record a request's next state, too late perhaps."""
        self._happen("advance")
        super().advance(before, after, fact)

    def claim_telling(self, request: Request, until: datetime) -> Request:
        """Take over what is untold."""
        self._happen("claim_telling")
        return super().claim_telling(request, until)

    def request(self, request_id: RequestId) -> Request | None:
        """Read one request."""
        self._happen("request")
        return super().request(request_id)

    def chain(self, request_id: RequestId) -> tuple[Mapping[str, object], ...]:
        """Read all facts of one request."""
        self._happen("chain")
        return super().chain(request_id)

    def _happen(self, method: str) -> None:
        if self.before.get(method):
            self.before[method].pop(0)()


class BusyDataFlow(FakeDataFlow):
    """Before a job is read or written, the next of these happenings happens; each once."""

    def __init__(self, others: FakeDataFlow) -> None:
        super().__init__([others.job(summary.id) for summary in others.jobs()])
        self.before_read: list[Happening] = []
        self.before_write: list[Happening] = []

    def job(self, job_id: str) -> Job:
        """Read one job by its id, as it is by then."""
        if self.before_read:
            self.before_read.pop(0)()
        return super().job(job_id)

    def put_run_condition(self, job_id: JobId, condition: RunCondition) -> None:
        """Write a job's run condition, after what happens."""
        if self.before_write:
            self.before_write.pop(0)()
        super().put_run_condition(job_id, condition)


def nothing() -> None:
    """Let nothing happen."""
