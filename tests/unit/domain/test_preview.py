"""What a change would mean for a job as it is, or why it cannot be asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.commands import By, Scale, Setting, To
from handler.domain.model import Change, Execution, Job, Limits, RunCondition
from handler.domain.preview import (
    NeverSetUp,
    NothingToAddTo,
    NothingToChange,
    OutOfBounds,
    Problem,
    WrongStatus,
    asked_values,
    preview,
    resolve,
    running,
)
from tests.makers import JOB_ID, at, job, run_condition

LIMITS = Limits(workers=(2, 10), timeout_minutes=(1, 1440))


def with_fields(**fields: object) -> Job:
    """Make a job whose run condition differs in these fields; None takes a field away."""
    condition = run_condition(**fields).fields
    return job(condition=RunCondition({name: value for name, value in condition.items() if value is not None}))


def scale(workers: Setting | None = None, timeout: Setting | None = None) -> Scale:
    """Make a wish about wordcount."""
    return Scale("wordcount", workers, timeout)


@pytest.mark.parametrize(
    ("workers", "timeout", "expected"),
    [
        (To(4), None, {"numWorker": 4}),
        (To(2), To(720), {"timeout": 720}),
        (By(2), None, {"numWorker": 4}),
        (None, To(720), {"timeout": 720}),
        (None, By(30), {"timeout": 390}),
        (To(10), By(1080), {"numWorker": 10, "timeout": 1440}),
        (By(8), To(1), {"numWorker": 10, "timeout": 1}),
    ],
)
def test_a_change_has_the_asked_fields_that_will_differ(
    workers: Setting | None, timeout: Setting | None, expected: dict[str, int]
) -> None:
    """From 2 workers and 360 minutes, relative or not; both bounds are allowed, what stays the same is left out."""
    assert preview(job(), scale(workers, timeout), LIMITS) == Change(JOB_ID, "wordcount", run_condition(), expected)


@pytest.mark.parametrize(
    ("field", "now", "setting", "least", "most"),
    [
        ("numWorker", 4, To(1), 2, 10),
        ("numWorker", 4, To(11), 2, 10),
        ("numWorker", 4, By(7), 2, 10),
        ("numWorker", 4, To(0), 2, 10),
        ("timeout", 360, To(0), 1, 1440),
        ("timeout", 360, To(1441), 1, 1440),
        ("timeout", 360, By(1081), 1, 1440),
    ],
)
def test_just_outside_a_bound_is_refused(field: str, now: int, setting: Setting, least: int, most: int) -> None:
    """The answer has what was asked, what is allowed and what there is now."""
    asked = scale(workers=setting) if field == "numWorker" else scale(timeout=setting)
    value = setting.value if isinstance(setting, To) else now + setting.delta
    assert preview(with_fields(numWorker=4), asked, LIMITS) == OutOfBounds(field, value, least, most, now)


@pytest.mark.parametrize(("workers", "timeout"), [(2, 1), (10, 1440)])
def test_each_bound_itself_is_allowed(workers: int, timeout: int) -> None:
    """The least and the most may both be written."""
    planned = preview(with_fields(numWorker=4), scale(To(workers), To(timeout)), LIMITS)
    assert isinstance(planned, Change)
    assert planned.values == {"numWorker": workers, "timeout": timeout}


def test_workers_are_looked_at_before_the_timeout() -> None:
    """Of two values that are out of bounds the first is told."""
    assert preview(job(), scale(To(99), To(9999)), LIMITS) == OutOfBounds("numWorker", 99, 2, 10, 2)


def test_what_is_not_asked_for_is_not_judged() -> None:
    """A job with a timeout beyond the limits, from the console, keeps it when only workers change."""
    planned = preview(with_fields(timeout=2880), scale(To(4)), LIMITS)
    assert isinstance(planned, Change)
    assert planned.after == run_condition(timeout=2880, numWorker=4)


def test_a_value_out_of_bounds_that_is_there_already_is_no_reason_to_refuse() -> None:
    """Asked to stay at 2880 minutes: only the workers change."""
    planned = preview(with_fields(timeout=2880), scale(To(4), To(2880)), LIMITS)
    assert isinstance(planned, Change)
    assert planned.values == {"numWorker": 4}


def test_from_out_of_bounds_to_out_of_bounds_is_refused() -> None:
    """2880 minutes may not become 2000."""
    asked = scale(timeout=To(2000))
    assert preview(with_fields(timeout=2880), asked, LIMITS) == OutOfBounds("timeout", 2000, 1, 1440, 2880)


@pytest.mark.parametrize(
    ("workers", "timeout"), [(To(2), None), (None, To(360)), (To(2), To(360)), (By(0), None), (None, None)]
)
def test_what_is_so_already_needs_no_change(workers: Setting | None, timeout: Setting | None) -> None:
    """The answer has both numbers as they are."""
    assert preview(job(), scale(workers, timeout), LIMITS) == NothingToChange(2, 360)


def test_a_number_that_the_api_writes_as_text_is_a_number() -> None:
    """Two workers are two workers."""
    assert preview(with_fields(numWorker="2"), scale(To(2)), LIMITS) == NothingToChange(2, 360)


def test_an_absent_number_can_be_set() -> None:
    """The API did not say how many workers there are: any allowed number is a change."""
    planned = preview(with_fields(numWorker=None), scale(To(4)), LIMITS)
    assert isinstance(planned, Change)
    assert planned.values == {"numWorker": 4}


def test_an_absent_number_is_told_as_none() -> None:
    """Out of bounds, with nothing there now."""
    asked = scale(timeout=To(0))
    assert preview(with_fields(timeout=None), asked, LIMITS) == OutOfBounds("timeout", 0, 1, 1440, None)


@pytest.mark.parametrize(
    ("workers", "timeout", "field"),
    [(By(2), None, "numWorker"), (None, By(2), "timeout"), (By(2), To(720), "numWorker"), (To(4), By(2), "timeout")],
)
def test_nothing_can_be_added_to_an_absent_number(workers: Setting | None, timeout: Setting | None, field: str) -> None:
    """Two more than unknown is unknown; no half of the wish is done."""
    bare = with_fields(numWorker=None, timeout=None)
    assert preview(bare, scale(workers, timeout), LIMITS) == NothingToAddTo(field)


def test_a_job_without_a_role_was_never_set_up() -> None:
    """No nrn, or null: refused before anything is sent. An empty one is written back as it was read."""
    for condition in (with_fields(nrn=None).run_condition, run_condition(nrn=None)):
        assert preview(job(condition=condition), scale(To(4)), LIMITS) == NeverSetUp()
    planned = preview(with_fields(nrn=""), scale(To(4)), LIMITS)
    assert isinstance(planned, Change)
    assert planned.after.fields["nrn"] == ""


@pytest.mark.parametrize("status", ["RUNNABLE", "RUNNING", "", "UNHEARD_OF"])
def test_a_status_that_does_not_rule_it_out_lets_it_pass(status: str) -> None:
    """Words that a newer API may use too."""
    assert isinstance(preview(replace(job(), status=status), scale(To(4)), LIMITS), Change)


def test_the_first_reason_is_the_one_told() -> None:
    """Deleted before never set up, before nothing to add to, before what is out of bounds."""
    asked = scale(By(99), To(0))
    bare = with_fields(nrn=None, numWorker=None)
    assert preview(replace(bare, status="DELETED"), asked, LIMITS) == WrongStatus("DELETED")
    assert preview(bare, asked, LIMITS) == NeverSetUp()
    assert preview(with_fields(numWorker=None), asked, LIMITS) == NothingToAddTo("numWorker")


def test_how_long_a_change_is_to_last_does_not_matter_here() -> None:
    """The same values are written, for two hours or until they are undone."""
    for_a_time = replace(scale(To(4)), minutes=120)
    assert preview(job(), for_a_time, LIMITS) == preview(job(), scale(To(4)), LIMITS)


def test_the_kinds_of_refusal_have_the_words_that_are_recorded() -> None:
    """A fact's detail is one of these."""
    assert [problem.slug for problem in get_args(Problem)] == [
        "out_of_bounds",
        "nothing_to_change",
        "nothing_to_add_to",
        "never_set_up",
        "wrong_status",
        "too_long",
    ]


@pytest.mark.parametrize(
    ("setting", "now", "expected"),
    [(To(4), 2, 4), (To(4), None, 4), (By(2), 2, 4), (By(2), None, None), (By(0), 0, 0), (None, 2, None)],
)
def test_what_a_setting_comes_to(setting: Setting | None, now: int | None, expected: int | None) -> None:
    """A number, the number more, or nothing."""
    assert resolve(setting, now) == expected


def test_asked_values_are_there_whether_allowed_or_not() -> None:
    """The policy is asked about what was asked, and the record shows it."""
    assert asked_values(job(), scale(To(99), By(1))) == {"numWorker": 99, "timeout": 361}
    assert asked_values(with_fields(timeout=None), scale(To(2), By(1))) == {"numWorker": 2}
    assert asked_values(job(), scale()) == {}


settings_ = st.none() | st.builds(To, st.integers(0, 20)) | st.builds(By, st.integers(0, 20))


@given(st.none() | st.integers(0, 20), settings_, st.none() | st.integers(0, 20), settings_)
def test_whatever_is_planned_is_within_bounds_and_new(
    workers_now: int | None, workers: Setting | None, timeout_now: int | None, timeout: Setting | None
) -> None:
    """A change has at least one value; each is allowed, was asked for and is not there yet."""
    limits = Limits(workers=(2, 10), timeout_minutes=(5, 15))
    it = with_fields(numWorker=workers_now, timeout=timeout_now)
    planned = preview(it, scale(workers, timeout), limits)
    if isinstance(planned, Change):
        assert planned.values
        assert planned.values.items() <= asked_values(it, scale(workers, timeout)).items()
        assert planned.values.get("numWorker", 2) in range(2, 11)
        assert planned.values.get("timeout", 5) in range(5, 16)
        assert all(planned.before.fields.get(name) != value for name, value in planned.values.items())


def test_the_newest_open_execution_is_the_one_a_change_does_not_reach() -> None:
    """Newest first, as the API lists them; what has ended is passed over."""
    over = Execution("e3", "COMPLETED", ended_at=at(-1))
    newest, older = Execution("e2", "RUNNING"), Execution("e1", "READY")
    assert running([over, newest, older]) == newest
    assert running(iter([over])) is None
    assert running([]) is None
