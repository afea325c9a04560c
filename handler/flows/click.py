"""A click on one of a request's buttons: look, act, and write until the write meets the request as it was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handler.domain import review
from handler.domain.authority import Denied
from handler.domain.errors import Moved
from handler.domain.moves import Move
from handler.domain.outcomes import ChangeShown, ClickRefused
from handler.domain.review import Objection
from handler.flows.execute import TRIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.authority import NeedsApproval
    from handler.domain.model import RequestId
    from handler.domain.outcomes import Outcome
    from handler.domain.request import Request
    from handler.flows.access import Asker
    from handler.ports import World


@dataclass(frozen=True, slots=True)
class Ref:
    """What a button carries: a request, and the digest of the arguments that its card showed.

    After the digest, a button about the end of a change carries that end, as the record writes moments.
    """

    request_id: RequestId
    digest: str


@dataclass(frozen=True, slots=True)
class Click:
    """Who pressed a button about which request; ``is_stranger`` when they are of another workspace, or a bot."""

    asker: Asker
    ref: Ref
    is_stranger: bool = False


@dataclass(frozen=True, slots=True)
class Barred:
    """Why a click decides nothing; ``decision`` is the policy's, when it was the policy that does not let them."""

    why: Objection
    decision: NeedsApproval | Denied | None = None

    @property
    def because(self) -> tuple[str, ...]:
        """The rules that forbid it."""
        return self.decision.because if isinstance(self.decision, Denied) else ()


def acted_on(
    world: World,
    click: Click,
    act: Callable[[Request], Outcome | Move | None],
    then: Callable[[Request], Outcome] = ChangeShown,
) -> Outcome:
    """Look at the request and act: a move is recorded and made an outcome by ``then``, None is looked at again.

    Raises Moved when others are faster for too long.
    """
    for _ in range(TRIES):
        request = world.ledger.request(click.ref.request_id)
        if request is None:
            return ClickRefused(Objection.UNKNOWN_REQUEST)
        acted = act(request)
        if acted is None:
            continue
        if not isinstance(acted, Move):
            return acted
        if is_recorded(world, request, acted):
            return then(acted.request)
    raise Moved(None)


def refused_click(world: World, click: Click, request: Request, barred: Barred) -> ClickRefused:
    """Say why; record it, once for each delivery, when somebody tried what they may not."""
    actor, delivery = click.asker.actor, click.asker.delivery
    for _ in range(TRIES if barred.why.is_attempt else 0):
        if any(fact.get("delivery") == delivery for fact in world.ledger.chain(request.id)):
            break
        now = world.clock.now()
        move = review.click_refused(request, actor, barred.why, now, delivery=delivery, decision=barred.decision)
        if is_recorded(world, request, move):
            return ClickRefused(barred.why, move.request, because=barred.because)
        current = world.ledger.request(request.id)
        if current is None:
            break
        request = current
    return ClickRefused(barred.why, request, because=barred.because)


def is_recorded(world: World, before: Request, move: Move) -> bool:
    """Record a move; False when the request was no longer as it was looked at."""
    try:
        world.ledger.advance(before, move.request, move.fact)
    except Moved:
        return False
    return True
