"""The values everything speaks in: read leniently, compared field by field, never changed in place."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.model import Execution, FieldDifference, Limits, RunCondition, whole
from tests.makers import at, change, run_condition
from tests.unit.domain.strategies import conditions, plain_conditions


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4, 4),
        (-1, -1),
        (0, 0),
        (2**70, 2**70),
        (4.0, 4),
        ("4", 4),
        ("0360", 360),
        ("9999999999", 9999999999),
        ("10000000000", None),
        (4.5, None),
        (math.inf, None),
        (math.nan, None),
        (True, None),
        (False, None),
        ("", None),
        ("-4", None),
        ("4.0", None),
        (" 4", None),
        ("four", None),
        ("\u0664", None),
        ("\u00b2", None),
        (None, None),
        ([4], None),
    ],
)
def test_a_number_is_read_leniently(value: object, expected: int | None) -> None:
    """Text and floats that mean a whole number are one; everything else is absent, and nothing raises."""
    assert whole(value) == expected
    assert type(whole(value)) is type(expected)


def test_a_run_condition_knows_its_numbers() -> None:
    """The two fields that may be changed, each by its name in the API."""
    condition = RunCondition({"numWorker": 2, "timeout": "360"})
    assert (condition.workers, condition.timeout_minutes) == (2, 360)


def test_numbers_that_the_api_left_out_are_none() -> None:
    """An empty condition has neither workers nor a timeout."""
    assert (RunCondition().workers, RunCondition().timeout_minutes) == (None, None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({"nrn": "nrn:x"}, True), ({"nrn": ""}, True), ({"nrn": None}, False), ({"nrn": 7}, False), ({}, False)],
)
def test_an_empty_nrn_counts_and_an_absent_or_null_one_does_not(fields: dict[str, object], *, expected: bool) -> None:
    """Both API documents show jobs that run with an empty role name."""
    assert RunCondition(fields).has_nrn is expected


def test_a_run_condition_keeps_what_it_was_made_of() -> None:
    """Neither the map it came from nor its own can change it."""
    source: dict[str, object] = {"numWorker": 2}
    condition = RunCondition(source)
    source["numWorker"] = 9
    assert condition == RunCondition({"numWorker": 2})
    with pytest.raises(TypeError):
        condition.fields["numWorker"] = 9  # type: ignore[index] # that it cannot be done is the point


@given(conditions, st.dictionaries(st.sampled_from(["numWorker", "timeout"]), st.integers()))
def test_a_replacement_keeps_every_other_field(condition: RunCondition, values: dict[str, int]) -> None:
    """What was asked is new; all else is the very object that was read, in the order it was read in."""
    after = condition.replaced(values)
    assert {name: after.fields[name] for name in values} == values
    others = [name for name in after.fields if name not in values]
    assert others == [name for name in condition.fields if name not in values]
    assert all(after.fields[name] is condition.fields[name] for name in others)


def test_differences_are_named_with_both_values_in_the_order_of_names() -> None:
    """A field that one of the two does not have is a difference, with None for what is not there."""
    expected = RunCondition({"b": 1, "same": {"x": [1]}, "a": "old", "gone": "x"})
    found = RunCondition({"b": 2, "same": {"x": [1]}, "a": "new", "more": 0})
    assert expected.differences(found) == (
        FieldDifference("a", "old", "new"),
        FieldDifference("b", 1, 2),
        FieldDifference("gone", "x", None),
        FieldDifference("more", None, 0),
    )


def test_absent_is_not_null() -> None:
    """A field that became null, or came as null, is a difference."""
    null, absent = RunCondition({"nrn": None}), RunCondition()
    assert null.differences(absent) == (FieldDifference("nrn", None, None),)
    assert absent.differences(null) == (FieldDifference("nrn", None, None),)
    assert null.differences(null) == ()


@given(plain_conditions, plain_conditions)
def test_there_are_no_differences_just_when_conditions_are_equal(one: RunCondition, other: RunCondition) -> None:
    """Comparing says the same both ways, with the two sides swapped."""
    there, back = one.differences(other), other.differences(one)
    assert (there == ()) == (one == other)
    assert there == tuple(FieldDifference(each.name, each.found, each.expected) for each in back)


@pytest.mark.parametrize(
    ("status", "ended", "expected"),
    [
        ("RUNNING", False, True),
        ("READY", False, True),
        ("RUNNING", True, False),
        ("COMPLETED", False, False),
        ("STRANGE", False, False),
    ],
)
def test_an_execution_is_open_while_it_waits_or_runs(status: str, *, ended: bool, expected: bool) -> None:
    """A run with an end is over, whatever its status still says."""
    assert Execution("e1", status, ended_at=at() if ended else None).is_open is expected


def test_a_change_writes_back_what_it_does_not_mean_to_change() -> None:
    """After is before with the asked values; the change keeps its own copy of them."""
    values = {"numWorker": 4}
    asked = change(values=values)
    values["numWorker"] = 9
    assert asked.values == {"numWorker": 4}
    assert asked.after == run_condition(numWorker=4)
    assert asked.before == run_condition()
    with pytest.raises(TypeError):
        asked.values["numWorker"] = 9  # type: ignore[index] # that it cannot be done is the point


def test_the_limits_are_those_of_the_documents() -> None:
    """2 to 10 workers, 1 to 1440 minutes."""
    assert (Limits().workers, Limits().timeout_minutes) == ((2, 10), (1, 1440))
