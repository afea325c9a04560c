"""Numbers, times and settings as people say them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handler.domain.model import FieldDifference
from handler.slack.quantities import difference, drift, lasting, timeout, workers

if TYPE_CHECKING:
    from handler.slack.voice import Voice

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("number", "expected"), [(None, "workers not said"), (0, "0 workers"), (1, "1 worker"), (2, "2 workers")]
)
def test_workers_are_counted_as_people_do(say: Voice, number: int | None, expected: str) -> None:
    """One is a worker, all others are workers."""
    assert workers(say, number) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (None, "not said"),
        (1, "1 min"),
        (59, "59 min"),
        (60, "60 min (1 h)"),
        (90, "90 min (1 h 30 min)"),
        (360, "360 min (6 h)"),
        (1440, "1440 min (24 h = 1 day)"),
        (2880, "2880 min (48 h = 2 days)"),
        (3000, "3000 min (50 h = 2 days 2 h)"),
        (-5, "-5 min"),
    ],
)
def test_a_timeout_is_told_as_the_api_counts_it_and_as_people_do(
    say: Voice, minutes: int | None, expected: str
) -> None:
    """Minutes first, as they are typed and written; from an hour on in hours, from a day on in days as well."""
    assert timeout(say, minutes).replace(SPACE, " ") == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "0 min"), (52, "52 min"), (122, "2 h 2 min"), (120, "2 h"), (1440, "1 day"), (3001, "2 days 2 h 1 min")],
)
def test_how_long_something_took_is_told_in_the_largest_units(say: Voice, minutes: int, expected: str) -> None:
    """Units that are zero are left out."""
    assert lasting(say, minutes).replace(SPACE, " ") == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"numWorker": 2}, {"numWorker": 4}, "workers 2 → 4"),
        ({"timeout": 30}, {"timeout": 45}, "timeout 30 → 45 min"),
        (
            {"numWorker": 2, "timeout": 360, "nrn": "a"},
            {"numWorker": 4, "timeout": 90, "nrn": "b"},
            "workers 2 → 4 and timeout 360 → 90 min (1 h 30 min)",
        ),
        ({}, {"numWorker": 4}, "workers not set → 4"),
        ({"timeout": 5, "numWorker": 2}, {}, "workers 2 → not set and timeout 5 → not set"),
        ({"timeout": 5}, {"timeout": "9" * 20}, f"timeout 5 → {'9' * 20}"),
        ({"numWorker": 2}, {"numWorker": 2}, ""),
    ],
)
def test_a_difference_is_told_by_what_people_change(
    say: Voice, before: dict[str, object], after: dict[str, object], expected: str
) -> None:
    """Workers and timeout, before and after; a value that could only be recorded as text is shown as it is."""
    assert difference(say, before, after).replace(SPACE, " ") == expected


def test_drift_names_settings_in_people_s_words(say: Voice) -> None:
    """What people change comes first; a setting without a word of its own is named as the API does."""
    found = drift(
        say,
        (
            FieldDifference("logPath", "a/", None),
            FieldDifference("newField", None, {"deep": [1]}),
            FieldDifference("numWorker", 2, 5),
        ),
    )
    assert found == [
        "• workers: 2 → 5",
        "• log path: `a/` → not set",
        "• `newField`: not set → {'deep': [1]}",
    ]
