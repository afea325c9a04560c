"""What was approved is written only if job and policy are as they were when it was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handler.domain.dataflow_errors import DataFlowUnavailable, NotFound
from handler.domain.model import GroupName, RunCondition
from handler.domain.outcomes import ChangeShown, Trouble
from handler.domain.request import State
from handler.flows.review import approve
from handler.flows.upkeep import tick
from tests.fakes.dataflow import FakeDataFlow, Fault
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.conftest import HAN, KIM, LEE, TWO_APPROVALS
from tests.flows.meanwhile import BusyDataFlow, nothing
from tests.flows.policies import (
    LEADS_APPROVE,
    SCALE_STRAIGHT_AWAY,
    SCALE_WITH_ONE,
    SCALE_WITH_THREE,
    ruled,
)
from tests.makers import JOB_ID, job, run_condition

if TYPE_CHECKING:
    from tests.flows.conftest import Story

DOWN = DataFlowUnavailable("getJobById", status=503)


@pytest.mark.parametrize(
    "moved",
    [{"numWorker": 6}, {"numWorker": 8}, {"timeout": 90}, {"logPath": "elsewhere/"}, {"retries": [1, {"of": None}]}],
    ids=lambda moved: next(iter(moved)),
)
def test_a_job_that_moved_while_it_was_waited_makes_the_request_stale(story: Story, moved: dict[str, object]) -> None:
    """Any field of the run condition, known to us or not: the last yes writes nothing, and what moved is kept."""
    request = story.opened()
    story.dataflow.edit(JOB_ID, **moved)
    outcome = story.press(approve, request)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request == story.now(request)
    assert (outcome.request.state, outcome.request.found) == (State.STALE, run_condition(**moved))
    assert [each.name for each in request.change.before.differences(run_condition(**moved))] == list(moved)
    assert story.events() == ["requested", "stale"]
    assert story.facts("stale")[0]["after"] == dict(run_condition(**moved).fields)
    assert (story.dataflow.puts, story.ledger.locks) == ([], {})


def test_a_field_that_is_gone_makes_it_stale_too(story: Story) -> None:
    """What the job no longer has is a difference as well."""
    request = story.opened()
    shorter = {name: value for name, value in run_condition().fields.items() if name != "scriptPath"}
    story.dataflow = FakeDataFlow([job(condition=RunCondition(shorter))])
    story.press(approve, request)
    assert (story.now(request).state, story.dataflow.puts) == (State.STALE, [])


def test_the_job_is_looked_at_by_the_last_approval(story: Story) -> None:
    """The first of two yeses counts whatever the job is like; the second finds that it moved, and writes nothing."""
    request = story.opened(TWO_APPROVALS)
    story.dataflow.edit(JOB_ID, numWorker=6)
    story.press(approve, request, LEE)
    assert story.now(request).state is State.PENDING
    story.press(approve, request, HAN)
    assert (story.now(request).state, story.dataflow.puts) == (State.STALE, [])
    assert story.events() == ["requested", "approved", "stale"]


def test_a_job_that_moves_between_the_last_yes_and_the_write_is_left_alone(story: Story) -> None:
    """It is read once more just before the PUT: the request was approved, and is stale all the same."""
    request = story.opened()
    story.dataflow = dataflow = BusyDataFlow(story.dataflow)
    dataflow.before_read = [nothing, lambda: dataflow.edit(JOB_ID, numWorker=6)]
    outcome = story.press(approve, request)
    assert isinstance(outcome, ChangeShown)
    assert (outcome.request.state, outcome.request.found) == (State.STALE, run_condition(numWorker=6))
    assert story.events() == ["requested", "approved", "stale"]
    assert (dataflow.puts, story.ledger.locks) == ([], {})


@pytest.mark.parametrize("error", [DOWN, NotFound("getJobById", status=404)], ids=lambda error: type(error).__name__)
def test_a_job_that_cannot_be_read_at_the_last_yes_leaves_the_request_waiting(
    story: Story, error: DataFlowUnavailable
) -> None:
    """The approver is told why; nothing is decided, and the same press counts when the API is back."""
    request = story.opened()
    story.dataflow.faults.append(Fault("job", error))
    outcome = story.press(approve, request, press="press-1")
    assert isinstance(outcome, Trouble)
    assert outcome.error is error
    assert story.now(request) == request
    story.press(approve, request, press="press-1")
    assert story.now(request).state is State.APPLIED


def test_a_job_that_cannot_be_read_just_before_the_write_is_left_alone(story: Story) -> None:
    """Approved, but the look before the PUT fails: stale, with the name of what stood in the way."""
    request = story.opened()
    story.dataflow.faults += [Fault("job", None), Fault("job", DOWN)]
    story.press(approve, request)
    stale = story.now(request)
    assert (stale.state, stale.found, stale.problem) == (State.STALE, None, "DataFlowUnavailable")
    assert story.dataflow.puts == []


def test_a_requester_who_lost_the_right_meanwhile_makes_it_stale(story: Story) -> None:
    """Taken off call after asking: nothing is written in their name, though a lead says yes."""
    request = story.opened()
    story.directory.remember()
    story.directory.groups[KIM] = frozenset({GroupName("viewers")})
    outcome = story.press(approve, request)
    assert isinstance(outcome, ChangeShown)
    assert (outcome.request.state, outcome.request.problem) == (State.STALE, "policy_moved")
    assert outcome.request.found == run_condition()
    assert story.directory.read_afresh == [LEE]  # and with them everybody
    assert story.facts("stale")[0]["detail"] == "policy_moved"
    assert (story.dataflow.puts, story.ledger.locks) == ([], {})


def test_a_policy_that_asks_for_more_approvals_now_makes_it_stale(story: Story) -> None:
    """One yes was enough when it was asked, three are needed now."""
    request = story.opened()
    story.policy = ruled(story.policy, SCALE_WITH_THREE, LEADS_APPROVE)
    story.press(approve, request)
    assert (story.now(request).state, story.now(request).problem) == (State.STALE, "policy_moved")
    assert story.dataflow.puts == []


@pytest.mark.parametrize("rule", [SCALE_STRAIGHT_AWAY, SCALE_WITH_ONE], ids=["none", "one"])
def test_a_policy_that_asks_for_no_more_than_there_are_lets_it_be_written(story: Story, rule: str) -> None:
    """Two were needed when it was asked; two are still asked for, though fewer would do now."""
    request = story.opened(TWO_APPROVALS)
    story.press(approve, request, LEE)
    story.policy = ruled(story.policy, rule, LEADS_APPROVE)
    assert story.now(request).state is State.PENDING
    story.press(approve, request, HAN)
    assert story.now(request).state is State.APPLIED


def test_duration_and_reason_are_weighed_again_at_the_last_yes(story: Story) -> None:
    """The rule permits two hours with a reason: what was asked so is still permitted; without, it is stale."""
    rule = """
    @id("two-hours") permit(principal, action == Action::"scale", resource)
    when { context.approvals >= 1 && context.forMinutes == 120 && context.hasReason };
    """
    story.policy = ruled(story.policy, rule, LEADS_APPROVE)
    request = story.opened("scale wordcount workers=8 for 2h because backlog")
    story.press(approve, request)
    assert story.now(request).state is State.APPLIED
    other = story.opened("scale orders-daily workers=8 for 2h because backlog", delivery="delivery-2")
    story.ledger.requests[other.id] = replace(other, reason=None)
    story.press(approve, other)
    assert story.now(other).problem == "policy_moved"


def test_what_waited_too_long_after_the_last_yes_is_not_started(story: Story) -> None:
    """The worker that was to write it died, and nobody came by for a quarter of an hour: a write would surprise."""
    request = story.opened()
    story.ledger.faults.append(LedgerFault("advance", takes_effect=True))
    outcome = story.press(approve, request)
    assert isinstance(outcome, Trouble)
    assert story.now(request).state is State.APPROVED
    story.clock.move_on(minutes=16)
    (told,) = tick(story.world).told
    assert (told.request.state, told.request.found) == (State.STALE, run_condition())
    assert (story.dataflow.puts, story.ledger.locks) == ([], {})
