"""The jobs of the playground: each situation that the bot must cope with is there."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from infra.local.dataflow.catalogue import load, stamp
from tests.unit.local.dataflow.caller import NOW
from tests.unit.local.dataflow.documented import SEED_ID

if TYPE_CHECKING:
    from infra.local.dataflow import World
    from infra.local.dataflow.catalogue import JsonObject


@pytest.fixture
def by_name(world: World) -> dict[str, JsonObject]:
    """The stored jobs by name."""
    return {job["name"]: job for job in world.jobs.values()}


def test_names_and_ids_are_unique(world: World) -> None:
    """No two jobs share a name, and no two executions an id."""
    names = [job["name"] for job in world.jobs.values()]
    ids = [each["jobExecutionId"] for runs in world.executions.values() for each in runs]
    assert Counter(names) == Counter(set(names))
    assert Counter(ids) == Counter(set(ids))
    assert len(names) == 15


def test_states(by_name: dict[str, JsonObject]) -> None:
    """There are jobs in these states, with these last runs."""
    states = {name: (job["status"], job.get("lastExecutionStatus")) for name, job in by_name.items()}
    assert states == {
        "job001": ("RUNNABLE", None),
        "wordcount": ("RUNNABLE", "COMPLETED"),
        "orders-daily": ("RUNNING", "RUNNING"),
        "orders-hourly": ("RUNNABLE", "COMPLETED"),
        "clickstream-sessionize": ("RUNNABLE", "FAILED"),
        "settlement-close": ("RUNNABLE", "COMPLETED"),
        "user-profile-merge": ("RUNNABLE", None),
        "ad-impressions-dedup": ("RUNNABLE", None),
        "inventory-snapshot": ("DRAFT", None),
        "legacy-coupon-export": ("DELETED", "COMPLETED"),
        "feature-store-refresh": ("READY", "COMPLETED"),
        "recommend-train-input": ("RUNNABLE", "COMPLETED"),
        "partner-feed-import": ("RUNNABLE", "COMPLETED"),
        "search-log-compact": ("EDITING", "CANCELED"),
        "payment-reconcile": ("STOPPED", "COMPLETED"),
    }


def test_awkward_jobs(by_name: dict[str, JsonObject]) -> None:
    """One job was never set up, one is at 10 workers, one speaks G3, one Korean with an emoji, one Slack markup."""
    assert "nrn" not in by_name["ad-impressions-dedup"]["runCondition"]
    assert by_name["settlement-close"]["runCondition"]["numWorker"] == 10
    newer = by_name["feature-store-refresh"]
    assert (newer["type"], newer["maxConcurrentRuns"]) == ("SCRIPT", 3)
    assert "workerType" not in newer["runCondition"]
    assert newer["runCondition"]["parameters"] == {"run_date": "today", "mode": "incremental"}
    assert "🛒 매일 새벽" in by_name["recommend-train-input"]["description"]
    assert "<!channel> *bold*" in by_name["partner-feed-import"]["description"]
    assert "lastExecutionDate" not in by_name["user-profile-merge"]


def test_running_execution_keeps_the_settings_it_started_with(world: World, by_name: dict[str, JsonObject]) -> None:
    """The running job's execution has other settings than the job has saved since."""
    job = by_name["orders-daily"]
    running = world.executions[job["jobId"]][0]
    assert (running["status"], running["executorNum"]) == ("RUNNING", 4)
    assert (running["jobCondition"]["numWorker"], job["runCondition"]["numWorker"]) == (4, 6)


def test_executions_are_consistent(world: World) -> None:
    """Executions are newest first; each ended one has ended after its start, for as many minutes as it says."""
    for job_id, runs in world.executions.items():
        assert [run["startDate"] for run in runs] == sorted((run["startDate"] for run in runs), reverse=True)
        for run in runs:
            assert run["jobId"] == job_id
            assert run["executorNum"] == run["jobCondition"]["numWorker"]
            assert run["createdDate"] <= run["startDate"]
            assert ("endDate" in run) == (run["status"] != "RUNNING")
            if "endDate" in run:
                ran = datetime.fromisoformat(run["endDate"]) - datetime.fromisoformat(run["startDate"])
                assert run["runningTime"] == ran // timedelta(minutes=1) >= 0


def test_dates_follow_the_start_but_for_the_documented_job() -> None:
    """Dates are written with Korea's offset relative to the start; the documents' example keeps its own."""
    jobs, executions = load(NOW)
    later, _ = load(NOW + timedelta(hours=1))
    assert executions["Od4KpZ8vNs1Y"][0]["startDate"] == "2026-11-23T17:38:00+09:00"
    assert jobs["Wc7RtQ2mLx9B"]["updatedDate"] == stamp(NOW - timedelta(days=12, hours=3))
    assert later["Wc7RtQ2mLx9B"]["updatedDate"] == stamp(NOW - timedelta(days=12, hours=2))
    assert jobs[SEED_ID] == later[SEED_ID]


def test_nodes_form_pipelines(world: World) -> None:
    """Every parent that a node names is an earlier node of the same job."""
    for job in world.jobs.values():
        seen: set[int] = set()
        for node in job["nodes"]:
            assert set(node["parentNodeIds"]) <= seen
            seen.add(node["id"])
