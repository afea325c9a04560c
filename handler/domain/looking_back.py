"""What follows the subject of ``history``: ``since 2h``, ``last 7d``, ``yesterday``, ``2026-11-20부터 어제까지``."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from handler.domain import amounts, tokens
from handler.domain.errors import Usage, UsageError
from handler.domain.options import Reader, dashed
from handler.domain.period import Ago, Day, DaysAgo, Period, When
from handler.domain.vocabulary import (
    AGO,
    AT_THE_END,
    BEFORE_TIMES,
    NAMED_DAYS,
    TIME_TAUGHT,
    TIME_UNITS,
    WEEKS,
    Side,
    key,
    near,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATES: Final = (
    re.compile(r"(20[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})\.?"),
    re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})"),
    re.compile(r"(20[0-9]{2})년([0-9]{1,2})월([0-9]{1,2})일"),
)
_ASSIGNED: Final = re.compile(r"([^=:]*+)[=:]++(.*+)")
_WEEKS: Final = re.compile(rf"([0-9]++)(?:{'|'.join(sorted(WEEKS))})")
_MOST_ENDINGS: Final = 3


def parse(text: str, at: int) -> Period:
    """Read the time that a clean text says from ``at`` on; nothing said is all time.

    Raises:
        UsageError: about the first thing that is wrong, from left to right; without a topic.
    """
    reader = Reader(_pieces(text, at))
    period = Period()
    while reader.peek():
        period = _next(reader, period)
    return period


def begins_here(text: str, at: int, word: str) -> bool:
    """Whether a word, with what follows, is a time already, so that nobody's history is asked for."""
    if key(dashed(word)) not in BEFORE_TIMES:
        return False
    try:
        parse(text, at)
    except UsageError:
        return False
    return True


def _pieces(text: str, at: int) -> Iterator[str]:
    for word in tokens.words(text, at):
        plain = dashed(word.text.rstrip(",;")).lstrip("-")
        assigned = _ASSIGNED.fullmatch(plain)
        if assigned and key(assigned[1]) in BEFORE_TIMES:
            yield assigned[1]
            plain = assigned[2]
        yield from filter(None, _endings(plain))


def _endings(word: str) -> tuple[str, ...]:
    """Take what Korean writes onto a time from its end: ``3일전부터`` is three days, ago, from."""
    endings: list[str] = []
    for _ in range(_MOST_ENDINGS):
        ending = next((each for each in (*AT_THE_END, *AGO) if not each.isascii() and word.endswith(each)), "")
        if not ending:
            break
        word = word.removesuffix(ending)
        endings.insert(0, ending)
    return word, *endings


def _next(reader: Reader, period: Period) -> Period:
    word = reader.take()
    side = BEFORE_TIMES.get(key(word))
    if side is None:
        when = _when(reader, word)
        if when is None:
            raise UsageError(Usage.UNEXPECTED_WORD, word=tokens.excerpt(word), near=near(key(word), TIME_TAUGHT))
    else:
        when = _named(reader, word)
    after = AT_THE_END.get(reader.peek())
    if after is not None:
        reader.take()
    return _with(period, side or after, when)


def _named(reader: Reader, word: str) -> When:
    """Read the time that a word such as ``since`` announces; ``last week`` is one week."""
    if not reader.peek():
        raise UsageError(Usage.MISSING_VALUE, word=tokens.excerpt(word))
    typed = reader.take()
    if typed.casefold() in TIME_UNITS | WEEKS:
        typed = f"1{typed}"
    when = _when(reader, typed)
    if when is None:
        raise UsageError(Usage.NOT_A_WHEN, word=tokens.excerpt(typed))
    return when


def _when(reader: Reader, typed: str) -> When | None:
    """Read a day, or how long ago; None when it is neither."""
    if (days := NAMED_DAYS.get(key(typed))) is not None:
        return DaysAgo(days)
    if day := next(filter(None, (pattern.fullmatch(typed) for pattern in _DATES)), None):
        return _day(typed, *map(int, day.groups()))
    if amounts.is_bare(typed) and reader.peek() in WEEKS:
        typed += reader.take()
    if weeks := _WEEKS.fullmatch(typed.casefold()):
        when = Ago(7 * amounts.lasting(f"{weeks[1]}d"))
    elif amounts.is_span(typed) or amounts.is_bare(typed):
        when = Ago(amounts.lasting(reader.span(typed)))
    else:
        return None
    reader.unit(AGO)
    return when


def _day(typed: str, year: int, month: int, day: int) -> Day:
    try:
        return Day(date(year, month, day))
    except ValueError:
        raise UsageError(Usage.NOT_A_WHEN, word=tokens.excerpt(typed)) from None


def _with(period: Period, side: Side | None, when: When) -> Period:
    """Put a time to what was said; a day alone is that day, a length alone is how far back to go."""
    if side is not Side.UNTIL:
        period = replace(period, since=_once(Side.SINCE, period.since, when))
    if side is Side.UNTIL or (side is None and not isinstance(when, Ago)):
        period = replace(period, until=_once(Side.UNTIL, period.until, when))
    return period


def _once(side: Side, before: When | None, now: When) -> When:
    if before not in {None, now}:
        raise UsageError(Usage.GIVEN_TWICE, word=side.value)
    return now
