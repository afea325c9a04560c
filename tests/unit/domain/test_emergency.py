"""A change past the approvals: recorded before anything is written, and looked at afterwards."""

from __future__ import annotations

import pytest

from handler.domain.audit import Event
from handler.domain.emergency import broke_glass, review_reminded, reviewed
from handler.domain.request import Emergency, State
from tests.makers import at
from tests.unit.domain.expected import BY_LEADS, FOUR, LEE, move, recorded, waiting

OPEN = Emergency(review_at=at(0))
SEEN = Emergency(review_at=at(0), reviewed_by=LEE.user_id)


def test_breaking_the_glass_is_on_record_first() -> None:
    """Who, why, by which rule, and what is about to be written; the request stays as it is."""
    before = waiting(State.APPROVED, emergency=OPEN)
    fact = recorded("U0KIM", Event.BROKE_GLASS, FOUR, reason="backlog", because=("oncall-small",))
    assert broke_glass(before, at(1)) == move(before, fact)


@pytest.mark.parametrize(("revert_at", "due_at"), [(None, None), (at(60), at(60))])
def test_a_look_at_a_settled_emergency_leaves_only_its_end_due(revert_at: object, due_at: object) -> None:
    """Who looked, and where; nobody is reminded any more."""
    before = waiting(State.APPLIED, emergency=OPEN, due_at=at(0), revert_at=revert_at)
    fact = recorded("U0LEE", Event.REVIEWED, channel="C0DATA")
    assert reviewed(before, OPEN, LEE, at(1)) == move(before, fact, emergency=SEEN, due_at=due_at)


def test_a_look_says_by_which_rule() -> None:
    """The rule is the policy's of now."""
    before = waiting(State.APPLIED, emergency=OPEN)
    fact = recorded("U0LEE", Event.REVIEWED, channel="C0DATA", because=("leads-approve",), policy_version="sha256:77aa")
    assert reviewed(before, OPEN, LEE, at(1), decision=BY_LEADS).fact == fact


@pytest.mark.parametrize("state", [State.APPLYING, State.UNKNOWN, State.REVERTING])
def test_a_look_at_an_emergency_under_way_leaves_the_next_look_at_the_job_due(state: State) -> None:
    """The outcome of the write still has to be found out."""
    before = waiting(state, emergency=OPEN, due_at=at(4), revert_at=at(60))
    fact = recorded("U0LEE", Event.REVIEWED, channel="C0DATA")
    assert reviewed(before, OPEN, LEE, at(1)) == move(before, fact, emergency=SEEN)


@pytest.mark.parametrize(("revert_at", "due_at"), [(None, at(61)), (at(90), at(61)), (at(30), at(30))])
def test_people_are_asked_again_each_hour_until_somebody_looks(revert_at: object, due_at: object) -> None:
    """Unless the change ends before that."""
    before = waiting(State.APPLIED, emergency=OPEN, due_at=at(0), revert_at=revert_at)
    fact = recorded("sluice", Event.REVIEW_REMINDED)
    later = Emergency(review_at=at(61))
    assert review_reminded(before, OPEN, at(1)) == move(before, fact, emergency=later, due_at=due_at)
