"""`undo REQUEST`: the former values of an applied change, put back for whoever may have it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handler.domain.dataflow_errors import BadParameter, DataFlowTimedOut
from handler.domain.errors import Moved, RequestNotFound
from handler.domain.outcomes import ClickRefused, JobIsBusy, NothingMore, Refused, Trouble, Undone
from handler.domain.overlay import StandDown, Why
from handler.domain.request import State
from handler.domain.review import Objection
from handler.flows.ending import LOOKS, extend
from handler.flows.review import approve, withdraw
from handler.flows.upkeep import tick
from tests.fakes.dataflow import Fault
from tests.flows.conftest import HAN, KIM, LEE, ONE_APPROVAL, PARK
from tests.flows.meanwhile import BusyDataFlow, BusyLedger, nothing
from tests.flows.policies import LEADS_APPROVE, SCALE_WITH_ONE, ruled
from tests.makers import JOB_ID, at, run_condition

if TYPE_CHECKING:
    from handler.domain.outcomes import Outcome
    from handler.domain.request import Request
    from tests.flows.conftest import Story

PUT = "updateJobExecuteConfig"
SMALL = "scale wordcount workers=4 because backlog"
TIMED = "scale wordcount workers=4 for 1h because backlog"


def undone(story: Story, request: Request, user: str = KIM, delivery: str = "undo-1", because: str = "") -> Outcome:
    """Type `undo` with a request's id."""
    return story.ask(f"undo {request.id}{because}", user, delivery)


@pytest.mark.parametrize("text", [SMALL, TIMED])
def test_the_former_values_are_put_back(story: Story, text: str) -> None:
    """With an end or without one; who wanted it and why is on record, and no end is due any more."""
    asked = story.opened(text)
    outcome = undone(story, asked, LEE, because=" because the backlog is gone")
    after = story.now(asked)
    assert outcome == Undone(after)
    assert (after.state, after.due_at, story.workers(), story.ledger.locks) == (State.REVERTED, None, 2, {})
    (fact,) = story.facts("reverting")
    assert (fact["actor"], fact["reason"], fact["because"]) == (LEE, "the backlog is gone", ["oncall-small"])
    assert story.is_sound(asked)
    story.clock.move_on(days=1)
    assert tick(story.world).told == ()


def test_a_refused_command_has_nothing_to_undo(story: Story) -> None:
    """Its id stands below the refusal, but no request was made of it."""
    refused = story.ask(SMALL, PARK)
    assert isinstance(refused, Refused)
    recorded = story.ledger.all_facts()
    assert story.ask(f"undo {refused.request_id}", delivery="undo-1") == ClickRefused(Objection.WAS_REFUSED)
    assert story.ledger.all_facts() == recorded


def test_an_id_whose_request_is_gone_is_not_taken_for_a_refusal(story: Story) -> None:
    """There are facts of it, and none of them is a refusal."""
    asked = story.opened(SMALL)
    del story.ledger.requests[asked.id]
    outcome = undone(story, asked)
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, RequestNotFound)


def test_an_id_is_found_however_it_is_typed(story: Story) -> None:
    """In capitals and without its dash."""
    asked = story.opened(SMALL)
    story.ask(f"undo {asked.id.upper().replace('-', '')}", delivery="undo-1")
    assert story.now(asked).state is State.REVERTED


@pytest.mark.parametrize("typed", ["aaaa-aaaa", "wordcount", "lock#Wc7RtQ2mLx9B", "7"])
def test_a_request_that_is_not_there_is_said_to_be_not_there(story: Story, typed: str) -> None:
    """As it was typed."""
    outcome = story.ask(f"undo {typed}")
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, RequestNotFound)
    assert outcome.error.asked == typed
    assert story.ledger.all_facts() == ()


def test_the_same_undo_again_does_nothing_more(story: Story) -> None:
    """A redelivery, whatever has become of the job by then."""
    asked = story.opened(SMALL)
    undone(story, asked)
    story.dataflow.edit(JOB_ID, numWorker=4)
    assert undone(story, asked) == NothingMore()
    assert (len(story.dataflow.puts), len(story.facts("reverting")), story.workers()) == (2, 1, 4)


def test_the_same_undo_at_the_same_moment_writes_once(story: Story) -> None:
    """Two workers with one delivery: one carries it out."""
    story.ledger = ledger = BusyLedger()
    asked = story.opened(SMALL)
    ledger.before["advance"] = [lambda: undone(story, asked)]
    assert undone(story, asked) == NothingMore()
    assert (len(story.dataflow.puts), story.workers()) == (2, 2)


def test_two_people_undo_once(story: Story) -> None:
    """The second is told that it was done, and by whom."""
    story.ledger = ledger = BusyLedger()
    asked = story.opened(SMALL)
    ledger.before["advance"] = [lambda: undone(story, asked, LEE, "undo-2")]
    outcome = undone(story, asked, KIM)
    assert outcome == ClickRefused(Objection.UNDONE_BEFORE, story.now(asked))
    assert (story.now(asked).ending.undone_by, len(story.dataflow.puts)) == (LEE, 2)


def test_who_is_always_too_late_is_told_so(story: Story) -> None:
    """Others extend the change each time, just before: nothing is put back."""
    story.ledger = ledger = BusyLedger()
    asked = story.opened("scale wordcount workers=4 for 5m because backlog")

    def put_off() -> None:
        story.clock.at = story.now(asked).revert_at or story.clock.at
        story.send(extend, story.at_end(story.now(asked), LEE))

    ledger.before["advance"] = [put_off, nothing] * LOOKS
    outcome = undone(story, asked)
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, Moved)
    assert (len(story.facts("extended")), story.facts("reverting"), story.workers()) == (LOOKS, [], 4)


def test_one_extension_at_the_same_moment_does_not_stop_an_undo(story: Story) -> None:
    """It is looked at once more, and undone."""
    story.ledger = ledger = BusyLedger()
    asked = story.opened("scale wordcount workers=4 for 5m because backlog")
    ledger.before["advance"] = [lambda: story.send(extend, story.at_end(asked, LEE))]
    assert isinstance(undone(story, asked), Undone)
    assert (len(story.facts("extended")), story.workers()) == (1, 2)


def test_what_was_put_back_is_not_put_back_again(story: Story) -> None:
    """By the tick before."""
    asked = story.opened(TIMED)
    story.clock.at = at(60)
    tick(story.world)
    assert undone(story, asked) == ClickRefused(Objection.UNDONE_BEFORE, story.now(asked))


def test_what_waits_for_approval_has_nothing_to_undo(story: Story) -> None:
    """It is withdrawn instead."""
    asked = story.opened(ONE_APPROVAL)
    assert undone(story, asked) == ClickRefused(Objection.NOT_YET_APPLIED, asked)
    story.press(withdraw, asked, KIM)
    assert undone(story, asked, delivery="undo-2") == ClickRefused(Objection.NEVER_APPLIED, story.now(asked))


def test_what_failed_was_never_applied(story: Story) -> None:
    """There is nothing to put back."""
    story.dataflow.faults.append(Fault("put_run_condition", BadParameter(PUT, status=400)))
    asked = story.opened(SMALL)
    assert (asked.state, undone(story, asked)) == (State.FAILED, ClickRefused(Objection.NEVER_APPLIED, asked))


def test_what_is_not_known_is_waited_for(story: Story) -> None:
    """The write may still arrive."""
    story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut(PUT)))
    asked = story.opened(SMALL)
    assert (asked.state, undone(story, asked)) == (State.UNKNOWN, ClickRefused(Objection.UNDER_WAY, asked))


def test_what_is_just_being_put_back_is_waited_for(story: Story) -> None:
    """By the tick, between intent and write."""
    story.dataflow = dataflow = BusyDataFlow(story.dataflow)
    asked = story.opened(TIMED)
    story.clock.at = at(60)
    told: list[Outcome] = []
    dataflow.before_write = [lambda: told.append(undone(story, asked))]
    tick(story.world)
    (refused,) = told
    assert isinstance(refused, ClickRefused)
    assert (refused.why, story.workers()) == (Objection.UNDER_WAY, 2)


def test_a_job_that_was_changed_since_is_left_alone(story: Story) -> None:
    """What it has is told."""
    asked = story.opened(SMALL)
    story.dataflow.edit(JOB_ID, numWorker=6)
    stand_down = StandDown(Why.MOVED_SINCE, run_condition(numWorker=6))
    assert undone(story, asked) == ClickRefused(Objection.MOVED_SINCE, asked, way=stand_down)
    assert (story.workers(), story.now(asked)) == (6, asked)


def test_changes_that_lie_on_each_other_are_undone_from_the_top(story: Story) -> None:
    """The lower one is refused until the upper one is undone, and gives back what was there before both."""
    lower = story.opened(SMALL)
    upper = story.opened("scale wordcount workers=6 because more", LEE, "delivery-2")
    refused = undone(story, lower)
    assert isinstance(refused, ClickRefused)
    assert isinstance(refused.way, StandDown)
    assert (refused.why, refused.way.on_top) == (Objection.OVERLAID, upper)
    assert isinstance(undone(story, upper, delivery="undo-2"), Undone)
    assert story.workers() == 4
    assert isinstance(undone(story, lower, delivery="undo-3"), Undone)
    assert story.workers() == 2


def test_what_an_ended_change_had_set_does_not_come_back(story: Story) -> None:
    """The lower one was for a time that is over: undoing the upper one gives back what was before both."""
    story.opened(TIMED)
    upper = story.opened("scale wordcount workers=6 because more", LEE, "delivery-2")
    story.clock.at = at(60)
    tick(story.world)
    assert story.workers() == 6
    undone(story, upper)
    assert story.workers() == 2


def test_a_later_change_that_knows_of_no_other_lies_on_top_all_the_same(story: Story) -> None:
    """The lower one was over when the upper one was asked; now somebody wants it undone."""
    lower = story.opened(TIMED)
    story.dataflow.edit(JOB_ID, numWorker=6)
    story.clock.at = at(60)
    tick(story.world)
    upper = story.opened("scale wordcount workers=4 because more", LEE, "delivery-2")
    assert upper.over == {}
    stand_down = StandDown(Why.OVERLAID, run_condition(numWorker=4), upper)
    assert undone(story, lower) == ClickRefused(Objection.OVERLAID, story.now(lower), way=stand_down)
    assert story.workers() == 4


def test_a_job_that_is_being_changed_is_left_alone(story: Story) -> None:
    """Whose request holds it is told."""
    asked = story.opened(SMALL)
    other = story.opened(ONE_APPROVAL, LEE, "delivery-2")
    assert undone(story, asked) == JobIsBusy("wordcount", other)
    assert story.workers() == 4


def test_who_may_not_is_told_who_could(story: Story) -> None:
    """And it is on record, in the chain of the request; once for each delivery."""
    asked = story.opened(SMALL)
    for _ in range(2):
        refused = undone(story, asked, PARK)
        assert isinstance(refused, ClickRefused)
        assert (refused.why, refused.could) == (Objection.NOT_ENTITLED, (HAN, KIM, LEE))
    assert [(fact["actor"], fact["detail"]) for fact in story.facts("click_refused")] == [(PARK, "not_entitled")]
    assert story.workers() == 4


def test_what_needs_an_approval_is_not_undone_by_others(story: Story) -> None:
    """A lead may, as they may approve; and so may who asked for it."""
    asked = story.opened(ONE_APPROVAL)
    story.press(approve, asked)
    story.policy = ruled(story.policy, SCALE_WITH_ONE, LEADS_APPROVE)
    refused = undone(story, asked, PARK)
    assert isinstance(refused, ClickRefused)
    assert (refused.why, refused.could) == (Objection.NEEDS_APPROVAL, (HAN, LEE))
    assert isinstance(undone(story, asked, LEE, "undo-2"), Undone)
    assert story.workers() == 2


@pytest.mark.parametrize("because", ["", " because it is over"])
def test_a_reason_counts_where_the_policy_wants_one(story: Story, because: str) -> None:
    """That of the undoing, where the change had none."""
    reasoned = '@id("why") permit(principal, action == Action::"scale", resource) when { context.hasReason };'
    asked = story.opened("scale wordcount workers=4")
    story.policy = ruled(story.policy, reasoned)
    assert isinstance(undone(story, asked, because=because), Undone) == bool(because)


def test_a_failed_undoing_can_be_tried_by_hand(story: Story) -> None:
    """Before the tick tries again, and after it has given up: all tries begin anew."""
    asked = story.opened(SMALL)
    story.dataflow.faults.append(Fault("put_run_condition", BadParameter(PUT, status=400), times=8))
    undone(story, asked)
    for _ in range(40):
        story.clock.move_on(minutes=1)
        tick(story.world)
    assert (story.now(asked).ending.failures, story.now(asked).due_at) == (6, None)
    undone(story, asked, delivery="undo-2")
    assert (story.now(asked).state, story.now(asked).ending.failures) == (State.FAILED, 1)
    assert isinstance(undone(story, asked, delivery="undo-3"), Undone)
    assert story.now(asked).state is State.FAILED
    undone(story, asked, delivery="undo-4")
    assert (story.now(asked).state, story.workers()) == (State.REVERTED, 2)
    assert story.is_sound(asked)


def test_an_undo_can_be_asked_again_after_a_change_that_stood_down(story: Story) -> None:
    """Its time was over while somebody else's value was there; that is gone, and its own is back."""
    asked = story.opened(TIMED)
    story.dataflow.edit(JOB_ID, numWorker=6)
    story.clock.at = at(60)
    tick(story.world)
    story.dataflow.edit(JOB_ID, numWorker=4)
    assert isinstance(undone(story, asked), Undone)
    assert story.workers() == 2
