"""What the script reads off a message is what a person would."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.script.reading import labels, plain, readable
from infra.local.slack.cast import PLAYGROUND
from infra.local.slack.conversation import Message


def mrkdwn(text: str) -> dict[str, Any]:
    """A text object."""
    return {"type": "mrkdwn", "text": text}


def button(label: str, action_id: str) -> dict[str, Any]:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": label}}


BLOCKS: list[dict[str, Any]] = [
    {"type": "header", "text": {"type": "plain_text", "text": "Wanted"}},
    {"type": "section", "text": mrkdwn("*Approval needed:* `job001`"), "accessory": button("More", "more")},
    {"type": "section", "fields": [mrkdwn("*Workers*\n4"), mrkdwn("*Timeout*\n60")]},
    {"type": "context", "elements": [mrkdwn("request `ab12-cd34`")]},
    {"type": "actions", "elements": [button("Approve", "approve"), button("Deny …", "deny")]},
]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*Done:* `job001`", "Done: job001"),
        ("job id `gqigvH******` of *Kim*", "job id gqigvH****** of Kim"),
        ("<@U0KIM> in <#C0DATA> calls <!subteam^S0LEADS>", "@Kim Minji in #data-platform calls @leads"),
        ("<@U9> in <#C9|old> calls <!subteam^S9>", "@U9 in #C9 calls !subteam^S9"),
        ("at <!date^1795402413^{date_num}|2026-11-23>", "at 2026-11-23"),
        ("&lt;!channel&gt; &amp; more", "<!channel> & more"),
    ],
    ids=["marks", "code", "names", "unknown", "date", "escaped"],
)
def test_markup_reads_as_slack_shows_it(written: str, read: str) -> None:
    """Marks go, ids become names, a date becomes words, and what was escaped is only text."""
    assert read == plain(written, PLAYGROUND)


def test_a_message_reads_block_by_block() -> None:
    """Every text is there in its order, and a row of buttons is one line."""
    message = Message("C0INCIDENT", "1.0", "U0SLUICE", "for the notification", BLOCKS)
    assert readable(message, PLAYGROUND).splitlines() == [
        "Wanted",
        "Approval needed: job001",
        "Workers",
        "4",
        "Timeout",
        "60",
        "request ab12-cd34",
        "[Approve] [Deny …]",
    ]


def test_a_message_without_blocks_reads_as_its_text() -> None:
    """Then Slack shows the text."""
    assert readable(Message("C0INCIDENT", "1.0", "U0SLUICE", "*hello*", []), PLAYGROUND) == "hello"


def test_buttons_are_found_by_what_they_say() -> None:
    """Those beside a section count as those in a row do."""
    assert labels(BLOCKS) == {"More": "more", "Approve": "approve", "Deny …": "deny"}
