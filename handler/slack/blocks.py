"""Block Kit blocks, within Slack's limits (docs.slack.dev, "Block Kit"; slack-and-lambda.md, section 4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from handler.slack.mrkdwn import ELLIPSIS, Mrkdwn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Block = dict[str, object]

MOST_BLOCKS: Final = 50
MOST_SECTION_TEXT: Final = 3000
MOST_FIELD_TEXT: Final = 2000
MOST_FIELDS: Final = 10
MOST_BUTTON_TEXT: Final = 75
_CUT_OFF: Final = re.compile(r"(?:&[a-z]*|<[^>]*)$")


def fit(text: str, limit: int) -> Mrkdwn:
    """Cut text that is too long at a character, never within an entity or a mention, and mark it as cut."""
    if len(text) <= limit:
        return Mrkdwn(text)
    return Mrkdwn(_CUT_OFF.sub("", text[: limit - 1]) + ELLIPSIS)


def _mrkdwn(text: str, limit: int = MOST_SECTION_TEXT) -> Block:
    # verbatim: Slack would otherwise make mentions and links of what only looks like them.
    return {"type": "mrkdwn", "text": fit(text, limit), "verbatim": True}


def section(text: Mrkdwn) -> Block:
    """A paragraph."""
    return {"type": "section", "text": _mrkdwn(text)}


def fields(texts: Sequence[Mrkdwn]) -> Block:
    """Up to ten short texts in two columns."""
    return {"type": "section", "fields": [_mrkdwn(text, MOST_FIELD_TEXT) for text in texts[:MOST_FIELDS]]}


def context(text: Mrkdwn) -> Block:
    """A line in small print."""
    return {"type": "context", "elements": [_mrkdwn(text)]}


def button(action_id: str, text: str, value: str, label: str) -> Block:
    """A button; ``label`` is what a screen reader says of it."""
    return {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": fit(text, MOST_BUTTON_TEXT), "emoji": False},
        "value": value,
        "accessibility_label": fit(label, MOST_BUTTON_TEXT),
    }


def actions(buttons: Sequence[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def paragraphs(lines: Sequence[Mrkdwn]) -> list[Block]:
    """As few sections as hold these lines, none cut in two."""
    blocks: list[Block] = []
    held = ""
    for line in lines:
        joined = f"{held}\n{line}" if held else line
        if len(joined) > MOST_SECTION_TEXT:
            blocks.append(section(Mrkdwn(held)))
            joined = line
        held = joined
    return [*blocks, section(Mrkdwn(held))] if held else blocks


def as_blocks(blocks: Sequence[Mapping[str, object]]) -> tuple[Mapping[str, object], ...]:
    """Keep the first fifty: Slack refuses more."""
    return tuple(blocks[:MOST_BLOCKS])
