"""The operations of the API as plain functions over the world, and the table of their URLs.

Each takes a Call and returns the JSON of a 200 answer, or raises RefusedError with nothing changed. Source: the pages
named analytics-dataflow-* under https://api.ncloud-docs.com/docs/.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.local.dataflow import views
from infra.local.dataflow.catalogue import execution, minutes_between, stamp
from infra.local.dataflow.conditions import settings_after
from infra.local.dataflow.refusals import (
    BAD_PARAMETER,
    BAD_REQUEST,
    BAD_STATE,
    NO_SUCH_URL,
    NOT_FOUND,
    RefusedError,
)
from infra.local.dataflow.world import Put

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.local.dataflow.catalogue import JsonObject
    from infra.local.dataflow.world import World

DEFAULT_LIMIT = 1000
SMALL_NUMBER = re.compile(r"[0-9]{1,9}")
JOB_STATUSES = ("RUNNABLE", "RUNNING", "DELETED", "UNKNOWN", "DRAFT", "STOPPED", "EDITING")
UNENDED = ("READY", "RUNNING")


@dataclass(frozen=True)
class Call:
    """One authenticated request: ids from its path, its query, its raw body."""

    world: World
    job_id: str = ""
    execution_id: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def stored_job(self) -> JsonObject:
        """Return the job of the path, or refuse with 404."""
        if self.job_id not in self.world.jobs:
            raise RefusedError(NOT_FOUND, f"No job has the id {self.job_id}.")
        return self.world.jobs[self.job_id]

    def stored_execution(self) -> JsonObject:
        """Return the execution of the path, or refuse with 404."""
        self.stored_job()
        for each in self.world.executions[self.job_id]:
            if each["jobExecutionId"] == self.execution_id:
                return each
        raise RefusedError(NOT_FOUND, f"The job has no execution {self.execution_id}.")

    def json_body(self) -> JsonObject:
        """Return the body, whatever its content type says: the documented examples send none."""
        try:
            told = json.loads(self.body or b"{}")
        except (ValueError, RecursionError) as invalid:
            raise RefusedError(BAD_REQUEST, "The body is not valid JSON.") from invalid
        if not isinstance(told, dict):
            raise RefusedError(BAD_REQUEST, "The body is not a JSON object.")
        return told

    def number(self, name: str, default: int, at_least: int) -> int:
        """Return an integer of the query, or refuse with bad-parameter."""
        text = self.query.get(name, str(default))
        if not SMALL_NUMBER.fullmatch(text) or int(text) < at_least:
            raise RefusedError(BAD_PARAMETER, f"{name} must be an integer of at least {at_least}.")
        return int(text)


def list_jobs(call: Call) -> JsonObject:
    """Answer getJobs: by part of the name and, in G2, by status; G3 has no status filter and no limit of 0."""
    options = call.world.options
    page = call.number("page", 0, 0)
    limit = call.number("limit", DEFAULT_LIMIT, 1 if options.generation == "G3" else 0)
    status = call.query.get("status") if options.generation == "G2" else None
    if status is not None and status not in JOB_STATUSES:
        raise RefusedError(BAD_PARAMETER, f"status must be one of {', '.join(JOB_STATUSES)}.")
    found = [
        views.list_item(job, options)
        for job in call.world.jobs.values()
        if call.query.get("name", "") in job["name"] and status in (None, job["status"])
    ]
    return views.page_of(found, page, limit, options)


def get_job(call: Call) -> JsonObject:
    """Answer getJobById (G2), getJob (G3)."""
    return views.job_view(call.stored_job(), call.world.options)


def put_settings(call: Call) -> JsonObject:
    """Answer updateJobExecuteConfig (G2), updateJobExecutionConfig (G3): new settings for later runs; starts none."""
    world = call.world
    stored = call.stored_job()
    sent: Any = call.json_body().get("jobCondition")
    if stored["status"] in world.options.refused_states:
        raise RefusedError(BAD_STATE, f"The job is {stored['status']}.")
    before = deepcopy(stored)
    after = settings_after(sent, stored["runCondition"], world.options.generation)
    now = stamp(world.clock())
    stored["runCondition"] = after
    stored["updatedDate"] = now
    world.puts.append(Put(now, call.job_id, deepcopy(sent), before["runCondition"], deepcopy(after)))
    return views.put_view(before if world.options.echo == "documented" else stored, world.options)


def list_executions(call: Call) -> JsonObject:
    """Answer getJobExecutions: newest first."""
    world = call.world
    call.stored_job()
    page = call.number("page", 0, 0)
    limit = call.number("limit", DEFAULT_LIMIT, 0)
    now = world.clock()
    shown = [views.execution_view(each, world.options, now) for each in world.executions[call.job_id]]
    return views.page_of(shown, page, limit, world.options)


def get_execution(call: Call) -> JsonObject:
    """Answer getJobExecutionById (G2), getJobExecution (G3)."""
    return views.execution_view(call.stored_execution(), call.world.options, call.world.clock())


def start_run(call: Call) -> JsonObject:
    """Answer executeJob (G2: jobCondition required), createJobExecution (G3: without it, the saved settings)."""
    world = call.world
    job = call.stored_job()
    told = call.json_body()
    if job["status"] in (*world.options.refused_states, "DRAFT"):
        raise RefusedError(BAD_STATE, f"The job is {job['status']}.")
    saved = job["runCondition"]
    given: Any = told.get("jobCondition", saved if world.options.generation == "G3" else None)
    settings = settings_after(given, saved, world.options.generation)
    if "nrn" not in settings:
        raise RefusedError(BAD_PARAMETER, "jobCondition.nrn is required: none is saved.")
    now = stamp(world.clock())
    run = execution(
        job,
        {
            "jobExecutionId": f"Run{len(world.runs) + 1:09d}",
            "status": "RUNNING",
            "startDate": now,
            "createdDate": now,
            "waitingTime": 0,
            "type": "JOB",
            "jobCondition": settings,
            "parsedParameters": told.get("parameters", {}),
        },
    )
    world.runs.append(run)
    world.executions[call.job_id].insert(0, run)
    job.update(status="RUNNING", lastExecutionStatus="RUNNING", lastExecutionDate=now)
    return views.execution_view(run, world.options, world.clock())


def cancel_run(call: Call) -> bool:
    """Answer cancelJobExecution: the answer is a bare `true`."""
    world = call.world
    run = call.stored_execution()
    if run["status"] not in UNENDED:
        raise RefusedError(BAD_STATE, f"The execution is {run['status']}.")
    now = world.clock()
    run.update(status="CANCELED", endDate=stamp(now))
    run["runningTime"] = minutes_between(run["startDate"], now)
    job = world.jobs[call.job_id]
    if not any(each["status"] in UNENDED for each in world.executions[call.job_id]):
        job["status"] = "RUNNABLE" if job["status"] == "RUNNING" else job["status"]
    job["lastExecutionStatus"] = world.executions[call.job_id][0]["status"]
    return True


JOB = r"/api/v1/jobs/(?P<job_id>[^/]+)"
RUN = JOB + r"/executions/(?P<execution_id>[^/]+)"
TABLE: tuple[tuple[str, str, Callable[[Call], JsonObject | bool]], ...] = (
    ("GET", r"/api/v1/jobs", list_jobs),
    ("GET", JOB, get_job),
    ("PUT", JOB + "/executions", put_settings),
    ("GET", JOB + "/executions", list_executions),
    ("POST", JOB + "/executions", start_run),
    ("GET", RUN, get_execution),
    ("POST", RUN + "/cancel", cancel_run),
)


def perform(world: World, method: str, path: str, query: Mapping[str, str], body: bytes) -> JsonObject | bool:
    """Find the operation of a method and a decoded path, and carry it out."""
    for known_method, pattern, operation in TABLE:
        fitting = re.fullmatch(pattern, path) if method == known_method else None
        if fitting is not None:
            return operation(Call(world, **fitting.groupdict(), query=query, body=body))
    raise RefusedError(NO_SUCH_URL, "The requested URL does not exist.")
