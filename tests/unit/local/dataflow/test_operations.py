"""The operations over the world, without HTTP: paging, changes, runs, and what differs between G2 and G3."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.dataflow import Options, World
from infra.local.dataflow.operations import perform
from infra.local.dataflow.refusals import RefusedError

if TYPE_CHECKING:
    from tests.unit.local.dataflow.caller import Clock

WORDCOUNT = "Wc7RtQ2mLx9B"
ORDERS_DAILY = "Od4KpZ8vNs1Y"
NEVER_SET_UP = "Ai8XcN4pQz2H"
DRAFT = "Is5TyD9uRb3K"
DELETED = "Lc1HzM6wKf5V"
SCRIPT = "Fs7JbR3nTe8W"
JOBS = "/api/v1/jobs"


def get(world: World, path: str, **query: str) -> Any:
    """GET a path."""
    return perform(world, "GET", path, query, b"")


def put(world: World, job_id: str, condition: Any) -> Any:
    """PUT settings."""
    body = json.dumps({"jobCondition": condition}).encode()
    return perform(world, "PUT", f"{JOBS}/{job_id}/executions", {}, body)


def post(world: World, path: str, body: object = None) -> Any:
    """POST a body."""
    return perform(world, "POST", path, {}, b"" if body is None else json.dumps(body).encode())


@pytest.fixture
def g3(clock: Clock) -> World:
    """A world of the current generation."""
    return World(clock=clock, options=Options(generation="G3"))


def test_pages_cover_everything_once(world: World) -> None:
    """Pages of four hold all jobs in their order, each once; the page after the last is empty."""
    pages = [get(world, JOBS, page=str(page), limit="4") for page in range(5)]
    assert [len(page["list"]) for page in pages] == [4, 4, 4, 3, 0]
    assert list(world.jobs) == [job["jobId"] for page in pages for job in page["list"]]
    assert {(15, 4)} == {(page["count"], page["limit"]) for page in pages}
    assert [page["page"] for page in pages] == [0, 1, 2, 3, 4]


def test_count_can_mean_the_page(world: World) -> None:
    """With count "page" the envelope counts the items of the page."""
    world.options = Options(count="page")
    assert [get(world, JOBS, page=page, limit="4")["count"] for page in ("0", "3")] == [4, 3]


def test_defaults_of_a_list(world: World) -> None:
    """Without a query the first 1000 jobs come; items have neither nodes nor settings."""
    answer = get(world, JOBS)
    assert (answer["page"], answer["limit"], answer["count"]) == (0, 1000, 15)
    assert list(answer["list"][1]) == [
        "jobId", "name", "type", "status", "lastExecutionStatus", "createdDate", "updatedDate", "lastExecutionDate",
    ]  # fmt: skip


def test_filters(world: World) -> None:
    """The name filter takes part of a name, the status filter an exact status, and both may be given."""
    assert [job["name"] for job in get(world, JOBS, name="orders-")["list"]] == ["orders-daily", "orders-hourly"]
    assert [job["name"] for job in get(world, JOBS, status="RUNNING", name="orders")["list"]] == ["orders-daily"]
    assert get(world, JOBS, name="nothing-like-it")["list"] == []


def test_g3_has_no_status_filter(g3: World) -> None:
    """In G3 a status in the query is ignored."""
    assert get(g3, JOBS, status="RUNNING")["count"] == 15


@pytest.mark.parametrize("name", ["page", "limit"])
@pytest.mark.parametrize("value", ["-1", "x", "1.5", "", "٣", "9" * 30])
def test_bad_paging(world: World, name: str, value: str) -> None:
    """A page or limit that is no small count is a bad-parameter, for jobs and for executions."""
    for path in (JOBS, f"{JOBS}/{WORDCOUNT}/executions"):
        with pytest.raises(RefusedError, match=rf"^400 bad-parameter: {name} must be an integer"):
            get(world, path, **{name: value})


def test_a_limit_of_nothing(world: World, g3: World) -> None:
    """A limit of 0 gives an empty list, but for G3's list of jobs, which begins at 1."""
    assert get(world, JOBS, limit="0")["list"] == []
    assert get(g3, f"{JOBS}/{WORDCOUNT}/executions", limit="0")["list"] == []
    with pytest.raises(RefusedError, match=r"^400 bad-parameter: limit must be an integer of at least 1"):
        get(g3, JOBS, limit="0")


def test_an_unknown_status_is_refused(world: World) -> None:
    """A status filter outside the documented words is a bad-parameter."""
    with pytest.raises(RefusedError, match=r"^400 bad-parameter: status must be one of RUNNABLE"):
        get(world, JOBS, status="runnable")


def test_put_changes_settings_and_the_date_and_nothing_else(world: World, clock: Clock) -> None:
    """A PUT stores what was sent, bumps updatedDate, starts nothing, and is remembered."""
    before = world.job(WORDCOUNT)
    runs = list(world.executions[WORDCOUNT])
    clock.forward(minutes=1)
    sent = {**before["runCondition"], "numWorker": 7}
    put(world, WORDCOUNT, sent)
    after = {**before, "runCondition": sent, "updatedDate": "2026-11-23T18:31:00+09:00"}
    assert after == world.job(WORDCOUNT)
    assert runs == world.executions[WORDCOUNT]
    (change,) = world.puts
    assert (change.job_id, change.sent, change.before, change.after) == (WORDCOUNT, sent, before["runCondition"], sent)


def test_put_answers_with_the_job_without_its_last_run(world: World) -> None:
    """The answer to PUT is the job after the change, without lastExecutionStatus and lastExecutionDate."""
    answer = put(world, WORDCOUNT, {**world.job(WORDCOUNT)["runCondition"], "timeout": 90})
    stored = world.job(WORDCOUNT)
    del stored["lastExecutionStatus"], stored["lastExecutionDate"]
    assert stored == answer
    assert answer["runCondition"]["timeout"] == 90


def test_put_can_echo_what_was(world: World) -> None:
    """With echo "documented" the answer to PUT shows the job before the change, which is applied."""
    world.options = Options(echo="documented")
    answer = put(world, WORDCOUNT, {**world.job(WORDCOUNT)["runCondition"], "numWorker": 9})
    assert (answer["runCondition"]["numWorker"], world.job(WORDCOUNT)["runCondition"]["numWorker"]) == (2, 9)


def test_a_refused_put_changes_nothing(world: World) -> None:
    """After a refusal the job is as before and no change is remembered."""
    before = world.job(WORDCOUNT)
    with pytest.raises(RefusedError):
        put(world, WORDCOUNT, {**before["runCondition"], "numWorker": 11})
    assert before == world.job(WORDCOUNT)
    assert world.puts == []


def test_a_job_never_set_up_cannot_be_written_back_in_g2(world: World, g3: World) -> None:
    """What was read of a job without nrn is refused in G2, which requires it, and passes in G3, which merges."""
    condition = {**world.job(NEVER_SET_UP)["runCondition"], "numWorker": 4}
    with pytest.raises(RefusedError, match=r"^400 bad-parameter: jobCondition\.nrn is required"):
        put(world, NEVER_SET_UP, condition)
    assert put(g3, NEVER_SET_UP, {"numWorker": 4})["runCondition"]["numWorker"] == 4
    assert "nrn" not in g3.job(NEVER_SET_UP)["runCondition"]


def test_states_that_refuse_a_change(world: World) -> None:
    """A DELETED job refuses a change as bad-state; other states do when the options say so."""
    for job_id in (DELETED, ORDERS_DAILY):
        world.options = Options(refused_states=("DELETED", "RUNNING"))
        with pytest.raises(RefusedError, match=r"^400 bad-state: The job is "):
            put(world, job_id, world.job(job_id)["runCondition"])
    world.options = Options()
    assert put(world, ORDERS_DAILY, world.job(ORDERS_DAILY)["runCondition"])["status"] == "RUNNING"


def test_g3_vocabulary(g3: World) -> None:
    """In G3 jobs are VISUAL or SCRIPT, READY when they can run, and show neither workerType nor description."""
    shown = [get(g3, f"{JOBS}/{job_id}") for job_id in (WORDCOUNT, ORDERS_DAILY, SCRIPT, DRAFT)]
    assert [(job["type"], job["status"]) for job in shown] == [
        ("VISUAL", "READY"),
        ("VISUAL", "READY"),
        ("SCRIPT", "READY"),
        ("VISUAL", "DRAFT"),
    ]
    assert [job["maxConcurrentRuns"] for job in shown] == [1, 1, 3, 1]
    assert not any("workerType" in job["runCondition"] or "description" in job for job in shown)
    assert "workerType" not in get(g3, f"{JOBS}/{WORDCOUNT}/executions")["list"][0]["jobCondition"]


def test_settings_under_another_name(world: World) -> None:
    """With settings_key "jobCondition" settings are read under that name, in GET and in the answer to PUT."""
    world.options = Options(settings_key="jobCondition")
    condition = world.job(WORDCOUNT)["runCondition"]
    for job in (get(world, f"{JOBS}/{WORDCOUNT}"), put(world, WORDCOUNT, condition)):
        assert job["jobCondition"] == condition
        assert "runCondition" not in job


def test_executions_of_a_job(world: World, clock: Clock) -> None:
    """Executions come in pages, newest first; one of them can be fetched; a running one runs until now."""
    clock.forward(minutes=8)
    pages = [get(world, f"{JOBS}/{ORDERS_DAILY}/executions", page=page, limit="2") for page in ("0", "1")]
    ids = [each["jobExecutionId"] for page in pages for each in page["list"]]
    assert ids == ["Ex2OdB9cUr5A", "Ex2OdB8cUr4Z", "Ex2OdB7cUr3Y"]
    running = get(world, f"{JOBS}/{ORDERS_DAILY}/executions/{ids[0]}")
    assert running == pages[0]["list"][0]
    assert (running["runningTime"], running["triggerName"]) == (60, "nightly-0200")
    assert get(world, f"{JOBS}/{NEVER_SET_UP}/executions")["list"] == []


def test_g2_run_needs_its_own_settings(world: World) -> None:
    """In G2 a run is started with the jobCondition that is sent, and not without one."""
    path = f"{JOBS}/{WORDCOUNT}/executions"
    with pytest.raises(RefusedError, match=r"^400 bad-parameter: jobCondition is required"):
        post(world, path)
    saved = world.job(WORDCOUNT)["runCondition"]
    run = post(world, path, {"jobCondition": {**saved, "numWorker": 9}})
    assert (run["status"], run["executorNum"], run["runningTime"]) == ("RUNNING", 9, 0)
    assert world.job(WORDCOUNT)["runCondition"] == saved
    assert run == get(world, path)["list"][0]


def test_g3_run_uses_the_saved_settings(g3: World) -> None:
    """In G3 a run without jobCondition has the saved settings, and one on a job without nrn is refused."""
    run = post(g3, f"{JOBS}/{SCRIPT}/executions", {"parameters": {"run_date": "2026-11-22"}})
    assert (run["executorNum"], run["parsedParameters"]) == (4, {"run_date": "2026-11-22"})
    with pytest.raises(RefusedError, match=r"^400 bad-parameter: jobCondition\.nrn is required"):
        post(g3, f"{JOBS}/{NEVER_SET_UP}/executions")


@pytest.mark.parametrize("job_id", [DRAFT, DELETED])
def test_states_that_cannot_run(g3: World, job_id: str) -> None:
    """A job that is a draft or deleted cannot be run."""
    with pytest.raises(RefusedError, match=r"^400 bad-state: The job is "):
        post(g3, f"{JOBS}/{job_id}/executions")


def test_cancel(world: World, clock: Clock) -> None:
    """A running execution can be cancelled once: the answer is true, the job can run again."""
    path = f"{JOBS}/{ORDERS_DAILY}/executions/Ex2OdB9cUr5A"
    clock.forward(minutes=2)
    assert post(world, f"{path}/cancel") is True
    ended = get(world, path)
    assert (ended["status"], ended["endDate"], ended["runningTime"]) == ("CANCELED", "2026-11-23T18:32:00+09:00", 54)
    job = world.job(ORDERS_DAILY)
    assert (job["status"], job["lastExecutionStatus"]) == ("RUNNABLE", "CANCELED")
    with pytest.raises(RefusedError, match=r"^400 bad-state: The execution is CANCELED"):
        post(world, f"{path}/cancel")


def test_a_job_with_another_run_stays_running(g3: World) -> None:
    """Cancelling one of two runs leaves the job running."""
    post(g3, f"{JOBS}/{ORDERS_DAILY}/executions")
    post(g3, f"{JOBS}/{ORDERS_DAILY}/executions/Ex2OdB9cUr5A/cancel")
    assert g3.job(ORDERS_DAILY)["status"] == "RUNNING"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", f"{JOBS}/wc7rtq2mlx9b", "404 not-found: No job"),
        ("GET", f"{JOBS}/unknown/executions", "404 not-found: No job"),
        ("PUT", f"{JOBS}/unknown/executions", "404 not-found: No job"),
        ("POST", f"{JOBS}/unknown/executions", "404 not-found: No job"),
        ("GET", f"{JOBS}/{WORDCOUNT}/executions/unknown", "404 not-found: The job has no execution"),
        ("POST", f"{JOBS}/{WORDCOUNT}/executions/unknown/cancel", "404 not-found: The job has no execution"),
        ("GET", f"{JOBS}/", "404 300: "),
        ("PATCH", f"{JOBS}/{WORDCOUNT}/executions", "404 300: "),
        ("DELETE", f"{JOBS}/{WORDCOUNT}", "404 300: "),
        ("GET", "/", "404 300: "),
        ("GET", "/api/v2/jobs", "404 300: "),
    ],
)
def test_not_found(world: World, method: str, path: str, expected: str) -> None:
    """Ids are case-sensitive; an unknown id is Data Flow's 404, an unknown URL or method the gateway's."""
    with pytest.raises(RefusedError, match=rf"^{expected}"):
        perform(world, method, path, {}, b"{}")


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff\xfe{}", b"[" * 100_000, b"1" * 5000, b"null"])
def test_bodies_that_are_no_json_object(world: World, body: bytes) -> None:
    """A body that is not a JSON object is a Bad Request, whatever it is."""
    with pytest.raises(RefusedError, match=r"^400 bad-request: The body is not "):
        perform(world, "PUT", f"{JOBS}/{WORDCOUNT}/executions", {}, body)
