"""What the end of a change means for a job on which other changes lie, above it and below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handler.domain.model import RunCondition
from handler.domain.overlay import PutBack, StandDown, Why, former_value, way_back
from handler.domain.request import Ending, Request, State
from tests.makers import change, request, run_condition

if TYPE_CHECKING:
    from collections.abc import Mapping

OVER = Ending(is_over=True)


def made(before: Mapping[str, object], values: Mapping[str, int], ending: Ending | None = None) -> Request:
    """Make a change that was applied."""
    asked = change(before=run_condition(**before), values=values)
    return request(state=State.APPLIED, asked=asked, ending=ending or Ending())


def workers(before: int, after: int, ending: Ending | None = None) -> Request:
    """Make a change of workers that was applied."""
    return made({"numWorker": before}, {"numWorker": after}, ending)


def reverted(before: int, after: int) -> Request:
    """Make a change of workers that was put back."""
    asked = change(before=run_condition(numWorker=before), values={"numWorker": after})
    return request(state=State.REVERTED, asked=asked)


def test_a_change_alone_gets_its_former_values_back() -> None:
    """Of the fields that it has set, and of no others."""
    found = run_condition(numWorker=4, timeout=30, extra=1)
    way = way_back(workers(2, 4), found, {}, {})
    assert way == PutBack(found, {"numWorker": 2})
    assert way.on_top is None
    assert PutBack(found, {"numWorker": 2}).condition == run_condition(numWorker=2, timeout=30, extra=1)


def test_a_job_that_is_gone_gets_nothing_back() -> None:
    """There is nothing that could be written."""
    assert way_back(workers(2, 4), RunCondition(), {}, {}) == StandDown(Why.GONE, RunCondition())


@pytest.mark.parametrize("now", [2, 6, "many", None])
def test_what_somebody_else_has_set_is_left_alone(now: object) -> None:
    """Also where the change has set another field, which is as it left it."""
    found = run_condition(numWorker=now, timeout=30)
    both = made({}, {"numWorker": 4, "timeout": 30})
    assert way_back(both, found, {}, {}) == StandDown(Why.MOVED_SINCE, found)


def test_what_had_no_value_before_stays() -> None:
    """The API cannot take a setting away."""
    found = run_condition(numWorker=4)
    assert way_back(made({"numWorker": None}, {"numWorker": 4}), found, {}, {}) == StandDown(
        Why.NOTHING_TO_PUT_BACK, found
    )


def test_a_field_under_a_later_change_is_left_to_that() -> None:
    """Even if both have set the same value; a later change that has ended is in nobody's way."""
    found, later = run_condition(numWorker=8), workers(4, 8)
    assert way_back(workers(2, 4), found, {"numWorker": [later]}, {}) == StandDown(Why.OVERLAID, found, later)
    same = workers(6, 4)
    found = run_condition(numWorker=4)
    above = {"numWorker": [same, workers(4, 6)]}
    assert way_back(workers(2, 4), found, above, {}) == StandDown(Why.OVERLAID, found, same)
    above = {"numWorker": [reverted(4, 4), workers(4, 4, OVER)]}
    assert way_back(workers(2, 4), found, above, {}) == PutBack(found, {"numWorker": 2})


def test_a_later_change_that_was_overwritten_covers_nothing() -> None:
    """The job has neither its value nor ours: somebody else set it."""
    found = run_condition(numWorker=6)
    assert way_back(workers(2, 4), found, {"numWorker": [workers(4, 8)]}, {}) == StandDown(Why.MOVED_SINCE, found)


def test_of_two_fields_the_one_that_is_free_is_put_back() -> None:
    """The other is left to the later change."""
    found = run_condition(numWorker=8, timeout=30)
    both, later = made({"timeout": 360}, {"numWorker": 4, "timeout": 30}), workers(4, 8)
    way = way_back(both, found, {"numWorker": [later]}, {})
    assert way == PutBack(found, {"timeout": 360})
    assert way.on_top is later


def test_what_an_ended_change_had_set_is_no_former_value() -> None:
    """The value of before it is, and so on down to a change that is in effect still."""
    last = workers(6, 8)
    below = [workers(4, 6, OVER), reverted(3, 4), workers(2, 3)]
    assert former_value(last, "numWorker", below) == 3
    assert former_value(last, "numWorker", below[:1]) == 4
    assert former_value(last, "numWorker", [workers(5, 6)]) == 6
    assert former_value(last, "numWorker", []) == 6
    assert way_back(last, run_condition(numWorker=8), {}, {"numWorker": below}) == PutBack(
        run_condition(numWorker=8), {"numWorker": 3}
    )


def test_what_somebody_set_between_two_changes_is_the_former_value() -> None:
    """The change below had set another value, which was overwritten by hand."""
    assert former_value(workers(5, 8), "numWorker", [workers(2, 4, OVER)]) == 5


def test_a_change_of_what_was_not_set_before_is_as_far_as_one_can_go() -> None:
    """There is no value further down."""
    below = [made({"numWorker": None}, {"numWorker": 4}, OVER), workers(2, 4, OVER)]
    assert former_value(workers(4, 8), "numWorker", below) == 4
