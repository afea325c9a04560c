"""Numbers and durations as people type them; the limits of a job are checked later, where the job is at hand.

A refusal has no topic here: whoever knows which command the number stands in says it.
"""

from __future__ import annotations

import re
from typing import Final

from handler.domain.commands import By, Setting, To
from handler.domain.errors import Usage, UsageError
from handler.domain.tokens import excerpt
from handler.domain.vocabulary import DAYS, HOURS, MINUTES, WORKER_UNITS

MOST: Final = 2**31 - 1
_MOST_DIGITS: Final = len(str(MOST))
_WORKER, _DAY, _HOUR, _MINUTE = (f"(?:{'|'.join(sorted(units))})" for units in (WORKER_UNITS, DAYS, HOURS, MINUTES))

# [0-9], not \d: int() reads the digits of every script, and the contract knows two of them.
_NEGATIVE: Final = re.compile(r"-+[+.]?[0-9]")
_COUNT: Final = re.compile(rf"(\+?)([0-9]++){_WORKER}?")
_BARE: Final = re.compile(r"[0-9]++")
_PARTED: Final = re.compile(rf"(?=[0-9])(?:([0-9]++){_DAY})?(?:([0-9]++){_HOUR})?(?:([0-9]++){_MINUTE})?")


def is_bare(text: str) -> bool:
    """Whether the text is digits and nothing else."""
    return _BARE.fullmatch(text) is not None


def refuse_negative(text: str, usage: Usage = Usage.NEGATIVE) -> None:
    """Let everything pass but a number with a minus before it: that is neither an option's dash nor "less than now".

    Raises:
        UsageError: ``usage``.
    """
    if _NEGATIVE.match(text):
        raise _refused(usage, "-" + text.lstrip("-"))


def is_count(text: str) -> bool:
    """Whether the text is a number of workers, with its unit or without."""
    return _COUNT.fullmatch(text.casefold()) is not None


def is_span(text: str) -> bool:
    """Whether the text is a duration with units."""
    return _PARTED.fullmatch(text.casefold()) is not None


def workers(text: str) -> Setting:
    """Read ``8``, ``8w``, ``8개`` or ``+2``.

    Raises:
        UsageError: NEGATIVE, NOT_A_NUMBER or TOO_BIG.
    """
    refuse_negative(text)
    found = _COUNT.fullmatch(text.casefold())
    if found is None:
        raise _refused(Usage.NOT_A_NUMBER, text)
    value = _whole(found[2], text)
    return By(value) if found[1] else To(value)


def timeout(text: str) -> Setting:
    """Read ``90`` (minutes), ``90m``, ``1h30m``, ``2시간`` or ``+30m``.

    Raises:
        UsageError: NEGATIVE_TIME, NOT_A_DURATION or TOO_BIG.
    """
    if text.startswith("+"):
        return By(_minutes(text[1:], text))
    return To(_minutes(text, text))


def lasting(text: str) -> int:
    """Read how many minutes a change shall last; at least one, because 0 means "until undone" to the policy.

    Raises:
        UsageError: NEGATIVE_LENGTH, NOT_A_DURATION or TOO_BIG.
    """
    refuse_negative(text, Usage.NEGATIVE_LENGTH)
    minutes = _minutes(text, text)
    if minutes == 0:
        raise _refused(Usage.NOT_A_DURATION, text)
    return minutes


def _minutes(text: str, typed: str) -> int:
    refuse_negative(text, Usage.NEGATIVE_TIME)
    if is_bare(text):
        return _whole(text, typed)
    found = _PARTED.fullmatch(text.casefold())
    if found is None:
        raise _refused(Usage.NOT_A_DURATION, typed)
    days, hours, minutes = (_whole(digits, typed) for digits in found.groups("0"))
    return _bounded((days * 24 + hours) * 60 + minutes, typed)


def _whole(digits: str, typed: str) -> int:
    # One digit more than fits is too big already; int() refuses more than 4,300 with an error of its own.
    return _bounded(int(digits.lstrip("0")[: _MOST_DIGITS + 1] or "0"), typed)


def _bounded(value: int, typed: str) -> int:
    if value > MOST:
        raise _refused(Usage.TOO_BIG, typed, limit=MOST)
    return value


def _refused(usage: Usage, word: str, *, limit: int = 0) -> UsageError:
    return UsageError(usage, word=excerpt(word), limit=limit)
