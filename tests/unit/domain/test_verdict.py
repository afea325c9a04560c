"""What became of a write, by what is read back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handler.domain.model import RunCondition
from handler.domain.verdict import Answer, DidNotTake, NotKnown, Took, Verdict, judge
from tests.makers import run_condition

ASKED, FORMER = {"numWorker": 4}, {"numWorker": 2}
WANTED, OLD, THIRD = run_condition(numWorker=4), run_condition(), run_condition(numWorker=7)
SOON, TOO_LATE = timedelta(minutes=6, microseconds=-1), timedelta(minutes=6)


@pytest.mark.parametrize(
    ("answer", "found", "since", "expected"),
    [
        (Answer.ACCEPTED, WANTED, SOON, Took(WANTED)),
        (Answer.ACCEPTED, WANTED, TOO_LATE, Took(WANTED)),
        (Answer.REFUSED, WANTED, SOON, Took(WANTED)),
        (Answer.REFUSED, WANTED, TOO_LATE, Took(WANTED)),
        (Answer.UNCLEAR, WANTED, SOON, Took(WANTED)),
        (Answer.UNCLEAR, WANTED, TOO_LATE, Took(WANTED)),
        (Answer.ACCEPTED, OLD, SOON, NotKnown(OLD)),
        (Answer.ACCEPTED, OLD, TOO_LATE, DidNotTake(OLD)),
        (Answer.REFUSED, OLD, SOON, DidNotTake(OLD)),
        (Answer.REFUSED, OLD, TOO_LATE, DidNotTake(OLD)),
        (Answer.UNCLEAR, OLD, SOON, NotKnown(OLD)),
        (Answer.UNCLEAR, OLD, TOO_LATE, DidNotTake(OLD)),
        (Answer.ACCEPTED, THIRD, SOON, NotKnown(THIRD)),
        (Answer.ACCEPTED, THIRD, TOO_LATE, DidNotTake(THIRD)),
        (Answer.REFUSED, THIRD, SOON, DidNotTake(THIRD)),
        (Answer.REFUSED, THIRD, TOO_LATE, DidNotTake(THIRD)),
        (Answer.UNCLEAR, THIRD, SOON, NotKnown(THIRD)),
        (Answer.UNCLEAR, THIRD, TOO_LATE, DidNotTake(THIRD)),
        (Answer.ACCEPTED, None, SOON, NotKnown(None)),
        (Answer.ACCEPTED, None, TOO_LATE, NotKnown(None)),
        (Answer.REFUSED, None, SOON, NotKnown(None)),
        (Answer.REFUSED, None, TOO_LATE, NotKnown(None)),
        (Answer.UNCLEAR, None, SOON, NotKnown(None)),
        (Answer.UNCLEAR, None, TOO_LATE, NotKnown(None)),
    ],
)
def test_the_verdict(answer: Answer, found: RunCondition | None, since: timedelta, expected: Verdict) -> None:
    """What is read decides; without it nobody knows; a refusal or six minutes rule out that it still comes."""
    assert judge(ASKED, FORMER, answer, found, since) == expected


@pytest.mark.parametrize(("workers", "timeout"), [(4, 360), (2, 720), (4, None)])
def test_every_asked_value_has_to_be_there(workers: int, timeout: int | None) -> None:
    """One of two is not done."""
    both = {"numWorker": 4, "timeout": 720}
    found = run_condition(numWorker=workers, timeout=timeout)
    assert judge(both, run_condition().fields, Answer.REFUSED, found, SOON) == DidNotTake(found)


@pytest.mark.parametrize(("answer", "since"), [(Answer.ACCEPTED, TOO_LATE), (Answer.UNCLEAR, TOO_LATE)])
def test_a_value_that_only_this_write_can_have_given_proves_that_it_was_done(answer: Answer, since: timedelta) -> None:
    """Somebody has changed the other one since. What was there before proves nothing; a refused write neither."""
    both, former = {"numWorker": 4, "timeout": 720}, {"numWorker": 2, "timeout": 360}
    half = run_condition(numWorker=5, timeout=720)
    assert judge(both, former, answer, half, since) == Took(half)
    assert judge(both, former, answer, half, SOON) == NotKnown(half)
    assert judge(both, former, Answer.REFUSED, half, since) == DidNotTake(half)
    assert judge(both, {**former, "timeout": 720}, answer, half, since) == DidNotTake(half)


def test_a_field_that_is_gone_is_not_as_asked() -> None:
    """A job that was deleted has no values at all."""
    gone = RunCondition()
    assert judge(ASKED, FORMER, Answer.UNCLEAR, gone, SOON) == NotKnown(gone)
    assert judge(ASKED, FORMER, Answer.UNCLEAR, gone, TOO_LATE) == DidNotTake(gone)


def test_other_fields_do_not_decide() -> None:
    """What somebody else changed meanwhile is told, but it is not what was asked."""
    found = run_condition(numWorker=4, logPath="elsewhere/")
    assert judge(ASKED, FORMER, Answer.UNCLEAR, found, SOON) == Took(found)


@pytest.mark.parametrize("workers", ["4", 4.0])
def test_a_number_is_read_back_as_leniently_as_it_was_read(workers: object) -> None:
    """An API that gives numbers as text has taken the change all the same."""
    found = run_condition(numWorker=workers)
    assert judge(ASKED, FORMER, Answer.ACCEPTED, found, SOON) == Took(found)


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        ("2", 2, True),
        ("2", "2", True),
        (2.0, "2", True),
        ("2", "3", False),
        (None, None, True),
        (None, 2, False),
        ("auto", "auto", True),
        ("auto", "other", False),
        ("auto", None, False),
        (2.5, 2.5, True),
        (2, 2.5, False),
    ],
)
def test_former_values_are_compared_as_they_were_read(wanted: object, found: object, *, expected: bool) -> None:
    """What is put back may be a number that the API wrote as text, something else, or nothing at all."""
    read = RunCondition({} if found is None else {"numWorker": found})
    assert judge({"numWorker": wanted}, {"numWorker": wanted}, Answer.REFUSED, read, SOON) == (
        Took(read) if expected else DidNotTake(read)
    )
