"""The one write and what becomes of it: applied, failed, unknown or stale; the tick that carries on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handler.domain.audit import breaks
from handler.domain.dataflow_errors import BadParameter, DataFlowTimedOut, DataFlowUnavailable, NotFound, Throttled
from handler.domain.errors import LedgerUnavailable
from handler.domain.model import RunCondition
from handler.domain.news import told_by_another
from handler.domain.outcomes import ChangeShown
from handler.domain.request import State
from handler.domain.verdict import SETTLES_AFTER
from handler.flows.execute import execute
from handler.flows.upkeep import tick
from tests.fakes.dataflow import Fault, Put
from tests.fakes.ledger import Fault as LedgerFault
from tests.makers import JOB_ID, run_condition

if TYPE_CHECKING:
    from handler.domain.request import Request
    from tests.flows.conftest import Story

PUT = "updateJobExecuteConfig"
SCALE = "scale wordcount workers=4"


def asked(story: Story) -> Request:
    """Ask for two workers more and return the request as told."""
    outcome = story.ask(SCALE)
    assert isinstance(outcome, ChangeShown)
    return outcome.request


def is_sound(story: Story) -> bool:
    """Whether the request's chain is unbroken and ends where the request says."""
    return breaks(story.ledger.chain(story.request().id), story.request().head) == ()


@pytest.mark.parametrize("error", [BadParameter(PUT, status=400), Throttled(PUT), NotFound(PUT, status=404)])
def test_a_refused_write_has_failed_and_nothing_was_changed(story: Story, error: BadParameter) -> None:
    """A definite no, proven by the read-back, is `failed`; it is not tried again."""
    story.dataflow.faults.append(Fault("put_run_condition", error))
    request = asked(story)
    assert (request.state, request.problem) == (State.FAILED, type(error).__name__)
    assert story.workers() == 2
    assert len(story.dataflow.puts) == 1
    assert story.ledger.locks == {}
    assert is_sound(story)


def test_a_write_that_timed_out_after_its_effect_is_applied(story: Story) -> None:
    """The answer was lost, the read-back shows the new value: it is done."""
    story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut(PUT), takes_effect=True))
    request = asked(story)
    assert (request.state, story.workers()) == (State.APPLIED, 4)
    assert len(story.dataflow.puts) == 1


def test_a_write_that_timed_out_without_effect_is_unknown_and_never_sent_again(story: Story) -> None:
    """No answer and old values prove nothing: the write may still arrive. The job stays locked."""
    story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut(PUT)))
    request = asked(story)
    assert (request.state, request.found) == (State.UNKNOWN, run_condition())
    assert story.ledger.locks == {JOB_ID: request.id}
    assert len(story.dataflow.puts) == 1
    assert story.clock.slept_seconds == [0.0, 0.5, 1.0, 2.0]


def test_an_accepted_write_that_shows_late_is_waited_for(story: Story) -> None:
    """The API may need a moment until a read shows what was written."""
    story.dataflow.reads_until_shown = 2
    assert asked(story).state is State.APPLIED
    assert story.clock.slept_seconds == [0.0, 0.5, 1.0]


def test_an_accepted_write_that_never_shows_is_unknown_first_and_failed_later(story: Story) -> None:
    """The API said yes and did nothing: unknown while it may still come, failed once it cannot."""
    story.dataflow.faults.append(Fault("put_run_condition", None))
    assert asked(story).state is State.UNKNOWN
    story.clock.move_on(minutes=1)
    tick(story.world)
    assert story.request().state is State.UNKNOWN
    story.clock.at += SETTLES_AFTER
    tick(story.world)
    assert story.request().state is State.FAILED
    assert story.ledger.locks == {}
    assert is_sound(story)


def test_a_read_back_that_fails_leaves_the_outcome_unknown(story: Story) -> None:
    """Written, but the job cannot be read: nobody claims to know."""
    story.dataflow.faults.append(Fault("job", None))
    story.dataflow.faults.append(Fault("job", None))
    story.dataflow.faults.append(Fault("job", DataFlowUnavailable("getJobById"), times=4))
    request = asked(story)
    assert (request.state, request.found) == (State.UNKNOWN, None)
    assert story.workers() == 4


def test_the_tick_finds_out_what_became_of_an_unknown_write(story: Story) -> None:
    """The write arrived late after all: the tick reads it, tells it, and frees the job."""
    story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut(PUT)))
    asked(story)
    story.dataflow.edit(JOB_ID, numWorker=4)
    story.clock.move_on(minutes=2)
    (told,) = tick(story.world).told
    assert told.request.state is State.APPLIED
    assert story.ledger.locks == {}
    assert len(story.dataflow.puts) == 1
    assert is_sound(story)


def test_a_tick_that_learns_nothing_new_tells_nothing(story: Story) -> None:
    """Still unknown is no news; the next look is further away each time."""
    story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut(PUT)))
    asked(story)
    story.clock.move_on(minutes=1)
    assert tick(story.world).told == ()
    first_pause = story.request().due_at
    assert first_pause is not None
    assert (first_pause - story.clock.now()).total_seconds() == 120


def test_a_job_that_is_deleted_meanwhile_has_failed_in_the_end(story: Story) -> None:
    """The job is gone: nothing can take effect any more once the write cannot arrive."""
    story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut(PUT)))
    asked(story)
    story.dataflow.remove(JOB_ID)
    story.clock.at += SETTLES_AFTER
    tick(story.world)
    assert (story.request().state, story.request().found) == (State.FAILED, RunCondition())


def test_a_job_that_moved_before_the_write_makes_the_request_stale(story: Story) -> None:
    """Between preview and write somebody used the console: nothing is written over it."""
    story.ledger.faults.append(LedgerFault("advance"))
    assert asked(story).state is State.APPROVED
    story.dataflow.edit(JOB_ID, numWorker=6)
    again = asked(story)
    assert (again.state, again.found) == (State.STALE, run_condition(numWorker=6))
    assert story.dataflow.puts == []
    assert story.ledger.locks == {}


def test_a_job_that_cannot_be_read_before_the_write_makes_it_stale(story: Story) -> None:
    """Without the look just before, nothing is written."""
    story.ledger.faults.append(LedgerFault("advance"))
    asked(story)
    story.dataflow.faults.append(Fault("job", DataFlowUnavailable("getJobById")))
    again = asked(story)
    assert (again.state, again.found, again.problem) == (State.STALE, None, "DataFlowUnavailable")
    assert story.dataflow.puts == []


def test_the_tick_starts_what_its_worker_left_and_tells_it(story: Story) -> None:
    """A worker that died before the intent is replaced by the tick two minutes later."""
    story.ledger.faults.append(LedgerFault("advance"))
    asked(story)
    story.clock.move_on(minutes=1)
    assert tick(story.world).told == ()
    story.clock.move_on(minutes=1)
    (told,) = tick(story.world).told
    assert (told.request.state, story.workers()) == (State.APPLIED, 4)


def test_what_waited_too_long_is_not_started(story: Story) -> None:
    """After a quarter of an hour a start would surprise people: the request is stale."""
    story.ledger.faults.append(LedgerFault("advance"))
    asked(story)
    story.clock.move_on(minutes=16)
    (told,) = tick(story.world).told
    assert (told.request.state, told.request.found) == (State.STALE, run_condition())
    assert story.dataflow.puts == []


def test_an_intent_that_may_not_be_recorded_is_not_followed_by_a_write(story: Story) -> None:
    """The intent's transaction took effect, but its answer was lost: no write is sent; the tick settles it."""
    story.ledger.faults.append(LedgerFault("advance", takes_effect=True))
    assert asked(story).state is State.APPROVED
    assert story.dataflow.puts == []
    assert story.request().state is State.APPLYING
    story.clock.at += SETTLES_AFTER
    tick(story.world)
    assert (story.request().state, story.workers()) == (State.FAILED, 2)


def test_a_result_that_cannot_be_recorded_is_settled_by_the_tick(story: Story) -> None:
    """Written, but the record is down: the person is told `applying`, the tick records what it reads."""
    ledger = story.ledger
    put = story.dataflow.put_run_condition

    def put_then_lose_the_record(job_id: object, condition: object) -> None:
        put(job_id, condition)  # type: ignore[arg-type] # handed through
        ledger.faults.append(LedgerFault("advance"))

    story.dataflow.put_run_condition = put_then_lose_the_record  # type: ignore[method-assign] # the record fails after it
    assert asked(story).state is State.APPLYING
    story.clock.move_on(minutes=2)
    (told,) = tick(story.world).told
    assert told.request.state is State.APPLIED
    assert len(story.dataflow.puts) == 1


def test_only_one_of_two_workers_writes(story: Story) -> None:
    """Two workers hold the same approved request in the same millisecond: one intent, one PUT, and the winner tells."""
    story.ledger.faults.append(LedgerFault("advance"))
    approved = asked(story)
    first, second = execute(story.world, approved), execute(story.world, approved)
    assert first.state is State.APPLIED
    assert second == told_by_another(first)
    assert story.dataflow.puts == [Put(JOB_ID, run_condition(numWorker=4))]


def test_a_request_that_vanished_is_not_written(story: Story) -> None:
    """The item is gone from the table: without a record of the intent nothing is sent."""
    story.ledger.faults.append(LedgerFault("advance"))
    approved = asked(story)
    del story.ledger.requests[approved.id]
    assert execute(story.world, approved) == approved
    assert story.dataflow.puts == []


def test_a_settled_request_is_not_executed_again(story: Story) -> None:
    """Executing what is applied changes nothing."""
    applied = asked(story)
    assert execute(story.world, applied) == applied
    assert len(story.dataflow.puts) == 1


def test_a_drift_in_another_field_is_kept_on_the_request(story: Story) -> None:
    """Asked values took, but another field is not as before: applied, and the difference is there to be told."""
    write = story.dataflow.put_run_condition

    def write_and_more(job_id: object, condition: object) -> None:
        write(job_id, condition)  # type: ignore[arg-type] # handed through
        story.dataflow.edit(JOB_ID, logPath="elsewhere/")

    story.dataflow.put_run_condition = write_and_more  # type: ignore[method-assign] # an API that changes more
    request = asked(story)
    assert request.state is State.APPLIED
    assert request.found is not None
    assert [each.name for each in request.change.after.differences(request.found)] == ["logPath"]


def test_one_failing_duty_does_not_keep_the_others_waiting(story: Story) -> None:
    """The tick reports what it could not do, and does the rest."""
    story.ledger.faults.append(LedgerFault("advance"))
    first = asked(story)
    broken = replace(first, id=type(first.id)("aaaa-aaaa"), state=State.UNKNOWN, due_at=story.clock.now())
    story.ledger.requests[broken.id] = broken
    story.clock.move_on(minutes=2)
    advance = story.ledger.advance

    def refuse_the_broken_one(before: Request, after: Request, fact: object) -> None:
        if before.id == broken.id:
            raise NotFound("somewhere")
        advance(before, after, fact)  # type: ignore[arg-type] # handed through

    world = replace(story.world, ledger=_With(story.ledger, refuse_the_broken_one))  # type: ignore[arg-type] # a ledger
    ticked = tick(world)
    assert [request_id for request_id, _ in ticked.failed] == [broken.id]
    assert [told.request.state for told in ticked.told] == [State.APPLIED]


class _With:
    def __init__(self, ledger: object, advance: object) -> None:
        self._ledger = ledger
        self.advance = advance

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)


def test_a_tick_without_a_record_does_nothing_and_fails(story: Story) -> None:
    """When the record cannot be read the tick raises, so that Lambda counts a failure."""
    story.ledger.faults.append(LedgerFault("due_requests"))
    with pytest.raises(LedgerUnavailable):
        tick(story.world)
