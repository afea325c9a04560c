"""What holds for every text: a Command or a UsageError, nothing hidden in either, in linear time."""

from __future__ import annotations

from dataclasses import astuple
from time import thread_time
from typing import TYPE_CHECKING
from unicodedata import category

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handler.domain.commands import By, Command, Scale, To
from handler.domain.errors import Usage, UsageError
from handler.domain.grammar import parse
from handler.domain.scaling import LONGEST_REASON
from handler.domain.tokens import LONGEST_EXCERPT, LONGEST_WORD
from handler.domain.vocabulary import BECAUSE, FILLERS, NOT_YET, OPTIONS, TIME_UNITS, TOPICS, WORKER_UNITS

if TYPE_CHECKING:
    from handler.domain.commands import Setting

VOCABULARY = sorted({*TOPICS, *NOT_YET, *OPTIONS, *BECAUSE, *FILLERS, *WORKER_UNITS, *TIME_UNITS, "me", "wordcount"})
DASHES = "-\u2010\u2011\u2013\u2014\u2212\uff0d\u3161\u30fc"
DIGITS = "0189\uff10\uff18\u0668\u096e\u00b2\u2467\u00bd\U0001d7e0"
MARKS = "=:+,;.<>@#!|&*\uff1d\uff1a\uff0b\"'`\u201c\u201d\u2018\u2019\u300c\u300d"
UNSEEN = "\x00\x1b\x7f\u200b\u200c\u200d\u202e\u2066\ufeff\u00ad\ud800\udfff\u3164"
SPACES = " \t\n\u00a0\u3000\u2028"
SLACK = ["<@U0KIM>", "<@U0KIM|kim>", "<http://a.kr|a.kr>", "<#C1|c>", "<!here>", "&lt;", "&amp;", "&gt;", "&amp;lt;"]

any_text = st.text(st.characters(exclude_categories=()))
grammar_like = st.lists(
    st.one_of(
        st.sampled_from(VOCABULARY),
        st.sampled_from(SLACK),
        st.text(DIGITS, min_size=1, max_size=12),
        st.text(DASHES + DIGITS + MARKS + UNSEEN, max_size=6),
        st.sampled_from([*DASHES, *MARKS, *UNSEEN, *SPACES, *"   "]),
        st.text(st.characters(exclude_categories=()), max_size=3),
    ),
    max_size=30,
)
spaced = st.builds(lambda space, parts: space.join(parts), st.sampled_from(["", " ", "  "]), grammar_like)
scaled = st.builds(lambda rest: f"scale wordcount {rest}", spaced)


def outcome(text: str) -> Command | UsageError:
    """Parse a text; whatever it raises but a usage error fails the test."""
    try:
        return parse(text)
    except UsageError as error:
        return error


def texts(value: object) -> list[str]:
    """Collect every text inside an outcome."""
    fields = vars(value).values() if isinstance(value, UsageError) else astuple(value)  # type: ignore[call-overload]  # every Command is a dataclass
    nested = [each if isinstance(each, tuple) else (each,) for each in fields]
    return [str(each) for group in nested for each in group if isinstance(each, str)]


@settings(deadline=None, max_examples=400)
@given(st.one_of(any_text, spaced, scaled))
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


whole = st.integers(0, 2**31 - 1)
setting = st.one_of(st.builds(To, whole), st.builds(By, whole))
reasons = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="<>&:=\u115f\u1160\u3164\uffa0\u2800"), min_size=1
).filter(lambda text: text[0] not in MARKS and text[-1] not in MARKS and text[0] not in "\u00b4\u00ab\u00bb")
job_names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{2,99}", fullmatch=True)
scales = st.builds(
    Scale,
    job_names,
    workers=st.none() | setting,
    timeout=st.none() | setting,
    minutes=st.none() | st.integers(1, 2**31 - 1),
    because=st.none() | reasons,
).filter(lambda scale: scale.workers is not None or scale.timeout is not None)
assignments = st.sampled_from(
    ["{0}={1}", "{0} {1}", "{0}:{1}", "{0} = {1}", "--{0} {1}", "\u2014{0}={1}", "{0} to {1}"]
)
quotes = st.sampled_from(["{}", '"{}"', "\u201c{}\u201d", "\u2018{}\u2019", "`{}`"])
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(ord("!"), ord("~") + 1)})


def _sign(setting: Setting) -> str:
    return "+" if isinstance(setting, By) else ""


def _number(setting: Setting) -> int:
    return setting.delta if isinstance(setting, By) else setting.value


def _time(draw: st.DrawFn, minutes: int) -> str:
    days, hours = divmod(minutes, 1440)[0], minutes % 1440 // 60
    day, hour, minute = draw(st.sampled_from([("d", "h", "m"), ("일", "시간", "분"), (" days ", " hours ", " min")]))
    return draw(
        st.sampled_from(
            [
                f"{minutes}",
                f"{minutes}{minute}",
                f"{minutes // 60}{hour}{minutes % 60}{minute}",
                f"{days}{day}{hours}{hour}{minutes % 60}{minute}",
            ]
        )
    ).strip()


@st.composite
def spelled_scales(draw: st.DrawFn) -> tuple[str, Scale]:
    """Draw a change and one of the tolerated ways to type it."""
    scale = draw(scales)
    options = []
    if scale.workers is not None:
        number = f"{_sign(scale.workers)}{_number(scale.workers)}"
        name = draw(st.sampled_from(["workers", "Worker", "numWorker", "w", "워커", "작업자"]))
        assigned = draw(assignments).format(name, draw(quotes).format(number))
        options.append(draw(st.sampled_from([assigned, f"{number}w", f"{number} workers", f"{number}개"])))
    if scale.timeout is not None:
        time = _sign(scale.timeout) + _time(draw, _number(scale.timeout))
        name = draw(st.sampled_from(["timeout", "TIMEOUT", "t", "타임아웃"]))
        options.append(draw(assignments).format(name, draw(quotes).format(time)))
    if scale.minutes is not None:
        options.append(f"for {_time(draw, scale.minutes)}")
    options = draw(st.permutations(options))
    words = draw(st.sampled_from([" ", "  ", " and ", ", "])).join([draw(quotes).format(scale.job), *options][1:])
    typed = f"{draw(quotes).format(scale.job)} {words}"
    if draw(st.booleans()):
        typed = typed.translate(FULL_WIDTH)
    reason = (
        "" if scale.because is None else f" {draw(st.sampled_from(['because', 'because:', '사유']))} {scale.because}"
    )
    return f"scale {typed}{reason}", scale


@settings(deadline=None, max_examples=300)
@given(spelled_scales())
def test_every_spelling_reads_back(spelled: tuple[str, Scale]) -> None:
    """A change typed in any mixture of the tolerated spellings is read as that change."""
    typed, scale = spelled

    assert scale == parse(typed)


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
    *("동안", "1동안 ", "to ", "for 1h ", "because:"),
]
STARTS = ["", "status '", "scale a ", "scale a 8w because "]


def fastest(text: str, times: int) -> float:
    """Return the least processor time, in seconds, that reading the text took."""
    spent = []
    for _ in range(times):
        began = thread_time()
        outcome(text)
        spent.append(thread_time() - began)
    return min(spent)


@pytest.mark.parametrize("start", STARTS)
def test_no_text_takes_more_than_linear_time(start: str) -> None:
    """A text ten times as long takes about ten times the processor time, where a quadratic step takes a hundred."""
    slow = []
    for shape in SHAPES:
        short, long = (start + shape * (length // len(shape)) for length in (3_000, 30_000))
        most = 25 * fastest(short, 3)
        if fastest(long, 1) > most and fastest(long, 3) > most:
            slow.append(shape)

    assert slow == []
