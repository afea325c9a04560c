"""What a fact may hold, and how it is written: exactly, as text that a stranger can write too."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.audit import Event, Fact, canonical, digest, place_of, recordable, timestamp
from handler.domain.model import RunCondition
from tests.makers import NOW, fact
from tests.unit.domain.strategies import any_text, as_written, conditions, exact_json

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_exact(value: object) -> bool:
    """Whether JSON by RFC 8785 and DynamoDB both give this back as it went in."""
    match value:
        case None | bool():
            return True
        case int():
            return -(2**53) < value < 2**53
        case str():
            return not any("\ud800" <= each <= "\udfff" for each in value)
        case list():
            return all(map(is_exact, value))
        case dict():
            return all(map(is_exact, value)) and all(map(is_exact, value.values()))
        case _:
            return False


def in_code_units(name: str) -> list[int]:
    """Return the UTF-16 code units of a name, by which RFC 8785 sorts."""
    return [
        unit
        for code in map(ord, name)
        for unit in ([code] if code < 0x10000 else [0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code - 0x10000 & 0x3FF)])
    ]


def sorted_by_units(value: object) -> object:
    """Return the value with every map in the order of RFC 8785, section 3.2.3."""
    match value:
        case list():
            return [sorted_by_units(each) for each in value]
        case dict():
            return {name: sorted_by_units(value[name]) for name in sorted(value, key=in_code_units)}
        case _:
            return value


@given(exact_json)
def test_canonical_json_reads_back_as_it_was(value: object) -> None:
    """Nothing is lost or turned into something that only looks equal."""
    assert as_written(json.loads(canonical(value))) == as_written(value)


@given(exact_json)
def test_canonical_json_is_compact_and_in_the_order_of_code_units(value: object) -> None:
    """Reading the text keeps the order of names; there is no space outside of text."""
    compact = json.dumps(sorted_by_units(value), ensure_ascii=False, separators=(",", ":"))
    assert canonical(value) == compact


def test_the_sorting_example_of_the_rfc() -> None:
    """RFC 8785, section 3.2.3: a key beyond the basic plane stands before one at its end."""
    names = ("\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6")
    assert list(json.loads(canonical(dict.fromkeys(names)))) == [
        "\r",
        "1",
        "\u0080",
        "\u00f6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("\b\t\n\f\r", r'"\b\t\n\f\r"'),
        ('"\\/', r'"\"\\/"'),
        ("\x00\x0b\x1f", r'"\u0000\u000b\u001f"'),
        ("\x7f\u2028€도", '"\x7f\u2028€도"'),
        ("", '""'),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (-7, "-7"),
        (2**53 - 1, "9007199254740991"),
        ([], "[]"),
        ({}, "{}"),
        ((1, ["a"], {"b": None}), '[1,["a"],{"b":null}]'),
        ({"b": 1, "a": {"d": [], "c": 2}}, '{"a":{"c":2,"d":[]},"b":1}'),
        ({2: "two", 10: "ten"}, '{"10":"ten","2":"two"}'),
        (Event.APPLIED, '"applied"'),
    ],
)
def test_canonical_spelling(value: object, expected: str) -> None:
    """RFC 8785, section 3.2.2: short escapes where there are, small hex digits, everything else as it is."""
    assert canonical(value) == expected


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_json_is_not_written(value: float) -> None:
    """Such numbers are not in any JSON; a record must not hold them."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(value)


@given(conditions)
def test_a_recorded_condition_is_exact(condition: RunCondition) -> None:
    """Whatever the API sends, the fact holds it so that JSON and DynamoDB give it back."""
    recorded = recordable(condition)
    assert is_exact(recorded)
    assert as_written(json.loads(canonical(recorded))) == as_written(recorded)


@given(exact_json)
def test_what_is_exact_already_is_recorded_as_it_is(value: object) -> None:
    """Only what cannot be held is turned into text."""
    assert as_written(recordable(RunCondition({"field": value}))) == as_written({"field": value})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1, "0.1"),
        (4.0, "4.0"),
        (float("nan"), "nan"),
        (2**53 - 1, 2**53 - 1),
        (1 - 2**53, 1 - 2**53),
        (2**53, "9007199254740992"),
        (-(2**53), "-9007199254740992"),
        (True, True),
        ("a\ud800b", "a?b"),
        ({"\udfff": [2**53, {"x": 0.5}]}, {"?": ["9007199254740992", {"x": "0.5"}]}),
        ((1, 2), [1, 2]),
        ({7: "seven"}, {"7": "seven"}),
        (NOW.date(), "2026-11-23"),
    ],
)
def test_how_a_value_is_recorded(value: object, expected: object) -> None:
    """Numbers that are not exact become their text, half a surrogate pair a question mark."""
    assert as_written(recordable(RunCondition({"field": value}))) == as_written({"field": expected})


def test_field_names_are_made_valid_too() -> None:
    """A name with half a surrogate pair is kept as far as it can be."""
    assert recordable(RunCondition({"a\ud800": 1})) == {"a?": 1}


@given(any_text, any_text)
def test_a_name_or_reason_of_any_text_can_be_recorded(job_name: str, reason: str) -> None:
    """Names from the API and reasons from people may hold half a surrogate pair: the fact has none, and a hash."""
    made = fact(job_name=job_name, reason=reason, before={"\ud800": "\udfff"})
    attributes = made.attributes()
    assert attributes["job_name"] == job_name.encode("utf-8", "replace").decode()
    assert attributes["reason"] == reason.encode("utf-8", "replace").decode()
    assert attributes["before"] == {"?": "?"}
    assert digest(attributes) == made.hash


def test_the_attributes_of_a_fact() -> None:
    """What does not apply is left out; tuples are lists, words are plain text, maps are plain."""
    before: Mapping[str, object] = RunCondition({"tags": ("a", "b"), "more": RunCondition({"x": 1}).fields}).fields
    made = Fact(
        request_id="7k3m-q2xd",
        seq=2,
        at="2026-11-23T03:04:05.678Z",
        event=Event.STALE,
        actor="U0KIM",
        before=before,
        because=(),
        reason="",
        prev_hash="1",
        hash="2",
    )
    assert made.attributes() == {
        "request_id": "7k3m-q2xd",
        "seq": 2,
        "at": "2026-11-23T03:04:05.678Z",
        "event": "stale",
        "actor": "U0KIM",
        "before": {"tags": ["a", "b"], "more": {"x": 1}},
        "because": [],
        "reason": "",
        "prev_hash": "1",
        "hash": "2",
    }
    assert type(made.attributes()["event"]) is str


def test_a_facts_place_is_by_when_by_request_and_by_number() -> None:
    """As text, so that an index has them in this order; a number has six digits at least."""
    assert place_of(fact("7k3m-q2xd").attributes()) == "2026-11-23T03:04:05.678Z#7k3m-q2xd#000001"
    assert place_of({"at": "2026", "request_id": "x", "seq": 1_234_567}) == "2026#x#1234567"


def test_a_fact_that_was_edited_has_a_place_all_the_same() -> None:
    """One that no fact of ours has."""
    assert place_of({"at": "2026", "request_id": "x", "seq": "1"}) == "2026#?#?"
    assert place_of({}) == "None#?#?"


def test_events_are_stored_by_the_words_of_the_contract() -> None:
    """Those of the contract's words that this version writes, and what befalls a review."""
    assert {each.value for each in Event} == {
        *("requested", "refused", "approved", "denied", "withdrawn", "expired", "stale"),
        *("applying", "applied", "failed", "unknown", "reverting", "reverted", "kept", "extended"),
        *("click_refused", "broke_glass", "reminded", "escalated", "reviewed", "review_reminded", "sealed"),
    }


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOW, "2026-11-23T03:04:05.678Z"),
        (datetime(2026, 11, 23, 12, 4, 5, tzinfo=timezone(timedelta(hours=9))), "2026-11-23T03:04:05.000Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 999999, tzinfo=UTC), "2026-01-02T03:04:05.999Z"),
    ],
)
def test_a_moment_is_written_in_utc_with_milliseconds(at: datetime, expected: str) -> None:
    """Korean time is written as UTC; microseconds are cut off, not rounded up."""
    assert timestamp(at) == expected


def test_where_the_function_runs_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine set to Korean time writes the same moment."""
    monkeypatch.setenv("TZ", "KST-9")
    time.tzset()
    try:
        assert timestamp(NOW) == "2026-11-23T03:04:05.678Z"
    finally:
        monkeypatch.undo()
        time.tzset()


moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=-3.5))]))


@given(st.lists(moments.filter(lambda at: 1 < at.year < 9999), max_size=5))
def test_the_order_of_written_moments_is_the_order_of_time(at: list[datetime]) -> None:
    """Sorting the text sorts the moments, so that an index by text is one by time."""
    milliseconds = [each.replace(microsecond=each.microsecond // 1000 * 1000) for each in at]
    assert sorted(map(timestamp, at)) == [timestamp(each) for each in sorted(milliseconds)]
