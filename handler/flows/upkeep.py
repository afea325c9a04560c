"""The minute tick: finds what is owed from the record alone, and does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handler.domain.errors import SluiceError
from handler.domain.outcomes import ChangeShown
from handler.domain.upkeep import Reconcile, Resume, plan
from handler.flows.execute import execute, reconcile

if TYPE_CHECKING:
    from handler.domain.model import RequestId
    from handler.domain.request import Request
    from handler.domain.upkeep import Duty
    from handler.ports import World

# As many as fit into one invocation; what is left is due again a minute later.
MOST_DUTIES: Final = 25


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick has to tell, and what it could not do; the latter stays due."""

    told: tuple[ChangeShown, ...]
    failed: tuple[tuple[RequestId, SluiceError], ...]


def tick(world: World) -> Ticked:
    """Do what is due now. One duty's failure does not keep the others waiting."""
    told: list[ChangeShown] = []
    failed: list[tuple[RequestId, SluiceError]] = []
    for duty in plan(world.ledger.open_requests(limit=MOST_DUTIES), world.clock.now()):
        try:
            after = _done(world, duty)
        except SluiceError as error:
            failed.append((duty.request.id, error))
            continue
        if after.state is not duty.request.state:
            told.append(ChangeShown(after))
    return Ticked(tuple(told), tuple(failed))


def _done(world: World, duty: Duty) -> Request:
    match duty:
        case Resume(request):
            return execute(world, request)
        case Reconcile(request):
            return reconcile(world, request)
