"""The stories of a closed card: ask again what went stale, and look at an emergency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain import emergency
from handler.domain.commands import Scale, To
from handler.domain.errors import Moved
from handler.domain.model import TIMEOUT, WORKERS
from handler.domain.outcomes import ChangeShown, ClickRefused
from handler.domain.request import State
from handler.domain.review import Objection
from handler.flows.change import scale
from handler.flows.execute import TRIES
from handler.flows.review import Barred, Click, is_recorded, may_decide, refused_click

if TYPE_CHECKING:
    from handler.domain.outcomes import Outcome
    from handler.domain.request import Request
    from handler.ports import World


def ask_again(world: World, click: Click) -> Outcome:
    """Ask for the same values once more, of the job as it is now, in the name of whoever clicks."""
    request = world.ledger.request(click.ref.request_id)
    if request is None:
        return ClickRefused(Objection.UNKNOWN_REQUEST)
    if problem := _unfit(click, request):
        return refused_click(world, click, request, Barred(problem))
    if request.state not in {State.STALE, State.EXPIRED}:
        return ClickRefused(Objection.CLOSED, request)
    return scale(world, click.asker, again(request))


def again(request: Request) -> Scale:
    """Return the command that asks for a request's values once more."""
    values = request.change.values
    return Scale(
        job=request.change.job_id,
        workers=To(values[WORKERS]) if WORKERS in values else None,
        timeout=To(values[TIMEOUT]) if TIMEOUT in values else None,
        minutes=request.minutes,
        because=request.reason,
        is_emergency=request.emergency is not None,
    )


def mark_reviewed(world: World, click: Click) -> Outcome:
    """Record that somebody who may approve has looked at an emergency."""
    for _ in range(TRIES):
        request = world.ledger.request(click.ref.request_id)
        if request is None:
            return ClickRefused(Objection.UNKNOWN_REQUEST)
        if problem := _unfit(click, request):
            return refused_click(world, click, request, Barred(problem))
        wanted = request.emergency
        if wanted is None or wanted.reviewed_by is not None:
            return ClickRefused(Objection.NOTHING_TO_REVIEW, request)
        decision = may_decide(world, click, request)
        if isinstance(decision, Barred):
            return refused_click(world, click, request, decision)
        now = world.clock.now()
        move = emergency.reviewed(request, wanted, click.asker.actor, now, decision=decision)
        if is_recorded(world, request, move):
            return ChangeShown(move.request)
    raise Moved(None)


def _unfit(click: Click, request: Request) -> Objection | None:
    if click.is_stranger:
        return Objection.STRANGER
    return None if click.ref.digest == request.digest else Objection.ALTERED
