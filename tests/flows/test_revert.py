"""A change for a time: put back when the time is over, only what was changed, and only if nobody changed it since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handler.domain.audit import Event
from handler.domain.calls import EndNear, NotPutBack
from handler.domain.dataflow_errors import BadParameter, DataFlowTimedOut, DataFlowUnavailable, NotFound
from handler.domain.model import RunCondition
from handler.domain.outcomes import ChangeShown
from handler.domain.request import State
from handler.domain.verdict import SETTLES_AFTER
from handler.flows.calls import call_of
from handler.flows.execute import revert
from handler.flows.review import approve, withdraw
from handler.flows.upkeep import tick
from tests.fakes.dataflow import FakeDataFlow, Fault, Put
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.conftest import LEE
from tests.flows.meanwhile import BusyDataFlow, BusyLedger
from tests.flows.policies import with_approvals
from tests.makers import JOB_ID, at, job, run_condition

if TYPE_CHECKING:
    from handler.domain.calls import Call
    from handler.domain.request import Request
    from handler.flows.upkeep import Ticked
    from tests.flows.conftest import Story

PUT = "updateJobExecuteConfig"
FOR_AN_HOUR = "scale wordcount workers=4 for 1h because backlog"


def over(story: Story, text: str = FOR_AN_HOUR) -> Request:
    """Ask for a change for an hour, and let the hour pass."""
    asked = story.opened(text)
    assert asked.state is State.APPLIED
    story.clock.at = asked.revert_at or story.clock.at
    return asked


def only(outcome: Ticked) -> Request:
    """Return the request of the one thing that a tick told."""
    assert outcome.failed == ()
    (told,) = outcome.told
    assert isinstance(told, ChangeShown)
    return told.request


def called(story: Story, request: Request) -> Call | None:
    """Return what people are called for by a request's newest news."""
    return call_of(story.world, request, request.untold[-1])


def test_the_end_is_counted_from_the_write_and_is_on_record_before_it(story: Story) -> None:
    """Approved after twenty minutes, the hour begins then."""
    story.dataflow = dataflow = BusyDataFlow(story.dataflow)
    asked = story.opened("scale wordcount workers=8 for 1h because backlog")
    assert (asked.minutes, asked.revert_at) == (60, None)
    planned = []
    dataflow.before_write = [lambda: planned.append(story.now(asked).revert_at)]
    story.clock.move_on(minutes=20)
    story.press(approve, asked)
    assert planned == [at(80)]
    assert (story.now(asked).revert_at, story.now(asked).due_at) == (at(80), at(70))


def test_what_was_changed_is_put_back_when_the_time_is_over(story: Story) -> None:
    """Not a moment earlier; told, on record, and the job is free."""
    asked = over(story)
    story.clock.at -= timedelta(milliseconds=1)
    tick(story.world)
    assert tick(story.world).told == ()
    assert story.now(asked).state is State.APPLIED
    story.clock.at += timedelta(milliseconds=1)
    reverted = only(tick(story.world))
    assert reverted == story.now(asked)
    assert (reverted.state, reverted.found, reverted.due_at) == (State.REVERTED, run_condition(), None)
    assert story.dataflow.puts == [Put(JOB_ID, run_condition(numWorker=4)), Put(JOB_ID, run_condition())]
    assert story.events() == ["requested", "applying", "applied", "reminded", "reverting", "reverted"]
    assert [fact["actor"] for fact in story.facts("reverting")] == ["sluice"]
    writers = [fact["writer"] for event in ("applying", "reverting") for fact in story.facts(event)]
    assert writers == ["incident-1", "incident-2"]
    assert story.ledger.locks == {}
    assert story.is_sound(asked)


def test_everything_else_stays_as_it_is_by_then(story: Story) -> None:
    """Somebody moved the log path and raised the timeout meanwhile: only the workers are put back."""
    over(story)
    story.dataflow.edit(JOB_ID, logPath="elsewhere/", timeout=720, extra=[1])
    assert only(tick(story.world)).state is State.REVERTED
    assert story.dataflow.stored(JOB_ID) == run_condition(logPath="elsewhere/", timeout=720, extra=[1])
    (fact,) = story.facts("reverting")
    assert (fact["after"]["numWorker"], fact["after"]["timeout"]) == (2, 720)


def test_workers_and_timeout_are_put_back_together(story: Story) -> None:
    """Both were changed, both get their former values in one write."""
    over(story, "scale wordcount workers=4 timeout=8h for 1h because backlog")
    assert only(tick(story.world)).state is State.REVERTED
    assert story.dataflow.stored(JOB_ID) == run_condition()
    assert len(story.dataflow.puts) == 2


def test_a_change_until_it_is_undone_is_never_put_back(story: Story) -> None:
    """Without a length there is no end."""
    story.opened("scale wordcount workers=4 because backlog")
    story.clock.move_on(days=400)
    assert tick(story.world).told == ()
    assert story.workers() == 4


@pytest.mark.parametrize("moved", [{"numWorker": 6}, {"numWorker": 2}, {"numWorker": "many"}, {"numWorker": None}])
def test_what_somebody_changed_since_is_left_alone(story: Story, moved: dict[str, object]) -> None:
    """The job no longer has the value that was set: the change stays, and the record says what was found."""
    asked = over(story)
    story.dataflow.edit(JOB_ID, **moved)
    kept = only(tick(story.world))
    assert kept == story.now(asked)
    assert (kept.state, kept.problem, kept.found) == (State.APPLIED, "moved_since", run_condition(**moved))
    assert (kept.revert_at, kept.due_at) == (None, None)
    (fact,) = story.facts("kept")
    assert (fact["actor"], fact["detail"], fact["after"]["numWorker"]) == ("sluice", "moved_since", moved["numWorker"])
    assert len(story.dataflow.puts) == 1
    assert tick(story.world).told == ()
    assert story.is_sound(asked)


def test_of_two_settings_one_that_moved_keeps_both(story: Story) -> None:
    """Half a change is not put back."""
    over(story, "scale wordcount workers=4 timeout=8h for 1h because backlog")
    story.dataflow.edit(JOB_ID, timeout=60)
    assert only(tick(story.world)).problem == "moved_since"
    assert story.workers() == 4


def test_a_job_that_is_gone_is_left_alone(story: Story) -> None:
    """There is nothing to put anything back into."""
    over(story)
    story.dataflow.remove(JOB_ID)
    kept = only(tick(story.world))
    assert (kept.state, kept.problem, kept.found) == (State.APPLIED, "gone", RunCondition())


def test_where_there_was_no_value_before_there_is_nothing_to_put_back(story: Story) -> None:
    """The job had no timeout when it was asked: it cannot be given none again."""
    bare = {name: value for name, value in run_condition().fields.items() if name != "timeout"}
    story.dataflow = FakeDataFlow([job(condition=RunCondition(bare))])
    over(story, "scale wordcount timeout=2h for 1h because backlog")
    kept = only(tick(story.world))
    assert (kept.state, kept.problem) == (State.APPLIED, "nothing_to_put_back")
    assert kept.found == RunCondition({**bare, "timeout": 120})
    assert [fact["detail"] for fact in story.facts("kept")] == ["nothing_to_put_back"]
    assert len(story.dataflow.puts) == 1


def test_a_job_that_is_being_changed_is_waited_for(story: Story) -> None:
    """Another request holds the job: nothing is written over it, nothing is told, and it stays due."""
    asked = over(story)
    other = story.opened("scale wordcount workers=8 because more", LEE, "delivery-2")
    assert other.state is State.PENDING
    for _ in range(3):
        assert tick(story.world).told == ()
        story.clock.move_on(minutes=1)
    assert (story.now(asked).state, story.workers()) == (State.APPLIED, 4)
    story.press(withdraw, other, LEE)
    assert only(tick(story.world)).id == asked.id
    assert (story.now(asked).state, story.workers()) == (State.REVERTED, 2)


def test_a_job_that_cannot_be_read_is_waited_for(story: Story) -> None:
    """The API is down when the time is over: put back when it is up again."""
    asked = over(story)
    story.dataflow.faults.append(Fault("job", DataFlowUnavailable("getJobById"), times=2))
    for _ in range(2):
        assert tick(story.world).told == ()
        story.clock.move_on(minutes=1)
    assert story.now(asked).state is State.APPLIED
    assert only(tick(story.world)).state is State.REVERTED


def test_a_record_that_is_away_is_waited_for(story: Story) -> None:
    """Without the intent on record nothing is put back."""
    asked = over(story)
    story.ledger.faults.append(LedgerFault("advance"))
    assert tick(story.world).told == ()
    assert (story.now(asked).state, story.workers()) == (State.APPLIED, 4)
    assert only(tick(story.world)).state is State.REVERTED


def test_a_put_back_that_timed_out_is_unknown_until_it_is_read(story: Story) -> None:
    """No answer and the old value: it may still arrive, the job stays locked; then it shows, and it is put back."""
    asked = over(story)
    story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut(PUT)))
    unknown = only(tick(story.world))
    assert (unknown.state, unknown.undoing, unknown.problem) == (State.UNKNOWN, True, "DataFlowTimedOut")
    assert story.ledger.locks == {JOB_ID: asked.id}
    story.dataflow.edit(JOB_ID, numWorker=2)
    story.clock.move_on(minutes=2)
    assert only(tick(story.world)).state is State.REVERTED
    assert story.events()[-3:] == ["reverting", "unknown", "reverted"]
    assert (len(story.dataflow.puts), story.ledger.locks) == (2, {})
    assert story.is_sound(asked)


def test_a_put_back_that_never_arrived_has_failed(story: Story) -> None:
    """Once it cannot arrive any more, the change is said to be still there; it is sent again a minute later."""
    asked = over(story)
    story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut(PUT)))
    tick(story.world)
    story.clock.at += SETTLES_AFTER
    failed = only(tick(story.world))
    assert (failed.state, failed.undoing, failed.found) == (State.FAILED, True, run_condition(numWorker=4))
    assert (story.workers(), len(story.dataflow.puts)) == (4, 2)
    assert story.now(asked).due_at == story.clock.at + timedelta(minutes=1)
    story.clock.move_on(minutes=1)
    assert only(tick(story.world)).state is State.REVERTED


@pytest.mark.parametrize("error", [BadParameter(PUT, status=400), NotFound(PUT, status=404)])
def test_a_put_back_that_is_refused_has_failed(story: Story, error: BadParameter) -> None:
    """A definite no: the job still has what was set."""
    over(story)
    story.dataflow.faults.append(Fault("put_run_condition", error))
    failed = only(tick(story.world))
    assert (failed.state, failed.problem) == (State.FAILED, type(error).__name__)
    assert (story.workers(), story.ledger.locks) == (4, {})


def test_a_put_back_whose_result_is_lost_is_settled_by_the_next_tick(story: Story) -> None:
    """Written, and the worker died: two minutes later it is read, not written again."""
    asked = over(story)
    story.dataflow = dataflow = BusyDataFlow(story.dataflow)
    dataflow.before_write = [lambda: story.ledger.faults.append(LedgerFault("advance"))]
    tick(story.world)
    assert story.now(asked).state is State.REVERTING
    story.clock.move_on(minutes=2)
    assert only(tick(story.world)).state is State.REVERTED
    assert len(dataflow.puts) == 1


def test_a_change_that_turned_out_to_be_done_late_still_ends_in_time(story: Story) -> None:
    """Unknown at first: the end stays where the intent put it."""
    story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut(PUT)))
    asked = story.opened(FOR_AN_HOUR)
    assert asked.state is State.UNKNOWN
    story.dataflow.edit(JOB_ID, numWorker=4)
    story.clock.move_on(minutes=2)
    assert only(tick(story.world)).revert_at == at(60)
    story.clock.at = at(60)
    assert only(tick(story.world)).state is State.REVERTED


def test_a_change_that_failed_has_no_end(story: Story) -> None:
    """Nothing was changed, so nothing is put back."""
    story.dataflow.faults.append(Fault("put_run_condition", BadParameter(PUT, status=400)))
    asked = story.opened(FOR_AN_HOUR)
    assert (asked.state, asked.revert_at, asked.due_at) == (State.FAILED, None, None)


def test_of_two_ticks_one_puts_back(story: Story) -> None:
    """Both saw that the time is over: one write."""
    story.ledger = ledger = BusyLedger()
    asked = over(story)
    ledger.before["advance"] = [lambda: tick(story.world)]
    mine = tick(story.world)
    assert mine.failed == ()
    assert (story.now(asked).state, len(story.dataflow.puts)) == (State.REVERTED, 2)
    assert len(story.facts("reverting")) == 1


def test_only_what_was_applied_is_put_back(story: Story) -> None:
    """A request in any other state is returned as it is."""
    asked = story.opened("scale wordcount workers=8 for 1h because backlog")
    assert revert(story.world, asked) == asked
    assert story.dataflow.puts == []


def test_what_the_api_refuses_is_tried_again_and_then_left_to_people(story: Story) -> None:
    """Five more times, after 1, 2, 4, 8 and 15 minutes, the job free between them; then people are called once."""
    asked = over(story)
    story.dataflow.faults.append(Fault("put_run_condition", BadParameter(PUT, status=400), times=6))
    begun = story.clock.at
    tried = []
    for _ in range(60):
        ticked = tick(story.world)
        assert (ticked.failed, story.ledger.locks) == ((), {})
        tried += [(story.clock.at - begun, each) for each in ticked.told]
        story.clock.move_on(minutes=1)
    minutes = [round(since.total_seconds() / 60) for since, _ in tried]
    assert minutes == [0, 1, 3, 7, 15, 30, 31]
    shown = [each.request for _, each in tried]
    assert [each.state for each in shown] == [State.FAILED] * 7
    assert [each.ending.failures for each in shown] == [1, 2, 3, 4, 5, 6, 6]
    assert [each.untold[-1].event for each in shown[-2:]] == [Event.FAILED, Event.ESCALATED]
    assert called(story, shown[-1]) == NotPutBack(story.now(asked), ("S0LEADS",))
    assert (story.now(asked).revert_at, story.now(asked).due_at, story.workers()) == (None, None, 4)
    assert [fact["detail"] for fact in story.facts("escalated")] == ["not_put_back"]
    assert len(story.dataflow.puts) == 7
    assert story.is_sound(asked)


def test_who_asked_is_called_where_nobody_else_is_named(story: Story) -> None:
    """A policy without an escalation group."""
    story.policy = with_approvals(story.policy, escalate=None)
    over(story)
    story.dataflow.faults.append(Fault("put_run_condition", BadParameter(PUT, status=400), times=6))
    calls = []
    for _ in range(40):
        calls += [called(story, each.request) for each in tick(story.world).told]
        story.clock.move_on(minutes=1)
    assert [each.escalated_to for each in calls if isinstance(each, NotPutBack)] == [("U0KIM",)]


def test_between_two_tries_the_job_is_free(story: Story) -> None:
    """Somebody changes it on top of what could not be put back: its end brings back what was before both."""
    asked = over(story)
    story.dataflow.faults.append(Fault("put_run_condition", BadParameter(PUT, status=400)))
    assert only(tick(story.world)).state is State.FAILED
    upper = story.opened("scale wordcount workers=6 for 30m because more", LEE, "delivery-2")
    assert upper.over == {"numWorker": asked.id}
    story.clock.move_on(minutes=1)
    stood_down = only(tick(story.world))
    assert (stood_down.id, stood_down.state, stood_down.problem) == (asked.id, State.FAILED, "overlaid")
    story.clock.at = upper.revert_at or story.clock.at
    tick(story.world)
    assert (story.now(upper).state, story.workers()) == (State.REVERTED, 2)


@pytest.mark.parametrize("status", ["DELETED", None])
def test_a_job_deleted_between_two_tries_is_given_up(story: Story, status: str | None) -> None:
    """Gone, or marked as deleted: there is nothing to put anything back into."""
    asked = over(story)
    story.dataflow.faults.append(Fault("put_run_condition", BadParameter(PUT, status=400)))
    tick(story.world)
    story.clock.move_on(minutes=1)
    if status is None:
        story.dataflow.remove(JOB_ID)
    else:
        story.dataflow = FakeDataFlow([replace(job(condition=run_condition(numWorker=4)), status=status)])
    gone = only(tick(story.world))
    assert (gone.id, gone.state, gone.problem, gone.revert_at) == (asked.id, State.FAILED, "gone", None)
    assert story.dataflow.puts[2:] == []


def test_ten_minutes_before_the_end_people_are_asked_once(story: Story) -> None:
    """On record, before anything is told; of two ticks at once, one asks."""
    story.ledger = ledger = BusyLedger()
    asked = story.opened(FOR_AN_HOUR)
    story.clock.move_on(minutes=50)
    story.clock.at -= timedelta(milliseconds=1)
    assert tick(story.world).told == ()
    story.clock.at += timedelta(milliseconds=1)
    others: list[Ticked] = []

    def another_tick() -> None:
        story.clock.move_on(milliseconds=1)
        others.append(tick(story.world))

    ledger.before["advance"] = [another_tick]
    mine = tick(story.world)
    assert (mine.told, others[0].told) == ((), (ChangeShown(story.now(asked)),))
    assert called(story, story.now(asked)) == EndNear(story.now(asked))
    assert [(fact["actor"], fact["detail"]) for fact in story.facts("reminded")] == [("sluice", "ends_soon")]
    assert story.now(asked).due_at == at(60)
    assert story.is_sound(asked)


@pytest.mark.parametrize(("minutes", "asked_at"), [(11, [1]), (10, []), (1, [])])
def test_people_are_not_asked_before_the_start(story: Story, minutes: int, asked_at: list[int]) -> None:
    """A change of ten minutes or less is asked about on its first card."""
    story.opened(f"scale wordcount workers=4 for {minutes}m because backlog")
    near = []
    for minute in range(12):
        calls = [called(story, each.request) for each in tick(story.world).told]
        near += [minute for each in calls if isinstance(each, EndNear)]
        story.clock.move_on(minutes=1)
    assert near == asked_at
    assert story.workers() == 2
