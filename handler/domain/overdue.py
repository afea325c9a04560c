"""What has been open for too long: changes of which nobody knows, intents that nobody finished, ends not begun."""

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
# As long as a job cannot be read, or another request of it waits for people, its end waits, too.
END_WITHIN: Final = timedelta(minutes=15)
_UNDER_WAY: Final = (State.APPLYING, State.REVERTING)


@dataclass(frozen=True, slots=True)
class Overdue:
    """``unknowns`` changes of which nobody knows, the longest for ``unknown_for``.

    ``unfinished`` are intents that are too old, ``unended`` changes whose time is over for too long.
    """

    unknowns: int
    unknown_for: timedelta
    unfinished: int
    unended: int = 0

    @property
    def is_any(self) -> bool:
        """Whether anything is."""
        return bool(self.unknowns or self.unfinished or self.unended)

    def figures(self) -> Mapping[str, float]:
        """Return them for a log."""
        return {
            "unknowns": self.unknowns,
            "unknown_for_seconds": self.unknown_for.total_seconds(),
            "unfinished": self.unfinished,
            "unended": self.unended,
        }


def overdue(requests: Iterable[Request], now: datetime) -> Overdue:
    """Return what has been open for too long of these requests."""
    looked_at = tuple(requests)
    ages = [(request.state, now - (request.started_at or request.updated_at)) for request in looked_at]
    unknown = [age for state, age in ages if state is State.UNKNOWN]
    late = [age for state, age in ages if state in _UNDER_WAY and age > OUTCOME_WITHIN]
    ends = [each.revert_at for each in looked_at if each.can_be_put_back and each.revert_at is not None]
    unended = [end for end in ends if now - end > END_WITHIN]
    return Overdue(len(unknown), max(unknown, default=timedelta()), len(late), len(unended))
