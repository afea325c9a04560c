"""What the minute tick owes to which request."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from handler.domain.request import Emergency, Ending, Request, Review, State
from handler.domain.upkeep import (
    AskAboutEnd,
    Duty,
    Escalate,
    Expire,
    LeaveToPeople,
    Reconcile,
    Remind,
    RemindOfReview,
    Resume,
    Revert,
    again_at,
    plan,
)
from tests.makers import NOW, at, request

INSTANT = timedelta(microseconds=1)
OWED = {
    State.APPROVED: Resume,
    State.APPLYING: Reconcile,
    State.REVERTING: Reconcile,
    State.UNKNOWN: Reconcile,
}
SETTLED = [state for state in State if state not in {*OWED, State.PENDING}]


def due(state: State, **fields: object) -> Request:
    """Make a request that something is owed to now, unless told otherwise."""
    return replace(request(state=state, due_at=NOW), **fields)  # type: ignore[arg-type] # tests name its fields


@pytest.mark.parametrize("state", State)
def test_what_is_owed_follows_from_the_state(state: State) -> None:
    """What was allowed is started, what was begun is looked at; to the rest nothing is owed that nobody wrote down."""
    owed = OWED.get(state)
    bare = due(state, review=None)
    assert plan([bare], NOW) == (() if owed is None else (owed(bare),))


@pytest.mark.parametrize("state", OWED)
def test_nothing_is_owed_before_it_is_due(state: State) -> None:
    """Due now is due; a microsecond later is not, nor is what is due at no time."""
    assert plan([due(state, due_at=NOW + INSTANT), due(state, due_at=None)], NOW) == ()
    assert len(plan([due(state)], NOW)) == 1
    assert len(plan([due(state, due_at=NOW - INSTANT)], NOW)) == 1


@pytest.mark.parametrize(
    ("expires_at", "escalate_at", "expected"),
    [
        (at(5), None, Remind),
        (at(5), at(1), Remind),
        (at(5), NOW + INSTANT, Remind),
        (at(5), NOW, Escalate),
        (at(5), at(-1), Escalate),
        (NOW + INSTANT, at(-1), Escalate),
        (NOW, at(-1), Expire),
        (NOW, None, Expire),
        (at(-1), at(1), Expire),
    ],
)
def test_a_pending_request_expires_or_is_escalated_or_people_are_reminded(
    expires_at: datetime, escalate_at: datetime | None, expected: type[Duty]
) -> None:
    """A tick that was missed is made up for by the most that is due."""
    review = Review(needed=1, expires_at=expires_at, escalate_at=escalate_at, remind_at=NOW)
    pending = due(State.PENDING, review=review)
    duties: dict[type[Duty], Duty] = {
        Remind: Remind(pending, review),
        Escalate: Escalate(pending, review),
        Expire: Expire(pending),
    }
    assert plan([pending], NOW) == (duties[expected],)


@pytest.mark.parametrize("state", SETTLED)
def test_the_time_of_a_change_is_over_before_people_are_reminded_of_an_emergency(state: State) -> None:
    """Putting back comes first; then an emergency that is not looked at."""
    emergency = Emergency(review_at=NOW)
    over = due(state, revert_at=NOW, emergency=emergency)
    later = due(state, revert_at=NOW + INSTANT, emergency=emergency)
    for_ever = due(state, emergency=emergency)
    assert plan([over, later, for_ever], NOW) == (
        RemindOfReview(later, emergency),
        RemindOfReview(for_ever, emergency),
        Revert(over),
    )


@pytest.mark.parametrize("emergency", [None, Emergency(review_at=NOW)])
def test_people_are_asked_about_an_end_before_it_comes(emergency: Emergency | None) -> None:
    """Not once it is there, and not twice; before they are reminded of an emergency."""
    near = due(State.APPLIED, revert_at=at(10), ending=Ending(notice_at=NOW), emergency=emergency)
    early = due(State.APPLIED, revert_at=at(10), ending=Ending(notice_at=NOW + INSTANT))
    missed = due(State.APPLIED, revert_at=NOW, ending=Ending(notice_at=at(-10)))
    assert plan([near, early, missed], NOW) == (AskAboutEnd(near), Revert(missed))


def test_what_could_not_be_put_back_is_tried_again_and_then_left_to_people() -> None:
    """Five more times after the first."""
    again = due(State.FAILED, undoing=True, revert_at=NOW, ending=Ending(failures=5))
    too_often = due(State.FAILED, undoing=True, revert_at=NOW, ending=Ending(failures=6))
    later = due(State.FAILED, undoing=True, revert_at=NOW + INSTANT, ending=Ending(failures=1))
    assert plan([again, too_often, later], NOW) == (LeaveToPeople(too_often), Revert(again))


def test_a_change_for_a_time_that_lasts_still_is_left_alone() -> None:
    """Due for a reason that is gone: nothing is done."""
    assert plan([due(State.APPLIED, revert_at=at(1))], NOW) == ()


def test_nobody_waits_for_a_job_to_be_read_who_only_has_to_be_told() -> None:
    """What needs Data Flow comes last, each in the order given."""
    unknown, over = due(State.UNKNOWN), due(State.APPLIED, revert_at=NOW)
    allowed = due(State.APPROVED)
    pending = due(State.PENDING, review=Review(needed=1, expires_at=NOW, escalate_at=None, remind_at=None))
    near = due(State.APPLIED, revert_at=at(10), ending=Ending(notice_at=NOW))
    told = (Expire(pending), AskAboutEnd(near))
    assert plan([unknown, over, pending, allowed, near], NOW) == (
        *told,
        Reconcile(unknown),
        Revert(over),
        Resume(allowed),
    )


@pytest.mark.parametrize(("overdue", "pause"), [(0, 1), (1, 1), (3, 3), (15, 15), (16, 15), (600, 15)])
def test_an_end_that_cannot_be_begun_is_tried_again_at_pauses_that_grow(overdue: int, pause: int) -> None:
    """As long as it is overdue, between a minute and a quarter of an hour."""
    over = due(State.APPLIED, revert_at=at(-overdue))
    assert again_at(over, NOW) == at(pause)
    assert again_at(due(State.APPLIED), NOW) == at(1)


def test_duties_come_in_the_order_given_and_none_is_forgotten() -> None:
    """What is not due, or owed nothing, does not keep those after it waiting."""
    later = request("aaaa-0001", State.APPROVED, due_at=at(5))
    settled = request("aaaa-0002", State.APPLIED, due_at=at(-1))
    unknown = request("aaaa-0003", State.UNKNOWN, due_at=at(-1))
    approved = request("aaaa-0004", State.APPROVED, due_at=at(-2))
    assert plan([later, settled, unknown, approved], NOW) == (Reconcile(unknown), Resume(approved))


def test_nothing_open_is_nothing_owed() -> None:
    """An idle minute."""
    assert plan([], NOW) == ()
