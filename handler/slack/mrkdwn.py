"""Text that Slack shows as it was meant: never a mention, never broken formatting.

Slack decodes only ``&amp; &lt; &gt;`` (docs.slack.dev, "Formatting message text"). The formatting characters have no
escape, so that in running text they are replaced by their look-alikes. Every value has a limit for what it comes to
when escaped: this is what keeps whole messages within Slack's limits.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC
from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

ELLIPSIS: Final = "…"
LONGEST_LOOK: Final = 4000
LONGEST_VALUE: Final = 500
LONGEST_NAME: Final = 100
LONGEST_WORD: Final = 40
# Zalgo: marks piled on one letter reach into the lines above and below; no script needs more of them than this.
MOST_MARKS: Final = 4

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LOOK_ALIKES: Final = str.maketrans(
    {
        "*": "\N{ASTERISK OPERATOR}",
        "~": "\N{TILDE OPERATOR}",
        "`": "\N{MODIFIER LETTER GRAVE ACCENT}",
    }
)
_EDGE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
# Slack takes an escaped ">" that begins a line for a quotation too.
_QUOTING: Final = re.compile("^(?:>|&gt;)", re.MULTILINE)
_NO_QUOTE: Final = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
_MARKS: Final = frozenset({"Mn", "Me"})
# Letters and symbols by category, yet nothing is to be seen: jamo fillers and the empty Braille cell.
_BLANKS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_JOINER: Final = "\u200d"
_PICTURES: Final = "\u2190-\u2bff\U0001f000-\U0001faff"
_LOOSE_JOINER: Final = re.compile(f"(?<![{_PICTURES}\ufe0f]){_JOINER}|{_JOINER}(?![{_PICTURES}])")
_SLACK_ID: Final = re.compile(r"[A-Z][A-Z0-9]{1,30}")
_PEOPLE: Final = {"U": "@", "W": "@"}
_ANYBODY: Final = {**_PEOPLE, "S": "!subteam^", "C": "#", "G": "#"}
_DATE: Final = re.compile(r"<!date\^[0-9]+\^[^|>]*\|([^>]*)>")
_QUOTE: Final = re.compile("^>", re.MULTILINE)


class Mrkdwn(str):
    """Text that may go to Slack as it is: written by us, or escaped."""

    __slots__ = ()


def clean(text: str) -> str:
    """Make foreign text one line without what cannot be seen: controls, zero-width and bidirectional marks.

    A joiner stays between pictures, where it makes one emoji of several. What is far beyond any limit is not looked at.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(_LOOSE_JOINER.sub("", "".join(_seen(text[:LONGEST_LOOK]))).split())


def _seen(text: str) -> Iterator[str]:
    marks = 0
    for each in text.encode("utf-8", "replace").decode():
        category = unicodedata.category(each)
        marks = marks + 1 if category in _MARKS else 0
        if each.isspace() or each in _BLANKS:
            yield " "
        elif each == _JOINER or (category not in _HIDDEN and marks <= MOST_MARKS):
            yield each


def escape(text: str, limit: int = LONGEST_VALUE) -> Mrkdwn:
    """Escape foreign text for running text; cut at a character, with a mark, to at most ``limit`` when escaped."""
    return _entities(_QUOTING.sub(_NO_QUOTE, _plain_marks(clean(text))), limit)


def code(text: str, limit: int = LONGEST_NAME) -> Mrkdwn:
    """Show a name or an id letter by letter, as inline code."""
    return Mrkdwn(f"`{bare(text, limit)}`")


def bare(text: str, limit: int = LONGEST_NAME) -> Mrkdwn:
    """Show a name inside text that is inline code already; ``-`` where there is none to be seen."""
    return _entities(clean(text).replace("`", "\N{MODIFIER LETTER GRAVE ACCENT}") or "-", limit)


def _plain_marks(line: str) -> str:
    """Take the meaning from formatting marks; an underscore has none between letters, and stays."""
    return _EDGE.sub("\N{MODIFIER LETTER LOW MACRON}", line).translate(_LOOK_ALIKES)


def _entities(line: str, limit: int) -> Mrkdwn:
    pieces = [_ENTITIES.get(each, each) for each in line]
    widths = list(accumulate(map(len, pieces)))
    if not widths or widths[-1] <= limit:
        return Mrkdwn("".join(pieces))
    kept = "".join(piece for piece, width in zip(pieces, widths, strict=True) if width < limit)
    return Mrkdwn(kept.rstrip(f" _{_JOINER}") + ELLIPSIS)


def mention(user_id: str) -> Mrkdwn:
    """Mention a person whose id came from Slack; anything that is no id is shown as code."""
    return _called(user_id, _PEOPLE)


def call(slack_id: str) -> Mrkdwn:
    """Mention the person, user group or channel with this id, which came from Slack or from the policy's settings."""
    return _called(slack_id, _ANYBODY)


def _called(slack_id: str, signs: Mapping[str, str]) -> Mrkdwn:
    sign = signs.get(slack_id[:1]) if _SLACK_ID.fullmatch(slack_id) else None
    return Mrkdwn(f"<{sign}{slack_id}>") if sign else code(slack_id, LONGEST_WORD)


def moment(at: datetime) -> Mrkdwn:
    """Show a moment in the reader's own time zone, with UTC for readers that cannot and for moments before 1970."""
    fallback = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    seconds = int(at.timestamp())
    return Mrkdwn(f"<!date^{seconds}^{{date_short_pretty}} {{time}}|{fallback}>" if seconds > 0 else fallback)


def dotted(parts: Iterable[str]) -> Mrkdwn:
    """Put parts, those that say something, on one line: ``RUNNABLE · 2 workers``."""
    return Mrkdwn(" · ".join(part for part in parts if part))


def joined(parts: Sequence[str], separator: str, limit: int) -> Mrkdwn:
    """Join as many parts as come to ``limit`` characters, at least the first; the rest is an ellipsis."""
    widths = accumulate(len(part) + len(separator) for part in parts)
    kept = [part for place, (part, width) in enumerate(zip(parts, widths, strict=True)) if not place or width <= limit]
    return Mrkdwn(separator.join(kept if len(kept) == len(parts) else [*kept, ELLIPSIS]))


def unformatted(text: Mrkdwn) -> str:
    """Return what a notification or a screen reader is given: the same words without formatting.

    A phone's notification shows ``text`` as it is (docs.slack.dev/changelog/2026/07/13/notification-changes). Slack
    replaces mentions by names there as well, so that they stay.
    """
    spans = _QUOTE.sub("", _DATE.sub(r"\1", text)).split("`")
    plain = "".join(_plain_marks(span) if place % 2 else span.replace("*", "") for place, span in enumerate(spans))
    return _QUOTING.sub(_NO_QUOTE, plain)
