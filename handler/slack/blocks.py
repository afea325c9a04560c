"""Block Kit blocks, within Slack's limits (docs.slack.dev, "Block Kit"; slack-and-lambda.md, section 4)."""

from __future__ import annotations

from itertools import accumulate, takewhile
from typing import TYPE_CHECKING, Final

from handler.ports import Message
from handler.slack.mrkdwn import Mrkdwn, unformatted

if TYPE_CHECKING:
    from collections.abc import Sequence

Block = dict[str, object]

# Slack takes 3,000 characters, and does not say whether it counts code points or UTF-16 units: an emoji may be two.
FULL_SECTION: Final = 1500
# Over all blocks Slack takes about 13,200 characters (slackapi/bolt-js#2509); what is not rows needs the rest.
MOST_ROWS_TEXT: Final = 6000
# Slack recommends at most 4,000 (docs.slack.dev/reference/methods/chat.postMessage).
MOST_FALLBACK_TEXT: Final = 3000


def _mrkdwn(text: Mrkdwn) -> Block:
    # verbatim: Slack would otherwise make mentions and links of what only looks like them.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: Mrkdwn) -> Block:
    """A paragraph, always shown whole: nobody taps "see more" at 3 a.m."""
    return {"type": "section", "text": _mrkdwn(text), "expand": True}


def fields(texts: Sequence[Mrkdwn]) -> Block:
    """Up to ten short texts in two columns."""
    return {"type": "section", "fields": [_mrkdwn(text) for text in texts]}


def context(text: Mrkdwn) -> Block:
    """A line in small print."""
    return {"type": "context", "elements": [_mrkdwn(text)]}


def button(action_id: str, text: str, value: str, label: str) -> Block:
    """A button; ``label`` is what a screen reader says of it."""
    return {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": text, "emoji": False},
        "value": value,
        "accessibility_label": label,
    }


def actions(buttons: Sequence[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def paragraphs(lines: Sequence[Mrkdwn]) -> list[Block]:
    """As few sections as hold these lines, none cut in two."""
    blocks: list[Block] = []
    held: list[Mrkdwn] = []
    for line in lines:
        if held and len("\n".join([*held, line])) > FULL_SECTION:
            blocks.append(section(Mrkdwn("\n".join(held))))
            held = []
        held.append(line)
    return [*blocks, section(Mrkdwn("\n".join(held)))] if held else blocks


def that_fit(rows: Sequence[Mrkdwn], limit: int = MOST_ROWS_TEXT) -> list[Mrkdwn]:
    """Return the first rows, as many as come to ``limit`` characters."""
    widths = accumulate(len(row) + 1 for row in rows)
    return [row for row, _ in takewhile(lambda pair: pair[1] <= limit, zip(rows, widths, strict=True))]


def told(lines: Sequence[Mrkdwn], footer: Mrkdwn | None = None) -> Message:
    """A message of a few lines, and small print below them."""
    small = [footer] if footer else []
    return message([*lines, *small], [*paragraphs(lines), *map(context, small)])


def message(lines: Sequence[Mrkdwn], blocks: Sequence[Block]) -> Message:
    """A message of blocks; ``lines`` say the same for notifications and screen readers, the essential first."""
    return Message(unformatted(Mrkdwn("\n".join(that_fit(lines, MOST_FALLBACK_TEXT)))), tuple(blocks))
