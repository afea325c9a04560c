"""Others decide: approve, deny, withdraw; who may at the moment of the click, and what the record says of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from handler.domain.errors import GroupUndetermined
from handler.domain.model import GroupName, RequestId, UserId
from handler.domain.outcomes import ChangeShown, ClickRefused, Trouble
from handler.domain.request import Approval, State
from handler.domain.review import Objection
from handler.flows.review import approve, deny, give_up, may_deny, withdraw
from tests.fakes.dataflow import Put
from tests.flows.conftest import CHOI, HAN, KIM, LEE, PARK, TWO_APPROVALS
from tests.flows.policies import ANYBODY_APPROVES, SCALE_WITH_ONE, SCALE_WITH_THREE, ruled
from tests.makers import JOB_ID, at, run_condition

if TYPE_CHECKING:
    from tests.flows.conftest import Button, Story

LEADS = frozenset({GroupName("leads")})
NO_LEADS = '@id("no-leads") forbid(principal in Group::"leads", action == Action::"approve", resource);'
say_no = partial(deny, reason="too many")
DECIDING: dict[str, Button] = {"approve": approve, "deny": say_no, "before the form": may_deny}
ALL: dict[str, Button] = {**DECIDING, "withdraw": withdraw}


def buttons(table: dict[str, Button]) -> pytest.MarkDecorator:
    """Try each of these buttons."""
    return pytest.mark.parametrize("button", table.values(), ids=table.keys())


# Approving


def test_an_approved_change_is_written_and_read_back(story: Story) -> None:
    """One yes of a lead: one PUT, every other field as read, and nothing is locked any more."""
    request = story.opened()
    outcome = story.press(approve, request)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request == story.now(request)
    assert (outcome.request.state, outcome.request.found) == (State.APPLIED, run_condition(numWorker=8))
    assert story.dataflow.puts == [Put(JOB_ID, run_condition(numWorker=8))]
    assert story.events() == ["requested", "approved", "applying", "applied"]
    assert story.ledger.locks == {}
    assert story.is_sound(request)


def test_the_record_says_who_approved_where_and_by_which_rule(story: Story) -> None:
    """The fact of a yes has the approver, not the requester, and how many are needed."""
    story.clock.move_on(minutes=1)
    request = story.opened()
    story.clock.move_on(minutes=1)
    story.press(approve, request)
    (fact,) = story.facts("approved")
    assert (fact["actor"], fact["channel"], fact["detail"]) == (LEE, "C0INCIDENT", "1 of 1")
    assert fact["because"] == ["leads-approve"]
    assert fact["at"] == "2026-11-23T03:06:05.678Z"
    review = story.now(request).review
    assert review is not None
    assert review.approvals == (Approval(UserId(LEE), at(2)),)


def test_a_decision_s_record_has_the_policy_that_let_it(story: Story) -> None:
    """The policy was changed while the request waited: its version now is on the yes and on the no, not the old one."""
    first = story.opened(TWO_APPROVALS)
    asked_under, story.policy = story.policy.version, ruled(story.policy, SCALE_WITH_THREE, ANYBODY_APPROVES)
    story.press(approve, first, LEE)
    story.press(say_no, first, HAN)
    versions = [(fact["event"], fact["policy_version"]) for fact in story.ledger.all_facts()]
    assert versions == [("requested", asked_under), ("approved", "other"), ("denied", "other")]


def test_two_approvals_are_those_of_two_people(story: Story) -> None:
    """Ten workers: the first yes writes nothing, the second, of somebody else, does."""
    request = story.opened(TWO_APPROVALS)
    first = story.press(approve, request, LEE)
    assert isinstance(first, ChangeShown)
    assert (first.request.state, story.dataflow.puts) == (State.PENDING, [])
    assert story.ledger.locks == {JOB_ID: request.id}
    second = story.press(approve, request, HAN)
    assert isinstance(second, ChangeShown)
    assert (second.request.state, len(story.dataflow.puts)) == (State.APPLIED, 1)
    assert [(fact["actor"], fact["detail"]) for fact in story.facts("approved")] == [(LEE, "1 of 2"), (HAN, "2 of 2")]


def test_after_one_of_two_only_the_others_can_still_approve(story: Story) -> None:
    """Who has said yes is not named among those who could say it now."""
    request = story.opened(TWO_APPROVALS)
    outcome = story.press(approve, request, LEE)
    assert isinstance(outcome, ChangeShown)
    assert outcome.approvers == (HAN,)


def test_the_same_person_cannot_approve_twice(story: Story) -> None:
    """A second yes of the same lead decides nothing; it is no attempt at what they may not."""
    request = story.opened(TWO_APPROVALS)
    story.press(approve, request, LEE)
    again = story.press(approve, request, LEE)
    assert again == ClickRefused(Objection.APPROVED_BEFORE, story.now(request))
    assert story.now(request).state is State.PENDING
    assert story.events() == ["requested", "approved"]


def test_three_approvals_are_those_of_three_people(story: Story) -> None:
    """The most that a policy can ask for."""
    story.policy = ruled(story.policy, SCALE_WITH_THREE, ANYBODY_APPROVES)
    request = story.opened()
    states = []
    for user in (LEE, HAN, PARK):
        story.press(approve, request, user)
        states.append(story.now(request).state)
    assert states == [State.PENDING, State.PENDING, State.APPLIED]
    assert len(story.dataflow.puts) == 1


@buttons(DECIDING)
def test_nobody_decides_about_their_own_request_whatever_the_policy_says(story: Story, button: Button) -> None:
    """Where anybody may approve anything, the requester still cannot; the attempt is on record."""
    story.policy = ruled(story.policy, SCALE_WITH_ONE, ANYBODY_APPROVES)
    request = story.opened()
    outcome = story.press(button, request, KIM)
    assert outcome == ClickRefused(Objection.OWN_REQUEST, story.now(request))
    assert story.now(request).state is State.PENDING
    (attempt,) = story.facts("click_refused")
    assert (attempt["actor"], attempt["detail"], attempt["channel"]) == (KIM, "own_request", "C0INCIDENT")
    assert story.dataflow.puts == []


@pytest.mark.parametrize("user", [PARK, CHOI])
@buttons(DECIDING)
def test_who_may_not_decide_is_refused_and_the_attempt_recorded(story: Story, button: Button, user: str) -> None:
    """A viewer, and somebody in no group, decide nothing; the record says that they tried."""
    request = story.opened()
    outcome = story.press(button, request, user)
    assert outcome == ClickRefused(Objection.NOT_ALLOWED, story.now(request))
    assert story.now(request).state is State.PENDING
    (attempt,) = story.facts("click_refused")
    assert (attempt["actor"], attempt["detail"]) == (user, "not_allowed")
    assert story.dataflow.puts == []
    assert story.is_sound(request)


@buttons(DECIDING)
def test_who_is_forbidden_to_decide_is_told_the_rule(story: Story, button: Button) -> None:
    """A rule that forbids it is named to them and on record, with the policy of the click."""
    request = story.opened()
    story.policy = ruled(story.policy, ANYBODY_APPROVES, NO_LEADS)
    outcome = story.press(button, request, LEE)
    assert outcome == ClickRefused(Objection.NOT_ALLOWED, story.now(request), because=("no-leads",))
    (attempt,) = story.facts("click_refused")
    assert (attempt["because"], attempt["policy_version"]) == (["no-leads"], "other")


@pytest.mark.parametrize("button", [approve, say_no])
def test_who_lost_the_right_since_the_card_was_posted_cannot_use_it(story: Story, button: Button) -> None:
    """The lead is taken out of the group after the groups were read: at the click they are read afresh."""
    request = story.opened()
    story.directory.remember()
    del story.directory.groups[LEE]
    outcome = story.press(button, request, LEE)
    assert outcome == ClickRefused(Objection.NOT_ALLOWED, story.now(request))
    assert story.directory.read_afresh == [LEE]


def test_the_form_is_opened_without_asking_slack_again_who_is_in_the_groups(story: Story) -> None:
    """It must be open within three seconds, and what is sent with it is decided afresh."""
    request = story.opened()
    story.directory.remember()
    del story.directory.groups[LEE]
    assert isinstance(story.press(may_deny, request, LEE), ChangeShown)
    assert story.directory.read_afresh == []
    story.press(say_no, request, LEE)
    assert story.now(request).state is State.PENDING


def test_who_was_given_the_right_a_moment_ago_gets_the_form(story: Story) -> None:
    """Nobody is refused by what was read before."""
    request = story.opened()
    story.directory.remember()
    story.directory.groups[CHOI] = LEADS
    assert isinstance(story.press(may_deny, request, CHOI), ChangeShown)


def test_who_was_given_the_right_meanwhile_can_use_it(story: Story) -> None:
    """Somebody is made a lead while the request waits: their click counts."""
    request = story.opened()
    story.directory.remember()
    story.directory.groups[CHOI] = LEADS
    story.press(approve, request, CHOI)
    assert story.now(request).state is State.APPLIED


@buttons(DECIDING)
def test_while_the_groups_cannot_be_found_out_nothing_is_decided(story: Story, button: Button) -> None:
    """Slack says `ratelimited`, or the user group was deleted: the request waits on, and the person is told why."""
    request = story.opened()
    story.directory.broken = "leads"
    outcome = story.press(button, request)
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, GroupUndetermined)
    assert story.now(request) == request
    assert story.events() == ["requested"]


# Denying


def test_a_denial_ends_the_request_with_its_reason(story: Story) -> None:
    """One no is enough: nothing is written, the job is free, and the record has who and why."""
    request = story.opened()
    outcome = story.press(say_no, request)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request == story.now(request)
    assert outcome.request.state is State.DENIED
    assert outcome.request.review is not None
    assert (outcome.request.review.decided_by, outcome.request.review.decided_reason) == (LEE, "too many")
    (fact,) = story.facts("denied")
    assert (fact["actor"], fact["reason"], fact["because"]) == (LEE, "too many", ["leads-approve"])
    assert (story.dataflow.puts, story.ledger.locks) == ([], {})
    assert story.is_sound(request)


def test_who_has_approved_may_still_change_their_mind(story: Story) -> None:
    """One of two has said yes, then sees why not: the form opens, and the no ends the request."""
    request = story.opened(TWO_APPROVALS)
    story.press(approve, request, LEE)
    assert story.press(may_deny, request, LEE) == ChangeShown(story.now(request))
    story.press(say_no, request, LEE)
    assert story.now(request).state is State.DENIED
    assert story.events() == ["requested", "approved", "denied"]


def test_before_the_form_opens_nothing_is_decided(story: Story) -> None:
    """Who could deny is shown the request, and the record stays as it is."""
    request = story.opened()
    assert story.press(may_deny, request) == ChangeShown(request)
    assert story.events() == ["requested"]


def test_what_was_decided_while_the_form_was_open_is_not_decided_again(story: Story) -> None:
    """The lead writes a reason while another one approves: the denial comes too late, and says who was first."""
    request = story.opened()
    story.press(may_deny, request, HAN)
    story.press(approve, request, LEE)
    assert story.press(say_no, request, HAN) == ClickRefused(Objection.CLOSED, story.now(request))
    assert story.now(request).state is State.APPLIED


# Withdrawing


def test_a_request_is_withdrawn_by_the_one_who_asked(story: Story) -> None:
    """Nothing is written, the job is free, and the record says who took it back."""
    request = story.opened()
    outcome = story.press(withdraw, request, KIM)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request.state is State.WITHDRAWN
    assert outcome.request.review is not None
    assert outcome.request.review.decided_by == KIM
    assert [fact["actor"] for fact in story.facts("withdrawn")] == [KIM]
    assert (story.dataflow.puts, story.ledger.locks) == ([], {})


@pytest.mark.parametrize("user", [LEE, PARK, CHOI])
def test_a_request_is_withdrawn_by_nobody_else(story: Story, user: str) -> None:
    """Neither by a lead nor by others; the attempt is on record."""
    request = story.opened()
    outcome = story.press(withdraw, request, user)
    assert outcome == ClickRefused(Objection.NOT_REQUESTER, story.now(request))
    assert [(fact["actor"], fact["detail"]) for fact in story.facts("click_refused")] == [(user, "not_requester")]
    assert story.now(request).state is State.PENDING


def test_who_has_approved_cannot_withdraw_it_either(story: Story) -> None:
    """A yes makes nobody the one who asked."""
    request = story.opened(TWO_APPROVALS)
    story.press(approve, request, LEE)
    assert story.press(withdraw, request, LEE) == ClickRefused(Objection.NOT_REQUESTER, story.now(request))


def test_taking_back_needs_no_groups(story: Story) -> None:
    """While it cannot be found out who is who, one's own request can still be withdrawn."""
    request = story.opened()
    story.directory.broken = "oncall"
    story.press(withdraw, request, KIM)
    assert story.now(request).state is State.WITHDRAWN


# Too late


@buttons(ALL)
def test_a_click_after_the_end_expires_the_request(story: Story, button: Button) -> None:
    """The tick was missed: the click itself ends the request, decides nothing else, and frees the job."""
    request = story.opened()
    story.clock.move_on(minutes=30)
    user = KIM if button is withdraw else LEE
    outcome = story.press(button, request, user)
    assert outcome == ClickRefused(Objection.EXPIRED, story.now(request))
    assert (story.now(request).state, story.now(request).due_at) == (State.EXPIRED, None)
    assert story.events() == ["requested", "expired"]
    assert [fact["actor"] for fact in story.facts("expired")] == ["sluice"]
    assert (story.dataflow.puts, story.ledger.locks) == ([], {})


def test_a_click_just_before_the_end_counts(story: Story) -> None:
    """Until the very moment of its end a request can be approved."""
    request = story.opened()
    story.clock.move_on(minutes=30, microseconds=-1)
    story.press(approve, request)
    assert story.now(request).state is State.APPLIED


@pytest.mark.parametrize("ended", [State.DENIED, State.WITHDRAWN, State.EXPIRED, State.APPLIED], ids=str)
@buttons(ALL)
def test_what_is_closed_is_not_decided_again(story: Story, button: Button, ended: State) -> None:
    """Each button of a card that is out of date decides nothing, and is no attempt at what one may not."""
    request = story.opened()
    if ended is State.EXPIRED:
        story.clock.move_on(minutes=31)
    first: dict[State, Button] = {State.DENIED: say_no, State.WITHDRAWN: withdraw}
    story.press(first.get(ended, approve), request, KIM if ended is State.WITHDRAWN else LEE)
    before, puts = story.now(request), len(story.dataflow.puts)
    assert before.state is ended
    assert story.press(button, request, HAN) == ClickRefused(Objection.CLOSED, before)
    assert (story.now(request), len(story.dataflow.puts)) == (before, puts)


# Forged


@buttons(ALL)
def test_an_altered_digest_decides_nothing_and_is_recorded(story: Story, button: Button) -> None:
    """A button that is not the one of the request as it was asked is an attempt."""
    request = story.opened()
    for number, digest in enumerate(("", "0" * 32, request.digest[:-1], request.digest.upper(), f"{request.digest} ")):
        click = story.click(request, press=f"forged-{number}")
        outcome = story.send(button, replace(click, ref=replace(click.ref, digest=digest)))
        assert outcome == ClickRefused(Objection.ALTERED, story.now(request))
    assert story.events() == ["requested", *["click_refused"] * 5]
    assert story.now(request).state is State.PENDING


@buttons(ALL)
def test_one_request_s_digest_opens_no_other(story: Story, button: Button) -> None:
    """Another request's id with this one's digest decides about neither."""
    mine, other = story.opened(), story.opened("scale orders-daily workers=8", delivery="delivery-2")
    click = story.click(other)
    outcome = story.send(button, replace(click, ref=replace(click.ref, digest=mine.digest)))
    assert outcome == ClickRefused(Objection.ALTERED, story.now(other))
    assert (story.now(mine).state, story.now(other).state) == (State.PENDING, State.PENDING)
    assert [fact["request_id"] for fact in story.facts("click_refused")] == [other.id]


@pytest.mark.parametrize("value", ["", JOB_ID, "aaaa-aaaa", f"lock#{JOB_ID}", "x" * 10_000, "\ud800", "7k3m\n-q2xd"])
@buttons(ALL)
def test_what_is_no_request_s_id_finds_none(story: Story, button: Button, value: str) -> None:
    """Nothing, an id of another kind, a lock's key, ten thousand letters: there is no such request, and no fact."""
    request = story.opened()
    click = story.click(request)
    outcome = story.send(button, replace(click, ref=replace(click.ref, request_id=RequestId(value))))
    assert outcome == ClickRefused(Objection.UNKNOWN_REQUEST)
    assert story.events() == ["requested"]


@pytest.mark.parametrize("user", [LEE, KIM, CHOI])
@buttons(ALL)
def test_strangers_decide_nothing(story: Story, button: Button, user: str) -> None:
    """Somebody of another workspace, or a bot, is refused before anything else is looked at, and recorded."""
    request = story.opened()
    outcome = story.send(button, replace(story.click(request, user), is_stranger=True))
    assert outcome == ClickRefused(Objection.STRANGER, story.now(request))
    assert [(fact["actor"], fact["detail"]) for fact in story.facts("click_refused")] == [(user, "stranger")]
    assert story.now(request).state is State.PENDING
    assert story.directory.read_afresh == []


def test_a_refused_click_that_is_redelivered_is_recorded_once(story: Story) -> None:
    """Lambda may deliver a click three times: it is one attempt. Another press is another."""
    request = story.opened()
    outcomes = [story.press(approve, request, KIM, press="press-1") for _ in range(3)]
    assert {outcome.why for outcome in outcomes if isinstance(outcome, ClickRefused)} == {Objection.OWN_REQUEST}
    assert story.events() == ["requested", "click_refused"]
    story.press(approve, request, KIM, press="press-2")
    assert story.events() == ["requested", "click_refused", "click_refused"]


# A card that nobody can see


def test_a_request_whose_card_cannot_be_posted_is_given_up(story: Story) -> None:
    """The record says that nobody took it back, and what Slack said; the job is free."""
    request = story.opened()
    given_up = give_up(story.world, request.id, "not_in_channel")
    assert given_up == story.now(request)
    assert given_up is not None
    assert (given_up.state, given_up.problem) == (State.WITHDRAWN, "not_in_channel")
    assert [(fact["actor"], fact["detail"]) for fact in story.facts("withdrawn")] == [("sluice", "not_in_channel")]
    assert story.ledger.locks == {}


def test_what_was_decided_already_is_not_given_up(story: Story) -> None:
    """A request that is pending no more stays as it is, and one that does not exist is none."""
    request = story.opened()
    story.press(withdraw, request, KIM)
    assert give_up(story.world, request.id, "not_in_channel") == story.now(request)
    assert give_up(story.world, RequestId("aaaa-aaaa"), "not_in_channel") is None
    assert story.events() == ["requested", "withdrawn"]
