"""Whoever follows the record sees each new fact once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from handler.domain.audit import timestamp
from handler.flows.follow import LATE_BY, Follower
from tests import makers
from tests.fakes.archive import FakeArchive
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import FakeLedger

if TYPE_CHECKING:
    from handler.audit_ports import Stored


class Watched:
    """A ledger that somebody follows; each fact is a refusal with a name."""

    def __init__(self, now: datetime = makers.NOW) -> None:
        self.ledger, self.archive, self.clock = FakeLedger(), FakeArchive(), FakeClock(now)
        self.follower = Follower(self.archive, self.clock)

    def record(self, name: str, seconds: float = 0) -> None:
        """Record a fact, dated so long after the clock's now."""
        at = self.clock.now() + timedelta(seconds=seconds)
        self.ledger.record(makers.fact(name, at=timestamp(at)))
        self.archive.catch_up(self.ledger)

    def told(self) -> list[str]:
        """Look once; return what is new."""
        return [_name(fact) for fact in self.follower.look()]

    def pass_by(self, **time: float) -> None:
        """Let time pass."""
        self.clock.move_on(**time)


def _name(fact: Stored) -> str:
    return str(fact["request_id"])


def test_new_facts_are_told_once_and_in_order() -> None:
    """What was there before is passed over."""
    watched = Watched()
    watched.record("before", seconds=-20)
    watched.follower.begin()
    watched.record("second", seconds=1)
    watched.record("first", seconds=0)
    watched.pass_by(seconds=5)
    assert watched.told() == ["first", "second"]
    watched.pass_by(seconds=5)
    assert watched.told() == []
    watched.record("third")
    assert watched.told() == ["third"]


def test_a_fact_that_shows_late_is_told() -> None:
    """It is dated before others that were told already."""
    watched = Watched()
    watched.follower.begin()
    watched.record("on time")
    watched.pass_by(seconds=5)
    assert watched.told() == ["on time"]
    watched.record("late", seconds=-60)
    watched.pass_by(seconds=5)
    assert watched.told() == ["late"]


@pytest.mark.parametrize("ahead", [-3, 3])
def test_midnight_is_passed(ahead: float) -> None:
    """Facts of both days are told, whichever day it is for the one who follows."""
    watched = Watched(datetime(2026, 11, 23, tzinfo=UTC) - timedelta(seconds=ahead))
    watched.follower.begin()
    watched.record("yesterday", seconds=ahead - 1)
    watched.record("today", seconds=ahead + 1)
    watched.pass_by(seconds=5)
    assert watched.told() == ["yesterday", "today"]
    watched.pass_by(hours=24)
    assert watched.told() == []


def test_a_pause_loses_nothing() -> None:
    """A laptop that slept for three days tells all that was recorded meanwhile."""
    watched = Watched()
    watched.follower.begin()
    for day in range(4):
        watched.record(f"day {day}", seconds=day * 86_400)
    watched.pass_by(days=3, seconds=1)
    assert watched.told() == [f"day {day}" for day in range(4)]


def test_a_clock_that_is_set_back_loses_nothing_and_repeats_nothing() -> None:
    """The one who follows sets their clock back by an hour."""
    watched = Watched()
    watched.follower.begin()
    watched.record("first")
    watched.pass_by(seconds=5)
    assert watched.told() == ["first"]
    watched.pass_by(hours=-1)
    assert watched.told() == []
    watched.record("second", seconds=3600)
    assert watched.told() == ["second"]


def test_what_was_told_is_not_remembered_for_ever() -> None:
    """Only as long as it could be told again."""
    watched = Watched()
    watched.follower.begin()
    for number in range(50):
        watched.record(f"fact {number}")
        watched.pass_by(minutes=1)
        assert watched.told() == [f"fact {number}"]
    assert len(watched.follower._told) <= LATE_BY / timedelta(minutes=1) + 2  # noqa: SLF001 - what memory is for
