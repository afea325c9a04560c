"""Others decide about a request, each once and in time; and what time does when nobody decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.audit import Event
from handler.domain.authority import Denied
from handler.domain.errors import IllegalMove
from handler.domain.model import UserId
from handler.domain.request import Approval, Request, Review, State
from handler.domain.review import (
    Objection,
    Terms,
    approved,
    click_refused,
    denied,
    escalated,
    expired,
    given_up,
    is_last,
    objection,
    overtaken,
    reminded,
    review_of,
    withdrawn,
)
from tests.makers import NOW, at
from tests.unit.domain.expected import BY_LEADS, LEE, SIX, move, recorded, waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.moves import Move

RULES, VERSION = ("leads-approve",), "sha256:77aa"
HAN = Approval(UserId("U0HAN"), at(0.5))
REVIEW = Review(needed=2, expires_at=at(30), remind_at=at(10))
PENDING = waiting(State.PENDING, review=REVIEW, due_at=at(10))


def test_a_review_begins_with_its_times() -> None:
    """Expiry, first reminder and escalation, each from now on."""
    terms = Terms(
        expires_after=timedelta(minutes=30), remind_after=timedelta(minutes=10), escalate_after=timedelta(minutes=20)
    )
    assert review_of(terms, 2, NOW) == Review(needed=2, expires_at=at(30), remind_at=at(10), escalate_at=at(20))


@pytest.mark.parametrize("minutes", [30, 31])
def test_nobody_is_turned_to_when_it_is_over(minutes: int) -> None:
    """A reminder or an escalation at the expiry or later never comes; without one in the settings there is none."""
    late = timedelta(minutes=minutes)
    terms = Terms(expires_after=timedelta(minutes=30), remind_after=late, escalate_after=late)
    assert review_of(terms, 1, NOW) == Review(needed=1, expires_at=at(30))
    assert review_of(replace(terms, escalate_after=None), 1, NOW).escalate_at is None


def test_the_terms_when_the_settings_say_nothing() -> None:
    """Half an hour, a reminder after ten minutes, nobody to escalate to; an emergency is looked at within a day."""
    terms = Terms()
    assert (terms.expires_after, terms.remind_after) == (timedelta(minutes=30), timedelta(minutes=10))
    assert (terms.escalate_after, terms.escalate_to, terms.channel) == (None, (), None)
    assert (terms.review_within, terms.longest_emergency) == (timedelta(days=1), timedelta(hours=2))


def test_nothing_speaks_against_a_first_click_in_time() -> None:
    """The policy may say."""
    assert objection(PENDING, PENDING.digest, "U0LEE", at(29)) is None


@pytest.mark.parametrize("state", [state for state in State if state is not State.PENDING])
def test_a_request_that_is_decided_is_closed(state: State) -> None:
    """Whatever came of it."""
    assert objection(replace(PENDING, state=state), PENDING.digest, "U0LEE", at(1)) is Objection.CLOSED


def test_a_request_that_nobody_is_to_decide_is_closed() -> None:
    """It has no review."""
    bare = replace(PENDING, review=None)
    assert objection(bare, bare.digest, "U0LEE", at(1)) is Objection.CLOSED


def test_a_button_made_for_other_arguments_is_told_first() -> None:
    """A forged value is an attempt, whatever the state of the request."""
    for each in (PENDING, replace(PENDING, state=State.DENIED)):
        assert objection(each, "0" * 32, "U0LEE", at(99)) is Objection.ALTERED


@pytest.mark.parametrize(("now", "expected"), [(at(30), Objection.EXPIRED), (at(31), Objection.EXPIRED)])
def test_a_click_at_the_expiry_is_too_late(now: datetime, expected: Objection) -> None:
    """Even when the tick has not said so yet; and for those who approved before as well."""
    assert objection(PENDING, PENDING.digest, "U0LEE", now) is expected
    again = replace(PENDING, review=replace(REVIEW, approvals=(HAN,)))
    assert objection(again, again.digest, "U0HAN", now) is expected


def test_nobody_approves_twice() -> None:
    """Two approvals are two people's."""
    once = replace(PENDING, review=replace(REVIEW, approvals=(HAN,)))
    assert objection(once, once.digest, "U0HAN", at(1)) is Objection.APPROVED_BEFORE
    assert objection(once, once.digest, "U0LEE", at(1)) is None


def test_the_attempts_are_recorded_and_the_accidents_are_not() -> None:
    """Too late or twice is no attempt at what one may not."""
    assert {each.value for each in Objection if each.is_attempt} == {
        *("altered", "own_request", "not_requester", "not_allowed", "stranger"),
        *("too_long", "not_entitled", "needs_approval"),
    }
    assert {each.value for each in Objection if not each.is_attempt} == {
        *("unknown_request", "expired", "closed", "approved_before", "nothing_to_review"),
        *("extended_before", "has_no_end", "not_yet_applied", "under_way", "never_applied", "undone_before"),
        *("was_refused", "moved_since", "overlaid", "gone", "nothing_to_put_back"),
    }


@pytest.mark.parametrize(
    ("needed", "given_before", "expected"),
    [(1, 0, True), (2, 0, False), (2, 1, True), (3, 1, False), (1, 2, True)],
)
def test_one_more_approval_is_the_last_when_it_makes_enough(needed: int, given_before: int, *, expected: bool) -> None:
    """Before the last one the job is read again."""
    review = replace(REVIEW, needed=needed, approvals=(HAN,) * given_before)
    assert is_last(replace(PENDING, review=review)) is expected


def test_without_a_review_no_approval_is_the_last() -> None:
    """Nobody is asked."""
    assert is_last(replace(PENDING, review=None)) is False


def test_an_approval_that_is_not_enough_is_counted() -> None:
    """The request stays pending, and due as before; the fact says how far it is and by which rule."""
    fact = recorded("U0LEE", Event.APPROVED, channel="C0DATA", detail="1 of 2", because=RULES, policy_version=VERSION)
    review = replace(REVIEW, approvals=(Approval(LEE.user_id, at(1)),))
    assert approved(PENDING, REVIEW, LEE, BY_LEADS, at(1)) == move(PENDING, fact, review=review)


def test_the_last_approval_approves() -> None:
    """Two of two: it is to be started, by the tick if the worker dies."""
    half = replace(REVIEW, approvals=(HAN,))
    before = replace(PENDING, review=half)
    fact = recorded("U0LEE", Event.APPROVED, channel="C0DATA", detail="2 of 2", because=RULES, policy_version=VERSION)
    review = replace(REVIEW, approvals=(HAN, Approval(LEE.user_id, at(1))))
    expected = move(before, fact, review=review, state=State.APPROVED, due_at=at(3))
    assert approved(before, half, LEE, BY_LEADS, at(1)) == expected


def test_a_denial_ends_it_with_its_reason() -> None:
    """Who and why, in the request and in the record."""
    fact = recorded("U0LEE", Event.DENIED, channel="C0DATA", reason="not now")
    review = replace(REVIEW, decided_by=LEE.user_id, decided_reason="not now")
    expected = move(PENDING, fact, state=State.DENIED, due_at=None, review=review)
    assert denied(PENDING, REVIEW, LEE, "not now", at(1)) == expected


def test_a_denial_says_by_which_rule() -> None:
    """The rule is the policy's of now, not that of when the change was asked."""
    fact = recorded("U0LEE", Event.DENIED, channel="C0DATA", reason="not now", because=RULES, policy_version=VERSION)
    assert denied(PENDING, REVIEW, LEE, "not now", at(1), decision=BY_LEADS).fact == fact


def test_a_withdrawal_ends_it() -> None:
    """Who took it back."""
    fact = recorded("U0LEE", Event.WITHDRAWN, channel="C0DATA")
    review = replace(REVIEW, decided_by=LEE.user_id)
    expected = move(PENDING, fact, state=State.WITHDRAWN, due_at=None, review=review)
    assert withdrawn(PENDING, REVIEW, LEE, at(1)) == expected


def test_a_request_whose_card_nobody_sees_is_given_up() -> None:
    """Slack's word is kept; nobody did it."""
    fact = recorded("sluice", Event.WITHDRAWN, detail="not_in_channel")
    expected = move(PENDING, fact, state=State.WITHDRAWN, due_at=None, problem="not_in_channel")
    assert given_up(PENDING, "not_in_channel", at(1)) == expected


def test_what_nobody_decides_expires() -> None:
    """The tick ends it."""
    fact = recorded("sluice", Event.EXPIRED)
    assert expired(PENDING, at(1)) == move(PENDING, fact, state=State.EXPIRED, due_at=None)


def test_a_request_that_its_job_has_overtaken_is_stale() -> None:
    """What was found instead, and what else stood in the way."""
    fact = recorded("sluice", Event.STALE, SIX, detail="policy_changed")
    expected = move(PENDING, fact, state=State.STALE, due_at=None, found=SIX, problem="policy_changed")
    assert overtaken(PENDING, SIX, "policy_changed", at(1)) == expected


@pytest.mark.parametrize(
    ("reminders", "expires_at", "remind_at"),
    [(0, at(30), at(21)), (1, at(60), at(41)), (0, at(21), None), (2, at(60), None), (5, at(999), at(241))],
)
def test_people_are_reminded_at_longer_and_longer_pauses(
    reminders: int, expires_at: datetime, remind_at: datetime | None
) -> None:
    """20, 40, 80 minutes, at most four hours, and not when it is over by then."""
    review = replace(REVIEW, reminders=reminders, expires_at=expires_at)
    before = replace(PENDING, review=review)
    asked = replace(review, reminders=reminders + 1, remind_at=remind_at)
    expected = move(before, recorded("sluice", Event.REMINDED), review=asked, due_at=remind_at or expires_at)
    assert reminded(before, review, timedelta(minutes=10), at(1)) == expected


def test_a_review_that_lasts_for_months_is_reminded_of_all_the_same() -> None:
    """However often people were reminded, the pause can be computed."""
    review = replace(REVIEW, reminders=5000, expires_at=at(10**6))
    made = reminded(replace(PENDING, review=review), review, timedelta(minutes=1), at(1))
    assert made.request.due_at == at(241)


def test_short_pauses_grow_to_a_quarter_of_an_hour_and_more() -> None:
    """A second doubles ten times at most."""
    review = replace(REVIEW, reminders=30, expires_at=at(10**6))
    made = reminded(replace(PENDING, review=review), review, timedelta(seconds=1), at(0))
    assert made.request.due_at == NOW + timedelta(seconds=1024)


def test_an_escalation_comes_once() -> None:
    """To whom is in the record; reminders go on."""
    review = replace(REVIEW, escalate_at=at(0))
    before = replace(PENDING, review=review, due_at=at(0))
    expected = move(before, recorded("sluice", Event.ESCALATED, detail="S0LEADS U0HAN"), review=REVIEW, due_at=at(10))
    assert escalated(before, review, ("S0LEADS", "U0HAN"), at(1)) == expected


def test_a_refused_attempt_is_recorded_and_changes_nothing() -> None:
    """Who tried what, where, and by which click."""
    fact = recorded("U0LEE", Event.CLICK_REFUSED, channel="C0DATA", detail="own_request", delivery="digest")
    assert click_refused(PENDING, LEE, Objection.OWN_REQUEST, at(1), delivery="digest") == move(PENDING, fact)


def test_a_refused_attempt_names_the_rules_that_forbid_it() -> None:
    """And the policy they are of, where it was the policy that does not let them."""
    fact = recorded(
        "U0LEE", Event.CLICK_REFUSED, channel="C0DATA", detail="not_allowed", because=("freeze",), policy_version="now"
    )
    refused = click_refused(PENDING, LEE, Objection.NOT_ALLOWED, at(1), decision=Denied(("freeze",), "now"))
    assert refused == move(PENDING, fact)


def test_a_refused_attempt_may_have_no_delivery() -> None:
    """Then there is nothing to know it by again."""
    fact = recorded("U0LEE", Event.CLICK_REFUSED, channel="C0DATA", detail="altered")
    assert click_refused(PENDING, LEE, Objection.ALTERED, at(1)) == move(PENDING, fact)


@pytest.mark.parametrize("state", [state for state in State if state is not State.PENDING])
def test_what_is_not_pending_is_decided_by_nobody(state: State) -> None:
    """Each decision needs a pending request."""
    request = replace(PENDING, state=state)
    decisions: tuple[Callable[[], Move], ...] = (
        lambda: approved(request, replace(REVIEW, needed=1), LEE, BY_LEADS, at(1)),
        lambda: denied(request, REVIEW, LEE, "no", at(1)),
        lambda: withdrawn(request, REVIEW, LEE, at(1)),
        lambda: given_up(request, "not_in_channel", at(1)),
        lambda: expired(request, at(1)),
    )
    for decide in decisions:
        with pytest.raises(IllegalMove):
            decide()


@given(st.integers(1, 3), st.lists(st.sampled_from(["U0LEE", "U0HAN", "U0KIM", "U0CHOI"]), max_size=6))
def test_it_takes_as_many_different_people_as_are_needed(needed: int, clicks: list[str]) -> None:
    """Whoever clicks in whatever order, each counts once, and the request is approved just when enough have."""
    request: Request = replace(PENDING, review=replace(REVIEW, needed=needed))
    for user_id in clicks:
        if request.review is not None and objection(request, request.digest, user_id, at(1)) is None:
            request = approved(request, request.review, replace(LEE, user_id=UserId(user_id)), BY_LEADS, at(1)).request
    assert (request.state is State.APPROVED) is (len(set(clicks)) >= needed)
    assert request.review is not None
    assert [each.user_id for each in request.review.approvals] == list(dict.fromkeys(clicks))[:needed]
