"""Asking for a change: who may, what is recorded, and what a redelivery does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from handler.domain.audit import breaks
from handler.domain.dataflow_errors import DataFlowUnavailable
from handler.domain.errors import GroupUndetermined, IdTaken, JobAmbiguous, JobNotFound, LedgerUnavailable
from handler.domain.identity import delivery_digest, request_id
from handler.domain.outcomes import (
    ChangeImpossible,
    ChangeShown,
    JobIsBusy,
    LeftUntold,
    NothingMore,
    Refused,
    Trouble,
)
from handler.domain.preview import NeverSetUp, NothingToChange, OutOfBounds
from handler.domain.request import State
from tests.fakes.dataflow import Fault, Put
from tests.fakes.ledger import FakeLedger
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.conftest import CHOI, PARK
from tests.makers import JOB_ID, actor, at, card, fact, request, run_condition

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.model import RequestId
    from handler.domain.request import Request
    from tests.flows.conftest import Story


def test_an_allowed_change_is_recorded_written_and_read_back(story: Story) -> None:
    """On-call scales 2 to 4: one PUT with every other field as read, three facts in one unbroken chain."""
    outcome = story.ask("scale wordcount workers=4 because backlog")
    assert isinstance(outcome, ChangeShown)
    assert outcome.request == story.request()
    assert (outcome.request.state, outcome.request.found) == (State.APPLIED, run_condition(numWorker=4))
    assert outcome.running is not None
    assert story.dataflow.puts == [Put(JOB_ID, run_condition(numWorker=4))]
    assert story.events() == ["requested", "applying", "applied"]
    assert breaks(story.ledger.chain(outcome.request.id), outcome.request.head) == ()
    assert story.ledger.locks == {}


def test_the_record_says_who_what_why_and_by_which_rule(story: Story) -> None:
    """The first fact has actor, channel, job, both run conditions, reason, policy version and rule."""
    story.ask("scale wordcount workers=4 because backlog")
    first = story.ledger.all_facts()[0]
    assert first["actor"] == "U0KIM"
    assert first["channel"] == "C0INCIDENT"
    assert (first["job_id"], first["job_name"]) == (JOB_ID, "wordcount")
    assert first["before"]["numWorker"] == 2
    assert first["after"] == {**first["before"], "numWorker": 4}
    assert first["reason"] == "backlog"
    assert first["because"] == ["oncall-small"]
    assert first["policy_version"] == story.world.policy.version
    assert first["action"] == "scale"


def test_a_change_asked_by_id_reaches_the_same_job(story: Story) -> None:
    """A job may be named by its id."""
    outcome = story.ask(f"scale {JOB_ID} timeout=2h")
    assert isinstance(outcome, ChangeShown)
    assert story.dataflow.stored(JOB_ID) == run_condition(timeout=120)


def test_a_name_that_looks_like_an_id_is_still_found(story: Story) -> None:
    """Twelve letters that are no id are looked up as a name."""
    outcome = story.ask("scale never-set-up workers=4")
    assert isinstance(outcome, ChangeImpossible)
    twelve = story.ask("scale ordershourly workers=4", delivery="delivery-2")
    assert isinstance(twelve, Trouble)
    assert isinstance(twelve.error, JobNotFound)


@pytest.mark.parametrize("user", [CHOI, PARK])
def test_who_may_not_is_refused_and_the_refusal_is_recorded(story: Story, user: str) -> None:
    """Somebody in no group, and a viewer, change nothing; the record has who asked for what."""
    outcome = story.ask("scale wordcount workers=4", user)
    assert isinstance(outcome, Refused)
    assert story.dataflow.puts == []
    (refusal,) = story.ledger.all_facts()
    assert (refusal["event"], refusal["actor"], refusal["detail"]) == ("refused", user, "denied")
    assert refusal["after"]["numWorker"] == 4
    assert refusal["request_id"] == outcome.request_id
    assert breaks([refusal]) == ()


def test_what_needs_approval_waits_for_it(story: Story) -> None:
    """Eight workers need one approval: the request is open, holds the job, and nothing is written."""
    outcome = story.ask("scale wordcount workers=8")
    assert isinstance(outcome, ChangeShown)
    request = outcome.request
    assert (request.state, request.because) == (State.PENDING, ("oncall-with-approval",))
    assert request.review is not None
    assert request.review.needed == 1
    assert outcome.approvers == ("U0HAN", "U0LEE")
    assert story.events() == ["requested"]
    assert story.ledger.locks == {JOB_ID: request.id}
    assert story.dataflow.puts == []


def test_what_is_outside_the_limits_is_refused(story: Story) -> None:
    """Eleven workers are one too many: the answer names the bounds, the record the refusal, nothing is written."""
    outcome = story.ask("scale wordcount workers=11")
    assert isinstance(outcome, ChangeImpossible)
    assert outcome.problem == OutOfBounds("numWorker", 11, 2, 10, 2)
    assert story.events() == ["refused"]
    assert (outcome.request_id, outcome.job.id) == (story.ledger.all_facts()[0]["request_id"], JOB_ID)
    assert story.ledger.all_facts()[0]["because"] == []
    assert story.dataflow.puts == []


def test_a_job_without_nrn_was_never_set_up_and_is_refused(story: Story) -> None:
    """Without `nrn` there is nothing to write back, so nothing is written."""
    outcome = story.ask("scale never-set-up workers=4")
    assert isinstance(outcome, ChangeImpossible)
    assert outcome.problem == NeverSetUp()
    assert story.dataflow.puts == []


def test_asking_for_what_is_there_already_changes_nothing(story: Story) -> None:
    """Two workers asked of a job with two is nothing to do."""
    outcome = story.ask("scale wordcount workers=2")
    assert isinstance(outcome, ChangeImpossible)
    assert outcome.problem == NothingToChange(2, 360)


def test_an_unknown_job_is_answered_with_names_that_are_close(story: Story) -> None:
    """A typing mistake is met with the name that was meant."""
    outcome = story.ask("scale wordcoumt workers=4")
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, JobNotFound)
    assert outcome.error.near == ("wordcount",)


def test_who_may_view_nothing_learns_no_names(story: Story) -> None:
    """Somebody in no group is told neither close names nor candidates."""
    missing = story.ask("scale wordcoumt workers=4", CHOI)
    assert isinstance(missing, Trouble)
    assert isinstance(missing.error, JobNotFound)
    assert missing.error.near == ()
    several = story.ask("scale orders workers=4", CHOI)
    assert isinstance(several, Trouble)
    assert isinstance(several.error, JobNotFound)


def test_an_ambiguous_name_is_answered_with_the_candidates(story: Story) -> None:
    """Two jobs begin with `orders`: both are named, neither is changed."""
    outcome = story.ask("scale orders workers=4")
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, JobAmbiguous)
    assert outcome.error.candidates == ("orders-daily", "orders-hourly")
    assert story.dataflow.puts == []


def test_a_job_that_is_deleted_between_list_and_look_is_not_found(story: Story) -> None:
    """The list may be older than the job's end."""
    listed = story.dataflow.jobs()
    story.dataflow.remove(JOB_ID)
    story.dataflow.jobs = lambda: listed  # type: ignore[method-assign] # the API's list that lags behind
    outcome = story.ask("scale wordcount workers=4")
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, JobNotFound)


def test_groups_that_cannot_be_found_out_allow_nothing(story: Story) -> None:
    """Not knowing who asks is not the same as knowing they may not: it is said, recorded, and nothing is done."""
    story.directory.broken = "oncall"
    outcome = story.ask("scale wordcount workers=4")
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, GroupUndetermined)
    (refusal,) = story.ledger.all_facts()
    assert (refusal["event"], refusal["detail"], refusal["job_name"]) == ("refused", "group_undetermined", "wordcount")
    assert (refusal["delivery"], refusal["because"]) == (delivery_digest("delivery-1"), [])
    assert (refusal["policy_version"], outcome.incident) == (story.policy.version, "incident-1")
    assert story.dataflow.puts == []


def test_with_the_record_down_too_the_person_is_told_so(story: Story) -> None:
    """When not even the refusal can be recorded, the answer says that the record is down."""
    story.directory.broken = "oncall"
    story.ledger.faults.append(LedgerFault("record"))
    outcome = story.ask("scale wordcount workers=4")
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, LedgerUnavailable)
    assert outcome.incident == "incident-1"


def test_without_a_record_nothing_is_written(story: Story) -> None:
    """The record cannot be opened: the change is not sent (fail closed)."""
    story.ledger.faults.append(LedgerFault("open"))
    outcome = story.ask("scale wordcount workers=4")
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, LedgerUnavailable)
    assert story.dataflow.puts == []


def test_a_job_that_is_being_changed_is_busy(story: Story) -> None:
    """A second request for the same job is told about the first."""
    holder = request(state=State.APPLYING, requester=actor("U0LEE"))
    story.ledger.requests[holder.id] = holder
    story.ledger.locks[JOB_ID] = holder.id
    outcome = story.ask("scale wordcount workers=4")
    assert outcome == JobIsBusy("wordcount", holder)
    assert story.dataflow.puts == []


def test_runs_that_cannot_be_read_do_not_stop_a_change(story: Story) -> None:
    """Whether a run is under way is good to know, but no reason to refuse."""
    story.dataflow.faults.append(Fault("executions", DataFlowUnavailable("getJobExecutions")))
    outcome = story.ask("scale wordcount workers=4")
    assert isinstance(outcome, ChangeShown)
    assert outcome.running is None
    assert outcome.request.state is State.APPLIED


def test_a_redelivery_of_a_told_change_says_and_does_nothing_more(story: Story) -> None:
    """The same delivery twice is one request, one PUT, one message."""
    first = story.ask("scale wordcount workers=4")
    assert isinstance(first, ChangeShown)
    story.ledger.remember_card(first.request.id, card())
    assert story.ask("scale wordcount workers=4") == NothingMore()
    assert len(story.dataflow.puts) == 1
    assert story.events() == ["requested", "applying", "applied"]


def test_a_redelivery_of_an_untold_change_tells_it_without_doing_it_again(story: Story) -> None:
    """The worker died between the result and the message: once it must be gone, the redelivery sends the message."""
    story.ask("scale wordcount workers=4")
    assert story.ask("scale wordcount workers=4") == NothingMore()
    story.clock.move_on(minutes=2)
    again = story.ask("scale wordcount workers=4")
    assert isinstance(again, LeftUntold)
    assert (again.request.state, again.request.tell_at) == (State.APPLIED, at(4))
    assert len(story.dataflow.puts) == 1


def test_a_redelivery_starts_what_was_only_recorded(story: Story) -> None:
    """The worker died before the intent: the redelivery carries on from there."""
    story.ledger.faults.append(LedgerFault("advance"))
    first = story.ask("scale wordcount workers=4")
    assert isinstance(first, ChangeShown)
    assert first.request.state is State.APPROVED
    again = story.ask("scale wordcount workers=4")
    assert isinstance(again, ChangeShown)
    assert again.request.state is State.APPLIED
    assert len(story.dataflow.puts) == 1


def test_a_redelivery_leaves_a_write_under_way_alone(story: Story) -> None:
    """While the first worker may live, a second one does nothing."""
    story.ask("scale wordcount workers=4")
    known = story.request()
    story.ledger.requests[known.id] = request(
        request_id=known.id, state=State.APPLYING, delivery=delivery_digest("delivery-1")
    )
    assert story.ask("scale wordcount workers=4") == NothingMore()
    assert len(story.dataflow.puts) == 1


@dataclass
class Overtaken(FakeLedger):
    """Lets something happen right after the first look at a request."""

    meanwhile: Callable[[], object] | None = None

    def request(self, request_id: RequestId) -> Request | None:
        """Read, and then let it happen."""
        seen = super().request(request_id)
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        return seen


def test_a_worker_that_is_overtaken_by_a_whole_change_repeats_nothing(story: Story) -> None:
    """Another worker with the same delivery did everything between our look and our read of the job."""
    story.ledger = Overtaken(meanwhile=lambda: story.ask("scale wordcount workers=4"))
    assert story.ask("scale wordcount workers=4") == NothingMore()
    assert len(story.dataflow.puts) == 1
    assert story.events() == ["requested", "applying", "applied"]


def test_a_worker_that_is_overtaken_by_a_dying_one_carries_on(story: Story) -> None:
    """Another worker with the same delivery opened the request and died: it is carried on, not opened twice."""

    def open_and_die() -> None:
        story.ledger.faults.append(LedgerFault("advance"))
        story.ask("scale wordcount workers=4")
        story.clock.move_on(seconds=1)

    story.ledger = Overtaken(meanwhile=open_and_die)
    outcome = story.ask("scale wordcount workers=4")
    assert isinstance(outcome, ChangeShown)
    assert outcome.request.state is State.APPLIED
    assert len(story.dataflow.puts) == 1
    assert story.events() == ["requested", "applying", "applied"]


def test_a_short_id_that_another_delivery_has_is_passed_over(story: Story) -> None:
    """Two deliveries may come to the same eight letters: the second takes the next candidate."""
    digest = delivery_digest("delivery-1")
    taken = request(request_id=request_id(digest), delivery="another", state=State.APPLIED)
    story.ledger.requests[taken.id] = taken
    outcome = story.ask("scale wordcount workers=4")
    assert isinstance(outcome, ChangeShown)
    assert outcome.request.id == request_id(digest, 1)


def test_a_refusal_passes_over_a_taken_id_too(story: Story) -> None:
    """The refusal's chain does not run into another delivery's."""
    digest = delivery_digest("delivery-1")
    story.ledger.record(fact(request_id=request_id(digest), delivery="another"))
    outcome = story.ask("scale wordcount workers=4", CHOI)
    assert isinstance(outcome, Refused)
    assert outcome.request_id == request_id(digest, 1)


def test_ids_that_are_all_taken_are_said_to_be(story: Story) -> None:
    """Three taken ids in a row end in an error, not in a loop."""
    digest = delivery_digest("delivery-1")
    for attempt in range(3):
        taken = request(request_id=request_id(digest, attempt), delivery="another", state=State.APPLIED)
        story.ledger.requests[taken.id] = taken
        story.ledger.record(fact(request_id=request_id(digest, attempt), delivery="another"))
    asked, refused = story.ask("scale wordcount workers=4"), story.ask("status wordcount", CHOI)
    assert isinstance(asked, Trouble)
    assert isinstance(asked.error, IdTaken)
    assert isinstance(refused, Trouble)
    assert isinstance(refused.error, IdTaken)
    assert story.dataflow.puts == []


def test_a_refusal_that_is_redelivered_is_recorded_once(story: Story) -> None:
    """The same refused delivery twice is one fact."""
    first, again = story.ask("scale wordcount workers=4", CHOI), story.ask("scale wordcount workers=4", CHOI)
    assert first == again
    assert story.events() == ["refused"]
