"""The control endpoints: what can be seen and changed from outside, and what never shows there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infra.local.dataflow.world import PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY

if TYPE_CHECKING:
    from tests.unit.local.dataflow.caller import Caller

WORDCOUNT = "Wc7RtQ2mLx9B"


def test_log_of_requests(caller: Caller) -> None:
    """The log has method, path with query, status, body and faults of each request under /api, and of no other."""
    caller.fault(kind="status", status=500)
    caller.call("GET", "/api/v1/jobs?page=1&limit=2")
    caller.send("PUT", f"/api/v1/jobs/{WORDCOUNT}/executions", b"{oops", {})
    caller.put(WORDCOUNT, numWorker=3)
    at = "2026-11-23T18:30:00+09:00"
    get = {"at": at, "method": "GET", "path": "/api/v1/jobs?page=1&limit=2", "faults": ["status"]}
    put = {"at": at, "method": "PUT", "path": f"/api/v1/jobs/{WORDCOUNT}/executions", "faults": []}
    assert caller.control("GET", "/log").json()["log"] == [
        {**get, "body": None, "status": 500},
        {**put, "body": "{oops", "status": 401},
        {**put, "body": {"jobCondition": caller.world.job(WORDCOUNT)["runCondition"]}, "status": 200},
    ]
    assert caller.control("DELETE", "/log").json() == {"log": []}


def test_keys_and_signatures_never_show(caller: Caller) -> None:
    """Neither a key nor a signature is to be seen in any control answer."""
    request = caller.put(WORDCOUNT, numWorker=3).request
    seen = "".join(
        caller.control("GET", path).text for path in ("/log", "/puts", "/faults", "/options", f"/jobs/{WORDCOUNT}")
    )
    secrets = (PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY, request.headers["x-ncp-apigw-signature-v2"])
    assert [secret for secret in secrets if secret in seen] == []


def test_change_a_job_as_in_the_console(caller: Caller) -> None:
    """A merge patch changes what it names, removes what it nulls, keeps the rest, and bumps updatedDate."""
    before = caller.world.job(WORDCOUNT)
    patch = {"status": "EDITING", "runCondition": {"numWorker": 7, "nrn": None, "sparkConf": {"a": 1}}}
    assert caller.control("POST", f"/jobs/{WORDCOUNT}", patch).status_code == 200
    after = caller.call("GET", f"/api/v1/jobs/{WORDCOUNT}").json()
    settings = {**before["runCondition"], "numWorker": 7, "sparkConf": {"a": 1}}
    del settings["nrn"]
    expected = {**before, "status": "EDITING", "runCondition": settings, "updatedDate": "2026-11-23T18:30:00+09:00"}
    assert expected == after == caller.control("GET", f"/jobs/{WORDCOUNT}").json()
    assert caller.world.puts == []


def test_applied_changes_can_be_listed(caller: Caller) -> None:
    """The applied changes are listed with the settings before and after."""
    caller.put(WORDCOUNT, numWorker=3)
    (put,) = caller.control("GET", "/puts").json()["puts"]
    assert (put["job_id"], put["before"]["numWorker"], put["after"]["numWorker"]) == (WORDCOUNT, 2, 3)


def test_faults_can_be_listed_and_removed(caller: Caller) -> None:
    """Rules are created with an id, listed, and removed one by one or all at once."""
    ids = [caller.fault(kind="slow", times=None).json()["id"] for _ in range(3)]
    assert caller.fault(kind="slow").status_code == 201
    left = caller.control("DELETE", f"/faults/{ids[1]}").json()["faults"]
    assert [ids[0], ids[2], ids[2] + 1] == [rule["id"] for rule in left]
    assert caller.control("DELETE", "/faults").json() == {"faults": []}
    assert caller.control("GET", "/faults").json() == {"faults": []}


def test_reset(caller: Caller) -> None:
    """A reset brings back jobs, options and an empty log, and removes the rules."""
    start = caller.world.job(WORDCOUNT)
    caller.control("POST", "/options", {"generation": "G3"})
    caller.put(WORDCOUNT, numWorker=9)
    caller.fault(kind="reset")
    assert caller.control("POST", "/reset").json() == {"jobs": 15}
    assert start == caller.call("GET", f"/api/v1/jobs/{WORDCOUNT}").json()
    assert (caller.world.puts, caller.world.faults.rules, len(caller.world.log)) == ([], [], 1)


def test_options_can_be_changed_one_by_one(caller: Caller) -> None:
    """A change of options keeps the others."""
    caller.control("POST", "/options", {"count": "page"})
    answer = caller.control("POST", "/options", {"generation": "G3", "refused_states": ["RUNNING"]})
    assert answer.json() == {
        "generation": "G3",
        "echo": "applied",
        "count": "page",
        "error_shape": "error",
        "settings_key": "runCondition",
        "refused_states": ["RUNNING"],
    }


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/options", {"generation": "G4"}, "generation must be one of G2, G3"),
        ("/options", {"colour": "red"}, "the options are generation, "),
        ("/options", {"refused_states": "RUNNING"}, "refused_states must be a list"),
        ("/options", [], "the body must be a JSON object"),
        ("/faults", {"kind": "explode"}, "a fault is an object whose kind is one of"),
        ("/faults", {"kind": "status", "status": 418}, "no documented row has status 418"),
        (f"/jobs/{WORDCOUNT}", "x", "the body must be a JSON object"),
    ],
)
def test_wrong_control_requests(caller: Caller, path: str, body: Any, expected: str) -> None:
    """A wrong control request is answered with 400 and a sentence, and changes nothing."""
    answer = caller.control("POST", path, body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(expected)
    assert caller.world.faults.rules == []
    assert caller.control("GET", "/options").json()["generation"] == "G2"


def test_control_of_an_unknown_job(caller: Caller) -> None:
    """Changing a job that does not exist is answered with 404."""
    answer = caller.control("POST", "/jobs/unknown", {})
    assert (answer.status_code, answer.json()) == (404, {"error": "no job has the id unknown"})
