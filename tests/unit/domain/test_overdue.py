"""What has been open for too long: unknown outcomes from the start, intents after their worker must be gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handler.domain.overdue import END_WITHIN, OUTCOME_WITHIN, Overdue, overdue
from handler.domain.request import State
from tests.makers import at, request

NOTHING = Overdue(0, timedelta(), 0)


def test_without_requests_nothing_is_overdue() -> None:
    """No open request, no age."""
    assert overdue([], at()) == NOTHING


def test_the_longest_unknown_counts_from_its_intent() -> None:
    """Each change of which nobody knows is counted, and the one that was begun first gives the age."""
    unknown = [request(state=State.UNKNOWN, started_at=at(minutes), updated_at=at(9)) for minutes in (5, 2)]
    assert overdue(unknown, at(10)) == Overdue(2, timedelta(minutes=8), 0)


def test_without_the_moment_of_its_intent_the_last_move_counts() -> None:
    """An item that does not say when it was begun has been unknown at least since it last moved."""
    assert overdue([request(state=State.UNKNOWN, started_at=None, updated_at=at(4))], at(10)).unknown_for == timedelta(
        minutes=6
    )


@pytest.mark.parametrize("state", [State.APPLYING, State.REVERTING])
@pytest.mark.parametrize(("later", "unfinished"), [(timedelta(), 0), (timedelta(microseconds=1), 1)])
def test_an_intent_is_overdue_when_no_worker_can_be_at_it_any_more(
    state: State, later: timedelta, unfinished: int
) -> None:
    """A write under way is nobody's failure; one that has had its time and has no outcome is."""
    begun = request(state=state, started_at=at(0), updated_at=at(0))
    assert overdue([begun], at(0) + OUTCOME_WITHIN + later) == Overdue(0, timedelta(), unfinished)


@pytest.mark.parametrize("state", sorted(set(State) - {State.UNKNOWN, State.APPLYING, State.REVERTING}))
def test_whatever_waits_for_people_is_not_overdue(state: State) -> None:
    """All other states are none of this alarm's business, however old."""
    assert overdue([request(state=state, started_at=at(0))], at(10_000)) == NOTHING


@pytest.mark.parametrize("state", [State.APPLIED, State.FAILED])
@pytest.mark.parametrize(("later", "unended"), [(timedelta(), 0), (timedelta(microseconds=1), 1)])
def test_an_end_that_nobody_can_begin_is_overdue_after_a_quarter_of_an_hour(
    state: State, later: timedelta, unended: int
) -> None:
    """Counted from the end; of what was tried and failed, from when it is tried again."""
    over = request(state=state, undoing=state is State.FAILED, revert_at=at(0))
    for_ever = request(state=State.APPLIED)
    never_made = request(state=State.FAILED, revert_at=at(0))
    put_back = request(state=State.REVERTED, revert_at=at(0))
    found = overdue([over, for_ever, never_made, put_back], at(0) + END_WITHIN + later)
    assert found == Overdue(0, timedelta(), 0, unended)


@pytest.mark.parametrize("which", range(3))
def test_any_of_them_is_worth_a_line_in_the_log(which: int) -> None:
    """And where there is none, there is nothing to say."""
    counts = [0, 0, 0]
    assert not Overdue(counts[0], timedelta(), counts[1], counts[2]).is_any
    counts[which] = 1
    assert Overdue(counts[0], timedelta(), counts[1], counts[2]).is_any


def test_the_figures_are_plain_numbers() -> None:
    """The log takes no spans of time."""
    expected = {"unknowns": 2, "unknown_for_seconds": 90.0, "unfinished": 1, "unended": 3}
    assert Overdue(2, timedelta(seconds=90), 1, 3).figures() == expected
