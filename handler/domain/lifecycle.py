"""The write and what becomes of it: each move returns the request as it is then, and the fact that says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, assert_never

from handler.domain.audit import Event
from handler.domain.moves import SLUICE, Move, Note, by_rule, moved
from handler.domain.news import WORKER_IS_GONE_AFTER
from handler.domain.request import Request, State
from handler.domain.verdict import DidNotTake, NotKnown, Took, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from handler.domain.authority import Decision
    from handler.domain.model import Actor, RunCondition
    from handler.domain.overlay import PutBack

TOO_LATE_TO_START: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(minutes=15)
NOTICE_BEFORE: Final = timedelta(minutes=10)
# Between the tries to put a change back, as long as the API refuses; after the last of them people are called.
PAUSES_BETWEEN_TRIES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoer:
    """Somebody who wants a change put back now, and what lets them; ``delivery`` is the digest of their delivery."""

    actor: Actor
    delivery: str
    reason: str | None = None
    decision: Decision | None = None


def started(request: Request, now: datetime, *, writer: str) -> Move:
    """Record the intent, with the planned end of a change for a time: from here on the write may have been sent.

    ``writer`` is unique to this worker's attempt: of two that start the same request in the same millisecond, each can
    tell whether the recorded intent is its own.
    """
    revert_at = None if request.minutes is None else now + timedelta(minutes=request.minutes)
    after = replace(
        request,
        state=State.APPLYING,
        due_at=now + WORKER_IS_GONE_AFTER,
        started_at=now,
        called_at=None,
        revert_at=revert_at,
        ending=replace(request.ending, notice_at=notice_before(revert_at, now)),
    )
    note = Note(event=Event.APPLYING, actor=request.requester.user_id, after=request.change.after, writer=writer)
    return moved(request, after, note, now)


def notice_before(revert_at: datetime | None, now: datetime) -> datetime | None:
    """Return when people are to be asked about an end: ten minutes before it, None when it is nearer than that."""
    return None if revert_at is None or revert_at - NOTICE_BEFORE <= now else revert_at - NOTICE_BEFORE


def put_back(request: Request, way: PutBack, now: datetime, *, writer: str, undoer: Undoer | None = None) -> Move:
    """Record the intent to give the changed fields their former values, by somebody's wish or as the time is over.

    Who wants it again after it has come to nothing has all tries before them.
    """
    ending = replace(request.ending, notice_at=None, former=way.values)
    if undoer is not None:
        ending = replace(ending, undone_by=undoer.actor.user_id, failures=0)
    after = replace(
        request,
        state=State.REVERTING,
        undoing=True,
        due_at=now + WORKER_IS_GONE_AFTER,
        started_at=now,
        called_at=None,
        checks=0,
        problem=None,
        revert_at=None,
        ending=ending,
    )
    note = Note(event=Event.REVERTING, actor=SLUICE, before=way.found, after=way.condition, writer=writer)
    if undoer is not None:
        by, reason, delivery = undoer.actor, undoer.reason, undoer.delivery
        note = replace(note, actor=by.user_id, channel=by.channel_id, reason=reason, delivery=delivery)
        note = by_rule(note, undoer.decision)
    return moved(request, after, note, now)


def stood_down(request: Request, found: RunCondition | None, why: str, now: datetime) -> Move:
    """Record that nothing is put back: the job no longer has the values that were set."""
    ending = replace(request.ending, notice_at=None, is_over=True)
    ended = replace(request, revert_at=None, found=found, problem=why, ending=ending)
    after = replace(ended, due_at=ended.next_due_at)
    return moved(request, after, Note(event=Event.KEPT, actor=SLUICE, after=found, detail=why), now)


def outdated(request: Request, found: RunCondition | None, now: datetime, problem: str | None = None) -> Move:
    """Give up before the write: the job is not as the preview showed it, could not be read, or it is too late."""
    after = replace(request, state=State.STALE, due_at=None, found=found, problem=problem)
    note = Note(event=Event.STALE, actor=request.requester.user_id, after=found, detail=problem)
    return moved(request, after, note, now)


def settled(request: Request, verdict: Verdict, now: datetime, problem: str | None = None) -> Move:
    """Record what the read-back proved, or that it is not known yet and when to look again.

    ``problem`` is what the API answered to the write, as the name of an error of the tree.
    """
    read = replace(request, found=verdict.found, problem=problem or request.problem, due_at=request.next_due_at)
    match verdict:
        case Took():
            after = replace(read, state=State.REVERTED if request.undoing else State.APPLIED)
        case DidNotTake() if request.undoing:
            failures = request.ending.failures + 1
            ending = replace(request.ending, failures=failures)
            after = replace(read, state=State.FAILED, revert_at=next_try(failures, now), ending=ending)
            after = replace(after, due_at=after.next_due_at)
        case DidNotTake():
            ending = replace(request.ending, notice_at=None)
            after = replace(read, state=State.FAILED, revert_at=None, ending=ending)
            after = replace(after, due_at=after.next_due_at)
        case NotKnown():
            again = now + pause(request.checks)
            after = replace(read, state=State.UNKNOWN, due_at=again, checks=request.checks + 1)
        case _:
            assert_never(verdict)
    note = Note(
        event=Event(after.state.value),
        actor=request.requester.user_id,
        before=request.change.after if request.undoing else None,
        after=verdict.found,
        detail=after.problem,
    )
    return moved(request, after, note, now)


def next_try(failures: int, now: datetime) -> datetime:
    """Return when to try again to put a change back; after the last try, when to call people: now."""
    return now if is_past_trying(failures) else now + PAUSES_BETWEEN_TRIES[failures - 1]


def is_past_trying(failures: int) -> bool:
    """Whether putting a change back has failed so often that it is left to people."""
    return failures > len(PAUSES_BETWEEN_TRIES)


def pause(checks: int) -> timedelta:
    """Return how long to wait before the next look at an unknown outcome: a minute, then twice as long each time."""
    return min(timedelta(minutes=2 ** min(checks, 10)), LONGEST_PAUSE)


def is_too_late(request: Request, now: datetime) -> bool:
    """Whether an allowed change has waited so long that starting it now would surprise people."""
    return now - request.updated_at > TOO_LATE_TO_START
