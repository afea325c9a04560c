"""The statements of a Cedar text with their lines, which Cedar's own answers do not tell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_OPERATORS: Final = 300
MOST_DEPTH: Final = 50
"""Tried with cedarpy 4.12.2: brackets 1,000 deep end the process, and 3,000 operators in a row pass its validation
unseen. These bounds stay far from both. A list of users is flat and may be of any length."""

_TOKEN: Final = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n\r]*|::|&&|\|\||[<>=!]=|\w+|\S', re.DOTALL)
_OPERATORS: Final = frozenset(
    {"+", "-", "*", ".", "!", "<", ">", "<=", ">=", "==", "!=", "&&", "||", "if", "when", "unless"}
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One policy's text, the line it begins in (from 1), how many operators it has and how deep its brackets go."""

    text: str
    line: int
    operators: int
    depth: int

    @property
    def is_too_much(self) -> bool:
        """Whether Cedar cannot be trusted with it."""
        return self.operators > MOST_OPERATORS or self.depth > MOST_DEPTH


def statements(text: str) -> Iterator[Statement]:
    """Split a text after each ``;`` that is neither in a string nor in a comment; what follows the last one counts."""
    start, operators, depth, deepest = -1, 0, 0, 0
    for token in _TOKEN.finditer(text):
        word = token.group()
        if word.startswith("//"):
            continue
        if start < 0:
            start = token.start()
        operators += word in _OPERATORS
        depth += (word in {"(", "[", "{"}) - (word in {")", "]", "}"})
        deepest = max(deepest, depth)
        if word == ";":
            yield Statement(text[start : token.end()], text.count("\n", 0, start) + 1, operators, deepest)
            start, operators, depth, deepest = -1, 0, 0, 0
    if start >= 0:
        yield Statement(text[start:], text.count("\n", 0, start) + 1, operators, deepest)
