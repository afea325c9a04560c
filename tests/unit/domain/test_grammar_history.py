"""The time that ``history`` may be asked for (contract, "Slack surface")."""

from __future__ import annotations

from datetime import date

import pytest

from handler.domain.commands import ShowJobHistory, ShowUserHistory
from handler.domain.errors import Usage
from handler.domain.grammar import parse
from handler.domain.period import Ago, Day, DaysAgo, Period
from handler.domain.vocabulary import MYSELF
from tests.unit.domain.refusal import Refusal, refusal

HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60
TWENTIETH = Day(date(2026, 11, 20))
TODAY, YESTERDAY = DaysAgo(0), DaysAgo(1)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("", Period()),
        *(
            (text, Period(since=Ago(2 * HOUR)))
            for text in ("since 2h", "Since 2 hours", "from 2h", "last 2h", "past 120")
        ),
        *(
            (text, Period(since=Ago(2 * HOUR)))
            for text in ("2h", "since=2h", "--since 2h", "\u2014since:2h", "since -2h")
        ),
        *(
            (text, Period(since=Ago(2 * HOUR)))
            for text in ("since 2h ago", "since '2h'", "since 1h 60m,", "\uff12\uff48")
        ),
        *(
            (text, Period(since=Ago(2 * HOUR)))
            for text in ("2시간 전부터", "2시간전부터", "지난 2시간", "최근 2시간 동안")
        ),
        *((text, Period(since=Ago(2 * HOUR))) for text in ("2시간 동안", "2시간 이후", "2시간 전")),
        *(
            (text, Period(since=Ago(WEEK)))
            for text in ("last 7d", "last week", "since 1w", "1 week", "지난 주", "1주일 동안")
        ),
        ("last 2 weeks", Period(since=Ago(2 * WEEK))),
        ("last day", Period(since=Ago(DAY))),
        ("last hour", Period(since=Ago(HOUR))),
        *((text, Period(since=YESTERDAY)) for text in ("since yesterday", "어제부터", "어제 부터", "since=어제")),
        *((text, Period(YESTERDAY, YESTERDAY)) for text in ("yesterday", "Yesterday", "어제")),
        *((text, Period(TODAY, TODAY)) for text in ("today", "오늘")),
        *((text, Period(TWENTIETH, TWENTIETH)) for text in ("2026-11-20", "2026/11/20", "2026.11.20", "2026.11.20.")),
        *((text, Period(TWENTIETH, TWENTIETH)) for text in ("20261120", "2026년11월20일", "2026\u201311\u201320")),
        ("2026-1-5", Period(Day(date(2026, 1, 5)), Day(date(2026, 1, 5)))),
        *(
            (text, Period(TWENTIETH, YESTERDAY))
            for text in ("since 2026-11-20 until yesterday", "2026-11-20부터 어제까지")
        ),
        ("from 2026-11-20 to yesterday", Period(TWENTIETH, YESTERDAY)),
        ("until 2h", Period(until=Ago(2 * HOUR))),
        ("until 2 hours ago since 3d", Period(Ago(3 * DAY), Ago(2 * HOUR))),
        ("till 2026-11-20", Period(until=TWENTIETH)),
        ("2시간 이전", Period(until=Ago(2 * HOUR))),
        ("since 2h since 2h", Period(since=Ago(2 * HOUR))),
        ("yesterday until yesterday", Period(YESTERDAY, YESTERDAY)),
    ],
)
def test_a_history_s_time_is_read_in_many_spellings(time: str, expected: Period) -> None:
    """Words, signs and the order do not matter; a day alone is that day, a length alone is how far back to go."""
    assert ShowJobHistory("wordcount", expected) == parse(f"history wordcount {time}")
    assert ShowUserHistory("U0KIM", expected) == parse(f"이력 <@U0KIM|kim> {time}")
    assert ShowUserHistory(MYSELF, expected) == parse(f"history me {time}")


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("since", Refusal(Usage.MISSING_VALUE, "since", topic="history")),
        ("2h until", Refusal(Usage.MISSING_VALUE, "until", topic="history")),
        ("since 14:00", Refusal(Usage.NOT_A_WHEN, "14:00", topic="history")),
        ("since 2026-02-30", Refusal(Usage.NOT_A_WHEN, "2026-02-30", topic="history")),
        ("2026-13-01", Refusal(Usage.NOT_A_WHEN, "2026-13-01", topic="history")),
        ("since 11-20", Refusal(Usage.NOT_A_WHEN, "11-20", topic="history")),
        ("since monday", Refusal(Usage.NOT_A_WHEN, "monday", topic="history")),
        ("since " + "x" * 61, Refusal(Usage.NOT_A_WHEN, "x" * 59 + "\u2026", topic="history")),
        ("since 0m", Refusal(Usage.NOT_A_DURATION, "0m", topic="history")),
        ("last 0w", Refusal(Usage.NOT_A_DURATION, "0d", topic="history")),
        ("since 99999999999h", Refusal(Usage.TOO_BIG, "99999999999h", topic="history", limit=2**31 - 1)),
        ("since 2h since 3h", Refusal(Usage.GIVEN_TWICE, "since", topic="history")),
        ("2026-11-20 yesterday", Refusal(Usage.GIVEN_TWICE, "since", topic="history")),
        ("until 2h until 3h", Refusal(Usage.GIVEN_TWICE, "until", topic="history")),
        ("sicne 2h", Refusal(Usage.UNEXPECTED_WORD, "sicne", ("since",), "history")),
        ("yesterdy", Refusal(Usage.UNEXPECTED_WORD, "yesterdy", ("yesterday",), "history")),
        ("x" * 61, Refusal(Usage.UNEXPECTED_WORD, "x" * 59 + "\u2026", topic="history")),
        ("workers=8", Refusal(Usage.UNEXPECTED_WORD, "workers=8", topic="history")),
        ("X2h", Refusal(Usage.UNEXPECTED_WORD, "X2h", topic="history")),
        ("2hX", Refusal(Usage.UNEXPECTED_WORD, "2hX", topic="history")),
        ("2시간전부터까지동안", Refusal(Usage.UNEXPECTED_WORD, "2시간전", topic="history")),
        ("부터", Refusal(Usage.UNEXPECTED_WORD, "부터", topic="history")),
    ],
)
def test_what_is_no_time_is_refused_with_the_word(time: str, expected: Refusal) -> None:
    """Each mistake says which word it was, and what may have been meant."""
    assert expected == refusal(f"history wordcount {time}")


@pytest.mark.parametrize("text", ["since 2h", "last 7d", "from yesterday", "지난 3일", "--since 2h until 1h"])
def test_a_time_alone_is_nobody_s_history(text: str) -> None:
    """Who left the job out is asked for it; no job named `since` is looked for."""
    assert Refusal(Usage.MISSING_SUBJECT, topic="history") == refusal(f"history {text}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("last", ShowJobHistory("last")),
        ("since since 2h", ShowJobHistory("since", Period(since=Ago(2 * HOUR)))),
        ("yesterday", ShowJobHistory("yesterday")),
        ("2h", ShowJobHistory("2h")),
    ],
)
def test_a_job_may_be_called_like_a_time(text: str, expected: ShowJobHistory) -> None:
    """What can only be the job's name is."""
    assert expected == parse(f"history {text}")
