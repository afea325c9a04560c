"""What has been open for too long: changes of which nobody knows, and intents that nobody finished."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handler.domain.request import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from handler.domain.request import Request

# A worker lives a minute at most, its delivery is tried once more, and each minute a tick takes over what is left.
OUTCOME_WITHIN: Final = timedelta(minutes=4)
_UNDER_WAY: Final = (State.APPLYING, State.REVERTING)


@dataclass(frozen=True, slots=True)
class Overdue:
    """``unknowns`` changes of which nobody knows, the longest for ``unknown_for``; ``unfinished`` intents, too old."""

    unknowns: int
    unknown_for: timedelta
    unfinished: int

    def figures(self) -> Mapping[str, float]:
        """Return the three for a log."""
        return {
            "unknowns": self.unknowns,
            "unknown_for_seconds": self.unknown_for.total_seconds(),
            "unfinished": self.unfinished,
        }


def overdue(requests: Iterable[Request], now: datetime) -> Overdue:
    """Return what has been open for too long of these requests."""
    ages = [(request.state, now - (request.started_at or request.updated_at)) for request in requests]
    unknown = [age for state, age in ages if state is State.UNKNOWN]
    late = [age for state, age in ages if state in _UNDER_WAY and age > OUTCOME_WITHIN]
    return Overdue(len(unknown), max(unknown, default=timedelta()), len(late))
