"""What the minute tick owes to which request; read from the requests alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handler.domain.lifecycle import is_past_trying
from handler.domain.request import Emergency, Request, Review, State

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

A_MINUTE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Resume:
    """An allowed change that was never started: its worker is gone."""

    request: Request


@dataclass(frozen=True, slots=True)
class Reconcile:
    """A change whose outcome is not known: read the job and say what became of it."""

    request: Request


@dataclass(frozen=True, slots=True)
class Expire:
    """Nobody decided in time."""

    request: Request


@dataclass(frozen=True, slots=True)
class Escalate:
    """Nobody has decided for long: turn to somebody else."""

    request: Request
    review: Review


@dataclass(frozen=True, slots=True)
class Remind:
    """Nobody has decided yet: ask again."""

    request: Request
    review: Review


@dataclass(frozen=True, slots=True)
class Revert:
    """The time of a change is over: put the former values back."""

    request: Request


@dataclass(frozen=True, slots=True)
class AskAboutEnd:
    """The time of a change is soon over: ask whether it shall go on."""

    request: Request


@dataclass(frozen=True, slots=True)
class LeaveToPeople:
    """Putting a change back has failed too often: call somebody."""

    request: Request


@dataclass(frozen=True, slots=True)
class RemindOfReview:
    """Nobody has looked at an emergency yet."""

    request: Request
    emergency: Emergency


Duty = Resume | Reconcile | Expire | Escalate | Remind | Revert | AskAboutEnd | LeaveToPeople | RemindOfReview
_ABOUT_A_JOB: Final = (Resume, Reconcile, Revert)


def plan(requests: Iterable[Request], now: datetime) -> tuple[Duty, ...]:
    """Return what is due now, one duty for each request, in the order given: first what needs no look at a job.

    A look takes seconds while Data Flow hangs, and nobody is to wait for that who only has to be reminded.
    """
    due = (request for request in requests if request.due_at is not None and request.due_at <= now)
    duties = (duty for request in due if (duty := _duty(request, now)) is not None)
    return tuple(sorted(duties, key=lambda duty: isinstance(duty, _ABOUT_A_JOB)))


def again_at(request: Request, now: datetime) -> datetime:
    """Return when to try again what could not even be begun at the end of a change.

    The pause is as long as that is overdue, a minute at least and a quarter of an hour at most.
    """
    overdue = now - (request.revert_at or now)
    return now + min(max(overdue, A_MINUTE), LONGEST_PAUSE)


def _duty(request: Request, now: datetime) -> Duty | None:
    match request.state:
        case State.PENDING:
            return None if request.review is None else _owed_to(request, request.review, now)
        case State.APPROVED:
            return Resume(request)
        case State.APPLYING | State.REVERTING | State.UNKNOWN:
            return Reconcile(request)
        case _:
            return _owed_afterwards(request, now)


def _owed_afterwards(request: Request, now: datetime) -> Duty | None:
    if request.revert_at is not None and request.revert_at <= now:
        return LeaveToPeople(request) if is_past_trying(request.ending.failures) else Revert(request)
    if request.ending.notice_at is not None and request.ending.notice_at <= now:
        return AskAboutEnd(request)
    return None if request.emergency is None else RemindOfReview(request, request.emergency)


def _owed_to(request: Request, review: Review, now: datetime) -> Duty:
    if review.expires_at <= now:
        return Expire(request)
    if review.escalate_at is not None and review.escalate_at <= now:
        return Escalate(request, review)
    return Remind(request, review)
