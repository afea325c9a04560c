"""Nobody knows what became of a change, or its end cannot be carried out, and it goes on: somebody is called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handler.domain.audit import Event
from handler.domain.moves import SLUICE, Move, Note, moved
from handler.domain.news import News
from handler.domain.request import State

if TYPE_CHECKING:
    from datetime import datetime

    from handler.domain.request import Request
    from handler.domain.review import Terms
    from handler.domain.sighting import Seen

# A worker lives a minute at most, and the tick takes over after two: by then the record itself must be in the way.
OUTCOME_WITHIN: Final = timedelta(minutes=5)
CALLED_AGAIN_AFTER: Final = timedelta(hours=1)
OUTCOME_UNKNOWN: Final = "outcome_unknown"
OUTCOME_MISSING: Final = "outcome_missing"
END_OVERDUE: Final = "end_overdue"


@dataclass(frozen=True, slots=True)
class LookWanted:
    """Nobody knows for long what became of a change; ``escalated_to`` are Slack ids turned to.

    ``seen`` is the job as it was read last, None when nothing is known of it.
    """

    request: Request
    escalated_to: tuple[str, ...]
    seen: Seen | None


@dataclass(frozen=True, slots=True)
class EndOverdue:
    """A change is not put back though its time is over: that cannot even be begun; ``escalated_to`` are Slack ids."""

    request: Request
    escalated_to: tuple[str, ...]


def is_owed(request: Request, terms: Terms, now: datetime) -> bool:
    """Whether somebody is to be called now: once for a write or an end, and each hour after that."""
    begun_at = request.started_at or request.updated_at
    match request.state:
        case State.UNKNOWN:
            owed_at = begun_at + terms.call_after
        case State.APPLYING | State.REVERTING:
            owed_at = begun_at + OUTCOME_WITHIN
        case State.APPLIED | State.FAILED if request.revert_at is not None:
            owed_at = request.revert_at + terms.call_after
        case _:
            return False
    if request.called_at is not None:
        owed_at = max(owed_at, request.called_at + CALLED_AGAIN_AFTER)
    return owed_at <= now


def called(request: Request, now: datetime, *, writer: str) -> Move:
    """Record that somebody is called, with what was found by then; ``writer`` is unique to this tick (``started``)."""
    match request.state:
        case State.UNKNOWN:
            detail = OUTCOME_UNKNOWN
        case State.APPLIED | State.FAILED:
            detail = END_OVERDUE
        case _:
            detail = OUTCOME_MISSING
    note = Note(event=Event.ESCALATED, actor=SLUICE, after=request.found, detail=detail, writer=writer)
    return moved(request, replace(request, called_at=now), note, now)


def unrecorded(request: Request) -> Request:
    """Return a request of which people are called although that cannot be put on record; it is nobody's to clear.

    The call has the number that its fact would have had, so that it is known again where it was posted.
    """
    return replace(request, untold=(News(Event.ESCALATED, request.head.seq + 1),), tell_at=None)
