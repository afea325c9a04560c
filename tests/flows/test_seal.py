"""The tick seals each day that is over, and tells the audit channel."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest

from handler.domain.audit import breaks, place_of, timestamp
from handler.domain.errors import ChatRefused, ChatUnavailable, LedgerUnavailable
from handler.domain.merkle import Tree
from handler.domain.model import RequestId
from handler.domain.sealing import SEALS
from handler.flows.seal import MOST_DAYS, MOST_FACTS
from tests import makers
from tests.fakes.ledger import FakeLedger, Fault
from tests.flows.office import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handler.domain.audit import Fact
    from tests.flows.office import Office

YESTERDAY = datetime(2026, 11, 22, 9, tzinfo=UTC)
AUDIT = "C0AUDIT"


def with_channel(office: Office, channel: str | None = AUDIT) -> Office:
    """Let seals be posted."""
    policy = office.story.policy
    audit = policy.settings.audit.model_copy(update={"channel": channel})
    office.story.policy = replace(policy, settings=policy.settings.model_copy(update={"audit": audit}))
    return office


@cache
def facts_of(count: int, begin: datetime) -> tuple[Fact, ...]:
    """Make so many facts, a second after each other."""
    seconds = [(number, begin + timedelta(seconds=number)) for number in range(count)]
    return tuple(makers.fact(f"{begin:%d}-{number:04}", at=timestamp(at)) for number, at in seconds)


def happened(office: Office, count: int, begin: datetime = YESTERDAY) -> tuple[Fact, ...]:
    """Put facts on record."""
    for fact in facts_of(count, begin):
        office.story.ledger.record(fact)
    return facts_of(count, begin)


def sealed(office: Office) -> list[tuple[object, object, object]]:
    """Return each seal's day, count and root."""
    chain = office.story.ledger.chain(RequestId(SEALS))
    progress = office.story.ledger.sealing
    assert breaks(chain, progress.head if progress else None) == ()
    return [(fact["day"], fact["count"], fact["root"]) for fact in chain]


def tick(office: Office, times: int = 1, minutes: float = 1) -> None:
    """Let the minute tick."""
    for _ in range(times):
        office.desk.tick()
        office.story.clock.move_on(minutes=minutes)


def test_yesterday_is_sealed_by_the_first_tick(office: Office) -> None:
    """Its facts are under one root, in the order in which they happened; today's are not."""
    facts = happened(office, 5)
    happened(office, 2, makers.NOW)
    tick(office, 3)
    assert [("2026-11-22", 5, Tree().extended([fact.hash for fact in facts]).root)] == sealed(office)


def test_a_day_on_which_nothing_happened_is_sealed_too(office: Office) -> None:
    """A day that is missing would be a day about which anything could be said."""
    tick(office)
    assert [("2026-11-22", 0, Tree().root)] == sealed(office)


def test_each_day_is_sealed_once_after_it_is_over(office: Office) -> None:
    """A tick each hour for three days makes a seal for each day, which is one of the next day's facts."""
    tick(office, times=72, minutes=60)
    days = [(day, count) for day, count, _ in sealed(office)]
    assert days == [("2026-11-22", 0), ("2026-11-23", 1), ("2026-11-24", 1), ("2026-11-25", 1)]


@pytest.mark.parametrize("count", [MOST_FACTS - 1, MOST_FACTS, MOST_FACTS + 1, 2 * MOST_FACTS + 500])
def test_a_busy_day_is_sealed_in_pieces(office: Office, count: int) -> None:
    """A tick reads a bounded number of facts; the seal is that of the whole day all the same."""
    facts = happened(office, count)
    ticks = count // MOST_FACTS + 1
    tick(office, ticks - 1)
    assert sealed(office) == []
    tick(office)
    assert [("2026-11-22", count, Tree().extended([fact.hash for fact in facts]).root)] == sealed(office)


def test_days_that_were_missed_are_sealed_in_their_order(office: Office) -> None:
    """After a fortnight without a tick, a week of days is sealed by each."""
    tick(office)
    office.story.clock.move_on(days=14)
    tick(office)
    assert len(sealed(office)) == 1 + MOST_DAYS
    tick(office, 2)
    days = [date(2026, 11, 22) + timedelta(days=number) for number in range(15)]
    assert [str(day) for day in days] == [day for day, _, _ in sealed(office)]


@dataclass
class BusySeals(FakeLedger):
    """A ledger that lets another tick happen once, before the next write of the progress or of a seal."""

    other: list[Office] = field(default_factory=list)

    def call(self, operation: str) -> object:  # type: ignore[override]  # the same, after what happens
        """Carry out a call, too late perhaps."""
        if operation in {"seals.keep", "seals.seal"} and self.other:
            self.other.pop().desk.tick()
        return super().call(operation)


@pytest.mark.parametrize("count", [0, 3, MOST_FACTS + 5])
def test_two_ticks_at_once_make_one_seal(office: Office, count: int, caplog: pytest.LogCaptureFixture) -> None:
    """At each write the other tick may come first: a day is sealed once, rightly, and posted once."""
    with_channel(office)
    office.story.ledger = BusySeals()
    facts = happened(office, count)
    with caplog.at_level(logging.ERROR):
        for _ in range(6):
            office.story.ledger.other = [office]
            tick(office)
    assert [("2026-11-22", count, Tree().extended([fact.hash for fact in facts]).root)] == sealed(office)
    assert len(office.chat.posts) == 1
    assert caplog.records == []


# What goes wrong


class DeadError(BaseException):
    """The worker is killed."""


@dataclass
class DyingSeals(FakeLedger):
    """A ledger whose worker is killed at one of its calls about seals, before or after it took effect.

    ``steps`` counts these calls; it is killed at the one of the number ``dies_at``, which is 0 for never.
    """

    dies_at: int = 0
    is_done_then: bool = False
    steps: int = 0

    @contextmanager
    def call(self, operation: str) -> Iterator[None]:
        """Carry out a call."""
        self.steps += operation.startswith("seals.")
        is_last = operation.startswith("seals.") and self.steps == self.dies_at
        if is_last and not self.is_done_then:
            raise DeadError
        with super().call(operation):
            yield
        if is_last:
            raise DeadError


def lived(office: Office, ticks: int) -> None:
    """Let the minute tick, whoever dies of it."""
    for _ in range(ticks):
        with suppress(DeadError):
            office.desk.tick()
        office.story.clock.move_on(minutes=1)


# Begins, counts a thousand facts and five, seals, and posts.
STEPS = 11


def test_the_steps_of_sealing_are_as_many_as_are_tried(office: Office) -> None:
    """Were there more, the test below would not kill a worker at each."""
    with_channel(office)
    office.story.ledger = DyingSeals()
    happened(office, MOST_FACTS + 5)
    lived(office, 2)
    assert office.story.ledger.steps == STEPS
    assert len(office.chat.posts) == 1


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_a_worker_that_dies_over_sealing_is_replaced(office: Office, step: int, *, is_done: bool) -> None:
    """Killed before or after any step, the ticks that follow make one right seal and one post of it."""
    with_channel(office)
    office.story.ledger = DyingSeals(dies_at=step, is_done_then=is_done)
    facts = happened(office, MOST_FACTS + 5)
    lived(office, 8)
    assert [("2026-11-22", len(facts), Tree().extended([fact.hash for fact in facts]).root)] == sealed(office)
    assert len(office.chat.posts) == 1


def test_a_clock_that_jumps_back_and_forth_seals_each_day_once(office: Office) -> None:
    """While the clock is behind, nothing is due; when it is right again, sealing goes on where it was."""
    tick(office)
    for jump in (-40, 40, -1, 1, 1):
        office.story.clock.move_on(days=jump)
        tick(office)
    assert [day for day, _, _ in sealed(office)] == ["2026-11-22", "2026-11-23"]


WRITES = ("seals.keep", "seals.seal", "seals.progress", "seals.leaves", "seals.numbered")


@pytest.mark.parametrize("takes_effect", [False, True])
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("operation", WRITES)
def test_a_call_that_fails_leaves_nothing_undone(
    office: Office, operation: str, place: int, *, takes_effect: bool
) -> None:
    """Whichever call of the record fails, before or after it took effect, the next ticks carry on: one right seal."""
    with_channel(office)
    facts = happened(office, MOST_FACTS + 5)
    for number in range(8):
        if number == place:
            office.story.ledger.faults = [Fault(operation, takes_effect=takes_effect)]
        tick(office)
    assert [("2026-11-22", len(facts), Tree().extended([fact.hash for fact in facts]).root)] == sealed(office)
    assert len(office.chat.posts) == 1


def test_seals_without_their_progress_are_not_covered_up(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Who takes away the item that says how far sealing has come is not helped: nothing is begun anew."""
    tick(office)
    office.story.ledger.sealing = None
    with caplog.at_level(logging.ERROR):
        tick(office)
    assert office.story.ledger.sealing is None
    assert [vars(record)["error"] for record in caplog.records] == [LedgerUnavailable.__name__]


def test_what_is_due_is_done_though_sealing_fails(office: Office) -> None:
    """A request that nobody decided expires all the same."""
    office.type("scale wordcount workers=8 because backlog")
    office.story.clock.move_on(minutes=31)
    office.story.ledger.faults = [Fault("seals.progress")]
    tick(office)
    assert office.state() == "expired"
    assert sealed(office) == []


def test_the_day_is_sealed_though_what_is_due_cannot_be_read(office: Office) -> None:
    """The failure of the rest is a failure of the tick, and the day is sealed all the same."""
    office.story.ledger.faults = [Fault("due_requests")]
    with pytest.raises(LedgerUnavailable):
        tick(office)
    assert len(sealed(office)) == 1


# The audit channel


def test_the_audit_channel_is_told_of_each_seal_once(office: Office) -> None:
    """The message names day, count, root and hash, and how to check them."""
    with_channel(office)
    happened(office, 3)
    tick(office, 5)
    ((card, message),) = office.chat.posts
    (fact,) = office.story.ledger.chain(RequestId(SEALS))
    words = read(message)
    assert card.channel_id == AUDIT
    assert "2026-11-22" in words
    assert "3 facts" in words
    assert str(fact["root"]) in words
    assert f"sluice audit verify --seal {fact['hash']}" in words


def test_seals_are_posted_in_their_order_one_each_minute(office: Office) -> None:
    """Days that were missed do not come as a flood."""
    with_channel(office)
    tick(office)
    office.story.clock.move_on(days=3)
    tick(office, 4)
    days = [
        next(day for day in ("22", "23", "24", "25", "26") if f"2026-11-{day}" in read(each))
        for _, each in office.chat.posts
    ]
    assert days == ["22", "23", "24", "25"]


def test_without_a_channel_nothing_is_posted(office: Office) -> None:
    """Nor is it when a channel is named later: what is posted begins then."""
    with_channel(office, None)
    tick(office)
    with_channel(office)
    tick(office)
    assert office.chat.posts == []
    office.story.clock.move_on(days=1)
    tick(office)
    assert len(office.chat.posts) == 1


@pytest.mark.parametrize(
    "error", [ChatUnavailable("chat.postMessage", "ratelimited"), ChatRefused("chat.postMessage", "not_in_channel")]
)
def test_a_seal_that_slack_does_not_take_stays_owed(office: Office, error: ChatUnavailable | ChatRefused) -> None:
    """It is tried again every other minute until the channel has it; the day is sealed all the while."""
    with_channel(office)
    office.chat.failing["post"] = error
    tick(office, 5)
    assert len(sealed(office)) == 1
    office.chat.failing.clear()
    tick(office, 5)
    assert len(office.chat.posts) == 1


def test_where_posts_may_not_be_read_a_seal_is_rather_posted_twice_than_never(office: Office) -> None:
    """A worker died between the post and the record of it, and the bot may not read the channel."""
    with_channel(office)
    office.chat.failing["find"] = ChatRefused("conversations.history", "missing_scope")
    office.story.ledger = DyingSeals(dies_at=STEPS)
    happened(office, MOST_FACTS + 5)
    lived(office, 8)
    assert len(office.chat.posts) == 2


def test_a_seal_that_is_gone_before_it_was_posted_is_an_error_and_no_message(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is said of a seal that is not there."""
    with_channel(office)
    office.chat.failing["post"] = ChatUnavailable("chat.postMessage", "ratelimited")
    tick(office, 2)
    office.chat.failing.clear()
    office.story.ledger.sealed.clear()
    caplog.clear()
    tick(office)
    assert office.chat.posts == []
    assert [vars(record)["error"] for record in caplog.records] == [LedgerUnavailable.__name__]


def test_places_of_the_leaves_are_those_of_the_record(office: Office) -> None:
    """A day's order is by when, and at the same moment by request and number."""
    moment = timestamp(YESTERDAY)
    facts = [makers.fact(name, at=moment) for name in ("b", "a", "c")]
    for fact in facts:
        office.story.ledger.record(fact)
    tick(office)
    in_order = sorted(facts, key=lambda fact: place_of(fact.attributes()))
    assert [fact.request_id for fact in in_order] == ["a", "b", "c"]
    assert Tree().extended([fact.hash for fact in in_order]).root == sealed(office)[0][2]
