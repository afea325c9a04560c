"""What ``scale`` refuses, and how much the refusal says."""

from __future__ import annotations

import pytest

from handler.domain.errors import Usage
from tests.unit.domain.refusal import Refusal, refusal

ELLIPSIS = "\u2026"


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", Refusal(Usage.MISSING_JOB)),
        (" ''", Refusal(Usage.MISSING_JOB)),
        (" workers=8", Refusal(Usage.MISSING_JOB, "workers=8")),
        (" workers:8 wc", Refusal(Usage.MISSING_JOB, "workers:8")),
        (" numWorker+2", Refusal(Usage.MISSING_JOB, "numWorker+2")),
        (" --workers 8 wc", Refusal(Usage.MISSING_JOB, "--workers")),
        (" \u2014workers 8 wc", Refusal(Usage.MISSING_JOB, "--workers")),
        (" \u3161t 8 wc", Refusal(Usage.MISSING_JOB, "\u3161t")),
        (" because=x", Refusal(Usage.MISSING_JOB, "because=x")),
        (" --because x", Refusal(Usage.MISSING_JOB, "--because")),
        (" workers=" + "8" * 60, Refusal(Usage.MISSING_JOB, "workers=" + "8" * 51 + ELLIPSIS)),
        (" " + "a" * 201, Refusal(Usage.TOO_LONG, "a" * 59 + ELLIPSIS, limit=200)),
        (" wc", Refusal(Usage.MISSING_CHANGE)),
        (" 8w", Refusal(Usage.MISSING_CHANGE)),
        (" wc for 2h", Refusal(Usage.MISSING_CHANGE)),
        (" wc because x", Refusal(Usage.MISSING_CHANGE)),
        (" wc to and -- ,", Refusal(Usage.MISSING_CHANGE)),
    ],
)
def test_job_and_change(rest: str, expected: Refusal) -> None:
    """Without a job, or without anything to change, there is nothing to do."""
    assert expected == refusal(f"scale{rest}")


@pytest.mark.parametrize(
    ("words", "option"),
    [
        *(("workers", "workers"), ("workers=", "workers"), ("--workers", "workers"), ("workers to", "workers")),
        *(
            ("w timeout=8", "workers"),
            ("워커 because 8", "workers"),
            ("workers = = to", "workers"),
            ("w w=8", "workers"),
        ),
        *(("8w workers", "workers"), ("timeout", "timeout"), ("timeout: for 2h", "timeout"), ("t TO", "timeout")),
        *(("for", "for"), ("8w for because of me", "for"), ("timeout 2시간 동안", "for"), ("t=2시간동안", "for")),
    ],
)
def test_missing_value(words: str, option: str) -> None:
    """An option that nothing, or another option, follows is named by its plain name."""
    assert Refusal(Usage.MISSING_VALUE, option) == refusal(f"scale wc {words}")


@pytest.mark.parametrize(
    ("words", "word"),
    [
        *(("workers=many", "many"), ("workers=1e9", "1e9"), ("workers 8.5", "8.5"), ("workers=1,000", "1,000")),
        *(("workers=8\u00b2", "8\u00b2"), ("workers=\u0668", "\u0668"), ("workers=\u2467", "\u2467"), ("w=0x8", "0x8")),
        *(("workers=2h", "2h"), ("workers=++2", "++2"), ("workers=8=9", "8=9"), ("workers=4-8", "4-8"), ("w +", "+")),
        *(("workers=-many", "-many"), ("workers -", "-"), ("workers=8,timeout=9", "8,timeout=9"), ("w +many", "+many")),
        *(("workers by 2", "by"), ("workers from 4 to 8", "from"), ("workers=Many", "Many"), ("workers=8www", "8www")),
        *(("workers=" + "x" * 61, "x" * 59 + ELLIPSIS), ("workers=\U0001d7e0", "\U0001d7e0"), ("w + many", "+")),
        *(("workers=\u3161", "-"), ("workers=\u00bd", "\u00bd"), ("workers=many개", "many개"), ("w=w8", "w8")),
    ],
)
def test_not_a_number(words: str, word: str) -> None:
    """What is no whole number in ASCII or full-width digits is no number of workers."""
    assert Refusal(Usage.NOT_A_NUMBER, word) == refusal(f"scale wc {words}")


@pytest.mark.parametrize(
    "word",
    [
        *("many", "1e9", "8.5", "1.5h", "8w", "8개", "30s", "2h1d", "30m2h", "1h30", "2h3h", "h", "1:30", "\u0668h"),
        *("++30m", "+", "-", "+h", "1d4", "\u00bdh", "1H30", "x" * 59, "2\u00b2h", "1w", "1주"),
    ],
)
def test_not_a_duration(word: str) -> None:
    """What is no time is refused as typed, for a timeout and for how long."""
    assert Refusal(Usage.NOT_A_DURATION, word) == refusal(f"scale wc timeout={word}")
    assert Refusal(Usage.NOT_A_DURATION, word) == refusal(f"scale wc 8w for {word}")


@pytest.mark.parametrize(
    ("words", "word"),
    [
        *(("for 0", "0"), ("for 0h0m", "0h0m"), ("for +2h", "+2h"), ("for + 2 h", "+2h"), ("0분 동안", "0분")),
        *(("timeout 2h 3h", "2h3h"), ("timeout 30m 2 hours", "30m2hours"), ("for 2h 30m 30m", "2h30m30m")),
        *(("timeout +2h 3h", "+2h3h"), ("timeout " + "1h " * 100, "1h" * 29 + "1" + ELLIPSIS), ("many 동안", "many")),
    ],
)
def test_not_a_duration_either(words: str, word: str) -> None:
    """How long may be neither nothing nor relative, and units come once each, from large to small."""
    assert Refusal(Usage.NOT_A_DURATION, word) == refusal(f"scale wc {words}")


@pytest.mark.parametrize(
    ("words", "word"),
    [
        *(("workers=-2", "-2"), ("workers \u22122", "-2"), ("--workers -2", "-2"), ("workers - 2", "-2")),
        *(("--workers=\uff0d\uff12", "-2"), ("workers \u20142", "-2"), ("workers \u2014 8", "-8"), ("w --2", "-2")),
        *(("workers \u31612", "-2"), ("workers=\u30fc2", "-2"), ("workers=-+2", "-+2"), ("workers -+ 2", "-+2")),
        *(("workers=-.5", "-.5"), ("workers=-2x", "-2x")),
        *(("-2w", "-2w"), ("-2 workers", "-2"), ("- 2 workers", "-2"), ("\u20148w", "-8w"), ("-2h 동안", "-2h")),
        *(("workers=-" + "2" * 60, "-" + "2" * 58 + ELLIPSIS), ("workers=-\uff12", "-2"), ("8w --2", "-2")),
    ],
)
def test_negative(words: str, word: str) -> None:
    """A minus before a number is never an option's dash and never "less than now"."""
    assert Refusal(Usage.NEGATIVE, word) == refusal(f"scale wc {words}")


@pytest.mark.parametrize(
    ("words", "word"),
    [
        *(("timeout -1", "-1"), ("timeout=-1", "-1"), ("timeout \u22121", "-1"), ("timeout - 1", "-1")),
        *(("t=-30m", "-30m"), ("timeout=+-30", "-30")),
    ],
)
def test_negative_times(words: str, word: str) -> None:
    """For a timeout the answer speaks of times."""
    assert Refusal(Usage.NEGATIVE_TIME, word) == refusal(f"scale wc {words}")


@pytest.mark.parametrize("words", ["workers=4 for -2h", "workers=4 for=-2h", "for \u22122h"])
def test_negative_lengths(words: str) -> None:
    """How long a change shall last has an answer of its own."""
    assert Refusal(Usage.NEGATIVE_LENGTH, "-2h") == refusal(f"scale wc {words}")


@pytest.mark.parametrize(
    ("words", "word"),
    [
        *(
            ("workers=2147483648", "2147483648"),
            ("workers=9999999999", "9999999999"),
            ("workers=+2147483648", "+2147483648"),
        ),
        *(
            ("99999999999w", "99999999999w"),
            ("workers=" + "9" * 5000, "9" * 59 + ELLIPSIS),
            ("t=2147483648", "2147483648"),
        ),
        *(("timeout=35791395h", "35791395h"), ("timeout=+1491309d", "+1491309d"), ("for 2147483648m", "2147483648m")),
        *(("for 1d2147483647m", "1d2147483647m"), ("t=" + "1" * 5000 + "d", "1" * 59 + ELLIPSIS)),
    ],
)
def test_too_big(words: str, word: str) -> None:
    """Numbers, and times in minutes, fit in 32 bits; a longer one is told the most there may be."""
    assert Refusal(Usage.TOO_BIG, word, limit=2**31 - 1) == refusal(f"scale wc {words}")


@pytest.mark.parametrize(
    ("words", "option"),
    [
        *(("workers=8 workers=9", "workers"), ("workers=8 9w", "workers"), ("8 workers 9 workers", "workers")),
        *(("workers=2 workers=+2", "workers"), ("workers=0 workers=1", "workers"), ("timeout=1h t=61", "timeout")),
        *(("timeout=30 timeout=+30", "timeout"), ("8w for 1h for 2h", "for"), ("for 1h 8w 2시간 동안", "for")),
    ],
)
def test_given_twice(words: str, option: str) -> None:
    """One option with two different values is refused, whatever the spellings."""
    assert Refusal(Usage.GIVEN_TWICE, option) == refusal(f"scale wc {words}")


@pytest.mark.parametrize(
    ("words", "word", "near"),
    [
        ("wrokers=8", "wrokers=8", ("workers",)),
        ("8w Wrokers:8", "Wrokers:8", ("workers",)),
        ("wrokers+8", "wrokers+8", ("workers",)),
        ("--tiemout 8", "--tiemout", ("timeout",)),
        ("8w beacuse backlog", "beacuse", ("because",)),
        ("8w reson backlog", "reson", ("reason",)),
        ("워카=8", "워카=8", ("워커",)),
        ("fro 2h", "fro", ("for",)),
        ("job workers=8", "job", ()),
        ("workers--2", "workers--2", ("workers",)),
        ("xyzzy", "xyzzy", ()),
        ("8wX", "8wX", ()),
        ("X 8", "X", ()),
        ("8w X", "X", ()),
        ("z" * 61, "z" * 59 + ELLIPSIS, ()),
        ("=8", "=", ()),
        ("+", "+", ()),
        ("8", "8", ("workers=8", "timeout=8")),
        ("to 8", "8", ("workers=8", "timeout=8")),
        ("+2", "+2", ("workers=+2", "timeout=+2")),
        ("8 workers=10", "8", ("workers=8", "timeout=8")),
        ("8 w:10", "8", ("workers=8", "timeout=8")),
        ("8 workers 10", "10", ("workers=10", "timeout=10")),
        ("workers 8 to 10", "10", ("workers=10", "timeout=10")),
        ("2h", "2h", ("timeout=2h", "for 2h")),
        ("+2h", "+2h", ("timeout=+2h", "for +2h")),
        ("2 hours 30 min", "2hours30min", ("timeout=2hours30min", "for 2hours30min")),
        ("2h 동안=3h", "2h", ("timeout=2h", "for 2h")),
        ("2h for 3h", "2h", ("timeout=2h", "for 2h")),
        ("8 h = 2", "8", ("workers=8", "timeout=8")),
        ("8\u00b2", "8\u00b2", ()),
        ("9" * 60, "9" * 60, ("workers=" + "9" * 51 + ELLIPSIS, "timeout=" + "9" * 51 + ELLIPSIS)),
        ("9" * 59 + "h", "9" * 59 + "h", ("timeout=" + "9" * 51 + ELLIPSIS, "for " + "9" * 55 + ELLIPSIS)),
    ],
)
def test_unexpected(words: str, word: str, near: tuple[str, ...]) -> None:
    """The first word that means nothing where it stands is named, with what may have been meant."""
    assert Refusal(Usage.UNEXPECTED_WORD, word, near) == refusal(f"scale wc {words}")


def test_first_wrong_word_counts() -> None:
    """Of several things that are wrong the leftmost is told, and nothing after ``because`` is looked at."""
    assert Refusal(Usage.NOT_A_NUMBER, "many") == refusal("scale wc workers=many timeout=-1 because")
    assert Refusal(Usage.MISSING_REASON) == refusal("scale wc because")
    assert Refusal(Usage.MISSING_CHANGE) == refusal("scale wc because workers=8")
