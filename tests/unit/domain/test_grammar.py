"""The words of the slash command but for those around ``scale`` (contract, "Slack surface")."""

from __future__ import annotations

import pytest

from handler.domain.commands import (
    Command,
    Help,
    ListJobs,
    ListRequests,
    ShowJobHistory,
    ShowStatus,
    ShowUserHistory,
    Undo,
)
from handler.domain.errors import Usage
from handler.domain.grammar import parse
from handler.domain.vocabulary import MYSELF
from tests.unit.domain.refusal import Refusal, refusal


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\t\n ", "\u3000", "\u2028", "\u00a0"),
        *(
            "help",
            "HELP",
            "  Help  ",
            "help scale",
            "help me please",
            "h",
            "'help'",
            "\uff48\uff45\uff4c\uff50",
            "도움말",
        ),
        *("?", "\uff1f", "-h", "--help", "\u2014help"),
        *("scale --help", "status -h", "list ?", "history \u2014help", "scale ? workers=8"),
    ],
)
def test_help(text: str) -> None:
    """Nothing typed, or any usual way to ask for help, also after another word, gives help."""
    assert Help() == parse(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status wordcount", ShowStatus("wordcount")),
        ("STATUS WordCount", ShowStatus("WordCount")),
        ("상태 wordcount", ShowStatus("wordcount")),
        ("\u1109\u1161\u11bc\u1110\u1162 wordcount", ShowStatus("wordcount")),
        ("status status", ShowStatus("status")),
        ("status help", ShowStatus("help")),
        ("status 5Yns7JgRt25f", ShowStatus("5Yns7JgRt25f")),
        ("status workers=8", ShowStatus("workers=8")),
        ("list", ListJobs("")),
        ("목록", ListJobs("")),
        ("list ''", ListJobs("")),
        ("list etl", ListJobs("etl")),
        ('list  daily   "etl"', ListJobs("daily etl")),
        ("list " + "가" * 200, ListJobs("가" * 200)),
        ("requests", ListRequests()),
        ("Requests ", ListRequests()),
        ("요청", ListRequests()),
        ("history wordcount", ShowJobHistory("wordcount")),
        ("이력 wordcount", ShowJobHistory("wordcount")),
        ("history mentions", ShowJobHistory("mentions")),
        ("history U0KIM", ShowJobHistory("U0KIM")),
        ("history <@U0KIM", ShowJobHistory("<@U0KIM")),
        ("history <@U0KIM>", ShowUserHistory("U0KIM")),
        ("history <@W0KIM|kim>", ShowUserHistory("W0KIM")),
        ("history <@U0KIM|Kim Minji>", ShowUserHistory("U0KIM")),
        ("history '<@U0KIM|Kim Minji>'", ShowUserHistory("U0KIM")),
        ("history &lt;@U0KIM&gt;", ShowUserHistory("U0KIM")),
        ("history @U0KIM", ShowUserHistory("U0KIM")),
        ("history me", ShowUserHistory(MYSELF)),
        ("history ME", ShowUserHistory(MYSELF)),
    ],
)
def test_questions(text: str, expected: Command) -> None:
    """Each word that asks for something gives its command, whatever the case, in English and Korean."""
    assert expected == parse(text)


@pytest.mark.parametrize(
    ("typed", "job"),
    [
        ('"my job"', "my job"),
        ("\u201cmy   job\u201d", "my job"),
        ("\u2018wordcount\u2019", "wordcount"),
        ("`wordcount`", "wordcount"),
        ("\uff02wordcount\uff02", "wordcount"),
        ('"wordcount', "wordcount"),
        ('"a"b', "ab"),
        ("kim's-job", "kims-job"),
        ("\uff57\uff4f\uff52\uff44\uff0d\uff11", "word-1"),
        ("word\u2011count\u2212a", "word-count-a"),
        ("word\u2014count", "word--count"),
        ("a&amp;lt;b", "a&lt;b"),
        ("a&lt;b&gt;c&amp;d", "a<b>c&d"),
        ("a<b", "a<b"),
        ("a<b>c", "a<b>c"),
        ("<http://etl.kr|etl.kr>", "etl.kr"),
        ("<http://etl.kr?a=1&amp;b=2>", "http://etl.kr?a=1&b=2"),
        ("<mailto:a@etl.kr|a@etl.kr>", "a@etl.kr"),
        ("<@U0KIM|kim>", "@kim"),
        ("<@U0KIM|Kim &amp;  Lee>", "@Kim & Lee"),
        ("<@U0KIM>", "@U0KIM"),
        ("<#C0DATA|data>", "#data"),
        ("<#C0DATA>", "#C0DATA"),
        ("<#C0DATA|#data>", "#data"),
        ("<!channel>", "@channel"),
        ("<!subteam^S0ONCALL|@oncall>", "@oncall"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("*wordcount*", "*wordcount*"),
        ("word\u200bcount\ufeff", "wordcount"),
        ("\u202ewordcount\u202c", "wordcount"),
        ("word\u200dcount\u200c", "wordcount"),
        ("word\x00count\x7f", "wordcount"),
        ("word\ud800count", "word\ufffdcount"),
        ("\u3164wordcount\u2800", "wordcount"),
        ("데이터\u30fc1", "데이터\u30fc1"),
        ("e\u0301tl", "\u00e9tl"),
        ("8\u00b2", "8\u00b2"),
        ("e\u0301" * 100, "\u00e9" * 100),
        ("a" * 200, "a" * 200),
    ],
)
def test_job_texts(typed: str, job: str) -> None:
    """A job's text is freed of quotes, invisible characters and Slack's escapes, and otherwise stays as typed."""
    assert ShowStatus(job) == parse(f"status {typed}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("undo 7k3m-q2xd", Undo("7k3m-q2xd")),
        ("UNDO 7K3M-Q2XD", Undo("7K3M-Q2XD")),
        ("undo `7k3m-q2xd`", Undo("7k3m-q2xd")),
        ("undo 7k3m\u2011q2xd", Undo("7k3m-q2xd")),
        ("un-do 7k3m\u2014q2xd", Undo("7k3m--q2xd")),
        ("되돌리기 7k3mq2xd", Undo("7k3mq2xd")),
        ("복원 7k3mq2xd 사유 밀린 작업", Undo("7k3mq2xd", "밀린 작업")),
        ("undo wordcount because: it is over", Undo("wordcount", "it is over")),
        ("undo 7k3m-q2xd reason=\u201cit is over\u201d", Undo("7k3m-q2xd", "it is over")),
        ("undo ?", Help()),
        ("undo --help", Help()),
    ],
)
def test_undo(text: str, expected: Command) -> None:
    """A request's id as typed, and a reason if there is one; whether there is such a request is not the grammar's."""
    assert expected == parse(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stauts wordcount", Refusal(Usage.UNKNOWN_WORD, "stauts", ("status",), "")),
        ("STAUTS wordcount", Refusal(Usage.UNKNOWN_WORD, "STAUTS", ("status",), "")),
        ("상테 wordcount", Refusal(Usage.UNKNOWN_WORD, "상테", ("상태",), "")),
        ("sca-el wordcount", Refusal(Usage.UNKNOWN_WORD, "sca-el", ("scale",), "")),
        ("왠 wordcount", Refusal(Usage.UNKNOWN_WORD, "왠", (), "")),
        ("xyzzy", Refusal(Usage.UNKNOWN_WORD, "xyzzy", (), "")),
        ("-", Refusal(Usage.UNKNOWN_WORD, "-", (), "")),
        ("ha", Refusal(Usage.UNKNOWN_WORD, "ha", (), "")),
        ("wordcount workers=8", Refusal(Usage.UNKNOWN_WORD, "wordcount", (), "")),
        ("status" + "s" * 35, Refusal(Usage.UNKNOWN_WORD, "status" + "s" * 35, (), "")),
        ("z" * 60, Refusal(Usage.UNKNOWN_WORD, "z" * 60, (), "")),
        ("z" * 61, Refusal(Usage.UNKNOWN_WORD, "z" * 59 + "\u2026", (), "")),
        ("Undo", Refusal(Usage.MISSING_REQUEST, topic="undo")),
        ("undo ``", Refusal(Usage.MISSING_REQUEST, topic="undo")),
        ("undo because late", Refusal(Usage.MISSING_REQUEST, topic="undo")),
        ("undo Reason: late", Refusal(Usage.MISSING_REQUEST, topic="undo")),
        ("undo 7k3m-q2xd now", Refusal(Usage.UNEXPECTED_WORD, "now", topic="undo")),
        ("undo 7k3m q2xd because late", Refusal(Usage.UNEXPECTED_WORD, "q2xd", topic="undo")),
        ("undo 7k3m-q2xd because", Refusal(Usage.MISSING_REASON, topic="undo")),
        (
            "undo 7k3m-q2xd because " + "x" * 3001,
            Refusal(Usage.TOO_LONG, "x" * 59 + "\u2026", topic="undo", limit=3000),
        ),
        ("undo " + "7" * 201, Refusal(Usage.TOO_LONG, "7" * 59 + "\u2026", topic="undo", limit=200)),
        ("run wordcount", Refusal(Usage.NOT_YET, "run", (), "")),
        ("\u2014Can_cel wordcount", Refusal(Usage.NOT_YET, "cancel", (), "")),
        ("\u200b", Refusal(Usage.UNREADABLE, "", (), "")),
        ("\x00 \u202e", Refusal(Usage.UNREADABLE, "", (), "")),
        ('""', Refusal(Usage.UNREADABLE, "", (), "")),
        ("\u200d", Refusal(Usage.UNREADABLE, "", (), "")),
        ("status", Refusal(Usage.MISSING_JOB, topic="status")),
        ("status ''", Refusal(Usage.MISSING_JOB, topic="status")),
        ("status \u200b", Refusal(Usage.MISSING_JOB, topic="status")),
        ("status my job", Refusal(Usage.UNEXPECTED_WORD, "job", topic="status")),
        ('status "my job" "now"', Refusal(Usage.UNEXPECTED_WORD, "now", topic="status")),
        ("status a " + "b" * 61, Refusal(Usage.UNEXPECTED_WORD, "b" * 59 + "\u2026", topic="status")),
        ("status " + "a" * 201, Refusal(Usage.TOO_LONG, "a" * 59 + "\u2026", topic="status", limit=200)),
        (
            "list " + "가" * 100 + " " + "가" * 100,
            Refusal(Usage.TOO_LONG, "가" * 59 + "\u2026", topic="list", limit=200),
        ),
        ("status " + "e\u0301" * 101, Refusal(Usage.TOO_LONG, "e\u0301" * 29 + "e\u2026", topic="status", limit=200)),
        ("requests now", Refusal(Usage.UNEXPECTED_WORD, "now", topic="requests")),
        ("history", Refusal(Usage.MISSING_SUBJECT, topic="history")),
        ("history @kim", Refusal(Usage.MISSING_SUBJECT, "@kim", topic="history")),
        ("history @" + "k" * 60, Refusal(Usage.MISSING_SUBJECT, "@" + "k" * 58 + "\u2026", topic="history")),
        ("history <!channel>", Refusal(Usage.MISSING_SUBJECT, "@channel", topic="history")),
        ("history <@U0KIM> wordcount", Refusal(Usage.UNEXPECTED_WORD, "wordcount", topic="history")),
        ("history me too", Refusal(Usage.UNEXPECTED_WORD, "too", topic="history")),
        ("history " + "a" * 201, Refusal(Usage.TOO_LONG, "a" * 59 + "\u2026", topic="history", limit=200)),
    ],
)
def test_refusals(text: str, expected: Refusal) -> None:
    """What makes no command is refused with the word it stumbled over and what may have been meant."""
    assert expected == refusal(text)
