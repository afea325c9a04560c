"""Two people, or two workers, at the same moment: one write decides, and the others are told who was first."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from handler.domain.errors import LedgerUnavailable, Moved
from handler.domain.outcomes import ChangeShown, ClickRefused, Trouble
from handler.domain.request import State
from handler.domain.review import Objection
from handler.flows.afterwards import mark_reviewed
from handler.flows.execute import TRIES
from handler.flows.review import approve, deny, give_up, may_deny, withdraw
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.conftest import CHOI, HAN, KIM, LEE, PARK, TWO_APPROVALS
from tests.flows.meanwhile import BusyLedger, nothing
from tests.flows.policies import ANYBODY_APPROVES, SCALE_WITH_ONE, ruled
from tests.flows.test_emergency import BROKEN_GLASS

if TYPE_CHECKING:
    from handler.domain.audit import Fact
    from handler.domain.outcomes import Outcome
    from handler.domain.request import Request
    from tests.flows.conftest import Button, Story

say_no = partial(deny, reason="too many")
PAIRS: dict[str, tuple[tuple[Button, str], tuple[Button, str], State]] = {
    "a yes, then a no": ((approve, LEE), (say_no, HAN), State.APPLIED),
    "a no, then a yes": ((say_no, LEE), (approve, HAN), State.DENIED),
    "two yeses": ((approve, LEE), (approve, HAN), State.APPLIED),
    "two noes": ((say_no, LEE), (say_no, HAN), State.DENIED),
    "a yes, then taken back": ((approve, LEE), (withdraw, KIM), State.APPLIED),
    "taken back, then a yes": ((withdraw, KIM), (approve, LEE), State.WITHDRAWN),
}


@pytest.fixture
def ledger(story: Story) -> BusyLedger:
    """A ledger in which something may happen just before a call."""
    story.ledger = ledger = BusyLedger()
    return ledger


@pytest.mark.parametrize(("first", "second", "ends"), PAIRS.values(), ids=PAIRS.keys())
def test_of_two_clicks_at_once_one_decides(
    story: Story, ledger: BusyLedger, first: tuple[Button, str], second: tuple[Button, str], ends: State
) -> None:
    """The loser looked at a pending request, and finds it decided when writing: nothing is done twice."""
    request = story.opened()
    ledger.before["advance"] = [lambda: story.press(first[0], request, first[1])]
    outcome = story.press(second[0], request, second[1])
    assert outcome == ClickRefused(Objection.CLOSED, story.now(request))
    assert story.now(request).state is ends
    assert len(story.dataflow.puts) == (1 if ends is State.APPLIED else 0)
    assert len(story.facts("approved") + story.facts("denied") + story.facts("withdrawn")) == 1
    assert story.is_sound(request)


def test_two_first_approvals_at_once_both_count(story: Story, ledger: BusyLedger) -> None:
    """Two of two said yes in the same moment: the second looks again, and carries the change out."""
    request = story.opened(TWO_APPROVALS)
    ledger.before["advance"] = [lambda: story.press(approve, request, LEE)]
    outcome = story.press(approve, request, HAN)
    assert isinstance(outcome, ChangeShown)
    assert (outcome.request.state, len(story.dataflow.puts)) == (State.APPLIED, 1)
    assert [fact["detail"] for fact in story.facts("approved")] == ["1 of 2", "2 of 2"]


def test_the_same_person_s_two_clicks_at_once_are_one_yes(story: Story, ledger: BusyLedger) -> None:
    """A double click on a request that needs two: it still waits for somebody else."""
    request = story.opened(TWO_APPROVALS)
    ledger.before["advance"] = [lambda: story.later(approve, request, LEE)]
    outcome = story.press(approve, request, LEE)
    assert outcome == ClickRefused(Objection.APPROVED_BEFORE, story.now(request))
    assert story.now(request).state is State.PENDING


@pytest.mark.parametrize("button", [approve, may_deny], ids=["approve", "before the form"])
def test_a_click_and_the_tick_that_expire_at_once_expire_once(story: Story, ledger: BusyLedger, button: Button) -> None:
    """The tick is faster: the click finds the request closed."""
    request = story.opened()
    story.clock.move_on(minutes=30)
    ledger.before["advance"] = [lambda: story.later(approve, request, HAN)]
    assert story.press(button, request) == ClickRefused(Objection.CLOSED, story.now(request))
    assert story.events() == ["requested", "expired"]


def test_a_refused_click_is_recorded_though_the_request_moves_on(story: Story, ledger: BusyLedger) -> None:
    """Somebody approves at the very moment when the viewer tries to: both are on record, in an unbroken chain."""
    request = story.opened()
    ledger.before["advance"] = [lambda: story.press(approve, request, LEE)]
    outcome = story.press(approve, request, PARK)
    assert outcome == ClickRefused(Objection.NOT_ALLOWED, story.now(request))
    assert story.now(request).state is State.APPLIED
    assert story.events() == ["requested", "approved", "applying", "applied", "click_refused"]
    assert story.is_sound(request)


def test_a_request_that_vanishes_under_a_refused_click_is_told_as_it_was(story: Story, ledger: BusyLedger) -> None:
    """Without an item there is no chain to record in; the person is answered all the same."""
    request = story.opened()
    ledger.before["advance"] = [lambda: ledger.requests.pop(request.id)]
    assert story.press(approve, request, PARK) == ClickRefused(Objection.NOT_ALLOWED, request)


@pytest.mark.parametrize("button", [approve, say_no, may_deny, withdraw, mark_reviewed])
def test_a_request_that_vanishes_under_a_click_is_unknown(story: Story, ledger: BusyLedger, button: Button) -> None:
    """The item is gone when the write is tried: there is no such request."""
    request = story.opened(BROKEN_GLASS) if button is mark_reviewed else story.opened()
    if button is may_deny:
        story.clock.move_on(minutes=30)
    ledger.before["advance"] = [lambda: ledger.requests.pop(request.id)]
    user = KIM if button is withdraw else LEE
    assert story.press(button, request, user) == ClickRefused(Objection.UNKNOWN_REQUEST)


class Restless(BusyLedger):
    """A ledger in which every write of a request's next state comes too late."""

    writes = 0

    def advance(self, before: Request, after: Request, fact: Fact) -> None:
        """Refuse."""
        del after, fact
        self.writes += 1
        raise Moved(self.requests[before.id])


@pytest.mark.parametrize(
    ("button", "user"),
    [(approve, LEE), (say_no, LEE), (withdraw, KIM), (may_deny, LEE), (mark_reviewed, LEE)],
)
def test_a_click_that_always_comes_too_late_gives_up_and_says_so(story: Story, button: Button, user: str) -> None:
    """After twenty tries nothing was decided, which is told as trouble."""
    request = story.opened(BROKEN_GLASS) if button is mark_reviewed else story.opened()
    if button is may_deny:
        story.clock.move_on(minutes=30)
    restless = Restless(story.ledger.requests, story.ledger.locks, story.ledger.facts)
    story.ledger = restless
    outcome = story.press(button, request, user)
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, Moved)
    assert restless.writes == TRIES


def test_an_attempt_that_cannot_be_recorded_for_long_is_answered(story: Story) -> None:
    """Twenty lost races later the viewer is still told that they may not."""
    request = story.opened()
    restless = Restless(story.ledger.requests, story.ledger.locks, story.ledger.facts)
    story.ledger = restless
    assert story.press(approve, request, PARK) == ClickRefused(Objection.NOT_ALLOWED, request)
    assert restless.writes == TRIES


def test_giving_up_looks_again_when_the_request_moved(story: Story, ledger: BusyLedger) -> None:
    """Slack refuses the card in the moment in which the requester withdraws: it is theirs."""
    request = story.opened()
    ledger.before["advance"] = [lambda: story.press(withdraw, request, KIM)]
    given_up = give_up(story.world, request.id, "not_in_channel")
    assert given_up is not None
    assert given_up.problem is None
    assert story.events() == ["requested", "withdrawn"]


def test_giving_up_ends_when_it_always_comes_too_late(story: Story) -> None:
    """It is not tried for ever; the delivery fails, and is delivered again."""
    request = story.opened()
    restless = Restless(story.ledger.requests, story.ledger.locks, story.ledger.facts)
    story.ledger = restless
    with pytest.raises(Moved):
        give_up(story.world, request.id, "not_in_channel")
    assert restless.writes == TRIES


def test_a_redelivered_yes_carries_on_where_its_worker_died(story: Story) -> None:
    """The last yes was recorded, then nothing more was heard of the worker: the same click again writes, once."""
    request = story.opened()
    story.ledger.faults.append(LedgerFault("advance", takes_effect=True))
    lost = story.press(approve, request, LEE, press="press-1")
    assert isinstance(lost, Trouble)
    assert isinstance(lost.error, LedgerUnavailable)
    assert (story.now(request).state, story.dataflow.puts) == (State.APPROVED, [])
    again = story.press(approve, request, LEE, press="press-1")
    assert isinstance(again, ChangeShown)
    assert again.request.state is State.APPLIED
    assert story.events() == ["requested", "approved", "applying", "applied"]
    third = story.press(approve, request, LEE, press="press-1")
    assert third == ClickRefused(Objection.CLOSED, story.now(request))
    assert len(story.dataflow.puts) == 1


def test_who_did_not_decide_it_does_not_carry_it_on(story: Story) -> None:
    """Approved and not started yet: another lead's click decides nothing and starts nothing."""
    request = story.opened()
    story.ledger.faults.append(LedgerFault("advance", takes_effect=True))
    story.press(approve, request, LEE)
    assert story.press(approve, request, HAN) == ClickRefused(Objection.CLOSED, story.now(request))
    assert story.dataflow.puts == []


def test_a_decision_that_cannot_be_recorded_is_none(story: Story) -> None:
    """DynamoDB is away: nothing is decided and nothing written, and it can be decided when it is back."""
    request = story.opened()
    story.ledger.faults.append(LedgerFault("advance"))
    assert isinstance(story.press(approve, request), Trouble)
    assert (story.now(request), story.dataflow.puts) == (request, [])
    story.press(say_no, request)
    assert story.now(request).state is State.DENIED


@pytest.mark.parametrize("button", [approve, say_no], ids=["approve", "deny"])
def test_a_record_that_cannot_be_read_decides_nothing(story: Story, button: Button) -> None:
    """The person is told, and nothing else happens."""
    request = story.opened()
    story.ledger.faults.append(LedgerFault("request"))
    assert isinstance(story.press(button, request), Trouble)
    assert story.now(request) == request


def test_many_people_at_once_make_one_decision(story: Story) -> None:
    """Nine approvers and six deniers in threads: one decision, at most one write, fourteen told who was first."""
    people = [f"U0RACER{number}" for number in range(15)]
    story.policy = ruled(story.policy, SCALE_WITH_ONE, ANYBODY_APPROVES)
    request = story.opened()
    start = threading.Barrier(len(people))
    outcomes: list[Outcome] = []

    def race(user: str, button: Button, press: str) -> None:
        start.wait()
        outcomes.append(story.press(button, request, user, press))

    racers = [
        threading.Thread(target=race, args=(user, approve if number < 9 else say_no, f"race-{number}"))
        for number, user in enumerate(people)
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    decided = story.now(request)
    assert len(story.facts("approved") + story.facts("denied")) == 1
    assert len(story.dataflow.puts) == (1 if decided.state is State.APPLIED else 0)
    lost = [outcome for outcome in outcomes if isinstance(outcome, ClickRefused)]
    assert [outcome.why for outcome in lost] == [Objection.CLOSED] * 14
    assert story.is_sound(request)


def test_nothing_that_happens_is_harmless(story: Story, ledger: BusyLedger) -> None:
    """The stand-in for what others do does not disturb by itself."""
    request = story.opened()
    ledger.before["advance"] = [nothing]
    story.press(approve, request, CHOI)
    assert story.now(request).state is State.PENDING
