"""What a fact keeps as evidence: the delivery it came by, and the rules of the policy that let somebody do it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handler.domain.audit import Event, chained
from handler.domain.authority import Allowed
from handler.domain.emergency import reviewed
from handler.domain.model import UserId
from handler.domain.moves import Note, by_rule, moved
from handler.domain.request import Emergency, State
from handler.domain.review import Objection, approved, click_refused, denied
from tests.makers import approval, at, review
from tests.unit.domain.expected import HEAD, LEE, recorded, waiting

if TYPE_CHECKING:
    from handler.domain.audit import Fact

NEWER = Allowed(("leads-approve", "owners"), "newer")
ASKED = review()
PENDING = waiting(State.PENDING, review=ASKED)


def evident(fact: Fact, **evidence: object) -> Fact:
    """Make the same fact with this evidence."""
    return chained(HEAD, replace(fact, **evidence))  # type: ignore[arg-type] # tests name fields of a fact


def test_a_refused_click_is_known_by_its_delivery() -> None:
    """So that the same one is recorded once; without one there is none to know it by."""
    fact = recorded("U0LEE", Event.CLICK_REFUSED, channel="C0DATA", detail="own_request")
    made = click_refused(PENDING, LEE, Objection.OWN_REQUEST, at(1), delivery="digest")
    assert made.fact == evident(fact, delivery="digest")
    assert click_refused(PENDING, LEE, Objection.OWN_REQUEST, at(1)).fact == fact


def test_a_yes_keeps_the_rules_and_the_policy_that_it_was_given_under() -> None:
    """The policy may be a newer one than the request was asked under."""
    fact = recorded("U0LEE", Event.APPROVED, channel="C0DATA", because=NEWER.because, detail="1 of 1")
    assert approved(PENDING, ASKED, LEE, NEWER, at(1)).fact == evident(fact, policy_version="newer")


def test_a_no_keeps_them_too() -> None:
    """With its reason."""
    fact = recorded("U0LEE", Event.DENIED, channel="C0DATA", reason="no", because=NEWER.because)
    assert denied(PENDING, ASKED, LEE, "no", at(1), decision=NEWER).fact == evident(fact, policy_version="newer")


def test_a_look_at_an_emergency_keeps_them_too() -> None:
    """Who may approve may look."""
    wanted = Emergency(review_at=at(0))
    fact = recorded("U0LEE", Event.REVIEWED, channel="C0DATA", because=NEWER.because)
    made = reviewed(waiting(State.APPLIED, emergency=wanted), wanted, LEE, at(1), decision=NEWER)
    assert made.fact == evident(fact, policy_version="newer")


def test_what_no_rule_decided_is_noted_as_it_is() -> None:
    """The request's own policy stands in the fact then."""
    note = Note(event=Event.CLICK_REFUSED, actor="U0LEE", because=("old",))
    assert by_rule(note, None) == note
    assert by_rule(note, NEWER) == replace(note, because=NEWER.because, policy_version="newer")
    assert moved(PENDING, PENDING, note, at(1)).fact.policy_version == PENDING.policy_version


def test_who_approved_before_is_not_who_does_it_now() -> None:
    """The evidence is of this yes alone; the first keeps its own."""
    half = replace(ASKED, needed=2, approvals=(approval("U0HAN"),))
    made = approved(replace(PENDING, review=half), half, LEE, NEWER, at(2))
    assert made.fact.actor == "U0LEE"
    assert made.request.review is not None
    assert [each.user_id for each in made.request.review.approvals] == [UserId("U0HAN"), UserId("U0LEE")]
