"""When people are called because nobody knows what became of a change, and how that is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handler.domain.audit import Event
from handler.domain.news import News, owed
from handler.domain.pager import called, is_owed, unrecorded
from handler.domain.request import Request, State
from handler.domain.review import Terms
from tests.makers import NOW, at, run_condition
from tests.unit.domain.expected import HEAD, move, recorded, waiting

INSTANT = timedelta(microseconds=1)
TWENTY = Terms(escalate_after=timedelta(minutes=20))


@pytest.mark.parametrize(
    ("state", "terms", "minutes"),
    [
        (State.UNKNOWN, Terms(), 15),
        (State.UNKNOWN, TWENTY, 20),
        (State.APPLYING, Terms(), 5),
        (State.REVERTING, TWENTY, 5),
    ],
)
def test_somebody_is_called_when_it_has_lasted_long_enough(state: State, terms: Terms, minutes: int) -> None:
    """Counted from the intent; then once each hour, as long as it lasts."""
    lost = waiting(state, started_at=NOW)
    assert not is_owed(lost, terms, at(minutes) - INSTANT)
    assert is_owed(lost, terms, at(minutes))
    told = replace(lost, called_at=at(minutes))
    assert not is_owed(told, terms, at(minutes + 60) - INSTANT)
    assert is_owed(told, terms, at(minutes + 60))


@pytest.mark.parametrize(("terms", "minutes"), [(Terms(), 15), (TWENTY, 20)])
@pytest.mark.parametrize("state", [State.APPLIED, State.FAILED])
def test_somebody_is_called_when_an_end_cannot_be_carried_out(state: State, terms: Terms, minutes: int) -> None:
    """Counted from the end; then once each hour, as long as it lasts, and anew when the end was put off."""
    over = waiting(state, started_at=at(-60), revert_at=NOW)
    assert not is_owed(over, terms, at(minutes) - INSTANT)
    assert is_owed(over, terms, at(minutes))
    told = replace(over, called_at=at(minutes))
    assert not is_owed(told, terms, at(minutes + 60) - INSTANT)
    assert is_owed(told, terms, at(minutes + 60))
    put_off = replace(told, revert_at=at(90))
    assert not is_owed(put_off, terms, at(90 + minutes) - INSTANT)
    assert is_owed(put_off, terms, at(90 + minutes))


def test_without_a_beginning_the_last_move_counts() -> None:
    """Somebody has edited the item: then what is certain is when it was last moved."""
    lost = waiting(State.UNKNOWN, started_at=None, updated_at=NOW)
    assert (is_owed(lost, Terms(), at(14)), is_owed(lost, Terms(), at(15))) == (False, True)


@pytest.mark.parametrize("state", sorted(set(State) - {State.UNKNOWN, State.APPLYING, State.REVERTING}))
def test_nobody_is_called_about_what_is_known(state: State) -> None:
    """However long ago it was begun."""
    assert not is_owed(waiting(state, started_at=NOW), Terms(), at(10_000))


@pytest.mark.parametrize(
    ("state", "detail"),
    [
        (State.UNKNOWN, "outcome_unknown"),
        (State.APPLYING, "outcome_missing"),
        (State.REVERTING, "outcome_missing"),
        (State.APPLIED, "end_overdue"),
        (State.FAILED, "end_overdue"),
    ],
)
def test_the_call_is_recorded_with_what_was_found_by_then(state: State, detail: str) -> None:
    """The request stands as it stood: when it is looked at again does not change."""
    before = waiting(state, started_at=NOW, due_at=at(8), found=run_condition(numWorker=3), checks=4)
    fact = recorded("sluice", Event.ESCALATED, run_condition(numWorker=3), detail=detail, writer="tick 1")
    assert move(before, fact, called_at=at(1)) == called(before, at(1), writer="tick 1")


def test_a_call_that_cannot_be_recorded_has_the_number_it_would_have_had() -> None:
    """It is the only thing told of the request then, and there is nothing to clear afterwards."""
    before = waiting(State.APPLYING, untold=(News(Event.APPLYING, 2),), tell_at=at(2))
    expected = replace(before, untold=(News(Event.ESCALATED, HEAD.seq + 1),), tell_at=None)
    assert expected == unrecorded(before)


def lasting(state: State, *untold: tuple[Event, int]) -> Request:
    """Make a request with these news."""
    return waiting(state, untold=tuple(News(event, seq) for event, seq in untold))


@pytest.mark.parametrize("state", [State.APPROVED, State.APPLYING, State.REVERTING])
def test_while_a_write_is_under_way_people_are_called_for_its_length_only(state: State) -> None:
    """What was called for before it was begun is over, and what comes of it will be told in a moment."""
    old, new = (Event.ESCALATED, 2), (Event.ESCALATED, 4)
    beginnings = [(Event.APPROVED, 3), (Event.APPLYING, 3), (Event.REVERTING, 3)]
    for begun in beginnings:
        assert owed(lasting(state, old, begun)) == ()
        assert owed(lasting(state, begun, new)) == (News(*new),)
    assert owed(lasting(state, (Event.REMINDED, 1), (Event.APPLIED, 2))) == ()
    assert owed(lasting(state, new)) == (News(*new),)
