"""The time that a history is asked for: as it was said, and as the moments it means.

Only the caller knows what time it is, so what was said is read first and brought to moments later. Days are UTC's:
Slack does not tell with a command which zone its sender lives in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from handler.domain.errors import Usage, UsageError
from handler.domain.vocabulary import Topic

# Before anything that could be on record, and well within what a datetime can hold.
FARTHEST: Final = timedelta(days=36_500)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ago:
    """So many minutes before now."""

    minutes: int


@dataclass(frozen=True, slots=True)
class DaysAgo:
    """A whole day: 0 is today, 1 yesterday."""

    days: int


@dataclass(frozen=True, slots=True)
class Day:
    """A whole day by its date."""

    date: date


When = Ago | DaysAgo | Day


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when, as it was said; None is without end on that side. A day belongs to it whole."""

    since: When | None = None
    until: When | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """From ``since`` on, and before ``until``, both aware; None is without end on that side."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can lie between them."""
        return self.since is not None and self.until is not None and self.since >= self.until


ALL_TIME: Final = Period()
EVER: Final = Bounds()


def bounds(period: Period, now: datetime) -> Bounds:
    """Return the moments that a period means now.

    Raises:
        UsageError: BACKWARDS, when it ends before it begins.
    """
    meant = Bounds(
        None if period.since is None else _begin(period.since, now),
        None if period.until is None else _end(period.until, now),
    )
    if meant.is_empty:
        raise UsageError(Usage.BACKWARDS, topic=Topic.HISTORY)
    return meant


def _begin(when: When, now: datetime) -> datetime:
    match when:
        case Ago(minutes):
            return now - min(timedelta(minutes=minutes), FARTHEST)
        case DaysAgo(days):
            return _midnight(now.astimezone(UTC).date()) - days * _DAY
        case Day(day):
            return _midnight(day)


def _end(when: When, now: datetime) -> datetime:
    return _begin(when, now) if isinstance(when, Ago) else _begin(when, now) + _DAY


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
