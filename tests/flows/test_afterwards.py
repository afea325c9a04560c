"""A card that has come to an end: ask again what went stale, and look at an emergency."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from handler.domain.errors import GroupUndetermined
from handler.domain.model import RequestId
from handler.domain.outcomes import (
    AskedAlready,
    ChangeImpossible,
    ChangeShown,
    ClickRefused,
    JobIsBusy,
    LeftUntold,
    NothingMore,
    Refused,
    Trouble,
)
from handler.domain.preview import NothingToChange
from handler.domain.request import State
from handler.domain.review import Objection
from handler.flows.afterwards import ask_again, mark_reviewed
from handler.flows.review import approve, deny, withdraw
from tests.flows.conftest import CHOI, HAN, KIM, LEE, PARK
from tests.flows.meanwhile import BusyLedger
from tests.flows.policies import ANYBODY_APPROVES, SCALE_STRAIGHT_AWAY, ruled
from tests.flows.test_emergency import BROKEN_GLASS
from tests.makers import JOB_ID, at, run_condition

if TYPE_CHECKING:
    from handler.domain.request import Request
    from tests.flows.conftest import Story

say_no = partial(deny, reason="too many")


def stale(story: Story, text: str = "scale wordcount workers=8 because backlog") -> Request:
    """Ask for a change whose job moves before anybody approves it."""
    request = story.opened(text)
    story.dataflow.edit(JOB_ID, numWorker=6)
    story.press(approve, request)
    assert story.now(request).state is State.STALE
    return story.now(request)


def expired(story: Story) -> Request:
    """Ask for a change that nobody decides about in time."""
    request = story.opened()
    story.clock.move_on(minutes=31)
    story.press(approve, request)
    assert story.now(request).state is State.EXPIRED
    return story.now(request)


# Ask again


def test_what_went_stale_is_asked_again_of_the_job_as_it_is_now(story: Story) -> None:
    """A new request with a new preview, 6 to 8 instead of 2 to 8; the stale one stays as it was."""
    first = stale(story)
    outcome = story.press(ask_again, first, KIM)
    assert isinstance(outcome, ChangeShown)
    again = outcome.request
    assert again.id != first.id
    assert (again.change.before, dict(again.change.values)) == (run_condition(numWorker=6), {"numWorker": 8})
    assert (again.state, again.reason, again.digest == first.digest) == (State.PENDING, "backlog", False)
    assert outcome.approvers == (HAN, LEE)
    assert story.now(first) == first


def test_what_expired_is_asked_again_with_a_new_end(story: Story) -> None:
    """Half an hour more to decide, counted from now."""
    outcome = story.press(ask_again, expired(story), KIM)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request.review is not None
    assert (outcome.request.state, outcome.request.review.expires_at) == (State.PENDING, at(61))


def test_who_asks_again_asks_in_their_own_name(story: Story) -> None:
    """The lead pressed it: it is their request now, which the first requester's lead alone cannot approve."""
    outcome = story.press(ask_again, stale(story), LEE)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request.requester.user_id == LEE
    assert outcome.approvers == (HAN,)
    own = story.press(approve, outcome.request, LEE)
    assert own == ClickRefused(Objection.OWN_REQUEST, story.now(outcome.request))


def test_everything_that_was_asked_is_asked_again(story: Story) -> None:
    """Workers, timeout, duration and reason; nothing that was not asked."""
    first = stale(story, "scale wordcount workers=8 timeout=15h for 90m because slow shuffle")
    outcome = story.press(ask_again, first, KIM)
    assert isinstance(outcome, ChangeShown)
    assert dict(outcome.request.change.values) == {"numWorker": 8, "timeout": 900}
    assert (outcome.request.minutes, outcome.request.reason) == (90, "slow shuffle")
    assert outcome.request.emergency is None


def test_a_timeout_alone_is_asked_again_alone(story: Story) -> None:
    """Until it is undone and without a reason, as it was asked."""
    outcome = story.press(ask_again, stale(story, "scale wordcount timeout=15h"), KIM)
    assert isinstance(outcome, ChangeShown)
    assert dict(outcome.request.change.values) == {"timeout": 900}
    assert (outcome.request.minutes, outcome.request.reason) == (None, None)


def test_what_needs_no_approval_any_more_is_written_at_once(story: Story) -> None:
    """Asked again, the policy is asked again too."""
    first = stale(story)
    story.policy = ruled(story.policy, SCALE_STRAIGHT_AWAY)
    outcome = story.press(ask_again, first, KIM)
    assert isinstance(outcome, ChangeShown)
    assert (outcome.request.state, story.workers()) == (State.APPLIED, 8)


def test_what_the_job_has_by_now_is_not_asked_again(story: Story) -> None:
    """Somebody gave it eight workers meanwhile."""
    first = stale(story)
    story.dataflow.edit(JOB_ID, numWorker=8)
    outcome = story.press(ask_again, first, KIM)
    assert isinstance(outcome, ChangeImpossible)
    assert outcome.problem == NothingToChange(8, 360)


@pytest.mark.parametrize("user", [PARK, CHOI])
def test_who_may_not_ask_may_not_ask_again(story: Story, user: str) -> None:
    """The refusal is recorded as that of a command is."""
    outcome = story.press(ask_again, stale(story), user)
    assert isinstance(outcome, Refused)
    assert [(fact["actor"], fact["detail"]) for fact in story.facts("refused")] == [(user, "denied")]


def test_a_second_press_of_ask_again_finds_the_first(story: Story) -> None:
    """A double click opens one request; what somebody else asks meanwhile is told about it."""
    first = stale(story)
    outcome = story.press(ask_again, first, KIM)
    assert isinstance(outcome, ChangeShown)
    assert story.press(ask_again, first, KIM) == AskedAlready(outcome.request)
    assert story.press(ask_again, first, LEE) == JobIsBusy("wordcount", outcome.request)


def test_a_redelivered_ask_again_carries_on(story: Story) -> None:
    """Its worker died before the card was posted: the same press again is the same request, left to be told."""
    first = stale(story)
    click = story.click(first, KIM, press="press-1")
    outcome = story.send(ask_again, click)
    assert isinstance(outcome, ChangeShown)
    assert story.send(ask_again, click) == NothingMore()
    story.clock.move_on(minutes=2)
    assert story.send(ask_again, click) == LeftUntold(story.now(outcome.request))
    assert len(story.ledger.requests) == 2


@pytest.mark.parametrize("ends", ["pending", "applied", "denied", "withdrawn"])
def test_only_what_is_stale_or_expired_is_asked_again(story: Story, ends: str) -> None:
    """A button of an old copy of the card asks for nothing."""
    request = story.opened()
    if ends == "applied":
        story.press(approve, request)
    elif ends == "denied":
        story.press(say_no, request)
    elif ends == "withdrawn":
        story.press(withdraw, request, KIM)
    assert story.now(request).state.value == ends
    assert story.press(ask_again, request, KIM) == ClickRefused(Objection.CLOSED, story.now(request))
    assert len(story.ledger.requests) == 1


def test_a_forged_ask_again_asks_for_nothing(story: Story) -> None:
    """An altered digest and a stranger are attempts and recorded; an id that names none is just none."""
    first = stale(story)
    click = story.click(first, KIM)
    altered = story.send(ask_again, replace(click, ref=replace(click.ref, digest="0" * 32)))
    assert altered == ClickRefused(Objection.ALTERED, story.now(first))
    stranger = story.send(ask_again, replace(story.click(first, KIM), is_stranger=True))
    assert stranger == ClickRefused(Objection.STRANGER, story.now(first))
    unknown = story.send(ask_again, replace(click, ref=replace(click.ref, request_id=RequestId(f"lock#{JOB_ID}"))))
    assert unknown == ClickRefused(Objection.UNKNOWN_REQUEST)
    assert [fact["detail"] for fact in story.facts("click_refused")] == ["altered", "stranger"]
    assert len(story.ledger.requests) == 1


def test_while_the_groups_cannot_be_found_out_nothing_is_asked_again(story: Story) -> None:
    """The person is told why, and may press it again."""
    first = stale(story)
    story.directory.broken = "oncall"
    outcome = story.press(ask_again, first, KIM)
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, GroupUndetermined)
    assert len(story.ledger.requests) == 1


def test_an_emergency_that_went_stale_is_asked_again_as_one(story: Story) -> None:
    """In the name, and with the right, of whoever presses the button; as loud as the first."""
    story.policy = ruled(story.policy, SCALE_STRAIGHT_AWAY, ANYBODY_APPROVES)
    story.ledger = ledger = BusyLedger()
    ledger.before["chain"] = [lambda: story.dataflow.edit(JOB_ID, numWorker=6)]
    first = story.opened(BROKEN_GLASS)
    assert first.state is State.STALE
    outcome = story.press(ask_again, first, LEE)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request.emergency is not None
    assert (outcome.request.state, outcome.request.requester.user_id) == (State.APPLIED, LEE)
    assert [fact["actor"] for fact in story.facts("broke_glass")] == [KIM, LEE]


# Look at an emergency


def test_a_lead_has_looked_at_an_emergency(story: Story) -> None:
    """Who looked, and where, is on record; nobody is reminded any more, and the change still ends in time."""
    request = story.opened(BROKEN_GLASS)
    outcome = story.press(mark_reviewed, request)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request == story.now(request)
    assert outcome.request.emergency is not None
    assert outcome.request.emergency.reviewed_by == LEE
    assert (outcome.request.due_at, outcome.request.revert_at) == (at(110), at(120))
    (fact,) = story.facts("reviewed")
    assert (fact["actor"], fact["channel"], fact["because"]) == (LEE, "C0INCIDENT", ["leads-approve"])
    assert story.is_sound(request)


def test_who_broke_the_glass_cannot_review_it(story: Story) -> None:
    """Even where anybody may approve; the attempt is on record."""
    story.policy = ruled(story.policy, SCALE_STRAIGHT_AWAY, ANYBODY_APPROVES)
    request = story.opened(BROKEN_GLASS)
    assert story.press(mark_reviewed, request, KIM) == ClickRefused(Objection.OWN_REQUEST, story.now(request))
    assert [fact["detail"] for fact in story.facts("click_refused")] == ["own_request"]


@pytest.mark.parametrize("user", [PARK, CHOI])
def test_who_may_not_approve_may_not_review(story: Story, user: str) -> None:
    """A viewer and somebody in no group are refused, by their groups of now, and recorded."""
    request = story.opened(BROKEN_GLASS)
    assert story.press(mark_reviewed, request, user) == ClickRefused(Objection.NOT_ALLOWED, story.now(request))
    assert story.directory.read_afresh == [user]
    assert [(fact["actor"], fact["detail"]) for fact in story.facts("click_refused")] == [(user, "not_allowed")]


def test_an_emergency_is_reviewed_once(story: Story) -> None:
    """The second lead is told that there is nothing to review any more."""
    request = story.opened(BROKEN_GLASS)
    story.press(mark_reviewed, request, LEE)
    assert story.press(mark_reviewed, request, HAN) == ClickRefused(Objection.NOTHING_TO_REVIEW, story.now(request))
    assert len(story.facts("reviewed")) == 1


def test_of_two_reviews_at_once_one_is_recorded(story: Story) -> None:
    """Two leads press it in the same moment."""
    story.ledger = ledger = BusyLedger()
    request = story.opened(BROKEN_GLASS)
    ledger.before["advance"] = [lambda: story.press(mark_reviewed, request, HAN)]
    outcome = story.press(mark_reviewed, request, LEE)
    assert outcome == ClickRefused(Objection.NOTHING_TO_REVIEW, story.now(request))
    assert [fact["actor"] for fact in story.facts("reviewed")] == [HAN]


def test_there_is_nothing_to_review_in_what_was_approved(story: Story) -> None:
    """A change that went the usual way is no emergency."""
    request = story.opened()
    assert story.press(mark_reviewed, request) == ClickRefused(Objection.NOTHING_TO_REVIEW, request)


def test_a_forged_review_is_none(story: Story) -> None:
    """An altered digest and a stranger are recorded, before and after the review; an unknown id is none."""
    request = story.opened(BROKEN_GLASS)
    click = story.click(request)
    for _ in range(2):
        click = story.click(request)
        altered = story.send(mark_reviewed, replace(click, ref=replace(click.ref, digest="")))
        assert altered == ClickRefused(Objection.ALTERED, story.now(request))
        stranger = story.send(mark_reviewed, replace(story.click(request), is_stranger=True))
        assert stranger == ClickRefused(Objection.STRANGER, story.now(request))
        story.press(mark_reviewed, request)
    unknown = replace(click, ref=replace(click.ref, request_id=RequestId("aaaa-aaaa")))
    assert story.send(mark_reviewed, unknown) == ClickRefused(Objection.UNKNOWN_REQUEST)
    assert [fact["detail"] for fact in story.facts("click_refused")] == ["altered", "stranger"] * 2
    assert len(story.facts("reviewed")) == 1
