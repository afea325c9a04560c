"""Changes for a time that overlap on one job: in whatever order they end, the job has what it should have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handler.domain.dataflow_errors import DataFlowUnavailable
from handler.domain.outcomes import ClickRefused
from handler.domain.request import State
from handler.domain.review import Objection
from handler.flows.execute import revert
from handler.flows.upkeep import tick
from tests.fakes.dataflow import Fault
from tests.flows.meanwhile import BusyDataFlow, BusyLedger, nothing
from tests.makers import JOB_ID, at, run_condition

if TYPE_CHECKING:
    from handler.domain.request import Request
    from tests.flows.conftest import Story


def asked(story: Story, text: str, delivery: str) -> Request:
    """Ask for a change that needs no approval."""
    request = story.opened(f"scale wordcount {text} because backlog", delivery=delivery)
    assert request.state is State.APPLIED
    return request


def pass_time(story: Story, minutes: int) -> None:
    """Let minutes pass, with a tick at the end of each."""
    for _ in range(minutes):
        story.clock.move_on(minutes=1)
        assert tick(story.world).failed == ()


def test_the_upper_change_ends_last(story: Story) -> None:
    """2 → 4 for an hour, 4 → 6 for two: the first stands down, and the end of the second gives two back."""
    lower = asked(story, "workers=4 for 1h", "first")
    upper = asked(story, "workers=6 for 2h", "second")
    assert upper.over == {"numWorker": lower.id}
    pass_time(story, 60)
    stood_down = story.now(lower)
    assert (stood_down.state, stood_down.problem, story.workers()) == (State.APPLIED, "overlaid", 6)
    assert [(fact["actor"], fact["detail"]) for fact in story.facts("kept")] == [("sluice", "overlaid")]
    pass_time(story, 60)
    assert (story.now(upper).state, story.workers()) == (State.REVERTED, 2)
    assert story.now(upper).ending.former == {"numWorker": 2}
    assert len(story.dataflow.puts) == 3
    assert story.is_sound(lower)
    assert story.is_sound(upper)


def test_the_upper_change_ends_first(story: Story) -> None:
    """Each gives back what it found."""
    asked(story, "workers=4 for 2h", "first")
    asked(story, "workers=6 for 1h", "second")
    pass_time(story, 60)
    assert story.workers() == 4
    pass_time(story, 60)
    assert story.workers() == 2


def test_what_lies_on_what_was_put_back_is_not_taken_for_older(story: Story) -> None:
    """The second change was asked after the first had ended: what it found then is what it gives back."""
    first = asked(story, "workers=4 for 30m", "first")
    pass_time(story, 30)
    story.dataflow.edit(JOB_ID, numWorker=4)
    second = asked(story, "workers=6 for 30m", "second")
    assert (story.now(first).state, second.over) == (State.REVERTED, {})
    pass_time(story, 30)
    assert story.workers() == 4


def test_of_three_the_middle_one_ends_between(story: Story) -> None:
    """The lowest first, the middle second: the last gives back what was there before all."""
    for text, delivery in (("workers=3 for 30m", "a"), ("workers=4 for 60m", "b"), ("workers=5 for 90m", "c")):
        asked(story, text, delivery)
    pass_time(story, 89)
    assert story.workers() == 5
    pass_time(story, 1)
    assert story.workers() == 2


def test_a_change_until_it_is_undone_is_what_lies_on_it_goes_back_to(story: Story) -> None:
    """It has no end, so its value stays the right one."""
    asked(story, "workers=4", "first")
    asked(story, "workers=6 for 30m", "second")
    pass_time(story, 30)
    assert story.workers() == 4


def test_each_field_goes_its_own_way(story: Story) -> None:
    """The lower change set both; the upper one took the workers: the timeout goes back when the lower one ends."""
    lower = asked(story, "workers=4 timeout=8h for 30m", "first")
    upper = asked(story, "workers=6 for 60m", "second")
    other = asked(story, "timeout=1h for 15m", "third")
    assert other.over == {"numWorker": upper.id, "timeout": lower.id}
    pass_time(story, 15)
    assert story.dataflow.stored(JOB_ID) == run_condition(numWorker=6, timeout=480)
    pass_time(story, 15)
    assert story.dataflow.stored(JOB_ID) == run_condition(numWorker=6)
    ended = story.now(lower)
    assert (ended.state, ended.ending.former) == (State.REVERTED, {"timeout": 360})
    pass_time(story, 30)
    assert story.dataflow.stored(JOB_ID) == run_condition()


@pytest.mark.parametrize("seconds", [-2, -600])
def test_clocks_that_disagree_do_not_say_which_change_lies_on_top(story: Story, seconds: int) -> None:
    """The second worker's clock is behind: the order in which they were applied counts all the same."""
    lower = asked(story, "workers=4 timeout=500 for 1h", "first")
    story.clock.move_on(seconds=seconds)
    asked(story, "workers=6 for 3h", "second")
    story.clock.at = at(61)
    assert tick(story.world).failed == ()
    assert (story.now(lower).state, story.workers()) == (State.REVERTED, 6)
    assert story.dataflow.stored(JOB_ID).fields["timeout"] == 360


def test_of_a_change_that_is_over_the_clock_says_what_came_later(story: Story) -> None:
    """It ended while another lay on top, and no later change knows of it: what was set since stays."""
    over = asked(story, "workers=4 for 1h", "first")
    asked(story, "workers=6 for 2h", "second")
    pass_time(story, 120)
    assert story.workers() == 2
    asked(story, "workers=4 for 3h", "third")
    undone = story.ask(f"undo {over.id}", delivery="fourth")
    assert isinstance(undone, ClickRefused)
    assert (undone.why, story.workers()) == (Objection.OVERLAID, 4)


def test_the_same_value_again_belongs_to_the_later_change(story: Story) -> None:
    """4, then 6, then 4 again: the end of the first changes nothing, though the job has its value."""
    asked(story, "workers=4 for 30m", "a")
    asked(story, "workers=6 for 60m", "b")
    asked(story, "workers=4 for 90m", "c")
    pass_time(story, 30)
    assert story.workers() == 4
    pass_time(story, 30)
    assert story.workers() == 4
    pass_time(story, 30)
    assert story.workers() == 2


@pytest.mark.parametrize("value", [3, 8])
def test_what_somebody_set_between_two_changes_stays(story: Story, value: int) -> None:
    """By hand in the console, over the first change: the second one gives it back, whatever became of the first."""
    asked(story, "workers=4 for 30m", "a")
    story.dataflow.edit(JOB_ID, numWorker=value)
    asked(story, "workers=6 for 60m", "b")
    pass_time(story, 60)
    assert story.workers() == value


def test_both_ends_in_one_tick_leave_what_was_before_both(story: Story) -> None:
    """No tick came for hours; which of the two is looked at first does not matter."""
    for first, second in ((60, 30), (30, 60), (30, 30)):
        asked(story, f"workers=4 for {first}m", f"first {first} {second}")
        asked(story, f"workers=6 for {second}m", f"second {first} {second}")
        story.clock.move_on(hours=3)
        tick(story.world)
        pass_time(story, 2)
        assert story.workers() == 2


def test_a_change_does_not_end_under_one_that_is_being_put_back(story: Story) -> None:
    """While the upper one is between intent and write, the lower one's time is over: it waits, and ends rightly."""
    story.dataflow = dataflow = BusyDataFlow(story.dataflow)
    lower = asked(story, "workers=4 for 31m", "first")
    asked(story, "workers=6 for 30m", "second")
    story.clock.move_on(minutes=30)

    def another_tick() -> None:
        story.clock.move_on(minutes=1)
        tick(story.world)
        assert story.now(lower).ending.is_over is False

    dataflow.before_write = [another_tick]
    tick(story.world)
    assert story.workers() == 4
    pass_time(story, 1)
    assert (story.now(lower).state, story.workers()) == (State.REVERTED, 2)


def test_what_was_planned_before_the_job_was_ours_is_looked_at_again(story: Story) -> None:
    """The lower change ends between the plan of the upper one and its lock: nothing wrong is written, only later."""
    story.ledger = ledger = BusyLedger()
    lower = asked(story, "workers=4 for 30m", "first")
    upper = asked(story, "workers=6 for 30m", "second")
    story.clock.move_on(minutes=30)
    ledger.before["advance"] = [lambda: revert(story.world, lower)]
    failed = revert(story.world, upper)
    assert (failed.state, failed.problem, story.workers()) == (State.FAILED, "moved_meanwhile", 6)
    assert story.now(lower).ending.is_over
    assert len(story.dataflow.puts) == 2
    pass_time(story, 1)
    assert (story.now(upper).state, story.workers()) == (State.REVERTED, 2)


def test_a_job_that_cannot_be_read_again_is_not_written(story: Story) -> None:
    """It was read before the lock, and not after it: tried again a minute later."""
    story.dataflow = dataflow = BusyDataFlow(story.dataflow)
    upper = asked(story, "workers=6 for 30m", "only")
    story.clock.move_on(minutes=30)
    down = Fault("job", DataFlowUnavailable("getJobById"))
    dataflow.before_read = [nothing, lambda: story.dataflow.faults.append(down)]
    failed = revert(story.world, upper)
    assert (failed.state, failed.problem, len(dataflow.puts)) == (State.FAILED, "unread", 1)
    assert failed.found == run_condition(numWorker=6)
    pass_time(story, 1)
    assert (story.now(upper).state, story.workers()) == (State.REVERTED, 2)
