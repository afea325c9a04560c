"""What the doctor finds: each check is green, or red with what mends it, or could not be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Known = TypeVar("_Known")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Green:
    """All is well; ``seen`` says what was looked at."""

    seen: str


@dataclass(frozen=True, slots=True)
class Red:
    """Something is wrong; ``mend`` is the one command or page that helps."""

    wrong: str
    mend: str


@dataclass(frozen=True, slots=True)
class NotChecked:
    """It could not be looked at, ``because`` of something else."""

    because: str


Verdict = Green | Red | NotChecked
Absent = Red | NotChecked
"""Why something that a check needs is not there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table."""

    check: str
    verdict: Verdict


def given(needed: _Known | Absent, because: str, make: Callable[[_Known], _Made]) -> _Made | NotChecked:
    """Make something of what it needs; where that is absent, say why nothing could be made.

    ``because`` is what it means that the needed thing is red. What could not be looked at itself keeps its own reason.
    """
    match needed:
        case NotChecked():
            return needed
        case Red():
            return NotChecked(because)
        case _:
            return make(needed)


def judged(needed: _Known | Absent, judge: Callable[[_Known], Verdict]) -> Verdict:
    """Judge what is looked at; where that is absent, this is what was found."""
    return needed if isinstance(needed, Red | NotChecked) else judge(needed)


def seen(needed: _Known | Absent, say: Callable[[_Known], str]) -> Verdict:
    """Find that something is there, and say what."""
    return judged(needed, lambda known: Green(say(known)))
