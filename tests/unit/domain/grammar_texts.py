"""What hypothesis draws for the tests of the grammar: texts as hostile, and as nearly right, as people send them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from handler.domain.errors import UsageError
from handler.domain.grammar import parse
from handler.domain.vocabulary import (
    AGO,
    AT_THE_END,
    BECAUSE,
    BEFORE_TIMES,
    FILLERS,
    NAMED_DAYS,
    NOT_YET,
    OPTIONS,
    TIME_UNITS,
    TOPICS,
    WEEKS,
    WORKER_UNITS,
)

if TYPE_CHECKING:
    from handler.domain.commands import Command

WORDS = {"break", "glass", "me", "wordcount"}
TIMES = {*BEFORE_TIMES, *AT_THE_END, *AGO, *NAMED_DAYS, *WEEKS, "2026-11-20", "2h"}
VOCABULARY = sorted({*TOPICS, *NOT_YET, *OPTIONS, *BECAUSE, *FILLERS, *WORKER_UNITS, *TIME_UNITS, *TIMES, *WORDS})
DASHES = "-\u2010\u2011\u2013\u2014\u2212\uff0d\u3161\u30fc"
DIGITS = "0189\uff10\uff18\u0668\u096e\u00b2\u2467\u00bd\U0001d7e0"
MARKS = "=:+,;.?<>@#!|&*\uff1d\uff1a\uff0b\uff1f\ufe66\ufe55\"'`\u201c\u201d\u2018\u2019\u300c\u300d"
UNSEEN = "\x00\x1b\x7f\u200b\u200c\u200d\u202e\u2066\ufeff\u00ad\ud800\udfff\u3164"
SPACES = " \t\n\u00a0\u3000\u2028"
SLACK = ["<@U0KIM>", "<@U0KIM|kim>", "<http://a.kr|a.kr>", "<#C1|c>", "<!here>", "&lt;", "&amp;", "&gt;", "&amp;lt;"]

any_text = st.text(st.characters(exclude_categories=()))
grammar_like = st.lists(
    st.one_of(
        st.sampled_from(VOCABULARY),
        st.sampled_from(SLACK),
        st.text(DIGITS, min_size=1, max_size=12),
        st.text(DASHES + DIGITS + MARKS + UNSEEN, max_size=6),
        st.sampled_from([*DASHES, *MARKS, *UNSEEN, *SPACES, *"   "]),
        st.text(st.characters(exclude_categories=()), max_size=3),
    ),
    max_size=30,
)
spaced = st.builds(lambda space, parts: space.join(parts), st.sampled_from(["", " ", "  "]), grammar_like)
scaled = st.builds(lambda rest: f"scale wordcount {rest}", spaced)


def outcome(text: str) -> Command | UsageError:
    """Parse a text; whatever it raises but a usage error fails the test."""
    try:
        return parse(text)
    except UsageError as error:
        return error
