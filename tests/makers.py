"""Makers of domain values for tests: whatever a test is not about has a sensible default."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Unpack

from handler.domain.audit import BEFORE_FIRST, Event, Fact, chained, recordable, timestamp
from handler.domain.identity import delivery_digest
from handler.domain.model import Actor, Change, ChannelId, Head, Job, JobId, JobSummary, RequestId, RunCondition, UserId
from handler.domain.moves import Move
from handler.domain.request import Card, Request, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypedDict

    class RequestFields(TypedDict, total=False):
        """What a maker of requests may be told; the rest is the default."""

        requester: Actor
        created_at: datetime
        updated_at: datetime
        policy_version: str
        because: tuple[str, ...]
        reason: str | None
        due_at: datetime | None
        card: Card | None
        found: RunCondition | None
        problem: str | None
        checks: int
        started_at: datetime | None

    class FactFields(TypedDict, total=False):
        """What a maker of facts may be told; the rest is the default."""

        at: str
        actor: str
        channel: str | None
        job_id: str | None
        job_name: str | None
        before: Mapping[str, object] | None
        after: Mapping[str, object] | None
        reason: str | None
        policy_version: str | None
        because: tuple[str, ...] | None
        delivery: str | None
        detail: str | None
        writer: str | None


NOW: Final = datetime(2026, 11, 23, 3, 4, 5, 678000, tzinfo=UTC)
JOB_ID: Final = JobId("Wc7RtQ2mLx9B")
REQUEST_ID: Final = RequestId("7k3m-q2xd")
RUN_CONDITION_FIELDS: Final[Mapping[str, object]] = MappingProxyType(
    {
        "workerType": "DEFAULT",
        "numWorker": 2,
        "timeout": 360,
        "nrn": "nrn:PUB:IAM::1234567:Role/00000000-0000-4000-8000-000000000001",
        "scriptPath": "dataflow-1234567-wc01/scripts/",
        "logPath": "dataflow-1234567-wc01/sparkHistoryLogs/",
    }
)


def at(minutes: float = 0) -> datetime:
    """Return the moment this many minutes after the tests' now."""
    return NOW + timedelta(minutes=minutes)


def run_condition(**fields: object) -> RunCondition:
    """Make a run condition of a job that was set up; ``fields`` replace or add."""
    return RunCondition({**RUN_CONDITION_FIELDS, **fields})


def job(job_id: str = JOB_ID, name: str = "wordcount", condition: RunCondition | None = None) -> Job:
    """Make a job that waits to be run."""
    return Job(
        id=JobId(job_id),
        name=name,
        run_condition=condition or run_condition(),
        type="DATAFLOW",
        status="RUNNABLE",
        last_execution_status="COMPLETED",
    )


def job_summary(job_id: str = JOB_ID, name: str = "wordcount") -> JobSummary:
    """Make what a list says of a job."""
    return JobSummary(JobId(job_id), name, "DATAFLOW", "RUNNABLE", "COMPLETED")


def actor(user_id: str = "U0KIM", channel_id: str = "C0INCIDENT") -> Actor:
    """Make a person who asks in a channel; by default the one on call, in #incident."""
    return Actor(UserId(user_id), ChannelId(channel_id), "T0SLUICE")


def change(
    job_id: str = JOB_ID,
    job_name: str = "wordcount",
    before: RunCondition | None = None,
    values: Mapping[str, int] | None = None,
) -> Change:
    """Make a change; by default from two workers to four."""
    return Change(JobId(job_id), job_name, before or run_condition(), values or {"numWorker": 4})


def card(ts: str = "1795402245.000100") -> Card:
    """Make the place of a message in #incident."""
    return Card(ChannelId("C0INCIDENT"), ts)


def request(
    request_id: str = REQUEST_ID,
    state: State = State.APPROVED,
    *,
    asked: Change | None = None,
    delivery: str | None = None,
    head: Head | None = None,
    **fields: Unpack[RequestFields],
) -> Request:
    """Make a request; its head is that of ``opening`` unless given."""
    made = Request(
        id=RequestId(request_id),
        state=state,
        change=asked or change(),
        requester=actor(),
        delivery=delivery or delivery_digest(request_id),
        created_at=NOW,
        updated_at=NOW,
        policy_version="sha256:4f1d",
        because=("oncall-small",),
        head=head or Head(1, "0" * 64),
        reason="backlog",
        due_at=at(2) if state.holds_job else None,
    )
    made = replace(made, **fields)
    return made if head else replace(made, head=fact_of(made).head)


def fact_of(
    made: Request, event: Event = Event.REQUESTED, after: Head = BEFORE_FIRST, writer: str | None = None
) -> Fact:
    """Make the fact of a request that comes after this head in its chain."""
    return chained(
        after,
        Fact(
            request_id=made.id,
            seq=0,
            at=timestamp(made.updated_at),
            event=event,
            actor=made.requester.user_id,
            channel=made.requester.channel_id,
            job_id=made.change.job_id,
            job_name=made.change.job_name,
            before=recordable(made.change.before),
            after=recordable(made.change.after),
            reason=made.reason,
            policy_version=made.policy_version,
            because=made.because,
            delivery=made.delivery,
            writer=writer,
        ),
    )


def opening(
    request_id: str = REQUEST_ID,
    state: State = State.APPROVED,
    *,
    asked: Change | None = None,
    delivery: str | None = None,
    **fields: Unpack[RequestFields],
) -> Move:
    """Make a new request with its first fact, as ``Ledger.open`` takes them."""
    made = request(request_id, state, asked=asked, delivery=delivery, **fields)
    return Move(made, fact_of(made))


def step(before: Request, state: State, *, writer: str | None = None, **fields: Unpack[RequestFields]) -> Move:
    """Make a request's next state a minute later, with the fact of it, as ``Ledger.advance`` takes them."""
    told: RequestFields = {
        "updated_at": before.updated_at + timedelta(minutes=1),
        "due_at": before.due_at if state.holds_job else None,
        **fields,
    }
    after = replace(before, state=state, **told)
    event = Event(state.value) if state.value in set(Event) else Event.REQUESTED
    fact = fact_of(after, event, before.head, writer)
    return Move(replace(after, head=fact.head), fact)


def fact(request_id: str = REQUEST_ID, event: Event = Event.REFUSED, **fields: Unpack[FactFields]) -> Fact:
    """Make the fact of a refused command, by default the viewer's: a chain of its own."""
    known = Fact(
        request_id=request_id,
        seq=0,
        at=timestamp(NOW),
        event=event,
        actor="U0PARK",
        channel="C0INCIDENT",
        job_id=JOB_ID,
        job_name="wordcount",
        before=recordable(run_condition()),
        after=recordable(run_condition(numWorker=10)),
        policy_version="sha256:4f1d",
        because=(),
        delivery=delivery_digest(request_id),
        detail="scale denied",
    )
    return chained(BEFORE_FIRST, replace(known, **fields))
