"""What the tick does about changes of which nobody knows for long: measures them, and calls people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handler.domain import pager
from handler.domain.errors import JobBusy, LedgerUnavailable, Moved
from handler.domain.outcomes import ChangeShown
from handler.domain.overdue import overdue

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.errors import SluiceError
    from handler.domain.model import RequestId
    from handler.domain.overdue import Overdue
    from handler.domain.request import Request
    from handler.ports import World

# What is looked at again within minutes comes first in the list of what is open, and much fits before it is this long.
MOST_WATCHED: Final = 100


@dataclass(frozen=True, slots=True)
class Watch:
    """What was found overdue, None when the record could not be read, and whom to call.

    ``unrecorded`` are requests of which people are called although the record does not take it.
    """

    overdue: Overdue | None = None
    told: tuple[ChangeShown, ...] = ()
    unrecorded: tuple[Request, ...] = ()
    failed: tuple[tuple[RequestId, SluiceError], ...] = ()


def watch(world: World, has_time: Callable[[], bool] = lambda: True) -> Watch:
    """Look at all that is open; call people, once for each write and each hour after that."""
    try:
        requests = world.ledger.open_requests(limit=MOST_WATCHED)
    except LedgerUnavailable:
        return Watch()
    now = world.clock.now()
    told: list[ChangeShown] = []
    unrecorded: list[Request] = []
    failed: list[tuple[RequestId, SluiceError]] = []
    for request in requests:
        if not pager.is_owed(request, world.policy.terms, now) or not has_time():
            continue
        move = pager.called(request, now, writer=world.new_id())
        try:
            world.ledger.advance(request, move.request, move.fact)
        except Moved:
            continue  # by now more is known of it
        except (LedgerUnavailable, JobBusy) as error:
            unrecorded.append(pager.unrecorded(request))
            failed.append((request.id, error))
        else:
            told.append(ChangeShown(move.request))
    return Watch(overdue(requests, now), tuple(told), tuple(unrecorded), tuple(failed))
