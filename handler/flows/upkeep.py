"""The minute tick: finds what is owed from the record alone, and does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handler.domain import emergency, ending, review
from handler.domain.errors import JobBusy, Moved, SluiceError
from handler.domain.outcomes import ChangeShown, EndNear, NotPutBack, PeopleReminded, ReviewWanted
from handler.domain.upkeep import (
    AskAboutEnd,
    Escalate,
    Expire,
    LeaveToPeople,
    Reconcile,
    Remind,
    RemindOfReview,
    Resume,
    Revert,
    plan,
)
from handler.flows.access import deciders_of
from handler.flows.execute import execute, reconcile, revert

if TYPE_CHECKING:
    from handler.domain.model import RequestId
    from handler.domain.moves import Move
    from handler.domain.request import Request
    from handler.domain.upkeep import Duty
    from handler.ports import World

# As many as fit into one invocation; what is left is due again a minute later.
MOST_DUTIES: Final = 25

Told = ChangeShown | EndNear | NotPutBack | PeopleReminded | ReviewWanted


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick has to tell, and what it could not do; the latter stays due."""

    told: tuple[Told, ...]
    failed: tuple[tuple[RequestId, SluiceError], ...]


def tick(world: World) -> Ticked:
    """Do what is due now. One duty's failure does not keep the others waiting."""
    told: list[Told] = []
    failed: list[tuple[RequestId, SluiceError]] = []
    for duty in plan(world.ledger.open_requests(limit=MOST_DUTIES), world.clock.now()):
        try:
            outcome = _done(world, duty)
        except (Moved, JobBusy):
            continue  # somebody was first, or the job is being changed: what is owed then stays due
        except SluiceError as error:
            failed.append((duty.request.id, error))
            continue
        if outcome is not None:
            told.append(outcome)
    return Ticked(tuple(told), tuple(failed))


def _done(world: World, duty: Duty) -> Told | None:
    now = world.clock.now()
    match duty:
        case Resume(request):
            return _if_changed(request, execute(world, request))
        case Reconcile(request):
            return _if_changed(request, reconcile(world, request))
        case Revert(request):
            return _if_changed(request, revert(world, request))
        case Expire(request):
            return ChangeShown(_recorded(world, request, review.expired(request, now)))
        case Escalate(request, asked):
            to = world.policy.terms.escalate_to
            after = _recorded(world, request, review.escalated(request, asked, to, now))
            return PeopleReminded(after, deciders_of(world, after), to)
        case Remind(request, asked):
            pause = world.policy.terms.remind_after
            after = _recorded(world, request, review.reminded(request, asked, pause, now))
            return PeopleReminded(after, deciders_of(world, after))
        case AskAboutEnd(request):
            return EndNear(_recorded(world, request, ending.noticed(request, now)))
        case LeaveToPeople(request):
            after = _recorded(world, request, ending.left_to_people(request, now))
            return NotPutBack(after, world.policy.terms.escalate_to or (request.requester.user_id,))
        case RemindOfReview(request, wanted):
            after = _recorded(world, request, emergency.review_reminded(request, wanted, now))
            return ReviewWanted(after, deciders_of(world, after))


def _if_changed(before: Request, after: Request) -> ChangeShown | None:
    """Tell what is new: another state, one more try that failed, or a change for a time that is over after all."""
    is_news = after.state is not before.state or after.ending.failures != before.ending.failures
    is_news = is_news or (after.ending.is_over and not before.ending.is_over)
    return ChangeShown(after) if is_news else None


def _recorded(world: World, before: Request, move: Move) -> Request:
    world.ledger.advance(before, move.request, move.fact)
    return move.request
