"""Every way to write ``scale`` that is understood (contract, "Slack surface")."""

from __future__ import annotations

import pytest

from handler.domain.commands import By, Scale, To
from handler.domain.grammar import parse


@pytest.mark.parametrize(
    "words",
    [
        *("workers=8", "WORKERS=8", "workers 8", "workers:8", "workers: 8", "workers = 8", "workers =8", "workers= 8"),
        *("workers==8", "workers to 8", "workers = TO 8", "workers=8,", "workers=8;", "workers=0008", "workers=8w"),
        *("--workers 8", "--workers=8", "-w 8", "-workers 8", "- workers 8", "-- workers=8", "w=8", "w 8"),
        *("\u2014workers 8", "\u2013workers 8", "\u2212workers 8", "\u2010workers 8", "\uff0d\uff0dworkers 8"),
        *("\u2011w 8", "\u2015workers 8", "\u2e3aworkers 8", "\ufe58workers 8", "\ufe63w=8", "\u2012w 8"),
        *("\u3161workers 8", "\u3161\u3161workers=8", "\u30fcworkers 8", "\u2500\u2501w 8"),
        *("8w", "8W", "8 w", "8 workers", "8workers", "8 worker", "8 Workers", "to 8 workers", "and 8w and"),
        *("worker=8", "numWorker=8", "numworkers 8", "num-workers=8", "num_worker 8", "--num-workers=8"),
        *("8개", "8 개", "8대", "8 대", "워커 8개", "워커=8", "작업자 8 대", "작업자: 8개", "workers=8 개"),
        *("\u110b\u116f\u110f\u1165=8", "workers=8\u200b", "work\u00aders=8", "workers=\u202a8\u202c"),
        *(
            "\uff57\uff4f\uff52\uff4b\uff45\uff52\uff53\uff1d\uff18",
            "workers\uff1a\uff18",
            "workers\ufe668",
            "workers\ufe55 8",
        ),
        *("workers=\u201c8\u201d", "workers=\u20188\u2019", 'workers="8"', '"workers=8"', "workers '8'", "`workers 8`"),
        *("\u201cworkers\u201d=\u300c8\u300d", "workers=\uff028\uff02", 'workers=" 8 "', "workers=8\ufe50"),
        *("workers=8 workers=8", "workers=8 8w", "8w 8개"),
    ],
)
def test_workers(words: str) -> None:
    """Every tolerated spelling of eight workers means eight workers."""
    assert Scale("wordcount", workers=To(8)) == parse(f"scale wordcount {words}")


@pytest.mark.parametrize(
    "words",
    [
        *("workers=+2", "workers +2", "workers = +2", "workers=+ 2", "workers + 2", "workers += 2", "workers+=2"),
        *("workers+2", "workers +=2", "workers:+2", "+2w", "+2 workers", "+ 2 workers", "+2개", "+ 2w", "+2 개"),
        *("workers=\uff0b\uff12", "workers=\ufe622", "--workers +2", "--workers=+2", "workers='+2'", "워커 +2", "w+2"),
    ],
)
def test_more_workers(words: str) -> None:
    """A plus makes the number relative, wherever it stands."""
    assert Scale("wordcount", workers=By(2)) == parse(f"scale wordcount {words}")


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        *(("90", 90), ("90m", 90), ("90M", 90), ("90min", 90), ("90mins", 90), ("90 minutes", 90), ("1 minute", 1)),
        *(("2h", 120), ("2H", 120), ("2hr", 120), ("2hrs", 120), ("2 h", 120), ("2 Hours", 120), ("1hour", 60)),
        *(("1d", 1440), ("2days", 2880), ("1 day", 1440), ("1d12h", 2160), ("1d30m", 1470), ("1d12h5m", 2165)),
        *(("1h30m", 90), ("1h 30m", 90), ("1 h 30 m", 90), ("1 hour 30 minutes", 90), ("1 day 2 hours 3 min", 1563)),
        *(("2시간", 120), ("30분", 30), ("1시간30분", 90), ("1시간 30분", 90), ("1 시간 30 분", 90), ("1일", 1440)),
        *(("1일 12시간", 2160), ("\uff12\uff48", 120), ("\uff19\uff10", 90), ("\u201c2h\u201d", 120), ('"2 h"', 120)),
        *(("0090", 90), ("2147483647", 2**31 - 1), ("0d2h", 120), ("00000000000001h", 60)),
    ],
)
def test_times(typed: str, minutes: int) -> None:
    """A time is minutes, or days, hours and minutes with their units, for a timeout and for how long."""
    assert Scale("wordcount", timeout=To(minutes)) == parse(f"scale wordcount timeout={typed}")
    assert Scale("wordcount", timeout=To(minutes)) == parse(f"scale wordcount timeout {typed}")
    assert Scale("wordcount", To(4), minutes=minutes) == parse(f"scale wordcount for {typed} workers=4")


@pytest.mark.parametrize(
    "words",
    [
        *("timeout=+30m", "timeout +30", "timeout + 30", "timeout+=30m", "timeout +30 m", "timeout=+ 30 분", "t=+30"),
        *("타임아웃=+30분", "--timeout +0h30m", "timeout + 30분", "time-out=+30m", "-t=+30"),
    ],
)
def test_more_time(words: str) -> None:
    """A plus makes a timeout relative too."""
    assert Scale("wordcount", timeout=By(30)) == parse(f"scale wordcount {words}")


@pytest.mark.parametrize(
    "words",
    [
        *(
            "for 2h",
            "FOR 2h",
            "for=2h",
            "for: 2h",
            "--for 2h",
            "for 120",
            "for 2 hours",
            "for 1h 60m",
            "for 2h for 120",
        ),
        *(
            "2시간 동안",
            "2시간동안",
            "2 시간 동안",
            "2 시간동안",
            "1시간 60분 동안",
            "120 동안",
            "2h 동안",
            "동안 2시간",
        ),
        *("for 2시간 동안", "for=2시간동안", "동안=2시간", "동안: 2h"),
    ],
)
def test_lasting(words: str) -> None:
    """How long a change shall last is said before or, in Korean, after the time."""
    assert Scale("wordcount", To(4), minutes=120) == parse(f"scale wordcount 4w {words}")
    assert Scale("wordcount", To(4), minutes=120) == parse(f"scale wordcount {words} 4w")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("scale wc workers=8 timeout=2h for 1d because it", Scale("wc", To(8), To(120), 1440, "it")),
        ("scale wc for 1d timeout 2h 8w because it", Scale("wc", To(8), To(120), 1440, "it")),
        ("Scale wc 8 workers and timeout to 1h 30m", Scale("wc", To(8), To(90))),
        ("scale wc timeout 90 8 workers", Scale("wc", To(8), To(90))),
        ("scale wc timeout 90 w 8", Scale("wc", To(8), To(90))),
        ("scale wc timeout 90 workers 8", Scale("wc", To(8), To(90))),
        ("scale wc workers 8 t 90", Scale("wc", To(8), To(90))),
        ("scale wc timeout 2h 8w", Scale("wc", To(8), To(120))),
        ("scale wc timeout 2h 8 w", Scale("wc", To(8), To(120))),
        ("scale wc timeout 90 2시간 동안", Scale("wc", timeout=To(90), minutes=120)),
        ("변경 wc 워커 8개 타임아웃 2시간 30분 동안 30분 사유 밀려서", Scale("wc", To(8), To(150), 30, "밀려서")),
        ("조정 wc 8개", Scale("wc", To(8))),
        ("scale wc workers=0 timeout=0", Scale("wc", To(0), To(0))),
        ("scale wc workers=11 timeout=99999", Scale("wc", To(11), To(99999))),
        ("scale wc workers=1000000000", Scale("wc", To(1_000_000_000))),
        ("scale wc workers=2147483647", Scale("wc", To(2**31 - 1))),
        ("scale wc workers=+0", Scale("wc", By(0))),
        (f"scale wc workers={'0' * 9000}8", Scale("wc", To(8))),
    ],
)
def test_together(text: str, expected: Scale) -> None:
    """Options come in any order, and numbers that only a job's limits can judge pass."""
    assert expected == parse(text)


@pytest.mark.parametrize(
    ("typed", "job"),
    [
        *(("status", "status"), ("workers", "workers"), ("for", "for"), ("because", "because"), ("scale", "scale")),
        *(("8w", "8w"), ("8", "8"), ("2h", "2h"), ("because-etl", "because-etl"), ("for-2h", "for-2h"), ("to", "to")),
        *(("help", "help"), ("'workers'", "workers"), ('"my job"', "my job"), ("5Yns7JgRt25f", "5Yns7JgRt25f")),
        *(("-etl", "-etl"), ("foo=8", "foo=8"), ("<http://etl.kr|etl.kr>", "etl.kr"), ("\u201cwc\u201d", "wc")),
    ],
)
def test_first_word_is_the_job(typed: str, job: str) -> None:
    """The word after the verb is the job, even when it looks like a word of the grammar or like a number."""
    assert Scale(job, To(8)) == parse(f"scale {typed} workers=8")
    assert Scale(job, To(8), because="x") == parse(f"scale {typed} 8 workers because x")
