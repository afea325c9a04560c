"""The stories of an end: put it off, take it away, have it now; and ``undo``, which needs no end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from handler.domain import ending
from handler.domain.audit import Event, timestamp
from handler.domain.authority import Allowed, Denied
from handler.domain.dataflow_errors import DataFlowUnavailable
from handler.domain.errors import JobBusy, Moved, RequestNotFound
from handler.domain.identity import read_request_id
from handler.domain.lifecycle import Undoer
from handler.domain.model import Change
from handler.domain.outcomes import ChangeShown, ClickRefused, JobIsBusy, LeftUntold, NothingMore, Undone
from handler.domain.overlay import StandDown, Why
from handler.domain.request import Request, State
from handler.domain.review import Objection
from handler.flows.click import Barred, Click, Ref, acted_on, refused_click
from handler.flows.entitled import Wish, could, decided
from handler.flows.execute import put_back
from handler.flows.lookup import read_job
from handler.flows.overlays import find_way_back
from handler.flows.takeover import take_over

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from handler.domain.commands import Undo
    from handler.domain.moves import Move
    from handler.domain.outcomes import Outcome
    from handler.flows.access import Asker
    from handler.ports import World


# As often another may move a request at the very moment in which it is undone, before it is left to them.
LOOKS: Final = 3


def extend(world: World, click: Click) -> Outcome:
    """Put the end off by an hour, once for each end."""

    def later(request: Request, revert_at: datetime) -> Outcome | Move:
        now = world.clock.now()
        _, minutes = ending.extended_end(request, revert_at, now)
        if request.emergency is not None and minutes > world.policy.terms.longest_emergency_minutes:
            return refused_click(world, click, request, Barred(Objection.TOO_LONG))
        wish = Wish(request, read_job(world, request.change.job_id), request.change, minutes)
        decision = decided(world, click.asker, wish)
        if not isinstance(decision, Allowed):
            return _not_entitled(world, click, wish, Barred(Objection.NOT_ENTITLED, decision))
        return ending.extended(request, revert_at, click.asker.actor, now, decision=decision)

    return _at_its_end(world, click, later)


def keep(world: World, click: Click) -> Outcome:
    """Take the end away: the change stays until it is undone."""

    def no_end(request: Request, _: datetime) -> Outcome | Move:
        wish = Wish(request, read_job(world, request.change.job_id), request.change)
        decision = decided(world, click.asker, wish)
        if not isinstance(decision, Allowed):
            return _not_entitled(world, click, wish, Barred(Objection.NOT_ENTITLED, decision))
        return ending.kept(request, click.asker.actor, world.clock.now(), decision=decision)

    return _at_its_end(world, click, no_end)


def revert_now(world: World, click: Click) -> Outcome:
    """Put the former values back before the time is over."""
    return _at_its_end(world, click, lambda request, _: _put_back(world, click, request, None))


def undo(world: World, asker: Asker, command: Undo) -> Outcome:
    """Put the former values of an applied change back, whether it has an end or not. Raises RequestNotFound."""
    request_id = read_request_id(command.request)
    for _ in range(LOOKS):
        request = None if request_id is None else world.ledger.request(request_id)
        if request is None:
            raise RequestNotFound(command.request)
        if _has_begun(world, asker, request):
            left = take_over(world, request.id)
            return NothingMore() if left is None else LeftUntold(left)
        if problem := _not_to_be_undone(request):
            return ClickRefused(problem, request)
        click = Click(asker, Ref(request.id, request.digest))
        outcome = _put_back(world, click, request, command.because)
        if outcome is not None:
            return Undone(outcome.request) if isinstance(outcome, ChangeShown) else outcome
    raise Moved(None)


def _at_its_end(world: World, click: Click, act: Callable[[Request, datetime], Outcome | Move | None]) -> Outcome:
    def look(request: Request) -> Outcome | Move | None:
        if problem := _unfit(click, request):
            return refused_click(world, click, request, Barred(problem))
        revert_at = request.revert_at
        if request.state is not State.APPLIED or revert_at is None:
            return ClickRefused(Objection.HAS_NO_END, request)
        if click.ref.digest != f"{request.digest} {timestamp(revert_at)}":
            why = Objection.ALTERED if request.ending.extended_by is None else Objection.EXTENDED_BEFORE
            return refused_click(world, click, request, Barred(why))
        return act(request, revert_at)

    return acted_on(world, click, look)


def _put_back(world: World, click: Click, request: Request, because: str | None) -> Outcome | None:
    """Put the former values back for somebody who may; None when somebody else has moved the request meanwhile."""
    way = find_way_back(world, request)
    if way is None:
        raise DataFlowUnavailable("getJobById")
    if isinstance(way, StandDown):
        return ClickRefused(Objection(way.why.value), request, way=way)
    if way.on_top is not None:
        return ClickRefused(Objection.OVERLAID, request, way=StandDown(Why.OVERLAID, way.found, way.on_top))
    change = Change(request.change.job_id, request.change.job_name, way.found, way.values)
    wish = Wish(request, read_job(world, change.job_id), change, because=because)
    decision = decided(world, click.asker, wish)
    is_own = click.asker.actor.user_id == request.requester.user_id
    if not (isinstance(decision, Allowed) or (is_own and not isinstance(decision, Denied))):
        why = Objection.NOT_ENTITLED if isinstance(decision, Denied) else Objection.NEEDS_APPROVAL
        return replace(_not_entitled(world, click, wish, Barred(why, decision)), way=way)
    undoer = Undoer(actor=click.asker.actor, delivery=click.asker.delivery, reason=because, decision=decision)
    try:
        after, is_ours = put_back(world, request, way, undoer)
    except JobBusy as busy:
        return JobIsBusy(request.change.job_name, busy.holder)
    return ChangeShown(after) if is_ours else None


def _not_entitled(world: World, click: Click, wish: Wish, barred: Barred) -> ClickRefused:
    """Record that somebody wanted what the policy does not let them, and say who could."""
    return replace(refused_click(world, click, wish.request, barred), could=could(world, click.asker, wish))


def _unfit(click: Click, request: Request) -> Objection | None:
    if click.is_stranger:
        return Objection.STRANGER
    digest, _, end = click.ref.digest.partition(" ")
    return None if digest == request.digest and end else Objection.ALTERED


def _has_begun(world: World, asker: Asker, request: Request) -> bool:
    """Whether this very delivery has begun to put the change back before."""
    chain = world.ledger.chain(request.id)
    return any(fact.get("event") == Event.REVERTING and fact.get("delivery") == asker.delivery for fact in chain)


def _not_to_be_undone(request: Request) -> Objection | None:
    if request.can_be_put_back:
        return None
    match request.state:
        case State.PENDING:
            return Objection.NOT_YET_APPLIED
        case State.REVERTED:
            return Objection.UNDONE_BEFORE
        case state if state.holds_job:
            return Objection.UNDER_WAY
        case _:
            return Objection.NEVER_APPLIED
