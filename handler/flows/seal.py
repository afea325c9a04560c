"""The days that are over are sealed, one after the other, a bounded piece each tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handler.domain import sealing
from handler.domain.errors import LedgerUnavailable

if TYPE_CHECKING:
    from handler.domain.sealing import Sealing
    from handler.ports import World

# So that a tick costs the same however many facts there are: a busier day takes some minutes to be sealed.
MOST_FACTS: Final = 1000
# Days that were missed are of few facts each: a week of them fits into a tick.
MOST_DAYS: Final = 7


def seal(world: World) -> Sealing:
    """Go on with sealing as far as one tick goes; return how far it has come.

    Raises Moved when another tick does the same at once, and LedgerUnavailable.
    """
    seals, now = world.ledger.seals, world.clock.now()
    so_far = seals.progress() or _begun(world)
    left = MOST_FACTS
    for _ in range(MOST_DAYS):
        if not sealing.is_over(so_far.day, now) or left <= 0:
            break
        leaves = seals.leaves(so_far.day, limit=left, after=so_far.cursor)
        left -= len(leaves.hashes)
        counted = sealing.counted(so_far, leaves)
        if leaves.has_more:
            seals.keep(so_far, counted)
            so_far = counted
        else:
            has_channel = world.policy.terms.audit_channel is not None
            after, fact = sealing.sealed(counted, now, is_to_be_posted=has_channel)
            seals.seal(so_far, after, fact)
            so_far = after
    return so_far


def _begun(world: World) -> Sealing:
    """Begin. Where there are seals already, their item was taken away: that is for people, not to be covered up."""
    seals = world.ledger.seals
    if seals.numbered(1) is not None:
        raise LedgerUnavailable("seal", "there are seals, yet the item that says how far sealing has come is gone")
    beginning = sealing.begun(world.clock.now())
    seals.keep(None, beginning)
    return beginning
