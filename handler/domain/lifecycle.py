"""The life of a request: each move returns the request as it is then, and the fact that says so.

approved ─▶ applying ─▶ applied | failed | unknown        unknown ─▶ applied | failed | unknown
approved ─▶ stale
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, assert_never

from handler.domain.audit import BEFORE_FIRST, Event, Fact, chained, recordable, timestamp
from handler.domain.authority import Action
from handler.domain.errors import IllegalMove
from handler.domain.request import Request, State
from handler.domain.verdict import DidNotTake, NotKnown, Took, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handler.domain.authority import Allowed
    from handler.domain.model import Actor, Change, RequestId, RunCondition

# Longer than a worker may run (serverless.yml, 60 s), so that the tick never looks over a living worker's shoulder.
WORKER_IS_GONE_AFTER: Final = timedelta(minutes=2)
TOO_LATE_TO_START: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(minutes=15)

MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.APPROVED: frozenset({State.APPLYING, State.STALE}),
    State.APPLYING: frozenset({State.APPLIED, State.FAILED, State.UNKNOWN}),
    State.UNKNOWN: frozenset({State.APPLIED, State.FAILED, State.UNKNOWN}),
}


@dataclass(frozen=True, slots=True)
class Move:
    """A request after a move, and the fact that records it."""

    request: Request
    fact: Fact


@dataclass(frozen=True, slots=True)
class Asked:
    """What a delivery asked for, before it is decided."""

    id: RequestId
    actor: Actor
    change: Change
    delivery: str
    reason: str | None = None


def opened(asked: Asked, decision: Allowed, now: datetime) -> Move:
    """Open a request that the policy allows straight away."""
    change = asked.change
    fact = chained(
        BEFORE_FIRST,
        Fact(
            request_id=asked.id,
            seq=0,
            at=timestamp(now),
            event=Event.REQUESTED,
            actor=asked.actor.user_id,
            action=Action.SCALE.value,
            channel=asked.actor.channel_id,
            job_id=change.job_id,
            job_name=change.job_name,
            before=recordable(change.before),
            after=recordable(change.after),
            reason=asked.reason,
            policy_version=decision.policy_version,
            because=decision.because,
            delivery=asked.delivery,
        ),
    )
    request = Request(
        id=asked.id,
        state=State.APPROVED,
        change=change,
        requester=asked.actor,
        delivery=asked.delivery,
        created_at=now,
        updated_at=now,
        policy_version=decision.policy_version,
        because=decision.because,
        head=fact.head,
        reason=asked.reason,
        due_at=now + WORKER_IS_GONE_AFTER,
    )
    return Move(request, fact)


def started(request: Request, now: datetime, *, writer: str) -> Move:
    """Record the intent: from here on the write may have been sent.

    ``writer`` is unique to this worker's attempt: of two that start the same request in the same millisecond, each can
    tell whether the recorded intent is its own.
    """
    after = replace(request, state=State.APPLYING, due_at=now + WORKER_IS_GONE_AFTER, started_at=now)
    return _moved(request, after, request.change.after, now, writer)


def outdated(request: Request, found: RunCondition | None, now: datetime, problem: str | None = None) -> Move:
    """Give up before the write: the job is not as the preview showed it, could not be read, or it is too late."""
    after = replace(request, state=State.STALE, due_at=None, found=found, problem=problem)
    return _moved(request, after, found, now)


def settled(request: Request, verdict: Verdict, now: datetime, problem: str | None = None) -> Move:
    """Record what the read-back proved, or that it is not known yet and when to look again.

    ``problem`` is what the API answered to the write, as the name of an error of the tree.
    """
    read = replace(request, found=verdict.found, problem=problem or request.problem, due_at=None)
    match verdict:
        case Took():
            after = replace(read, state=State.APPLIED)
        case DidNotTake():
            after = replace(read, state=State.FAILED)
        case NotKnown():
            again = now + pause(request.checks)
            after = replace(read, state=State.UNKNOWN, due_at=again, checks=request.checks + 1)
        case _:
            assert_never(verdict)
    return _moved(request, after, verdict.found, now)


def pause(checks: int) -> timedelta:
    """Return how long to wait before the next look at an unknown outcome: a minute, then twice as long each time."""
    return min(timedelta(minutes=2 ** min(checks, 10)), LONGEST_PAUSE)


def is_too_late(request: Request, now: datetime) -> bool:
    """Whether an allowed change has waited so long that starting it now would surprise people."""
    return now - request.created_at > TOO_LATE_TO_START


def _moved(
    before: Request, after: Request, shown: RunCondition | None, now: datetime, writer: str | None = None
) -> Move:
    """Check the move and chain its fact; ``shown`` is the run condition that the fact calls ``after``."""
    if after.state not in MOVES.get(before.state, frozenset()):
        raise IllegalMove(before.state, after.state)
    fact = chained(
        before.head,
        Fact(
            request_id=before.id,
            seq=0,
            at=timestamp(now),
            event=Event(after.state.value),
            actor=before.requester.user_id,
            channel=before.requester.channel_id,
            job_id=before.change.job_id,
            job_name=before.change.job_name,
            before=recordable(before.change.before),
            after=None if shown is None else recordable(shown),
            policy_version=before.policy_version,
            detail=after.problem,
            writer=writer,
        ),
    )
    return Move(replace(after, updated_at=now, head=fact.head), fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What was asked and why it was refused; ``detail`` is the kind of refusal in a word."""

    actor: Actor
    delivery: str
    action: Action
    detail: str
    policy_version: str
    because: tuple[str, ...]
    job_id: str | None = None
    job_name: str | None = None
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None
    reason: str | None = None


def refused(asked: Refusal, request_id: RequestId, now: datetime) -> Fact:
    """Record that somebody asked for what they may not have: a chain of one fact."""
    return chained(
        BEFORE_FIRST,
        Fact(
            request_id=request_id,
            seq=0,
            at=timestamp(now),
            event=Event.REFUSED,
            actor=asked.actor.user_id,
            action=asked.action.value,
            channel=asked.actor.channel_id,
            job_id=asked.job_id,
            job_name=asked.job_name,
            before=asked.before,
            after=asked.after,
            reason=asked.reason,
            policy_version=asked.policy_version,
            because=asked.because,
            delivery=asked.delivery,
            detail=asked.detail,
        ),
    )
