"""The minute tick: what it expires, whom it reminds, to whom it turns next; a missed minute heals."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from handler.adapters.policy.settings_file import Escalate
from handler.domain.errors import LedgerUnavailable
from handler.domain.request import State
from handler.flows.afterwards import mark_reviewed
from handler.flows.review import approve, deny
from handler.flows.upkeep import MOST_DUTIES, tick
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.meanwhile import BusyLedger
from tests.flows.policies import ANYBODY_APPROVES, SCALE_WITH_ONE, ruled, with_approvals, with_break_glass
from tests.flows.test_emergency import BROKEN_GLASS
from tests.makers import JOB_ID, at, request

if TYPE_CHECKING:
    from tests.flows.conftest import Story

say_no = partial(deny, reason="too many")


@pytest.fixture
def patient(story: Story) -> Story:
    """A world whose policy gives people a day to decide, and never turns to others."""
    story.policy = with_approvals(story.policy, expires=timedelta(days=1), escalate=None)
    return story


def ticked(story: Story, minutes: int) -> list[tuple[int, str]]:
    """Let so many minutes pass with a tick in each; return the news that each left to tell, and in which minute."""
    told: list[tuple[int, str]] = []
    for minute in range(1, minutes + 1):
        story.clock.move_on(minutes=1)
        outcome = tick(story.world)
        assert outcome.failed == ()
        told += [(minute, each.request.untold[-1].event.value) for each in outcome.told]
    return told


# Nobody decides


def test_people_are_reminded_then_others_are_turned_to_then_it_expires(story: Story) -> None:
    """By the shipped settings: a reminder after ten minutes, the leads after twenty, the end after thirty."""
    asked = story.opened()
    told = ticked(story, 40)
    assert told == [(10, "reminded"), (20, "escalated"), (30, "expired")]
    assert story.now(asked).state is State.EXPIRED
    assert story.events() == ["requested", "reminded", "escalated", "expired"]
    assert {fact["actor"] for fact in story.ledger.all_facts()[1:]} == {"sluice"}
    assert story.facts("escalated")[0]["detail"] == "S0LEADS"
    assert (story.ledger.locks, story.dataflow.puts) == ({}, [])
    assert story.is_sound(asked)


def test_the_pauses_between_reminders_double_up_to_four_hours(patient: Story) -> None:
    """After 10 minutes, then 20, 40, 80, 160, and then every four hours until the end."""
    patient.opened()
    minutes = [minute for minute, each in ticked(patient, 24 * 60) if each == "reminded"]
    pauses = [later - sooner for sooner, later in zip([0, *minutes], minutes, strict=False)]
    assert pauses == [10, 20, 40, 80, 160, 240, 240, 240, 240]
    assert patient.events()[-1] == "expired"


def test_others_are_turned_to_once(story: Story) -> None:
    """And to those that the settings name: a channel, a person, or all of a list."""
    escalate = Escalate(after=timedelta(minutes=20), to="C0DATA")
    story.policy = with_approvals(story.policy, expires=timedelta(days=1), escalate=escalate)
    story.opened()
    ticked(story, 24 * 60)
    assert [fact["detail"] for fact in story.facts("escalated")] == ["C0DATA"]


def test_a_missed_tick_is_made_up_for(story: Story) -> None:
    """Nothing ran for 25 minutes: others are turned to at once, people are reminded a minute later, then it ends."""
    story.opened()
    story.clock.move_on(minutes=24)
    assert ticked(story, 10) == [(1, "escalated"), (2, "reminded"), (6, "expired")]
    assert story.events() == ["requested", "escalated", "reminded", "expired"]


def test_after_a_long_time_without_a_tick_it_just_ends(story: Story) -> None:
    """Nobody is called to what is over."""
    story.opened()
    story.clock.move_on(days=3)
    assert [each for _, each in ticked(story, 2)] == ["expired"]
    assert story.events() == ["requested", "expired"]


def test_what_was_decided_is_left_alone(story: Story) -> None:
    """A denied request is neither reminded of nor expired."""
    story.press(say_no, story.opened())
    assert ticked(story, 60) == []


def test_a_request_can_be_approved_after_a_reminder(story: Story) -> None:
    """A reminder moves the chain on, not what was asked: the button that people have still counts."""
    asked = story.opened()
    ticked(story, 10)
    story.press(approve, asked)
    assert story.now(asked).state is State.APPLIED


# Two ticks, and people, at once


@pytest.mark.parametrize("minutes", [10, 20, 30], ids=["remind", "escalate", "expire"])
def test_of_two_ticks_at_once_one_does_what_is_due(story: Story, minutes: int) -> None:
    """The loser finds it done, tells nobody, and reports no failure."""
    story.ledger = ledger = BusyLedger()
    asked = story.opened()
    story.clock.move_on(minutes=minutes)
    others = []

    def another_tick() -> None:
        story.clock.move_on(milliseconds=1)
        others.append(tick(story.world))

    ledger.before["advance"] = [another_tick]
    mine = tick(story.world)
    assert (mine.told, mine.failed, len(others[0].told)) == ((), (), 1)
    assert len(story.events()) == 2
    assert story.is_sound(asked)


def test_a_lost_race_does_not_keep_the_other_duties_waiting(story: Story) -> None:
    """Of two requests one was decided a moment before; the other is reminded of."""
    story.ledger = ledger = BusyLedger()
    first, second = story.opened(), story.opened("scale orders-daily workers=8", delivery="delivery-2")
    story.clock.move_on(minutes=10)
    ledger.before["advance"] = [lambda: story.press(say_no, first)]
    (told,) = tick(story.world).told
    assert told.request.id == second.id


def test_an_approval_and_the_tick_at_once_are_one_of_both(story: Story) -> None:
    """Somebody approves while the tick is about to remind: the change is written, and nobody is called."""
    story.ledger = ledger = BusyLedger()
    asked = story.opened()
    story.clock.move_on(minutes=10)
    ledger.before["advance"] = [lambda: story.press(approve, asked)]
    outcome = tick(story.world)
    assert (outcome.told, outcome.failed) == ((), ())
    assert story.events() == ["requested", "approved", "applying", "applied"]


def test_what_cannot_be_recorded_is_reported_and_done_a_minute_later(story: Story) -> None:
    """DynamoDB is away for one duty; the next one is done, and the first is still due."""
    first, second = story.opened(), story.opened("scale orders-daily workers=8", delivery="delivery-2")
    story.clock.move_on(minutes=30)
    story.ledger.faults.append(LedgerFault("advance"))
    outcome = tick(story.world)
    ((failed, error),) = outcome.failed
    assert isinstance(error, LedgerUnavailable)
    assert {failed, *(each.request.id for each in outcome.told)} == {first.id, second.id}
    assert len(outcome.told) == 1
    ticked(story, 1)
    assert (story.now(first).state, story.now(second).state) == (State.EXPIRED, State.EXPIRED)


def test_a_request_that_vanished_is_nobody_s_duty(story: Story) -> None:
    """Its item is gone between the look and the write."""
    story.ledger = ledger = BusyLedger()
    asked = story.opened()
    story.clock.move_on(minutes=30)
    ledger.before["advance"] = [lambda: ledger.requests.pop(asked.id)]
    outcome = tick(story.world)
    assert (outcome.told, outcome.failed) == ((), ())


def test_more_than_fits_into_a_minute_is_done_in_the_next(story: Story) -> None:
    """What has been due for longest comes first."""
    for number in range(MOST_DUTIES + 1):
        asked = request(f"aaaa-{number:04d}", State.PENDING, due_at=at(11 if number == 0 else 10))
        story.ledger.requests[asked.id] = asked
    story.clock.move_on(minutes=30)
    told = [[each.request.id for each in tick(story.world).told] for _ in range(3)]
    assert [len(each) for each in told] == [MOST_DUTIES, 1, 0]
    assert told[1] == ["aaaa-0000"]


# Emergencies


def test_people_are_reminded_of_an_emergency_each_hour_until_somebody_looks(story: Story) -> None:
    """First when `review_within` is over; the requester is never called; after the look nobody is."""
    story.policy = with_break_glass(story.policy, review_within=timedelta(minutes=5))
    asked = story.opened("break-glass scale wordcount workers=8 for 10m because pager")
    told = [minute for minute, each in ticked(story, 150) if each == "review_reminded"]
    assert told == [5, 65, 125]
    assert [fact["actor"] for fact in story.facts("review_reminded")] == ["sluice"] * 3
    story.press(mark_reviewed, asked)
    assert ticked(story, 150) == []
    assert story.now(asked).due_at is None
    assert story.is_sound(asked)


def test_the_end_of_an_emergency_comes_before_a_reminder_of_it(story: Story) -> None:
    """Both are due in the same minute: the change is put back first, people are called a minute later."""
    story.policy = with_break_glass(story.policy, review_within=timedelta(minutes=10))
    story.opened("break-glass scale wordcount workers=8 for 10m because pager")
    assert ticked(story, 15) == [(10, "reverted"), (11, "review_reminded")]
    assert story.workers() == 2


def test_a_look_before_the_first_reminder_ends_them_all(story: Story) -> None:
    """Reviewed within the time: only the end of the change is told, and ten minutes before that it is near."""
    asked = story.opened(BROKEN_GLASS)
    story.press(mark_reviewed, asked)
    assert [each for _, each in ticked(story, 25 * 60)] == ["reminded", "reverted"]


def test_of_two_ticks_one_reminds_of_an_emergency(story: Story) -> None:
    """And a look in that very moment is not lost."""
    story.policy = with_break_glass(story.policy, review_within=timedelta(minutes=5))
    story.ledger = ledger = BusyLedger()
    asked = story.opened(BROKEN_GLASS)
    story.clock.move_on(minutes=5)
    ledger.before["advance"] = [lambda: story.press(mark_reviewed, asked)]
    assert tick(story.world).told == ()
    assert "review_reminded" not in story.events()
    assert len(story.facts("reviewed")) == 1


def test_what_was_approved_and_left_by_its_worker_is_carried_out(story: Story) -> None:
    """The worker died after the last yes: the tick writes it two minutes later."""
    story.policy = ruled(story.policy, SCALE_WITH_ONE, ANYBODY_APPROVES)
    asked = story.opened()
    story.ledger.faults.append(LedgerFault("advance", takes_effect=True))
    story.press(approve, asked)
    assert ticked(story, 5) == [(2, "applied")]
    assert story.dataflow.stored(JOB_ID).workers == 8


def test_an_idle_minute_is_an_idle_minute(story: Story) -> None:
    """With nothing open nothing is done."""
    assert ticked(story, 3) == []
    assert story.events() == []
