"""What may follow ``because``: everything, as typed (contract, "Slack surface")."""

from __future__ import annotations

import pytest

from handler.domain.commands import Scale, To
from handler.domain.errors import Usage
from handler.domain.grammar import parse
from tests.unit.domain.refusal import Refusal, refusal

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("backlog", "backlog"),
        ("  backlog  ", "backlog"),
        ("two  spaces stay", "two  spaces stay"),
        ("workers=2 timeout=-1 for nothing because I say so", "workers=2 timeout=-1 for nothing because I say so"),
        ("because", "because"),
        ("8", "8"),
        ("CAPITALS \uff26\uff35\uff2c\uff2c \u2014 \u00b2", "CAPITALS \uff26\uff35\uff2c\uff2c \u2014 \u00b2"),
        ("백로그가 밀려서 \U0001f525", "백로그가 밀려서 \U0001f525"),
        (FAMILY, FAMILY),
        (":fire: backlog", ":fire: backlog"),
        (": backlog", "backlog"),
        ("= backlog", "backlog"),
        ("=backlog", "=backlog"),
        ("a : b", "a : b"),
        ("line one\nline two\tend\u2028x\u2029y\x85z", "line one line two end x y z"),
        ("a\x00b\x1bc\x7fd", "abcd"),
        ("a\u202eb\u2066c\u200bd\ufeffe\u00adf", "abcdef"),
        ("a\ud83db", "a\ufffdb"),
        ("a\u3164b\u2800c\u115fd\u1160e\uffa0f", "a b c d e f"),
        ('"in quotes"', "in quotes"),
        ("\u201cin quotes\u201d", "in quotes"),
        ("' spaced '", "spaced"),
        ("`code`", "code"),
        ('"a" and "b"', '"a" and "b"'),
        ("\u201ca\u201d and \u201cb\u201d", "\u201ca\u201d and \u201cb\u201d"),
        ("\u201cit's slow\u201d", "it's slow"),
        ("'it's slow'", "'it's slow'"),
        ('""twice" ', '""twice"'),
        (' "twice""', '"twice""'),
        ('"not closed', '"not closed'),
        ('not opened"', 'not opened"'),
        ("a &lt;b&gt; &amp; c &amp;lt; &quot;", "a <b> & c &lt; &quot;"),
        ("<!channel> *now*", "@channel *now*"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("<@U0KIM|kim> asked in <#C0DATA|data>", "@kim asked in #data"),
        ("see <https://runbook.kr/a?b=1&amp;c=2>", "see https://runbook.kr/a?b=1&c=2"),
        ("see <https://runbook.kr/a|runbook.kr/a>", "see https://runbook.kr/a"),
        ("see <https://runbook.kr/a|the &lt;runbook&gt;>", "see the <runbook> (https://runbook.kr/a)"),
        ("ask <mailto:a@etl.kr|a@etl.kr> or <tel:119|119>", "ask a@etl.kr or 119"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("x<y: and z>", "x<y: and z>"),
        ("x" * 3000, "x" * 3000),
        ("&lt;" * 3000, "<" * 3000),
    ],
)
def test_reasons(typed: str, reason: str) -> None:
    """A reason is kept as typed, but for its ends, outer quotes, Slack's escapes and what cannot be seen."""
    assert Scale("wc", To(8), because=reason) == parse(f"scale wc workers=8 because {typed}")


@pytest.mark.parametrize(
    "words",
    [
        *(
            "because x",
            "BECAUSE x",
            "because: x",
            "because:x",
            "because=x",
            "because =  x",
            "because : x",
            "--because x",
        ),
        *("because\uff1a x", "because\uff1dx", "because \uff1a x", "\u2014because x", "\u3161because x", '"because" x'),
        *("because\ufe55x", "because\ufe66 x", "\uff42\uff45\uff43\uff41\uff55\uff53\uff45 x"),
        *(
            "reason=x",
            "reason: x",
            "사유: x",
            "사유 x",
            "이유=x",
            "\u1109\u1161\u110b\u1172:x",
            "because 'x'",
            "because='x'",
        ),
    ],
)
def test_words_for_because(words: str) -> None:
    """The reason begins after any tolerated spelling of the first ``because``."""
    assert Scale("wc", To(8), because="x") == parse(f"scale wc workers=8 {words}")


def test_only_the_first_separator_is_dropped() -> None:
    """What follows ``because=`` may hold more of its kind."""
    assert Scale("wc", To(8), because="a=b: c") == parse("scale wc workers=8 because=a=b: c")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "''",
        '" "',
        "\u201c\u201d",
        "\u200b",
        "\u200d",
        "\x00",
        "\u3164",
        ":",
        " : ",
        "\u200d \u200c",
        '"\u200d"',
    ],
)
def test_no_reason(typed: str) -> None:
    """A reason in which nothing can be read is none."""
    assert Refusal(Usage.MISSING_REASON) == refusal(f"scale wc workers=8 because {typed}")
    assert Refusal(Usage.MISSING_REASON) == refusal(f"scale wc because={typed}")


def test_reason_too_long() -> None:
    """A reason of more than 3,000 characters is refused with its beginning and the limit."""
    expected = Refusal(Usage.TOO_LONG, "x" * 59 + "\u2026", limit=3000)
    assert expected == refusal("scale wc workers=8 because " + "x" * 3001)
