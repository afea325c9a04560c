"""Makers of domain values for tests: whatever a test is not about has a sensible default."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Unpack

from handler.domain.audit import BEFORE_FIRST, Event, Fact, chained, recordable, timestamp
from handler.domain.authority import Allowed, NeedsApproval
from handler.domain.identity import delivery_digest
from handler.domain.model import Actor, Change, ChannelId, Head, Job, JobId, JobSummary, RequestId, RunCondition, UserId
from handler.domain.moves import Move, Note, moved
from handler.domain.news import News, told_by_another
from handler.domain.opening import Asked, opened
from handler.domain.request import Approval, Card, Emergency, Ending, Request, Review, State
from handler.domain.review import Terms, review_of

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
        tell_at: datetime | None
        untold: tuple[News, ...]
        card: Card | None
        found: RunCondition | None
        problem: str | None
        checks: int
        started_at: datetime | None
        called_at: datetime | None
        minutes: int | None
        revert_at: datetime | None
        undoing: bool
        review: Review | None
        emergency: Emergency | None
        over: Mapping[str, RequestId]
        ending: Ending

    class ReviewFields(TypedDict, total=False):
        """What a maker of reviews may be told; the rest is the default."""

        expires_at: datetime
        remind_at: datetime | None
        escalate_at: datetime | None
        reminders: int
        approvals: tuple[Approval, ...]
        decided_by: UserId | None
        decided_reason: str | None

    class FactFields(TypedDict, total=False):
        """What a maker of facts may be told; the rest is the default."""

        at: str
        actor: str
        action: str | None
        channel: str | None
        job_id: str | None
        job_name: str | None
        before: Mapping[str, object] | None
        after: Mapping[str, object] | None
        reason: str | None
        minutes: int | None
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


def approval(user_id: str = "U0LEE", minutes: float = 1) -> Approval:
    """Make a person's yes, this many minutes after the tests' now; by default the lead's."""
    return Approval(UserId(user_id), at(minutes))


def review(needed: int = 1, **fields: Unpack[ReviewFields]) -> Review:
    """Make a review that nobody has taken part in: it ends after half an hour, with a reminder after ten minutes."""
    return replace(review_of(Terms(), needed, NOW), **fields)


def emergency(reviewed_by: str | None = None, *, review_at: datetime | None = None) -> Emergency:
    """Make an emergency that is to be looked at within a day."""
    return Emergency(
        review_at=review_at or at(24 * 60), reviewed_by=None if reviewed_by is None else UserId(reviewed_by)
    )


def request(
    request_id: str = REQUEST_ID,
    state: State = State.APPROVED,
    *,
    asked: Change | None = None,
    delivery: str | None = None,
    head: Head | None = None,
    **fields: Unpack[RequestFields],
) -> Request:
    """Make a request; its head is that of ``opening`` unless given, and one that is pending has a review."""
    made = opening(request_id, state, asked=asked, delivery=delivery, **fields).request
    return replace(made, head=head) if head else made


def opening(
    request_id: str = REQUEST_ID,
    state: State = State.APPROVED,
    *,
    asked: Change | None = None,
    delivery: str | None = None,
    **fields: Unpack[RequestFields],
) -> Move:
    """Make a request with its first fact, as ``Ledger.open`` takes them; it may be in a state that none begins in.

    Unless ``fields`` say otherwise people have been told of it.
    """
    wanted = Asked(
        id=RequestId(request_id),
        actor=fields.get("requester", actor()),
        change=asked or change(),
        delivery=delivery or delivery_digest(request_id),
        reason=fields.get("reason", "backlog"),
        minutes=fields.get("minutes"),
    )
    because, version = fields.get("because", ("oncall-small",)), fields.get("policy_version", "sha256:4f1d")
    needs_approval = NeedsApproval(1, because, version)
    decision = needs_approval if state is State.PENDING else Allowed(because, version)
    move = opened(wanted, decision, Terms(), fields.get("created_at", NOW))
    made = told_by_another(move.request)
    made = replace(made, state=state, due_at=made.due_at if state.holds_job else None)
    return Move(replace(made, **fields), move.fact)


def full_opening(request_id: str = REQUEST_ID, state: State = State.UNKNOWN) -> Move:
    """Make a request of which no part is absent, nor any part of a part, with its first fact."""
    return opening(
        request_id,
        state,
        reason="",
        because=(),
        updated_at=at(1).replace(microsecond=123_456),
        due_at=at(2),
        tell_at=at(3),
        untold=(News(Event.ESCALATED, 5), News(Event.UNKNOWN, 8)),
        card=card(),
        found=run_condition(numWorker=3, extra={"a": [1, None, "x"]}),
        problem="DataFlowTimedOut",
        checks=7,
        started_at=at(1),
        called_at=at(16),
        minutes=120,
        revert_at=at(121),
        undoing=True,
        review=review(
            2,
            escalate_at=at(20),
            reminders=3,
            approvals=(approval("U0LEE", 1), approval("U0HAN", 2.5)),
            decided_by=UserId("U0HAN"),
            decided_reason="",
        ),
        emergency=emergency("U0LEE"),
        over={"numWorker": RequestId("9vwx-00ab")},
        ending=Ending(
            notice_at=at(111),
            extra_minutes=60,
            extended_by=UserId("U0LEE"),
            kept_by=UserId("U0HAN"),
            undone_by=UserId("U0KIM"),
            is_over=True,
            former={"numWorker": 2, "timeout": 360},
            failures=3,
        ),
    )


def step(
    before: Request,
    state: State,
    *,
    event: Event | None = None,
    writer: str | None = None,
    **fields: Unpack[RequestFields],
) -> Move:
    """Make a request's next state a minute later, with the fact of it, as ``Ledger.advance`` takes them.

    ``event`` is that of the state's name unless given. Raises IllegalMove where no arrow leads.
    """
    told: RequestFields = {"due_at": before.due_at if state.holds_job else None, **fields}
    note = Note(
        event=event or Event(state.value),
        actor=before.requester.user_id,
        after=before.change.after,
        writer=writer,
    )
    now = fields.get("updated_at", before.updated_at + timedelta(minutes=1))
    move = moved(before, replace(before, state=state, **told), note, now)
    made = replace(told_by_another(move.request), tell_at=fields.get("tell_at"), untold=fields.get("untold", ()))
    return Move(made, move.fact)


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
