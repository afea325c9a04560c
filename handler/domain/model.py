"""The frozen values everything else speaks in: jobs, run conditions, people, changes and requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NewType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

JobId = NewType("JobId", str)
UserId = NewType("UserId", str)
ChannelId = NewType("ChannelId", str)
RequestId = NewType("RequestId", str)
GroupName = NewType("GroupName", str)

WORKERS: Final = "numWorker"
TIMEOUT: Final = "timeout"
NRN: Final = "nrn"


def whole(value: object) -> int | None:
    """Read a number leniently: what the API sends is tolerated, what cannot be a whole number is absent."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len("1000000000"):
        return int(value)
    return None


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field of a run condition that is not as expected; a field that is absent has the value None."""

    name: str
    expected: object
    found: object


@dataclass(frozen=True, slots=True)
class RunCondition:
    """A job's execution options exactly as read, unknown fields too (API documents: getJobById, ``runCondition``)."""

    fields: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))

    @property
    def workers(self) -> int | None:
        """Number of workers (``numWorker``), or None when the API did not say."""
        return whole(self.fields.get(WORKERS))

    @property
    def timeout_minutes(self) -> int | None:
        """Execution timeout in minutes (``timeout``), or None when the API did not say."""
        return whole(self.fields.get(TIMEOUT))

    @property
    def has_nrn(self) -> bool:
        """Whether the job names a role at all; an empty one counts, as both API documents show such a job."""
        return isinstance(self.fields.get(NRN), str)

    def replaced(self, values: Mapping[str, int]) -> RunCondition:
        """Return the same condition with only these fields replaced."""
        return RunCondition({**self.fields, **values})

    def differences(self, found: RunCondition) -> tuple[FieldDifference, ...]:
        """Compare every field of both conditions; return those that differ, by name."""
        names = sorted(self.fields.keys() | found.fields.keys())
        return tuple(
            FieldDifference(name, self.fields.get(name), found.fields.get(name))
            for name in names
            if self.fields.get(name) != found.fields.get(name) or (name in self.fields) != (name in found.fields)
        )


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a job's pipeline (API documents: ETLJobNode)."""

    id: str
    type: str
    name: str
    parent_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A Data Flow job as read; what the API left out is empty or None, unknown words are kept as they came."""

    id: JobId
    name: str
    run_condition: RunCondition
    type: str = ""
    status: str = ""
    description: str = ""
    last_execution_status: str | None = None
    nodes: tuple[Node, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    last_execution_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobSummary:
    """What a list of jobs says of one of them."""

    id: JobId
    name: str
    type: str = ""
    status: str = ""
    last_execution_status: str | None = None


RUNNING_STATUSES: Final = frozenset({"READY", "RUNNING"})


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a job with the settings it was started with (API documents: getJobExecutions)."""

    id: str
    status: str
    workers: int | None = None
    timeout_minutes: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    running_minutes: int | None = None
    trigger_name: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether this run waits or runs, so that saved settings no longer reach it."""
        return self.status in RUNNING_STATUSES and self.ended_at is None


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who asks, and the channel they ask in."""

    user_id: UserId
    channel_id: ChannelId
    team_id: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most that may be written, both included (API documents of 2026-09: 2-10 and 1-1440 minutes)."""

    workers: tuple[int, int] = (2, 10)
    timeout_minutes: tuple[int, int] = (1, 1440)


@dataclass(frozen=True, slots=True)
class Change:
    """A job's run condition before, and the only fields that are to be different after."""

    job_id: JobId
    job_name: str
    before: RunCondition
    values: Mapping[str, int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    @property
    def after(self) -> RunCondition:
        """The whole run condition to write: as read, but for the asked fields."""
        return self.before.replaced(self.values)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a request's audit chain: how many facts there are, and the hash of the last."""

    seq: int
    hash: str
