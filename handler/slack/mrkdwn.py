"""Text that Slack shows as it was meant: never a mention, never broken formatting.

Slack decodes only ``&amp; &lt; &gt;`` (docs.slack.dev, "Formatting message text"); the formatting characters have no
escape, so that in running text they are replaced by their look-alikes.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

ELLIPSIS: Final = "…"
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ASTERISK: Final = "\N{ASTERISK OPERATOR}"
_TILDE: Final = "\N{TILDE OPERATOR}"
_BACKTICK: Final = "\N{MODIFIER LETTER GRAVE ACCENT}"
_UNDERSCORE: Final = "\N{MODIFIER LETTER LOW MACRON}"
_LOOK_ALIKES: Final = str.maketrans({"*": _ASTERISK, "~": _TILDE, "`": _BACKTICK})


class Mrkdwn(str):
    """Text that may go to Slack as it is: written by us, or escaped."""

    __slots__ = ()


def clean(text: str, limit: int) -> str:
    """Make foreign text one printable line of at most ``limit`` characters, cut at a character and marked as cut."""
    printable = "".join(
        " " if each.isspace() else each
        for each in text.encode("utf-8", "replace").decode()
        if each.isspace() or unicodedata.category(each) not in {"Cc", "Cf", "Co", "Cn", "Cs"} or each == "\u200d"
    )
    line = " ".join(printable.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + ELLIPSIS


def escape(text: str, limit: int = 500) -> Mrkdwn:
    """Escape foreign text for running text."""
    line = clean(text, limit)
    last = len(line) - 1
    safe = "".join(
        _UNDERSCORE
        if each == "_" and not (0 < place < last and line[place - 1].isalnum() and line[place + 1].isalnum())
        else each
        for place, each in enumerate(line)
    )
    return Mrkdwn(safe.translate(_LOOK_ALIKES).translate(_ENTITIES))


def code(text: str, limit: int = 200) -> Mrkdwn:
    """Show a name or an id letter by letter, as inline code."""
    return Mrkdwn(f"`{bare(text, limit) or '-'}`")


def bare(text: str, limit: int = 200) -> Mrkdwn:
    """Show a name inside text that is inline code already."""
    return Mrkdwn(clean(text, limit).replace("`", _BACKTICK).translate(_ENTITIES))


def mention(user_id: str) -> Mrkdwn:
    """Mention a person whose id came from Slack; anything that is no id is shown as code."""
    plain = user_id.isascii() and user_id.isalnum() and user_id[:1] in {"U", "W"}
    return Mrkdwn(f"<@{user_id}>") if plain else code(user_id)


def moment(at: datetime) -> Mrkdwn:
    """Show a moment in the reader's own time zone, with UTC for readers that cannot."""
    fallback = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return Mrkdwn(f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>")
