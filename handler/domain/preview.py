"""What a change would mean for a job as it is now: the new values, or the reason why it cannot be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from handler.domain.commands import By, Scale, Setting
from handler.domain.model import TIMEOUT, WORKERS, Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handler.domain.model import Execution, Job, Limits

UNCHANGEABLE_STATUSES: Final = frozenset({"DELETED"})


@dataclass(frozen=True, slots=True)
class OutOfBounds:
    """The value asked for may not be written; ``field`` is its run condition name, both bounds are allowed."""

    slug: ClassVar[str] = "out_of_bounds"
    field: str
    asked: int
    least: int
    most: int
    now: int | None


@dataclass(frozen=True, slots=True)
class NothingToChange:
    """The job has these values already."""

    slug: ClassVar[str] = "nothing_to_change"
    workers: int | None
    timeout_minutes: int | None


@dataclass(frozen=True, slots=True)
class NothingToAddTo:
    """A relative change of a field the job does not have."""

    slug: ClassVar[str] = "nothing_to_add_to"
    field: str


@dataclass(frozen=True, slots=True)
class NeverSetUp:
    """The job has no ``nrn``, so no role to run with: it was never set up to run."""

    slug: ClassVar[str] = "never_set_up"


@dataclass(frozen=True, slots=True)
class WrongStatus:
    """The job's status rules out any change."""

    slug: ClassVar[str] = "wrong_status"
    status: str


@dataclass(frozen=True, slots=True)
class TooLong:
    """An emergency change may not last as long as was asked; ``most_minutes`` it may."""

    slug: ClassVar[str] = "too_long"
    asked_minutes: int
    most_minutes: int


Problem = OutOfBounds | NothingToChange | NothingToAddTo | NeverSetUp | WrongStatus | TooLong


def resolve(setting: Setting | None, now: int | None) -> int | None:
    """Return the number a setting comes to; None when nothing is asked, or when there is nothing to add to."""
    match setting:
        case By(delta):
            return None if now is None else now + delta
        case None:
            return None
        case _:
            return setting.value


def asked_values(job: Job, scale: Scale) -> dict[str, int]:
    """Return the run condition fields that are asked for, with their new values, whether allowed or not."""
    condition = job.run_condition
    wanted = {
        WORKERS: resolve(scale.workers, condition.workers),
        TIMEOUT: resolve(scale.timeout, condition.timeout_minutes),
    }
    return {name: value for name, value in wanted.items() if value is not None}


def preview(job: Job, scale: Scale, limits: Limits) -> Change | Problem:
    """Return the change to write, or the first reason why not; unasked fields are left as they were read."""
    if job.status in UNCHANGEABLE_STATUSES:
        return WrongStatus(job.status)
    if not job.run_condition.has_nrn:
        return NeverSetUp()
    values = asked_values(job, scale)
    for name, setting in ((WORKERS, scale.workers), (TIMEOUT, scale.timeout)):
        if setting is not None and name not in values:
            return NothingToAddTo(name)
    now = {WORKERS: job.run_condition.workers, TIMEOUT: job.run_condition.timeout_minutes}
    bounds = {WORKERS: limits.workers, TIMEOUT: limits.timeout_minutes}
    for name, value in values.items():
        least, most = bounds[name]
        if value != now[name] and not least <= value <= most:
            return OutOfBounds(name, value, least, most, now[name])
    different = {name: value for name, value in values.items() if value != now[name]}
    if not different:
        return NothingToChange(job.run_condition.workers, job.run_condition.timeout_minutes)
    return Change(job.id, job.name, job.run_condition, different)


def running(executions: Iterable[Execution]) -> Execution | None:
    """Return the newest execution that is under way: it keeps the settings it was started with."""
    return next((each for each in executions if each.is_open), None)
