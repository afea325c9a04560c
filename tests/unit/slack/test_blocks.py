"""Blocks: how text becomes sections, and what Slack is told about it."""

from __future__ import annotations

from handler.slack.blocks import FULL_SECTION, context, fields, paragraphs, section, that_fit, told
from handler.slack.mrkdwn import Mrkdwn
from tests.unit.slack.rules import shown

TEXT = Mrkdwn("#general @here https://example.com")


def test_slack_makes_no_links_and_mentions_of_what_only_looks_like_them() -> None:
    """Every mrkdwn text is sent verbatim."""
    assert section(TEXT)["text"] == {"type": "mrkdwn", "text": TEXT, "verbatim": True}
    assert fields([TEXT])["fields"] == [{"type": "mrkdwn", "text": TEXT, "verbatim": True}]
    assert context(TEXT)["elements"] == [{"type": "mrkdwn", "text": TEXT, "verbatim": True}]


def test_a_paragraph_is_shown_whole() -> None:
    """Slack folds long sections away behind "see more" unless it is told not to."""
    assert section(TEXT)["expand"] is True


def test_small_print_is_told_to_screen_readers_too() -> None:
    """A message of lines has its footer below them, in the blocks and in the text."""
    message = told([Mrkdwn("*Done*"), Mrkdwn("more")], Mrkdwn("request `x`"))
    assert [block["type"] for block in message.blocks] == ["section", "context"]
    assert message.text == "Done\nmore\nrequest x"


def test_lines_are_never_cut_in_two() -> None:
    """A section that is full is followed by another one."""
    lines = [Mrkdwn("x" * (FULL_SECTION - 10)), Mrkdwn("y" * 20), Mrkdwn("z")]
    assert [list(shown(block)) for block in paragraphs(lines)] == [[lines[0]], [f"{lines[1]}\nz"]]
    assert paragraphs([]) == []


def test_rows_are_taken_while_they_fit() -> None:
    """The first row that does not fit ends it, even if a later one would."""
    rows = [Mrkdwn("a" * 9), Mrkdwn("b" * 20), Mrkdwn("c")]
    assert that_fit(rows, 12) == rows[:1]
    assert that_fit(rows, 33) == rows
