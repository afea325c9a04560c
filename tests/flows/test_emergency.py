"""Break-glass: at once, within bounds, on record before anything is written, and looked at afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handler.domain.dataflow_errors import BadParameter
from handler.domain.errors import Usage, UsageError
from handler.domain.grammar import parse
from handler.domain.outcomes import AskedAlready, ChangeImpossible, ChangeShown, JobIsBusy, Refused
from handler.domain.preview import OutOfBounds, TooLong
from handler.domain.request import State
from handler.flows.upkeep import tick
from tests.fakes.dataflow import Fault, Put
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.conftest import CHOI, KIM, LEE, PARK
from tests.flows.meanwhile import BusyDataFlow, BusyLedger
from tests.flows.policies import with_break_glass
from tests.makers import JOB_ID, at, run_condition

if TYPE_CHECKING:
    from tests.flows.conftest import Story

BROKEN_GLASS = "break-glass scale wordcount workers=8 because pager"


def test_an_emergency_is_written_at_once_and_is_on_record_before(story: Story) -> None:
    """What would need an approval is done without one; the passing-by is a fact of its own, before the intent."""
    outcome = story.ask(BROKEN_GLASS)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request == story.request()
    assert (outcome.request.state, outcome.request.review) == (State.APPLIED, None)
    assert outcome.request.emergency is not None
    assert (outcome.request.emergency.reviewed_by, outcome.request.emergency.review_at) == (None, at(24 * 60))
    assert story.dataflow.puts == [Put(JOB_ID, run_condition(numWorker=8))]
    assert story.events() == ["requested", "broke_glass", "applying", "applied"]
    (fact,) = story.facts("broke_glass")
    assert (fact["actor"], fact["reason"], fact["because"]) == (KIM, "pager", ["break-glass"])
    assert (fact["before"]["numWorker"], fact["after"]["numWorker"]) == (2, 8)
    assert story.is_sound(outcome.request)


def test_nothing_is_written_before_the_passing_by_is_on_record(story: Story) -> None:
    """At the moment of the PUT the record has the passing-by and the intent."""
    story.dataflow = dataflow = BusyDataFlow(story.dataflow)
    seen: list[list[str]] = []
    dataflow.before_write = [lambda: seen.append(story.events())]
    story.ask(BROKEN_GLASS)
    assert seen == [["requested", "broke_glass", "applying"]]


def test_an_emergency_needs_a_reason() -> None:
    """Without `because` there is nothing to ask."""
    with pytest.raises(UsageError) as caught:
        parse("break-glass scale wordcount workers=8")
    assert caught.value.usage is Usage.MISSING_REASON


def test_without_a_length_an_emergency_lasts_as_long_as_it_may(story: Story) -> None:
    """Two hours here; the end is planned with the intent."""
    request = story.opened(BROKEN_GLASS)
    assert (request.minutes, request.revert_at, request.due_at) == (120, at(120), at(110))


def test_an_emergency_may_be_shorter(story: Story) -> None:
    """An hour that was asked for is an hour."""
    request = story.opened("break-glass scale wordcount workers=8 for 1h because pager")
    assert (request.minutes, request.revert_at) == (60, at(60))


@pytest.mark.parametrize("workers", [4, 8])
def test_an_emergency_may_not_be_longer_than_its_most(story: Story, workers: int) -> None:
    """Whether the same would be allowed straight away or not, the answer says how long it may be."""
    outcome = story.ask(f"break-glass scale wordcount workers={workers} for 121m because pager")
    assert isinstance(outcome, ChangeImpossible)
    assert outcome.problem == TooLong(121, 120)
    assert [fact["detail"] for fact in story.facts("refused")] == ["too_long"]
    assert story.dataflow.puts == []


def test_the_most_is_that_of_the_settings(story: Story) -> None:
    """A policy that lets emergencies last half an hour."""
    story.policy = with_break_glass(story.policy, max_for=timedelta(minutes=30), review_within=timedelta(hours=4))
    longer = story.ask("break-glass scale wordcount workers=8 for 1h because pager")
    assert isinstance(longer, ChangeImpossible)
    assert longer.problem == TooLong(60, 30)
    request = story.opened(BROKEN_GLASS, delivery="delivery-2")
    assert request.emergency is not None
    assert (request.minutes, request.emergency.review_at) == (30, at(240))


@pytest.mark.parametrize("user", [PARK, CHOI])
def test_who_may_not_ask_may_not_break_the_glass_either(story: Story, user: str) -> None:
    """However long it was asked for; the refusal is recorded."""
    for number, text in enumerate((BROKEN_GLASS, "break-glass scale wordcount workers=8 for 1d because pager")):
        assert isinstance(story.ask(text, user, f"delivery-{number}"), Refused)
    assert [(fact["actor"], fact["detail"]) for fact in story.facts("refused")] == [(user, "no_emergency")] * 2
    assert story.dataflow.puts == []


@pytest.mark.parametrize(
    "text", ["break-glass scale wordcount workers=10 because pager", "break-glass scale settlement-1 w=3 because pager"]
)
def test_an_emergency_that_needs_an_approval_is_refused(story: Story, text: str) -> None:
    """A request that waits is no emergency: nothing is opened, nothing locked, and the refusal is recorded."""
    story.dataflow = story.with_job("settlement-1")
    outcome = story.ask(text)
    assert isinstance(outcome, Refused)
    assert outcome.because == ()  # no rule forbids it: it may be asked for the usual way
    assert [fact["detail"] for fact in story.facts("refused")] == ["no_emergency"]
    assert (story.ledger.requests, story.ledger.locks, story.dataflow.puts) == ({}, {}, [])


def test_the_limits_hold_in_an_emergency_too(story: Story) -> None:
    """Eleven workers are one too many for everybody."""
    outcome = story.ask("break-glass scale wordcount workers=11 because pager")
    assert isinstance(outcome, Refused)
    assert story.dataflow.puts == []
    within = story.ask("break-glass scale wordcount timeout=0 because pager", delivery="delivery-2")
    assert isinstance(within, ChangeImpossible)
    assert isinstance(within.problem, OutOfBounds)


def test_a_small_emergency_is_an_emergency(story: Story) -> None:
    """What would have been allowed straight away is as loud, when it was asked for so."""
    request = story.opened("break-glass scale wordcount workers=4 because pager")
    assert request.emergency is not None
    assert story.events() == ["requested", "broke_glass", "applying", "applied"]


def test_an_emergency_that_failed_is_looked_at_too(story: Story) -> None:
    """The API refused the write: the glass was broken all the same."""
    story.dataflow.faults.append(Fault("put_run_condition", BadParameter("updateJobExecuteConfig", status=400)))
    request = story.opened(BROKEN_GLASS)
    assert (request.state, request.revert_at, request.due_at) == (State.FAILED, None, at(24 * 60))


def test_without_a_record_of_the_passing_by_nothing_is_written(story: Story) -> None:
    """DynamoDB is away just then: the tick carries on later, and puts it on record first."""
    story.ledger.faults.append(LedgerFault("advance"))
    outcome = story.ask(BROKEN_GLASS)
    assert isinstance(outcome, ChangeShown)
    assert (outcome.request.state, story.dataflow.puts, story.events()) == (State.APPROVED, [], ["requested"])
    story.clock.move_on(minutes=2)
    (told,) = tick(story.world).told
    assert told.request.state is State.APPLIED
    assert story.events() == ["requested", "broke_glass", "applying", "applied"]


def test_a_record_that_cannot_be_read_leaves_an_emergency_unwritten(story: Story) -> None:
    """Whether the passing-by is on record cannot be known: it is not written twice, and nothing is begun."""
    story.ledger.faults.append(LedgerFault("chain"))
    outcome = story.ask(BROKEN_GLASS)
    assert isinstance(outcome, ChangeShown)
    assert (outcome.request.state, story.dataflow.puts) == (State.APPROVED, [])


def test_a_passing_by_that_is_on_record_is_not_recorded_again(story: Story) -> None:
    """The worker died right after it: the redelivery goes on to the intent."""
    story.ledger.faults.append(LedgerFault("advance", takes_effect=True))
    story.ask(BROKEN_GLASS)
    assert story.events() == ["requested", "broke_glass"]
    outcome = story.ask(BROKEN_GLASS)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request.state is State.APPLIED
    assert story.events() == ["requested", "broke_glass", "applying", "applied"]


def test_of_two_workers_with_one_emergency_one_writes(story: Story) -> None:
    """The redelivery meets the first worker right before the passing-by is recorded."""

    def redelivered() -> None:
        story.clock.move_on(milliseconds=1)
        story.ask(BROKEN_GLASS)

    story.ledger = ledger = BusyLedger()
    ledger.before["advance"] = [redelivered]
    outcome = story.ask(BROKEN_GLASS)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request.state is State.APPLIED
    assert len(story.dataflow.puts) == 1
    assert story.events() == ["requested", "broke_glass", "applying", "applied"]


def test_breaking_the_glass_over_one_s_own_request_is_told_about_it(story: Story) -> None:
    """Nobody is awake to approve: the job is held by the request that waits, which is not the same as the emergency."""
    waiting = story.opened("scale wordcount workers=8 for 2h because pager")
    outcome = story.ask("break-glass scale wordcount workers=8 for 2h because pager", delivery="delivery-2")
    assert outcome == JobIsBusy("wordcount", waiting, is_own=True)


def test_an_emergency_sent_twice_is_one(story: Story) -> None:
    """Enter was pressed again while the first was under way."""
    story.dataflow = dataflow = BusyDataFlow(story.dataflow)
    outcomes = []
    dataflow.before_write = [lambda: outcomes.append(story.ask(BROKEN_GLASS, delivery="delivery-2"))]
    first = story.opened(BROKEN_GLASS)
    (again,) = outcomes
    assert isinstance(again, AskedAlready)
    assert again.request.id == first.id
    assert len(dataflow.puts) == 1


def test_a_lead_s_emergency_is_one_too(story: Story) -> None:
    """Whoever the policy lets."""
    assert story.opened(BROKEN_GLASS, LEE).state is State.APPLIED
