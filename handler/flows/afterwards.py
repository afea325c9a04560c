"""The stories of a closed card: ask again what went stale, and look at an emergency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain import emergency
from handler.domain.commands import Scale, To
from handler.domain.model import TIMEOUT, WORKERS
from handler.domain.outcomes import ClickRefused
from handler.domain.request import State
from handler.domain.review import Objection
from handler.flows.change import scale
from handler.flows.click import Barred, acted_on, refused_click
from handler.flows.review import may_decide

if TYPE_CHECKING:
    from handler.domain.moves import Move
    from handler.domain.outcomes import Outcome
    from handler.domain.request import Request
    from handler.flows.click import Click
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

    def look(request: Request) -> Outcome | Move:
        if problem := _unfit(click, request):
            return refused_click(world, click, request, Barred(problem))
        wanted = request.emergency
        if wanted is None or wanted.reviewed_by is not None:
            return ClickRefused(Objection.NOTHING_TO_REVIEW, request)
        decision = may_decide(world, click, request)
        if isinstance(decision, Barred):
            return refused_click(world, click, request, decision)
        return emergency.reviewed(request, wanted, click.asker.actor, world.clock.now(), decision=decision)

    return acted_on(world, click, look)


def _unfit(click: Click, request: Request) -> Objection | None:
    if click.is_stranger:
        return Objection.STRANGER
    return None if click.ref.digest == request.digest else Objection.ALTERED
