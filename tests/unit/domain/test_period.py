"""Which moments a time means that somebody said."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from handler.domain.errors import Usage, UsageError
from handler.domain.period import EVER, Ago, Bounds, Day, DaysAgo, Period, bounds
from tests.makers import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

TWENTIETH = Day(date(2026, 11, 20))


def utc(day: int, hour: int = 0) -> datetime:
    """Return an hour of a day of the tests' month."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Period(), EVER),
        (Period(since=Ago(90)), Bounds(since=NOW - timedelta(minutes=90))),
        (Period(until=Ago(90)), Bounds(until=NOW - timedelta(minutes=90))),
        (Period(Ago(90), Ago(30)), Bounds(NOW - timedelta(minutes=90), NOW - timedelta(minutes=30))),
        (Period(DaysAgo(0), DaysAgo(0)), Bounds(utc(23), utc(24))),
        (Period(DaysAgo(1), DaysAgo(1)), Bounds(utc(22), utc(23))),
        (Period(TWENTIETH, TWENTIETH), Bounds(utc(20), utc(21))),
        (Period(TWENTIETH, DaysAgo(1)), Bounds(utc(20), utc(23))),
        (Period(since=Ago(2**31 - 1)), Bounds(since=NOW - timedelta(days=36_500))),
    ],
)
def test_a_time_is_brought_to_moments(said: Period, expected: Bounds) -> None:
    """A length counts back from now, a day is from its midnight to the next; nothing is too long ago to compute."""
    assert expected == bounds(said, NOW)


@pytest.fixture
def in_seoul(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that keeps Korean time."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Asia/Seoul")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_seoul")
def test_days_are_days_of_utc_wherever_the_clock_says_it_is() -> None:
    """In Seoul it is the 24th already; the days of the record begin at midnight in UTC."""
    late = datetime(2026, 11, 24, 1, 0, tzinfo=timezone(timedelta(hours=9)))
    assert Bounds(utc(23), utc(24)) == bounds(Period(DaysAgo(0), DaysAgo(0)), late)


@pytest.mark.parametrize(
    "said",
    [Period(Ago(30), Ago(90)), Period(Ago(30), Ago(30)), Period(DaysAgo(0), DaysAgo(1)), Period(DaysAgo(1), TWENTIETH)],
)
def test_a_time_that_ends_before_it_begins_is_refused(said: Period) -> None:
    """Nothing could lie in it, so it is not what was meant."""
    with pytest.raises(UsageError) as refused:
        bounds(said, NOW)
    assert (refused.value.usage, refused.value.topic) == (Usage.BACKWARDS, "history")
