"""What became of a write: judged by what is read back, never by the write's own echo (architecture, rules 3 and 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from handler.domain.model import whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.domain.model import RunCondition

# The gateway refuses a signature older than five minutes (data-flow-api.md, section 3): a write that has
# not arrived by then never will. One minute more covers clocks that disagree a little.
SETTLES_AFTER: Final = timedelta(minutes=6)


class Answer(StrEnum):
    """What the API said to the write."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Took:
    """The job has the values that were asked for, or still has some of them that only this write can have given it."""

    found: RunCondition


@dataclass(frozen=True, slots=True)
class DidNotTake:
    """The job does not have them, and this write cannot give them any more."""

    found: RunCondition


@dataclass(frozen=True, slots=True)
class NotKnown:
    """It cannot be said yet; ``found`` is what was read, None when the job could not be read."""

    found: RunCondition | None


Verdict = Took | DidNotTake | NotKnown


def judge(
    wanted: Mapping[str, object],
    replaced: Mapping[str, object],
    answer: Answer,
    found: RunCondition | None,
    since_write: timedelta,
) -> Verdict:
    """Judge a write by the run condition read back ``since_write`` after it was sent.

    ``wanted`` are its fields, ``replaced`` the values that they had before.
    """
    if found is None:
        return NotKnown(None)
    there = [name for name, value in wanted.items() if _is(found.fields.get(name), value)]
    if len(there) == len(wanted):
        return Took(found)
    if answer is Answer.REFUSED:
        return DidNotTake(found)
    if since_write < SETTLES_AFTER:
        return NotKnown(found)
    is_ours = any(not _is(replaced.get(name), wanted[name]) for name in there)
    return Took(found) if is_ours else DidNotTake(found)


def _is(found: object, wanted: object) -> bool:
    """Compare numbers as leniently as they are read, everything else as it is."""
    number = whole(wanted)
    return found == wanted if number is None else whole(found) == number
