"""Where a page of a history may end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handler.domain.audit import Event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Facts that say where a request stands. Without the later ones, which a page before would show, the earlier ones would
# say something that is not true any more.
_STANDS: Final = frozenset(
    {
        Event.REQUESTED.value,
        Event.APPROVED.value,
        Event.DENIED.value,
        Event.KEPT.value,
        Event.EXPIRED.value,
        Event.WITHDRAWN.value,
        Event.STALE.value,
        Event.APPLYING.value,
        Event.APPLIED.value,
        Event.FAILED.value,
        Event.UNKNOWN.value,
        Event.REVERTING.value,
        Event.REVERTED.value,
    }
)
_FIRST: Final = 1


def whole_requests(facts: Sequence[Mapping[str, object]]) -> int:
    """Return how many of these facts, newest first, make a page that tears no request in two.

    All of them, when there is no such place: a page shows something at least.
    """
    torn: set[object] = set()
    best = 0
    for count, fact in enumerate(facts, 1):
        if fact.get("seq") == _FIRST:
            torn.discard(fact.get("request_id"))
        elif fact.get("event") in _STANDS:
            torn.add(fact.get("request_id"))
        if not torn:
            best = count
    return best or len(facts)
