"""What people have not been told yet of a request, and what of it deserves a message of its own.

Each move that changes what people see leaves the request with its news and with the moment at which the tick takes the
telling over. Whoever has told everything clears both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from handler.domain.audit import Event
from handler.domain.request import State

if TYPE_CHECKING:
    from datetime import datetime

    from handler.domain.model import RequestId
    from handler.domain.request import Request

# Longer than a worker may run (serverless.yml, 60 s), so that the tick never looks over a living worker's shoulder.
WORKER_IS_GONE_AFTER: Final = timedelta(minutes=2)

OUTCOMES: Final = frozenset(
    {
        Event.APPLIED,
        Event.FAILED,
        Event.UNKNOWN,
        Event.REVERTED,
        Event.KEPT,
        Event.STALE,
        Event.DENIED,
        Event.EXPIRED,
        Event.WITHDRAWN,
    }
)
"""What the one who asked is called for: an edit of the card alone notifies nobody."""

CALLS: Final = frozenset({Event.REMINDED, Event.ESCALATED, Event.REVIEW_REMINDED})
"""What is nothing but a call to people."""

UNDER_WAY: Final = frozenset({State.APPROVED, State.APPLYING, State.REVERTING})
"""Moments later there is more to tell."""


_BEGINNINGS: Final = frozenset({Event.APPROVED, Event.APPLYING, Event.REVERTING})


@dataclass(frozen=True, slots=True)
class News:
    """What a fact of the request's chain tells people; ``seq`` is the fact's."""

    event: Event
    seq: int


class Kind(StrEnum):
    """What a message is: a request's card, a call to it, or the word of a day's seal."""

    CARD = "card"
    CALL = "call"
    SEAL = "seal"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a posted message carries, unseen: of which request it tells, and up to which fact of it."""

    request_id: RequestId
    kind: Kind
    seq: int


def untold(request: Request, news: News, now: datetime) -> Request:
    """Return the request with one more thing to tell; of the same kind only the newest is kept."""
    others = tuple(each for each in request.untold if each.event is not news.event)
    return replace(request, untold=(*others, news), tell_at=now + WORKER_IS_GONE_AFTER)


def told_by_another(request: Request) -> Request:
    """Return a request as one has it who did not make its last move: who did tells of it."""
    return replace(request, untold=(), tell_at=None)


def owed(request: Request) -> tuple[News, ...]:
    """Return what people are still to be called for, beside the card that shows the request: the older first.

    Of several outcomes the last counts; it makes what was called for before pointless, as a later end does. While a
    write is under way there is only one call: that it takes too long.
    """
    if request.state in UNDER_WAY:
        begun = max((each.seq for each in request.untold if each.event in _BEGINNINGS), default=0)
        return tuple(each for each in request.untold if each.event is Event.ESCALATED and each.seq > begun)
    outcome = next((each for each in reversed(request.untold) if each.event in OUTCOMES), None)
    since = max((each.seq for each in request.untold if each.event in OUTCOMES | {Event.EXTENDED}), default=0)
    calls = (each for each in request.untold if each.event in CALLS and each.seq > since)
    wanted = tuple(each for each in calls if each.event is not Event.REVIEW_REMINDED or _is_unreviewed(request))
    return wanted if outcome is None else (outcome, *wanted)


def _is_unreviewed(request: Request) -> bool:
    return request.emergency is not None and request.emergency.reviewed_by is None
