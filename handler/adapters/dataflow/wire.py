"""The API's answers as the domain's values: both documented generations, absent fields, words we do not know.

Sources: getJobById, getJobs and getJobExecutions under https://api.ncloud-docs.com/docs/en/, before and after autumn
2026. Every reader raises ValueError for what cannot be used at all.
"""

# No "from __future__ import annotations": pydantic reads the annotations when the models are made.
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handler.adapters.dataflow.lenient import Items, Moment, RequiredText, Settings, Text, Texts, Whole
from handler.domain.model import Execution, Job, JobId, JobSummary, Node, RunCondition

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_JUST_NOW: Final = datetime.max.replace(tzinfo=UTC)


class Entry(Protocol):
    """What a list holds: something with an id that no other entry of the list has."""

    @property
    def id(self) -> str:
        """The id."""


EntryT = TypeVar("EntryT", bound=Entry)


@dataclass(frozen=True, slots=True)
class Page(Generic[EntryT]):
    """A part of a list: what could be read of it, how many items it had, and the number called ``count``."""

    entries: tuple[EntryT, ...]
    size: int
    count: int | None


@dataclass(frozen=True, slots=True)
class DatedExecution:
    """An execution with the moment it began, or was asked for when it has not begun; None when neither was told."""

    execution: Execution
    at: datetime | None

    @property
    def id(self) -> str:
        """The execution's id."""
        return self.execution.id


class _Sent(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class _SentNode(_Sent):
    id: Text = ""
    type: Text = ""
    name: Text = ""
    parent_ids: Texts = Field(default=[], alias="parentNodeIds")


class _SentSummary(_Sent):
    job_id: RequiredText = Field(alias="jobId")
    name: RequiredText
    type: Text = ""
    status: Text = ""
    last_execution_status: Text = Field(default="", alias="lastExecutionStatus")


class _SentJob(_SentSummary):
    description: Text = ""
    nodes: Items = []
    run_condition: Settings = Field(default=None, alias="runCondition")
    job_condition: Settings = Field(default=None, alias="jobCondition")
    created_at: Moment = Field(default=None, alias="createdDate")
    updated_at: Moment = Field(default=None, alias="updatedDate")
    last_execution_at: Moment = Field(default=None, alias="lastExecutionDate")


class _SentExecution(_Sent):
    id: RequiredText = Field(alias="jobExecutionId")
    status: Text = ""
    job_condition: Settings = Field(default=None, alias="jobCondition")
    executor_count: Whole = Field(default=None, alias="executorNum")
    started_at: Moment = Field(default=None, alias="startDate")
    ended_at: Moment = Field(default=None, alias="endDate")
    created_at: Moment = Field(default=None, alias="createdDate")
    running_minutes: Whole = Field(default=None, alias="runningTime")
    trigger_name: Text = Field(default="", alias="triggerName")


class _SentPage(_Sent):
    items: list[Any] | None = Field(alias="list")
    count: Whole = None


def job(value: object) -> Job:
    """Read a job; its settings are kept as they came, under the read name or, failing that, the write name."""
    sent = _SentJob.model_validate(value)
    settings = sent.job_condition if sent.run_condition is None else sent.run_condition
    return Job(
        id=JobId(sent.job_id),
        name=sent.name,
        run_condition=RunCondition(settings or {}),
        type=sent.type,
        status=sent.status,
        description=sent.description,
        last_execution_status=sent.last_execution_status or None,
        nodes=tuple(_node(each) for each in sent.nodes if isinstance(each, dict)),
        created_at=sent.created_at,
        updated_at=sent.updated_at,
        last_execution_at=sent.last_execution_at,
    )


def _node(value: dict[str, Any]) -> Node:
    sent = _SentNode.model_validate(value)
    return Node(sent.id, sent.type, sent.name, tuple(sent.parent_ids))


def job_page(value: object) -> Page[JobSummary]:
    """Read a page of the list of jobs."""
    return _page(value, _job_summary)


def _job_summary(value: object) -> JobSummary:
    sent = _SentSummary.model_validate(value)
    return JobSummary(JobId(sent.job_id), sent.name, sent.type, sent.status, sent.last_execution_status or None)


def execution_page(value: object) -> Page[DatedExecution]:
    """Read a page of a job's executions."""
    return _page(value, _execution)


def _execution(value: object) -> DatedExecution:
    sent = _SentExecution.model_validate(value)
    condition = RunCondition(sent.job_condition or {})
    execution = Execution(
        id=sent.id,
        status=sent.status,
        workers=sent.executor_count if condition.workers is None else condition.workers,
        timeout_minutes=condition.timeout_minutes,
        started_at=sent.started_at,
        ended_at=sent.ended_at,
        running_minutes=sent.running_minutes,
        trigger_name=sent.trigger_name or None,
    )
    return DatedExecution(execution, sent.started_at or sent.created_at)


def _page(value: object, read: Callable[[object], EntryT]) -> Page[EntryT]:
    sent = _SentPage.model_validate(value)
    items = sent.items or []
    entries = tuple(entry for each in items if (entry := _readable(each, read)) is not None)
    if items and not entries:
        raise ValueError("no item of the list can be read")
    return Page(entries, len(items), sent.count)


def _readable(value: object, read: Callable[[object], EntryT]) -> EntryT | None:
    try:
        return read(value)
    except ValidationError:
        return None


def newest_first(executions: Sequence[DatedExecution]) -> tuple[Execution, ...]:
    """Sort executions; without a date, one that is under way counts as the newest and one that ended as the oldest."""
    return tuple(each.execution for each in sorted(executions, key=_began, reverse=True))


def _began(dated: DatedExecution) -> datetime:
    return dated.at or (_JUST_NOW if dated.execution.is_open else _LONG_AGO)
