"""The playground's jobs: read from `jobs.json` and dated relative to the moment the world starts.

In the file a date is either absolute (the example job of the API documents keeps the documents' own dates) or an
ISO 8601 duration before the start, such as `-P1DT3H`. The documents print the example's masked node ids as
`169777*******`, which is no JSON; their type is Long (common-vapidatatype-dataflowetljobnode), so the file holds
integers that fit the mask and the one digit it leaves open: 1697770000006 and the two after it. Ids that are printed as
strings keep their asterisks.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]

KOREA = timezone(timedelta(hours=9))
DATES = ("createdDate", "updatedDate", "lastExecutionDate", "startDate", "endDate")
BEFORE_START = re.compile(r"-P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def stamp(moment: datetime) -> str:
    """Write a moment as Data Flow does: ISO 8601 in whole seconds with Korea's offset."""
    return moment.astimezone(KOREA).isoformat(timespec="seconds")


def load(started_at: datetime) -> tuple[dict[str, JsonObject], dict[str, list[JsonObject]]]:
    """Return the jobs by id and each job's executions, newest first, dated relative to `started_at`."""
    text = files(__package__).joinpath("jobs.json").read_text(encoding="utf-8")
    jobs: dict[str, JsonObject] = {}
    executions: dict[str, list[JsonObject]] = {}
    for entry in json.loads(text)["jobs"]:
        job = _dated(entry["job"], started_at)
        jobs[job["jobId"]] = job
        executions[job["jobId"]] = [execution(job, _dated(told, started_at)) for told in entry["executions"]]
    return jobs, executions


def execution(job: JsonObject, told: JsonObject) -> JsonObject:
    """Complete an execution: whose it is, the settings it started with, how many workers and minutes it had."""
    settings = {**job["runCondition"], **told.get("jobCondition", {})}
    settings["consoleLogPath"] = f"{settings['logPath']}{told['jobExecutionId']}/console.log"
    whole: JsonObject = {"jobId": job["jobId"], "jobName": job["name"], **told}
    whole["jobCondition"] = settings
    whole["executorNum"] = settings["numWorker"]
    if "endDate" in whole:
        whole["runningTime"] = minutes_between(whole["startDate"], datetime.fromisoformat(whole["endDate"]))
    return whole


def minutes_between(start: str, end: datetime) -> int:
    """Return the whole minutes from an ISO 8601 date to a moment."""
    return int((end - datetime.fromisoformat(start)).total_seconds() // 60)


def _dated(told: JsonObject, started_at: datetime) -> JsonObject:
    return {key: _date(value, started_at) if key in DATES else value for key, value in told.items()}


def _date(value: str, started_at: datetime) -> str:
    duration = BEFORE_START.fullmatch(value)
    if duration is None:
        return value
    days, hours, minutes, seconds = (int(part or 0) for part in duration.groups())
    return stamp(started_at - timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))
