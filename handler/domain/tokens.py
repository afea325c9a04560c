"""From the text of a slash command to words: what Slack, phones and keyboards did to it is undone here, and only here.

Every step looks at each character a fixed number of times, so 10,000 characters take ten times as long as 1,000.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from unicodedata import category, normalize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_WORD: Final = 200
LONGEST_EXCERPT: Final = 60

# Emoji such as a family, and several scripts, are several characters held together by these.
_JOINERS: Final = "\u200c\u200d"
# Letters and symbols by category, yet nothing is to be seen: jamo fillers and the empty Braille cell.
_BLANKS: Final = "\u115f\u1160\u3164\uffa0\u2800"
_QUOTES: Final = (
    "\"'`\u00b4\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a"
    "\u300c\u300d\u300e\u300f\uff02\uff07\uff40"
)

# What a Slack client makes of a mention, a channel, a broadcast or an address, when the command has "escape" on
# (docs.slack.dev/interactivity/implementing-slash-commands). A "<" that somebody typed arrives as "&lt;".
_MARKUP: Final = r"<(?:[@#!]|[A-Za-z][A-Za-z0-9+.-]{1,15}+:)[^<>]*+>"
_SLACK: Final = re.compile(rf"{_MARKUP}|&(?:amp|lt|gt);")
_ENTITY: Final = re.compile("&(amp|lt|gt);")
_MEANT: Final = {"amp": "&", "lt": "<", "gt": ">"}
_WORD: Final = re.compile(rf"(?:{_MARKUP}|\S)++")
_QUOTED: Final = re.compile(rf"\s*+[{_QUOTES}]([^{_QUOTES}]*+)[{_QUOTES}](?!\S)")
_MENTION: Final = re.compile(r"(<)?@([UW][A-Z0-9]+)(?(1)(?:\|[^<>]*+)?>)")

# Not NFKC: that would read "8²" as 82 and "½" as 1/2.
_PLAIN: Final[dict[str, str]] = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},  # full-width forms
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63", "-"),
    **dict.fromkeys("\u2014\u2015\u2e3a\ufe58", "--"),  # what phones make of "--"
    "\ufe66": "=",
    "\ufe55": ":",
    "\ufe62": "+",
    "\ufe50": ",",
    **dict.fromkeys(_JOINERS + _QUOTES, ""),
}
_FOLDED: Final = str.maketrans(_PLAIN)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: ``text`` as it is meant, ``raw`` as it came; ``end`` is where the clean text goes on after it."""

    text: str
    raw: str
    end: int


def clean(text: str) -> str:
    """Return the text without what cannot be seen: controls, zero-width and bidirectional marks.

    Line breaks, tabs and blank letters become spaces; half a surrogate pair becomes U+FFFD, for it cannot be stored.
    """
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character in _JOINERS:
        return character
    if character in _BLANKS:
        return " "
    match category(character):
        case "Cc" | "Zl" | "Zp":
            return " " if character.isspace() else ""
        case "Cf":
            return ""
        case "Cs":
            return "\ufffd"
        case _:
            return character


def words(text: str, start: int) -> Iterator[Word]:
    """Read the words of a clean text from ``start`` on, one at a time; none is empty."""
    for found in _WORD.finditer(text, start):
        if text_read := meant(found[0]):
            yield Word(text_read, found[0], found.end())


def name(text: str, start: int) -> Word | None:
    """Read the next word of a clean text, where quotes may hold several together; None when there is none."""
    quoted = _QUOTED.match(text, start)
    if quoted is None:
        return next(words(text, start), None)
    text_read = meant(quoted[1])
    return Word(text_read, quoted[1], quoted.end()) if text_read else None


def mention(text: str) -> str | None:
    """Return the user id of ``<@U…>``, ``<@U…|name>`` or ``@U…``, None when the text is no mention."""
    found = _MENTION.fullmatch(_decoded(text))
    return found[2] if found else None


def meant(raw: str) -> str:
    """Return a word in its plain form: mentions as people write them, ASCII for full-width forms, dashes, no quotes."""
    plain = _unescaped(raw, _label).translate(_FOLDED)
    # NFC takes quadratic time on long runs of combining marks; nothing this long is a name of anything.
    composed = normalize("NFC", plain) if len(plain) <= LONGEST_WORD else plain
    return " ".join(composed.split())


def sentence(text: str) -> str:
    """Return free text as typed: entities decoded once, mentions as people write them, outer quotes off."""
    plain = _unescaped(text, _address).strip()
    edges = plain[:1] + plain[-1:]
    if all(edge in _QUOTES for edge in edges) and not any(edge in plain[1:-1] for edge in edges):
        plain = plain[1:-1].strip()
    return plain if plain.translate(_FOLDED).strip() else ""


def _unescaped(text: str, link: Callable[[str, str], str]) -> str:
    return _SLACK.sub(lambda found: _typed(found[0], link), text)


def _typed(piece: str, link: Callable[[str, str], str]) -> str:
    if piece.startswith("&"):
        return _decoded(piece)
    target, _, label = (_decoded(part) for part in piece[1:-1].partition("|"))
    match target[0]:
        case "@" | "!":
            return "@" + (label or target[1:]).removeprefix("@")
        case "#":
            return "#" + (label or target[1:]).removeprefix("#")
        case _:
            return link(target, label)


def _decoded(text: str) -> str:
    return _ENTITY.sub(lambda found: _MEANT[found[1]], text)


def _label(address: str, label: str) -> str:
    return label or address


def _address(address: str, label: str) -> str:
    plain = address.removeprefix("mailto:").removeprefix("tel:")
    return plain if label in address else f"{label} ({plain})"


def excerpt(text: str) -> str:
    """Return the text short enough to be repeated in an answer."""
    return text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1] + "…"
