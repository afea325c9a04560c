"""The spellings of an option (``workers=8``, ``--workers 8``, ``8 workers``) brought to one: a row of plain pieces.

A piece is an option's name, ``=``, a number, a unit, or whatever else was typed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from handler.domain.amounts import is_bare, is_span
from handler.domain.errors import Usage, UsageError
from handler.domain.vocabulary import BECAUSE, DURING, OPTIONS, TIME_UNITS, Option, key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

EQUALS: Final = "="
# Two vowel signs and two box lines that stand for a dash on Korean and Japanese keyboards. Only before a word: inside
# one they are letters.
_DASHES: Final = re.compile("[-\u3161\u30fc\u2500\u2501]++")
_ASSIGNED: Final = re.compile(r"([^=:+]*+)(\+?[=:]++|\+)(.*+)")


def is_option(word: str) -> bool:
    """Whether a word can only be an option, so that it cannot be the job: ``workers=8``, ``--workers``."""
    plain = dashed(word)
    assigned = _ASSIGNED.fullmatch(plain)
    return key(assigned[1] if assigned else plain) in {*OPTIONS, *BECAUSE} and (
        assigned is not None or plain.startswith("-")
    )


def pieces(words: Iterable[str]) -> Iterator[str]:
    """Take words apart; no piece is empty."""
    for word in words:
        plain = dashed(word.rstrip(",;"))
        stem = plain.removesuffix(DURING)
        yield from filter(None, (*_parts(stem), plain[len(stem) :]))


def dashed(word: str) -> str:
    """Return the word with whatever stands for dashes before it as dashes."""
    dashes = _DASHES.match(word)
    return "-" * dashes.end() + word[dashes.end() :] if dashes else word


def _parts(word: str) -> tuple[str, ...]:
    assigned = _ASSIGNED.fullmatch(word)
    if assigned is None:
        return (word,)
    name, sign, value = assigned.groups()
    if key(name) in OPTIONS or (not name and sign != "+"):
        return name, EQUALS, sign.rstrip("=:") + dashed(value)
    return (word,)


class Reader:
    """Goes through the pieces once, from left to right."""

    def __init__(self, row: Iterable[str]) -> None:
        self._row = tuple(row)
        self._at = 0

    def peek(self, ahead: int = 0) -> str:
        """Return a piece that comes, in small letters; empty after the last."""
        at = self._at + ahead
        return self._row[at].casefold() if at < len(self._row) else ""

    def take(self) -> str:
        """Return the next piece as typed and go on; there must be one."""
        piece = self._row[self._at]
        self._at += 1
        return piece

    def signed(self) -> str:
        """Take the next piece, and the number after it when it is a sign alone."""
        piece = self.take()
        if piece.strip("-") in {"", "+"} and self.peek()[:1].isdigit():
            return piece + self.take()
        return piece

    def unit(self, units: AbstractSet[str]) -> str:
        """Take the next piece if it is one of these units and no option of its own, else nothing."""
        return self.take() if self.peek() in units and self.peek(1) != EQUALS else ""

    def value(self, option: Option) -> str:
        """Take what was given for an option, without a unit that stands apart.

        Raises:
            UsageError: MISSING_VALUE, when nothing or another option follows.
        """
        while self.peek() in {EQUALS, "to"}:
            self.take()
        if not self.peek() or key(self.peek()) in OPTIONS:
            raise UsageError(Usage.MISSING_VALUE, word=option.value)
        return self.signed()

    def span(self, first: str) -> str:
        """Join the parts of a duration that stand apart: ``2 hours``, ``1시간 30분``; ``first`` has been taken."""
        parts = [first]
        if is_bare(first.removeprefix("+")):
            parts.append(self.unit(TIME_UNITS))
        whole = is_span("".join(parts).removeprefix("+"))
        while whole and (is_span(self.peek()) or (is_bare(self.peek()) and self.peek(1) in TIME_UNITS)):
            parts.append(self.take())
            parts.append(self.unit(TIME_UNITS))
        return "".join(parts)
