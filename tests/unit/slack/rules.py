"""What every message must keep, whatever it is made of: Slack's rules, ours for formatting, and plain fallback text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from infra.local.slack.block_kit import MOST_MESSAGE_TEXT, message_problems, text_length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handler.ports import Message

MOST_FALLBACK: Final = 4000
MENTION: Final = r"<(?:@[UW]|#[CG]|!subteam\^S)[A-Z0-9]+>"
DATE: Final = r"<!date\^[0-9]+\^\{date_short_pretty\} \{time\}\|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC>"
OURS: Final = re.compile(f"{MENTION}|{DATE}")
CODE: Final = re.compile(r"`[^`\s](?:[^`\n]*[^`\s])?`")
BOLD: Final = re.compile(r"(?<![^\s(>])\*(?=\S)[^*\n]*?\S\*(?![^\s.,:;)])")
ENTITY: Final = re.compile("&(?:amp|lt|gt);")
UNDERSCORE: Final = re.compile(r"(?<=[^\W_])_(?=[^\W_])")
FOREIGN_QUOTE: Final = re.compile("^(?:&gt;)", re.MULTILINE)
OUR_QUOTE: Final = re.compile("^>(?=[^>\n])", re.MULTILINE)
JOINER: Final = "\u200d"


def broken(message: Message) -> list[str]:
    """Tell which rules a message breaks; an empty list when it keeps them all."""
    blocks = [dict(block) for block in message.blocks]
    found = message_problems(blocks)
    if text_length(blocks) > MOST_MESSAGE_TEXT:
        found.append(f"{text_length(blocks)} characters over all blocks")
    for text in shown(blocks):
        found += [f"{what}: {text!r}" for what in _formatting(text)]
    found += [f"fallback: {what}: {message.text!r}" for what in _fallback(message.text)]
    return found


def shown(part: object) -> Iterator[str]:
    """Yield every text that people see or hear; a button's ``value`` is neither."""
    match part:
        case Mapping():
            for name, value in part.items():
                if name in {"text", "accessibility_label"} and isinstance(value, str):
                    yield value
                else:
                    yield from shown(value)
        case list() | tuple():
            for each in part:
                yield from shown(each)
        case _:
            return


def _formatting(text: str) -> Iterator[str]:
    yield from _marks(text)
    if FOREIGN_QUOTE.search(text):
        yield "a quotation that is not ours"
    left = BOLD.sub("x", CODE.sub("x", OURS.sub("x", OUR_QUOTE.sub("", text))))
    if set(left) & set("*~`<>"):
        yield f"a mark that is not ours in {left!r}"
    if "_" in UNDERSCORE.sub("", left):
        yield "an underscore that may format"


def _fallback(text: str) -> Iterator[str]:
    yield from _marks(text)
    if not text.strip():
        yield "empty"
    if len(text) > MOST_FALLBACK:
        yield f"{len(text)} characters"
    left = re.sub(MENTION, "x", text)
    if set(left) & set("*~`<>") or FOREIGN_QUOTE.search(text) or "_" in UNDERSCORE.sub("", left):
        yield "a mark"


def _marks(text: str) -> Iterator[str]:
    if "&" in ENTITY.sub("", text):
        yield "an ampersand that is not escaped"
    hidden = {each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Co", "Cn"}} - {"\n", JOINER}
    if hidden:
        yield f"characters that cannot be seen: {sorted(hidden)!r}"
