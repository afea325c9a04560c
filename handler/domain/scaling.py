"""What follows the job in ``scale``: options in any order, then the reason.

The same follows ``why scale`` and ``break-glass scale``, so a refusal has no topic here: the caller knows it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, TypeVar, assert_never

from handler.domain import amounts, tokens
from handler.domain.commands import Scale
from handler.domain.errors import Usage, UsageError
from handler.domain.options import Reader, dashed, pieces
from handler.domain.vocabulary import (
    BECAUSE,
    COUNTERS,
    DURING,
    FILLERS,
    OPTIONS,
    TAUGHT,
    TOPICS,
    WORKER_UNITS,
    Option,
    Topic,
    key,
    near,
)

LONGEST_REASON: Final = 3000

_SEPARATOR: Final = re.compile("[=:\uff1d\uff1a\ufe66\ufe55]")
_NOT_A_NAME: Final = re.compile("[=:+]")
# Only when nothing touches it: a reason may begin with an emoji's ":name:".
_SEPARATOR_APART: Final = re.compile(rf"\A\s*+{_SEPARATOR.pattern}(?!\S)")

_Given = TypeVar("_Given")


def parse(job: str, text: str, at: int) -> Scale:
    """Read the options and the reason that stand in a clean text from ``at`` on.

    Raises:
        UsageError: about the first thing that is wrong, from left to right.
    """
    words, because = _cut(text, at)
    wanted = _read(Reader(pieces(words)), Scale(job))
    reason = None if because is None else _reason(because)
    if wanted.workers is None and wanted.timeout is None:
        raise UsageError(Usage.MISSING_CHANGE)
    return replace(wanted, because=reason)


def reason_alone(text: str, at: int) -> str | None:
    """Read a reason where there is nothing else to say, None when there is none.

    Raises:
        UsageError: UNEXPECTED_WORD about anything before it; MISSING_REASON or TOO_LONG about itself.
    """
    words, because = _cut(text, at)
    if words:
        raise UsageError(Usage.UNEXPECTED_WORD, word=tokens.excerpt(words[0]))
    return None if because is None else _reason(because)


def begins_reason(raw: str) -> bool:
    """Whether a word as it came says that a reason follows: ``because``, ``reason:late``."""
    return key(dashed(tokens.meant(_SEPARATOR.split(raw)[0]))) in BECAUSE


def _cut(text: str, at: int) -> tuple[list[str], str | None]:
    options: list[str] = []
    for word in tokens.words(text, at):
        head = _SEPARATOR.split(word.raw)[0]
        if begins_reason(word.raw):
            return options, word.raw[len(head) + 1 :] + text[word.end :]
        options.append(word.text)
    return options, None


def _reason(raw: str) -> str:
    reason = tokens.sentence(_SEPARATOR_APART.sub("", raw))
    if not reason:
        raise UsageError(Usage.MISSING_REASON)
    if len(reason) > LONGEST_REASON:
        raise UsageError(Usage.TOO_LONG, word=tokens.excerpt(reason), limit=LONGEST_REASON)
    return reason


def _read(reader: Reader, wanted: Scale) -> Scale:
    while reader.peek():
        option = OPTIONS.get(key(reader.peek()))
        wanted = _unnamed(reader, wanted) if option is None else _named(reader, wanted, option)
    return wanted


def _named(reader: Reader, wanted: Scale, option: Option) -> Scale:
    reader.take()
    value = reader.value(option)
    match option:
        case Option.WORKERS:
            return _with_workers(wanted, value + reader.unit(COUNTERS))
        case Option.TIMEOUT:
            timeout = amounts.timeout(reader.span(value))
            return replace(wanted, timeout=_once(option, wanted.timeout, timeout))
        case Option.FOR:
            span = reader.span(value)
            reader.unit({DURING})
            return _with_minutes(wanted, span)
        case _:
            assert_never(option)


def _unnamed(reader: Reader, wanted: Scale) -> Scale:
    """Read what says itself what it is (``8w``, ``8 workers``, ``2시간 동안``), or pass over a filler."""
    word = reader.signed()
    if word.casefold() in FILLERS or not word.strip("-"):
        return wanted
    amounts.refuse_negative(word)
    if amounts.is_count(word):
        count = word + (reader.unit(WORKER_UNITS) if word[-1].isdigit() else "")
        if not count[-1].isdigit():
            return _with_workers(wanted, count)
    span = reader.span(word)
    if reader.unit({DURING}):
        return _with_minutes(wanted, span)
    raise UsageError(Usage.UNEXPECTED_WORD, word=tokens.excerpt(span), near=_meanings(span), topic=_elsewhere(span))


def _with_workers(wanted: Scale, typed: str) -> Scale:
    return replace(wanted, workers=_once(Option.WORKERS, wanted.workers, amounts.workers(typed)))


def _with_minutes(wanted: Scale, typed: str) -> Scale:
    return replace(wanted, minutes=_once(Option.FOR, wanted.minutes, amounts.lasting(typed)))


def _once(option: Option, before: _Given | None, now: _Given) -> _Given:
    if before not in {None, now}:
        raise UsageError(Usage.GIVEN_TWICE, word=option.value)
    return now


def _elsewhere(word: str) -> str:
    """Return the topic of a word that has its place before the job, for a usage line that shows where."""
    return Topic.BREAK_GLASS if TOPICS.get(key(word)) is Topic.BREAK_GLASS else ""


def _meanings(word: str) -> tuple[str, ...]:
    """Say what a word out of place may have been meant as: an amount needs its option, a name may be misspelt."""
    if amounts.is_count(word):
        return tokens.excerpt(f"{Option.WORKERS}={word}"), tokens.excerpt(f"{Option.TIMEOUT}={word}")
    if amounts.is_span(word.removeprefix("+")):
        return tokens.excerpt(f"{Option.TIMEOUT}={word}"), tokens.excerpt(f"{Option.FOR} {word}")
    return near(key(_NOT_A_NAME.split(word)[0]), TAUGHT)
