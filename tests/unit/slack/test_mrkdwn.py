"""Text for Slack: what is taken from it, what is replaced, and how it is cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.slack.mrkdwn import (
    ELLIPSIS,
    LONGEST_LOOK,
    Mrkdwn,
    bare,
    call,
    clean,
    code,
    dotted,
    escape,
    joined,
    mention,
    moment,
    unformatted,
)
from tests.unit.slack.hostile import hostile_texts

FAMILY = "👩\u200d👩\u200d👧"
FLAG = "🏳\ufe0f\u200d🌈"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  two \t words\r\nand\u2028more ", "two words and more"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("left\u202etfel\u2066x\u2069\u200f\u061c", "lefttfelx"),
        ("zero\u200bwidth\ufeff\u00adtext", "zerowidthtext"),
        ("half \ud800 a pair", "half ? a pair"),
        ("\u3164\u115f\u2800", ""),
        (f"{FAMILY} {FLAG}", f"{FAMILY} {FLAG}"),
        ("a\u200db \u200d 👩\u200d", "ab 👩"),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 4),
        ("새벽 3시", "새벽 3시"),
        ("ไม่", "ไม่"),
        ("plain ascii", "plain ascii"),
    ],
)
def test_what_cannot_be_seen_is_taken_out(text: str, expected: str) -> None:
    """One line is left, without controls, direction marks and stray joiners; emoji and scripts stay whole."""
    assert clean(text) == expected


def test_what_is_far_beyond_any_limit_is_not_looked_at() -> None:
    """A megabyte of text takes no longer than a page of it."""
    assert len(clean("가" * 1_000_000)) == LONGEST_LOOK


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!channel> & <@U0LEE>", "&lt;!channel&gt; &amp; &lt;@U0LEE&gt;"),
        ("&lt;", "&amp;lt;"),
        ("snake_case_name", "snake_case_name"),
        ("한_글", "한_글"),
        ("> quoted > twice", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} quoted &gt; twice"),
        ("\n>quoted", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}quoted"),
        ("", ""),
    ],
)
def test_text_is_escaped_as_slack_reads_it(text: str, expected: str) -> None:
    """The three characters that mean something are entities; what only could be a quotation is none."""
    assert escape(text) == expected


@pytest.mark.parametrize("mark", ["*bold*", "~gone~", "_italic_", "__init__", "`code`", "_a", "b_", "a _ b"])
def test_formatting_marks_are_replaced_by_look_alikes(mark: str) -> None:
    """What would format is shown instead, at the same length."""
    shown = escape(mark)
    assert set(shown) & set("*~`") == set()
    assert (len(shown), "_" in shown) == (len(mark), False)


@given(hostile_texts(), st.integers(2, 60))
def test_a_value_never_comes_to_more_than_its_limit(text: str, limit: int) -> None:
    """The limit holds for what is sent, so that whole messages can be reckoned with."""
    assert max(len(escape(text, limit)), len(bare(text, limit))) <= limit


def test_text_is_cut_at_a_character_with_a_mark() -> None:
    """Neither an entity nor an emoji's joiner is left at the cut, nor a space or an underscore."""
    assert escape("a<bcdef", 8) == f"a&lt;bc{ELLIPSIS}"
    assert escape("a<bcdef", 4) == f"a{ELLIPSIS}"
    assert escape("one two", 5) == f"one{ELLIPSIS}"
    assert escape("one_two", 5) == f"one{ELLIPSIS}"
    assert escape(f"x{FAMILY}", 4) == f"x👩{ELLIPSIS}"
    assert code("x" * 12, 10) == f"`{'x' * 9}{ELLIPSIS}`"


def test_code_shows_every_letter_but_a_backtick() -> None:
    """Names and ids are shown as they are, so that they can be copied."""
    assert code("gqigvH******_~<`>") == "`gqigvH******_~&lt;\N{MODIFIER LETTER GRAVE ACCENT}&gt;`"
    assert code("\u200b") == "`-`"


@pytest.mark.parametrize(
    ("user_id", "expected"),
    [
        ("U0KIM", "<@U0KIM>"),
        ("W12AB", "<@W12AB>"),
        ("u0kim", "`u0kim`"),
        ("U0KIM|x", "`U0KIM|x`"),
        ("U", "`U`"),
        ("!channel", "`!channel`"),
        ("C0DATA", "`C0DATA`"),
        ("S0LEADS", "`S0LEADS`"),
        ("U" + "A" * 60, f"`U{'A' * 38}{ELLIPSIS}`"),
        ("", "`-`"),
    ],
)
def test_only_an_id_of_slack_s_mentions_a_person(user_id: str, expected: str) -> None:
    """Anything else is shown letter by letter."""
    assert mention(user_id) == expected


@pytest.mark.parametrize(
    ("slack_id", "expected"),
    [
        ("U0KIM", "<@U0KIM>"),
        ("S0LEADS", "<!subteam^S0LEADS>"),
        ("C0DATA", "<#C0DATA>"),
        ("G0DATA", "<#G0DATA>"),
        ("T0SLUICE", "`T0SLUICE`"),
        ("!here", "`!here`"),
        ("C0DATA> <!here", "`C0DATA&gt; &lt;!here`"),
    ],
)
def test_people_groups_and_channels_are_called_by_their_ids(slack_id: str, expected: str) -> None:
    """The kind of an id says how Slack mentions it; anything else is shown letter by letter."""
    assert call(slack_id) == expected


def test_a_moment_is_shown_in_the_reader_s_own_zone() -> None:
    """Slack replaces it; a client that cannot, or a moment that Slack does not take, reads UTC."""
    seoul = datetime(2026, 11, 23, 12, 4, 5, tzinfo=timezone(timedelta(hours=9)))
    assert moment(seoul) == "<!date^1795403045^{date_short_pretty} {time}|2026-11-23 03:04 UTC>"
    assert moment(datetime(1969, 12, 31, 23, 0, tzinfo=UTC)) == "1969-12-31 23:00 UTC"


def test_parts_that_say_nothing_leave_no_dot() -> None:
    """A line of parts has a dot between two, and nowhere else."""
    assert dotted(["", "a", "", "b", ""]) == "a · b"
    assert dotted([]) == ""


def test_a_row_of_parts_ends_where_it_would_get_too_long() -> None:
    """At least the first part is shown; an ellipsis stands for what is not."""
    assert joined(["aa", "bb", "cc"], " → ", 20) == "aa → bb → cc"
    assert joined(["aa", "bb", "cc"], " → ", 12) == "aa → bb → …"
    assert joined(["a" * 30, "b"], " → ", 12) == f"{'a' * 30} → …"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*Done:* `job_1` workers 2 → 4", "Done: job_1 workers 2 → 4"),
        ("`gqigvH******`", "gqigvH" + "\N{ASTERISK OPERATOR}" * 6),
        ("`_x_`", "\N{MODIFIER LETTER LOW MACRON}x\N{MODIFIER LETTER LOW MACRON}"),
        (">because: x\n>y", "because: x\ny"),
        ("`&gt;x`", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}x"),
        ("by <@U0KIM>, <!date^1^{time}|1970-01-01 00:00 UTC>", "by <@U0KIM>, 1970-01-01 00:00 UTC"),
    ],
)
def test_a_notification_says_the_same_without_formatting(text: str, expected: str) -> None:
    """Marks of ours are taken out, those within code are replaced, dates are told in UTC, people stay mentioned."""
    assert unformatted(Mrkdwn(text)) == expected
