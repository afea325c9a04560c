"""What a history's button carries, there and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.commands import ShowJobHistory, ShowOlder
from handler.domain.errors import BadCursor
from handler.domain.period import Bounds
from handler.slack.pages import LONGEST_VALUE, history_of, page_value
from tests.makers import JOB_ID, at

moments = st.none() | st.integers(-(10**6), 10**6).map(at)
pages = st.builds(
    ShowOlder,
    st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=200),
    st.from_regex(r"[A-Za-z0-9_=-]{1,200}", fullmatch=True),
    st.builds(Bounds, moments, moments),
    st.booleans(),
)


@given(pages)
def test_a_page_is_read_back_as_it_was(page: ShowOlder) -> None:
    """Whatever subject, time and cursor there are, the value fits into a button and leads to the same page."""
    value = page_value(page)
    assert value is not None
    assert len(value) <= LONGEST_VALUE
    assert page == history_of(value)


def test_a_page_that_fits_into_no_button_has_no_value() -> None:
    """A value cut short would lead nowhere."""
    empty = len(page_value(ShowOlder(JOB_ID, "")) or "")
    assert page_value(ShowOlder(JOB_ID, "x" * (LONGEST_VALUE - empty))) is not None
    assert page_value(ShowOlder(JOB_ID, "x" * (LONGEST_VALUE - empty + 1))) is None


@pytest.mark.parametrize("value", [JOB_ID, "", "작업", "[1]"])
def test_a_plain_text_is_a_job(value: str) -> None:
    """Buttons of messages that stand in channels already carry a job's id alone."""
    assert ShowJobHistory(value) == history_of(value)


@pytest.mark.parametrize(
    "value",
    [
        "{",
        "{}",
        '{"job":"x"}',
        '{"after":"x"}',
        '{"job":1,"after":"x"}',
        '{"user":"U0KIM","after":null}',
        '{"job":"x","after":"y","since":"yesterday"}',
        '{"job":"x","after":"y","since":"2026-11-20"}',
        '{"job":"x","after":"y","until":5}',
        json.dumps({"job": "x", "after": "y"})[:-1],
        '{"job":' + "[" * 100_000,
    ],
)
def test_what_is_no_page_is_refused(value: str) -> None:
    """A forged value, or one of a later version, is an error that people are told about kindly."""
    with pytest.raises(BadCursor):
        history_of(value)
