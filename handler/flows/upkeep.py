"""The minute tick: finds what is owed from the record alone, and does it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handler.domain import emergency, ending, review
from handler.domain.errors import JobBusy, LedgerError, Moved, SluiceError
from handler.domain.outcomes import ChangeShown
from handler.domain.upkeep import (
    A_MINUTE,
    AskAboutEnd,
    Escalate,
    Expire,
    LeaveToPeople,
    Reconcile,
    Remind,
    RemindOfReview,
    Resume,
    Revert,
    again_at,
    plan,
)
from handler.flows.execute import execute, reconcile, revert
from handler.flows.pager import watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from handler.domain.model import RequestId
    from handler.domain.moves import Move
    from handler.domain.overdue import Overdue
    from handler.domain.request import Request
    from handler.domain.upkeep import Duty
    from handler.ports import World

# More than fit into one invocation; what is left is due again a minute later.
MOST_DUTIES: Final = 100


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick has done and is to tell, and what it could not do; the latter stays due.

    ``untold`` are requests of which a worker that is gone may have left something untold, to be taken over one by one,
    ``unrecorded`` those of which people are called although the record does not take it. ``overdue`` is None when
    that could not be found out.
    """

    told: tuple[ChangeShown, ...]
    failed: tuple[tuple[RequestId, SluiceError], ...]
    untold: tuple[RequestId, ...] = ()
    unrecorded: tuple[Request, ...] = ()
    overdue: Overdue | None = None


def tick(
    world: World, has_time: Callable[[], bool] = lambda: True, has_time_to_work: Callable[[], bool] = lambda: True
) -> Ticked:
    """Do what is due now, as long as there is time to work, and call people, as long as there is any.

    One duty's failure does not keep the others waiting.
    """
    told: list[ChangeShown] = []
    failed: list[tuple[RequestId, SluiceError]] = []
    now = world.clock.now()
    due = world.ledger.due_requests(now, limit=MOST_DUTIES)
    for duty in plan(due, now):
        if not has_time_to_work():
            break
        try:
            outcome = _done(world, duty)
        except Moved:
            continue  # somebody was first
        except JobBusy:
            _put_off(world, duty.request, now + A_MINUTE)  # the job is being changed
            continue
        except SluiceError as error:
            failed.append((duty.request.id, error))
            continue
        if outcome is not None:
            told.append(outcome)
    untold = tuple(request.id for request in due if request.tell_at is not None and request.tell_at <= now)
    seen = watch(world, has_time)  # last, as what is called for is less than what is done about it
    return Ticked((*told, *seen.told), (*failed, *seen.failed), untold, seen.unrecorded, seen.overdue)


def _done(world: World, duty: Duty) -> ChangeShown | None:
    now = world.clock.now()
    match duty:
        case Resume(request):
            return _if_changed(request, execute(world, request))
        case Reconcile(request):
            return _if_changed(request, reconcile(world, request))
        case Revert(request):
            after = revert(world, request)
            if after is request:
                _put_off(world, request, again_at(request, now))
            return _if_changed(request, after)
        case Expire(request):
            return ChangeShown(_recorded(world, request, review.expired(request, now)))
        case Escalate(request, asked):
            to = world.policy.terms.escalate_to
            return ChangeShown(_recorded(world, request, review.escalated(request, asked, to, now)))
        case Remind(request, asked):
            pause = world.policy.terms.remind_after
            return ChangeShown(_recorded(world, request, review.reminded(request, asked, pause, now)))
        case AskAboutEnd(request):
            return ChangeShown(_recorded(world, request, ending.noticed(request, now)))
        case LeaveToPeople(request):
            return ChangeShown(_recorded(world, request, ending.left_to_people(request, now)))
        case RemindOfReview(request, wanted):
            return ChangeShown(_recorded(world, request, emergency.review_reminded(request, wanted, now)))


def _put_off(world: World, request: Request, until: datetime) -> None:
    """Let others come first until then: what cannot be done takes its time at each try."""
    with suppress(LedgerError):
        world.ledger.put_off(request, until)


def _if_changed(before: Request, after: Request) -> ChangeShown | None:
    """Tell what this very worker has made new."""
    return ChangeShown(after) if after.tell_at is not None and after.untold != before.untold else None


def _recorded(world: World, before: Request, move: Move) -> Request:
    world.ledger.advance(before, move.request, move.fact)
    return move.request
