"""How stored jobs and executions look to a client of one generation or the other.

G3 lists the types VISUAL and SCRIPT where G2 has DATAFLOW, READY as the only status of a job that can run, and neither
`description` nor `workerType`; jobs that cannot run keep the words of G2, as G3 names none for them. What a list shows
of a job beyond its status is unreadable in every copy of the page: settings and nodes are left out here, so that nobody
relies on them.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from infra.local.dataflow.catalogue import minutes_between

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.dataflow.catalogue import JsonObject
    from infra.local.dataflow.world import Options

NOT_LISTED = ("nodes", "description", "runCondition", "jobCondition")
NOT_IN_PUT_ANSWER = ("lastExecutionStatus", "lastExecutionDate")
CAN_RUN = ("RUNNABLE", "RUNNING")


def job_view(stored: JsonObject, options: Options) -> JsonObject:
    """Return a job as getJobById (G2) or getJob (G3) shows it."""
    shown = deepcopy(stored)
    if options.generation == "G3":
        shown.pop("description", None)
        shown["runCondition"].pop("workerType", None)
        shown["type"] = "VISUAL" if shown["type"] == "DATAFLOW" else shown["type"]
        shown["status"] = "READY" if shown["status"] in CAN_RUN else shown["status"]
        shown.setdefault("maxConcurrentRuns", 1)
    return {options.settings_key if key == "runCondition" else key: value for key, value in shown.items()}


def put_view(stored: JsonObject, options: Options) -> JsonObject:
    """Return a job as the answer to PUT shows it: without its last execution."""
    return {key: value for key, value in job_view(stored, options).items() if key not in NOT_IN_PUT_ANSWER}


def list_item(stored: JsonObject, options: Options) -> JsonObject:
    """Return a job as an item of getJobs."""
    return {key: value for key, value in job_view(stored, options).items() if key not in NOT_LISTED}


def execution_view(stored: JsonObject, options: Options, now: datetime) -> JsonObject:
    """Return an execution; one that has not ended has been running until `now`, in whole minutes."""
    shown = deepcopy(stored)
    if "endDate" not in shown:
        shown["runningTime"] = minutes_between(shown["startDate"], now)
    if options.generation == "G3":
        shown["jobCondition"].pop("workerType", None)
    return shown


def page_of(items: list[JsonObject], page: int, limit: int, options: Options) -> JsonObject:
    """Return the list envelope; `count` is "the number of response results", of all pages or of this one."""
    part = items[page * limit : (page + 1) * limit]
    total = len(items) if options.count == "total" else len(part)
    return {"list": part, "count": total, "page": page, "limit": limit}
