"""The write and what becomes of it: each move returns the request as it is then, and the fact that says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, assert_never

from handler.domain.audit import Event
from handler.domain.moves import SLUICE, Move, Note, moved
from handler.domain.request import Request, State
from handler.domain.verdict import DidNotTake, NotKnown, Took, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from handler.domain.model import RunCondition

# Longer than a worker may run (serverless.yml, 60 s), so that the tick never looks over a living worker's shoulder.
WORKER_IS_GONE_AFTER: Final = timedelta(minutes=2)
TOO_LATE_TO_START: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(minutes=15)


def started(request: Request, now: datetime, *, writer: str) -> Move:
    """Record the intent, with the planned end of a change for a time: from here on the write may have been sent.

    ``writer`` is unique to this worker's attempt: of two that start the same request in the same millisecond, each can
    tell whether the recorded intent is its own.
    """
    after = replace(
        request,
        state=State.APPLYING,
        due_at=now + WORKER_IS_GONE_AFTER,
        started_at=now,
        revert_at=None if request.minutes is None else now + timedelta(minutes=request.minutes),
    )
    note = Note(event=Event.APPLYING, actor=request.requester.user_id, after=request.change.after, writer=writer)
    return moved(request, after, note, now)


def put_back(request: Request, former: RunCondition, now: datetime, *, writer: str) -> Move:
    """Record the intent to give the changed fields their former values; ``former`` is what is about to be written."""
    after = replace(
        request,
        state=State.REVERTING,
        undoing=True,
        due_at=now + WORKER_IS_GONE_AFTER,
        started_at=now,
        checks=0,
        problem=None,
        revert_at=None,
    )
    return moved(request, after, Note(event=Event.REVERTING, actor=SLUICE, after=former, writer=writer), now)


def stood_down(request: Request, found: RunCondition | None, why: str, now: datetime) -> Move:
    """Record that a change for a time stays: the job no longer has the values that were set."""
    ended = replace(request, revert_at=None, found=found, problem=why)
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
        case DidNotTake():
            after = replace(read, state=State.FAILED, revert_at=None)
            after = replace(after, due_at=after.next_due_at)
        case NotKnown():
            again = now + pause(request.checks)
            after = replace(read, state=State.UNKNOWN, due_at=again, checks=request.checks + 1)
        case _:
            assert_never(verdict)
    note = Note(
        event=Event(after.state.value),
        actor=request.requester.user_id,
        after=verdict.found,
        detail=after.problem,
    )
    return moved(request, after, note, now)


def pause(checks: int) -> timedelta:
    """Return how long to wait before the next look at an unknown outcome: a minute, then twice as long each time."""
    return min(timedelta(minutes=2 ** min(checks, 10)), LONGEST_PAUSE)


def is_too_late(request: Request, now: datetime) -> bool:
    """Whether an allowed change has waited so long that starting it now would surprise people."""
    return now - request.updated_at > TOO_LATE_TO_START
