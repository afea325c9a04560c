"""The words that the slash command knows, in English and Korean: one table for each place a word may stand in."""

from __future__ import annotations

from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LONGEST_SLIP: Final = 40
# At difflib's own 0.6, two Korean words are close when they have one syllable of two in common.
_CLOSE: Final = 0.62


class Topic(StrEnum):
    """What a command is about; an error's ``topic`` is one of these, or empty."""

    HELP = "help"
    STATUS = "status"
    LIST = "list"
    SCALE = "scale"
    BREAK_GLASS = "break-glass"
    WHY = "why"
    HISTORY = "history"
    REQUESTS = "requests"
    UNDO = "undo"


class Option(StrEnum):
    """What may be said about a change."""

    WORKERS = "workers"
    TIMEOUT = "timeout"
    FOR = "for"


def key(word: str) -> str:
    """Return how the tables spell a word: no capitals, no dashes before or in it."""
    return word.casefold().replace("-", "").replace("_", "")


TOPICS: Final[Mapping[str, Topic]] = {
    **{key(topic): topic for topic in Topic},
    "?": Topic.HELP,
    "h": Topic.HELP,
    "도움말": Topic.HELP,
    "상태": Topic.STATUS,
    "목록": Topic.LIST,
    "변경": Topic.SCALE,
    "조정": Topic.SCALE,
    "비상": Topic.BREAK_GLASS,
    "긴급": Topic.BREAK_GLASS,
    "왜": Topic.WHY,
    "이력": Topic.HISTORY,
    "요청": Topic.REQUESTS,
    "되돌리기": Topic.UNDO,
    "복원": Topic.UNDO,
}
VERBS: Final = (*(topic.value for topic in Topic), *(word for word in TOPICS if not word.isascii()))
NOT_YET: Final = frozenset({"run", "cancel"})
ASKS_HELP: Final = frozenset({"?", "-h", "--help"})
MYSELF: Final = "me"

DURING: Final = "동안"
OPTIONS: Final[Mapping[str, Option]] = {
    **dict.fromkeys(("workers", "worker", "numworker", "numworkers", "w", "워커", "작업자"), Option.WORKERS),
    **dict.fromkeys(("timeout", "t", "타임아웃"), Option.TIMEOUT),
    **dict.fromkeys(("for", DURING), Option.FOR),
}
BECAUSE: Final = ("because", "reason", "사유", "이유")
TAUGHT: Final = (
    *(option.value for option in Option),
    "because",
    "reason",
    *(word for word in (*OPTIONS, *BECAUSE) if not word.isascii()),
)
FILLERS: Final = frozenset({"to", "and"})

WORKER_UNITS: Final = frozenset({"w", "worker", "workers", "개", "대"})
COUNTERS: Final = WORKER_UNITS - OPTIONS.keys()
DAYS: Final = frozenset({"d", "day", "days", "일"})
HOURS: Final = frozenset({"h", "hr", "hrs", "hour", "hours", "시간"})
MINUTES: Final = frozenset({"m", "min", "mins", "minute", "minutes", "분"})
TIME_UNITS: Final = DAYS | HOURS | MINUTES
WEEKS: Final = frozenset({"w", "week", "weeks", "주", "주일"})


class Side(StrEnum):
    """Which end of a time a word speaks of."""

    SINCE = "since"
    UNTIL = "until"


BEFORE_TIMES: Final[Mapping[str, Side]] = {
    **dict.fromkeys(("since", "from", "last", "past", "지난", "최근"), Side.SINCE),
    **dict.fromkeys(("until", "till", "to"), Side.UNTIL),
}
AT_THE_END: Final[Mapping[str, Side]] = {
    **dict.fromkeys(("부터", "이후", DURING), Side.SINCE),
    **dict.fromkeys(("까지", "이전"), Side.UNTIL),
}
AGO: Final = frozenset({"ago", "전"})
NAMED_DAYS: Final[Mapping[str, int]] = {"today": 0, "오늘": 0, "yesterday": 1, "어제": 1}
TIME_TAUGHT: Final = (*(side.value for side in Side), "last", *NAMED_DAYS)


def near(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return at most three known words that the word may be a slip of, the closest first."""
    # Letter by letter: one wrong vowel of a Korean syllable is not a wrong syllable. NFD takes quadratic time on long
    # runs of combining marks, and nothing that long is a slip.
    spelled = {normalize("NFD", each): each for each in known if len(each) > 1}
    slip = normalize("NFD", word.casefold()[:_LONGEST_SLIP])
    return tuple(spelled[each] for each in get_close_matches(slip, spelled, cutoff=_CLOSE))
