"""Two of a kind: the same command sent again within moments, and a second change of a job that has one open."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from handler.domain.errors import LedgerUnavailable
from handler.domain.outcomes import AskedAlready, ChangeImpossible, ChangeShown, JobIsBusy, NothingMore, Trouble
from handler.domain.request import State
from handler.flows.review import deny, withdraw
from handler.flows.twice import FACTS_READ
from tests.fakes.dataflow import Put
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.conftest import CHOI, KIM, LEE, ONE_APPROVAL
from tests.flows.meanwhile import BusyDataFlow
from tests.makers import JOB_ID, card, run_condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.domain.request import Request
    from tests.flows.conftest import Button, Story

MORE = "scale wordcount workers=+2 because backlog"
say_no = partial(deny, reason="too many")


def test_the_same_command_sent_again_opens_one_request(story: Story) -> None:
    """People press Enter again when Slack shows a time-out: they are told about the first."""
    first = story.opened()
    story.clock.move_on(minutes=2)
    assert story.ask(ONE_APPROVAL, delivery="delivery-2") == AskedAlready(first)
    assert (list(story.ledger.requests), story.events()) == ([first.id], ["requested"])


def test_later_it_is_told_as_a_second_change(story: Story) -> None:
    """After two minutes it is no slip of the finger."""
    first = story.opened()
    story.clock.move_on(minutes=2, milliseconds=1)
    assert story.ask(ONE_APPROVAL, delivery="delivery-2") == JobIsBusy("wordcount", first, is_own=True)


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("scale wordcount workers=7 because backlog", KIM),
        ("scale wordcount workers=8 timeout=2h because backlog", KIM),
        ("scale wordcount workers=8 for 2h because backlog", KIM),
        (ONE_APPROVAL, LEE),
    ],
)
def test_a_different_change_of_the_same_job_is_told_about_the_first(story: Story, text: str, user: str) -> None:
    """Another number, another setting, another length, another person: one at a time."""
    first = story.opened()
    assert story.ask(text, user, "delivery-2") == JobIsBusy("wordcount", first, is_own=user == KIM)
    assert story.events() == ["requested"]


def test_another_reason_for_the_same_is_the_same(story: Story) -> None:
    """What would be changed, by whom and for how long is what counts."""
    first = story.opened()
    assert story.ask("scale wordcount workers=8 because hurry", delivery="delivery-2") == AskedAlready(first)


@pytest.mark.parametrize(("button", "user"), [(say_no, LEE), (withdraw, KIM)], ids=["denied", "withdrawn"])
def test_what_was_ended_may_be_asked_again_at_once(story: Story, button: Button, user: str) -> None:
    """A request that is closed stands in nobody's way."""
    first = story.opened()
    story.press(button, first, user)
    again = story.opened(delivery="delivery-2")
    assert (again.state, again.id != first.id) == (State.PENDING, True)


def test_a_job_that_was_freed_while_we_looked_is_told_so(story: Story) -> None:
    """The lock was held when we tried, and its holder has ended when we ask who it was."""
    story.ledger.locks[JOB_ID] = story.opened("scale orders-daily workers=8", delivery="delivery-0").id
    story.ledger.requests.clear()
    assert story.ask(ONE_APPROVAL) == JobIsBusy("wordcount", None)


def test_a_redelivery_is_no_second_command(story: Story) -> None:
    """The same delivery again, once its card stands, says nothing more."""
    first = story.opened()
    story.ledger.remember_card(first.id, card())
    assert story.ask(ONE_APPROVAL) == NothingMore()


# What was carried out already


def again(first: Request, has: Mapping[str, int] | None = None, **values: int) -> AskedAlready:
    """Make the answer to the step taken once more: the first, and the values that the job would have had."""
    return AskedAlready(
        first, replace(first.change, before=first.change.before.replaced(has or first.change.values), values=values)
    )


def test_two_more_workers_sent_twice_are_two_more(story: Story) -> None:
    """`+2` written at once and sent again: 2 to 4, and not to 6."""
    first = story.opened(MORE)
    assert (first.state, story.workers()) == (State.APPLIED, 4)
    story.clock.move_on(minutes=2)
    assert story.ask(MORE, delivery="delivery-2") == again(first, numWorker=6)
    assert (story.workers(), len(story.dataflow.puts)) == (4, 1)
    assert story.events() == ["requested", "applying", "applied"]


def test_a_step_of_both_settings_is_one_step(story: Story) -> None:
    """Two workers and an hour more are not added twice; an hour alone is another step."""
    text = "scale wordcount workers=+2 timeout=+1h because backlog"
    first = story.opened(text)
    assert story.ask(text, delivery="delivery-2") == again(first, numWorker=6, timeout=480)
    assert isinstance(story.ask("scale wordcount timeout=+1h", delivery="delivery-3"), ChangeShown)
    assert story.dataflow.stored(JOB_ID) == run_condition(numWorker=4, timeout=480)


def test_a_number_and_a_step_that_comes_to_the_same_are_not_told_apart(story: Story) -> None:
    """The record keeps values and not how they were typed: rather asked than taken twice."""
    first = story.opened("scale wordcount workers=4")
    assert story.ask("scale wordcount workers=+2", delivery="delivery-2") == again(first, numWorker=6)
    assert story.workers() == 4


def test_later_two_more_are_two_more_again(story: Story) -> None:
    """After two minutes it is meant."""
    story.opened(MORE)
    story.clock.move_on(minutes=2, milliseconds=1)
    assert story.opened(MORE, delivery="delivery-2").state is State.APPLIED
    assert story.workers() == 6


@pytest.mark.parametrize(
    ("text", "user", "workers"),
    [
        ("scale wordcount workers=+1", KIM, 5),
        ("scale wordcount workers=+2 for 2h", KIM, 6),
        ("scale wordcount workers=+2", LEE, 6),
        ("break-glass scale wordcount workers=+2 because pager", KIM, 6),
    ],
)
def test_another_step_is_another_change(story: Story, text: str, user: str, workers: int) -> None:
    """Another number, another length, another person, an emergency: each is carried out."""
    story.opened(MORE)
    outcome = story.ask(text, user, "delivery-2")
    assert isinstance(outcome, ChangeShown)
    assert story.workers() == workers


def test_a_step_in_another_channel_is_another_change(story: Story) -> None:
    """The same words typed elsewhere are no slip of the finger."""
    story.opened(MORE)
    story.clock.move_on(seconds=10)
    outcome = story.ask_in("C0DATA", MORE, delivery="delivery-2")
    assert isinstance(outcome, ChangeShown)
    assert story.workers() == 6


def test_a_step_that_did_not_take_may_be_asked_again(story: Story) -> None:
    """Only what was carried out counts: a change that was put back was another story."""
    first = story.opened(MORE)
    story.ledger.requests[first.id] = replace(first, state=State.FAILED)
    story.dataflow.edit(JOB_ID, numWorker=2)
    assert story.opened(MORE, delivery="delivery-2").state is State.APPLIED


def test_an_absolute_number_sent_twice_finds_nothing_to_change(story: Story) -> None:
    """For that the history is not read at all: its being away does not matter."""
    story.opened("scale wordcount workers=4")
    story.ledger.faults.append(LedgerFault("history"))
    outcome = story.ask("scale wordcount workers=4", delivery="delivery-2")
    assert isinstance(outcome, ChangeImpossible)
    assert story.opened("scale wordcount workers=5", delivery="delivery-3").state is State.APPLIED


def test_a_step_whose_history_cannot_be_read_is_not_taken(story: Story) -> None:
    """Whether it was carried out a moment ago is not known, so nothing is written."""
    story.ledger.faults.append(LedgerFault("history"))
    outcome = story.ask(MORE)
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, LedgerUnavailable)
    assert story.dataflow.puts == []


def test_a_step_is_found_behind_another_s(story: Story) -> None:
    """The lead took one more step right after it."""
    first = story.opened(MORE)
    story.clock.move_on(seconds=1)
    other = story.opened("scale wordcount workers=+1", LEE, "delivery-2")
    story.clock.move_on(seconds=1)
    assert story.ask(MORE, delivery="delivery-3") == again(first, {"numWorker": 5}, numWorker=7)
    del story.ledger.requests[other.id]
    assert story.ask(MORE, delivery="delivery-3") == again(first, {"numWorker": 5}, numWorker=7)


def test_a_history_of_what_is_gone_does_not_stand_in_the_way(story: Story) -> None:
    """A fact whose request is no more is nobody's change."""
    first = story.opened(MORE)
    del story.ledger.requests[first.id]
    assert story.opened(MORE, delivery="delivery-2").state is State.APPLIED


def test_a_redelivered_step_is_carried_on_not_told_as_a_second(story: Story) -> None:
    """Two workers with one delivery: the slower one adds nothing."""
    story.dataflow = dataflow = BusyDataFlow(story.dataflow)
    dataflow.before_read = [lambda: story.ask(MORE)]
    assert story.ask(MORE) == NothingMore()
    assert (story.request().state, dataflow.puts) == (State.APPLIED, [Put(JOB_ID, run_condition(numWorker=4))])


def test_refused_attempts_do_not_hide_the_step_that_was_taken(story: Story) -> None:
    """Among the job's newest facts are others' refusals."""
    first = story.opened(MORE)
    story.clock.move_on(seconds=1)
    for number in range(FACTS_READ - 1):
        story.ask(MORE, CHOI, delivery=f"refused-{number}")
    assert story.ask(MORE, delivery="delivery-2") == again(first, numWorker=6)
