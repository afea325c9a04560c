"""What holds for every text: a Command or a UsageError, nothing hidden in either, in linear time."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from time import thread_time
from typing import TYPE_CHECKING
from unicodedata import category

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handler.domain.commands import Command, Help, Scale, To, Why
from handler.domain.errors import Usage, UsageError
from handler.domain.scaling import LONGEST_REASON
from handler.domain.tokens import LONGEST_EXCERPT, LONGEST_WORD
from tests.unit.domain.grammar_texts import any_text, outcome, spaced

if TYPE_CHECKING:
    from collections.abc import Iterable

scaled = st.builds(lambda rest: f"scale wordcount {rest}", spaced)
looked_back = st.builds(lambda rest: f"history wordcount {rest}", spaced)
before_changes = st.sampled_from(["", "break-glass ", "why ", "why break-glass "])


def texts(value: object) -> list[str]:
    """Collect every text inside an outcome."""
    if isinstance(value, str):
        return [str(value)]
    inner: Iterable[object] = ()
    if isinstance(value, UsageError):
        inner = vars(value).values()
    elif isinstance(value, tuple):
        inner = value
    elif is_dataclass(value):
        inner = [getattr(value, field.name) for field in fields(value)]
    return [text for each in inner for text in texts(each)]


@settings(deadline=None, max_examples=400)
@given(st.one_of(any_text, spaced, looked_back, st.builds("".join, st.tuples(before_changes, scaled))))
@example("scale wordcount workers=" + "9" * 5000)
@example("scale wordcount workers=" + "\u0668" * 5000)
@example("w=" * 5000)
@example("scale wordcount " + "w=" * 5000)
@example("scale wordcount " + "e" + "\u0301\u0323" * 5000)
@example("e" + "\u0301\u0323" * 5000)
def test_any_text_is_a_command_or_a_usage_error(text: str) -> None:
    """Any text at all gives a Command or a UsageError, whose texts can be stored, hide nothing and are bounded."""
    found = outcome(text)

    assert isinstance(found, Command | UsageError)
    for each in texts(found):
        assert each.encode() == each.encode("utf-8", "strict")
        assert {"Cc", "Cs", "Zl", "Zp"}.isdisjoint(map(category, each))
        assert {"\u200c", "\u200d"} >= {character for character in each if category(character) == "Cf"}
        assert len(each) <= LONGEST_REASON
    if isinstance(found, UsageError):
        assert isinstance(found.usage, Usage)
        assert max(map(len, texts(found))) <= LONGEST_EXCERPT
        assert len(found.near) <= 3


@settings(deadline=None, max_examples=200)
@given(scaled)
def test_a_scale_is_complete(text: str) -> None:
    """What is read as a change has a job, something to change, and numbers that fit in 32 bits and are not negative."""
    found = outcome(text)

    if isinstance(found, Scale):
        amounts = [
            each.value if isinstance(each, To) else each.delta for each in (found.workers, found.timeout) if each
        ]
        assert 0 < len(found.job) <= LONGEST_WORD
        assert amounts
        assert all(0 <= each < 2**31 for each in amounts)
        assert found.minutes is None or 0 < found.minutes < 2**31
        assert found.because != ""


@settings(deadline=None, max_examples=200)
@given(spaced)
@example("break-glass wordcount 8w because x")
@example("scale break-glass 8w because x")
def test_no_question_changes_anything(rest: str) -> None:
    """Whatever follows ``why``, nothing is asked for but an answer."""
    assert isinstance(outcome(f"why {rest}"), Why | Help | UsageError)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(["scale {}", "scale wordcount 8w {}", "scale {} 8w because x", "변경 {}"]), spaced)
@example("scale wordcount 8w {}", "--break-glass because x")
def test_no_emergency_by_accident(words: str, rest: str) -> None:
    """What begins with ``scale`` is no emergency, whatever else it says; one that is has a reason."""
    usual = outcome(words.format(rest))
    emergency = outcome(f"break-glass {words.format(rest)}")

    assert isinstance(usual, Scale | Help | UsageError)
    assert not (isinstance(usual, Scale) and usual.is_emergency)
    assert isinstance(emergency, Scale | Help | UsageError)
    assert not isinstance(emergency, Scale) or (emergency.is_emergency and emergency.because)


SHAPES = [
    *(" ", "\u200b", "a", "a ", "9", "-", "=", "+", "<", "< ", ">", "&", "&amp;", "'", '" ', "\u201c", "(", "\ud800"),
    *(
        "<a:",
        "<@U1|",
        "<http://a|",
        "\u0301\u0323",
        "\u1100\u1161",
        "\u3161",
        "w=",
        "= ",
        "- ",
        "8 w ",
        "1 h ",
        "1d1h1m",
    ),
    *("동안", "1동안 ", "to ", "for 1h ", "because:", "break ", "?", "? "),
]
TIME_SHAPES = [
    " ",
    "a",
    "a ",
    "9",
    "9 ",
    "-",
    "= ",
    "1 h ",
    "1d1h1m",
    "전부터",
    "since ",
    "since=",
    "2026-",
    "1w ",
    "today ",
]
STARTS = ["", "status '", "scale a ", "scale a 8w because ", "why break glass "]


def fastest(text: str, times: int) -> float:
    """Return the least processor time, in seconds, that reading the text took."""
    spent = []
    for _ in range(times):
        began = thread_time()
        outcome(text)
        spent.append(thread_time() - began)
    return min(spent)


@pytest.mark.parametrize(
    ("start", "shapes"),
    [*((start, SHAPES) for start in STARTS), ("history a ", TIME_SHAPES), ("history a since ", TIME_SHAPES)],
)
def test_no_text_takes_more_than_linear_time(start: str, shapes: list[str]) -> None:
    """A text ten times as long takes about ten times the processor time, where a quadratic step takes a hundred."""
    slow = []
    for shape in shapes:
        short, long = (start + shape * (length // len(shape)) for length in (3_000, 30_000))
        most = 25 * fastest(short, 3)
        if fastest(long, 1) > most and fastest(long, 3) > most:
            slow.append(shape)

    assert slow == []
