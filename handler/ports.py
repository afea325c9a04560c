"""What the flows need of the world, as Protocols: adapters and fakes keep the same contract suites."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from handler.domain.period import EVER
from handler.sighting_ports import Noted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from handler.audit_ports import Seals
    from handler.domain.audit import Fact
    from handler.domain.authority import Decision, Question
    from handler.domain.model import (
        Execution,
        GroupName,
        Job,
        JobId,
        JobSummary,
        Limits,
        RequestId,
        RunCondition,
        UserId,
    )
    from handler.domain.period import Bounds
    from handler.domain.request import Card, Request
    from handler.domain.review import Terms
    from handler.sighting_ports import Sightings


class Clock(Protocol):
    """Time, as an argument."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class NewId(Protocol):
    """A source of short ids that a person can read out: one for each incident."""

    def __call__(self) -> str:
        """Return a new one, different each time."""


class DataFlow(Protocol):
    """The NAVER Cloud Data Flow API as far as it is needed. Every method may raise a DataFlowError of the tree."""

    def job(self, job_id: str) -> Job:
        """Read one job by its id. Raises NotFound."""

    def jobs(self) -> Sequence[JobSummary]:
        """Read the list of all jobs, through all pages."""

    def executions(self, job_id: JobId, *, limit: int) -> Sequence[Execution]:
        """Read a job's newest executions, newest first."""

    def put_run_condition(self, job_id: JobId, condition: RunCondition) -> None:
        """Write a job's whole run condition, once; what the API echoes is not trusted and not returned."""


@dataclass(frozen=True, slots=True)
class ByJob:
    """Facts about one job."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class ByActor:
    """Facts that one person caused."""

    user_id: UserId


@dataclass(frozen=True, slots=True)
class FactPage:
    """Facts as stored attributes, newest first; ``cursor`` leads to the next page, None at the end.

    ``after`` are cursors too: each leads to what comes after the fact at the same place.
    """

    facts: tuple[Mapping[str, object], ...]
    cursor: str | None = None
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick that came to its end, and the version of the policy that it went by."""

    at: datetime
    policy_version: str


class Ledger(Protocol):
    """The record: requests with their locks, and the append-only audit table. All may raise LedgerUnavailable."""

    @property
    def seals(self) -> Seals:
        """The seals of the days, which are facts of this record."""

    @property
    def sightings(self) -> Sightings:
        """Each job as it was last seen."""

    def open(self, request: Request, fact: Fact) -> None:
        """Record a new request, its first fact and, when its state holds the job, the job's lock: all or nothing.

        Raises DeliveryKnown when the same delivery opened this id before, IdTaken when another one did, JobBusy when
        another request holds the job.
        """

    def advance(self, before: Request, after: Request, fact: Fact) -> None:
        """Record a request's next state and the fact of it, take or release the job's lock as the states say.

        A request that becomes over without being put back (``Ending.is_over``) takes no lock; it needs the job free.
        Raises Moved when the request is no longer as ``before`` was read, JobBusy when the lock cannot be taken.
        """

    def record(self, fact: Fact) -> None:
        """Record a fact that opens no request: a chain of its own. Recording the same delivery's again changes nothing.

        Raises IdTaken when another delivery's request has this id.
        """

    def remember_card(self, request_id: RequestId, card: Card) -> None:
        """Keep where the request's message stands, once it was sent."""

    def told(self, request: Request) -> None:
        """Keep that people have been told everything up to this request's head; nothing when it moved on since."""

    def claim_telling(self, request: Request, until: datetime) -> Request:
        """Take over what is untold of a request, as it was read; others leave it alone until then. Return it so.

        Raises Moved when it moved on or was claimed since.
        """

    def put_off(self, request: Request, until: datetime) -> None:
        """Turn to what a request owes no sooner than then, as it was read; what it owes stays as it is.

        Raises Moved when it moved on or was told of since.
        """

    def request(self, request_id: RequestId) -> Request | None:
        """Read one request, consistently."""

    def newest_applied(self, job_id: JobId) -> RequestId | None:
        """Return the request that was applied to this job last, whatever became of it since, consistently."""

    def open_requests(self, *, limit: int) -> tuple[Request, ...]:
        """Read the requests that need something still, the first due first; none that only must be told of."""

    def due_requests(self, now: datetime, *, limit: int) -> tuple[Request, ...]:
        """Read the requests to which the tick must turn by now, to do something or to tell, the first due first."""

    def chain(self, request_id: RequestId) -> tuple[Mapping[str, object], ...]:
        """Read all facts of one request in their order, as stored attributes without those that serve an index."""

    def history(
        self, query: ByJob | ByActor, *, limit: int, cursor: str | None = None, bounds: Bounds = EVER
    ) -> FactPage:
        """Read facts by job or person that were recorded within the bounds, newest first.

        Raises BadCursor for a cursor that is none of ours, or lies outside the bounds.
        """

    def ticked(self, tick: Tick) -> None:
        """Keep that a tick came to its end, in place of the one before it."""

    def last_tick(self) -> Tick | None:
        """Read the tick that came to its end last, consistently; None before the first."""


class Policy(Protocol):
    """Who may do what. Deciding is pure: everything it depends on is in the question and in the loaded files."""

    @property
    def version(self) -> str:
        """The policy's version: a hash of its files."""

    @property
    def limits(self) -> Limits:
        """What may be written at all."""

    @property
    def terms(self) -> Terms:
        """How approvals and emergencies run."""

    def decide(self, question: Question) -> Decision:
        """Answer one question."""

    def permitted(self, questions: Sequence[Question]) -> tuple[bool, ...]:
        """Answer many at once: is each allowed straight away?"""


class Directory(Protocol):
    """Who belongs to which of the policy's groups."""

    def groups_of(self, user_id: UserId, *, afresh: bool = False) -> frozenset[GroupName]:
        """Return the person's groups; ``afresh`` believes nothing read before, of anybody. Raises GroupUndetermined."""

    def people(self) -> Mapping[UserId, frozenset[GroupName]]:
        """Return everybody who is in a group, with their groups. Raises GroupUndetermined."""


@dataclass(frozen=True, slots=True)
class Message:
    """What Slack shows: Block Kit blocks, and the same in plain words for notifications and screen readers."""

    text: str
    blocks: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """Everything a flow may touch, made once in the composition root."""

    dataflow: DataFlow
    ledger: Ledger
    policy: Policy
    directory: Directory
    clock: Clock
    new_id: NewId
    noted: Noted = field(default_factory=Noted)
