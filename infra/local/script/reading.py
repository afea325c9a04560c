"""A message as a person reads it: words without markup, and buttons as ``[Approve]``. Pure."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from infra.local.slack.block_kit import elements_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from infra.local.slack.cast import Cast
    from infra.local.slack.conversation import Blocks, Message

_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_REFERENCE = re.compile(r"<([@#]|!subteam\^)([A-Z0-9]+)(?:\|[^>]*)?>")


def readable(message: Message, cast: Cast) -> str:
    """Return what a message shows, line by line: its blocks or, where there are none, its text."""
    return "\n".join(_shown(message.blocks, cast)) if message.blocks else plain(message.text, cast)


def labels(blocks: Blocks) -> dict[str, str]:
    """Return the buttons that blocks offer: label → ``action_id``."""
    offered = (element for block in blocks for element in elements_of(block) if element.get("type") == "button")
    return {_words(button): str(button["action_id"]) for button in offered}


def plain(text: str, cast: Cast) -> str:
    """Return mrkdwn as it reads: names for ids, a date's fallback, nothing of the marks that format."""
    named = _REFERENCE.sub(lambda found: _name(found[1], found[2], cast), _DATE.sub(r"\1", text))
    spans = named.split("`")  # every other one is code, in which an asterisk is itself
    return unescape("".join(span if place % 2 else span.replace("*", "") for place, span in enumerate(spans)))


def _shown(blocks: Blocks, cast: Cast) -> Iterator[str]:
    for block in blocks:
        if block["type"] == "actions":
            yield " ".join(f"[{_words(element)}]" for element in block["elements"])
        else:
            yield from (plain(text, cast) for text in _texts(block))


def _texts(block: Mapping[str, Any]) -> Iterator[str]:
    parts: Sequence[Any] = [block, *block.get("fields", ()), *block.get("elements", ())]
    for part in parts:
        text = part.get("text")
        if text is not None:
            yield str(text["text"] if isinstance(text, dict) else text)


def _words(element: Mapping[str, Any]) -> str:
    return str(element["text"]["text"])


def _name(sigil: str, slack_id: str, cast: Cast) -> str:
    if sigil == "@" and slack_id in cast.people:
        return f"@{cast.people[slack_id].real_name}"
    if sigil == "#" and slack_id in cast.channels:
        return f"#{cast.channels[slack_id].name}"
    if slack_id in cast.groups:
        return f"@{cast.groups[slack_id].handle}"
    return f"{sigil}{slack_id}"
