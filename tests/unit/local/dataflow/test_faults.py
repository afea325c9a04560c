"""Each fault: what the client sees, and whether the request took effect."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from infra.local.dataflow import World, create_app
from infra.local.dataflow.faults import Fault, Faults, fault_from
from tests.unit.local.dataflow.caller import IMPATIENT_S, NOW, Caller, signed

WORDCOUNT = "Wc7RtQ2mLx9B"
JOB = f"/api/v1/jobs/{WORDCOUNT}"


@pytest.mark.parametrize(("kind", "applied"), [("timeout_before", 0), ("timeout_after", 1)])
def test_no_answer(caller: Caller, kind: str, applied: int) -> None:
    """A PUT that is never answered was applied or not, as the kind says; the next one is answered."""
    caller.fault(kind=kind, method="PUT")
    with pytest.raises(httpx.ReadTimeout):
        caller.put(WORDCOUNT, timeout=IMPATIENT_S, numWorker=5)
    assert applied == len(caller.world.puts)
    assert caller.world.log[-1].status is None
    assert caller.put(WORDCOUNT, numWorker=6).status_code == 200


@pytest.mark.parametrize("applied", [False, True])
def test_reset_connection(caller: Caller, *, applied: bool) -> None:
    """The connection is reset, before or after the effect."""
    caller.fault(kind="reset", applied=applied)
    with pytest.raises(httpx.ReadError):
        caller.put(WORDCOUNT, numWorker=5)
    assert int(applied) == len(caller.world.puts)


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("html", "text/html; charset=utf-8"),
        ("truncated", "application/json"),
        ("empty", "application/json"),
        ("wrong_type", "text/plain; charset=utf-8"),
    ],
)
def test_garbage(caller: Caller, form: str, content_type: str, *, applied: bool) -> None:
    """A PUT is answered with something undocumented, before or after the effect."""
    caller.fault(kind="garbage", form=form, applied=applied)
    answer = caller.put(WORDCOUNT, numWorker=5)
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    assert int(applied) == len(caller.world.puts)


def test_garbage_of_a_get(caller: Caller) -> None:
    """Garbage spoils the usual answer of a GET: half of it, all of it under a wrong type, or a page with a status."""
    usual = caller.call("GET", JOB).text
    caller.fault(kind="garbage", form="truncated")
    assert usual.startswith(caller.call("GET", JOB).text)
    caller.fault(kind="garbage", form="wrong_type")
    assert usual == caller.call("GET", JOB).text
    caller.fault(kind="garbage", form="empty")
    assert caller.call("GET", JOB).content == b""
    caller.fault(kind="garbage", form="html", status=502)
    answer = caller.call("GET", JOB)
    assert (answer.status_code, answer.text[:15]) == (502, "<!DOCTYPE html>")


def test_status_with_retry_after(caller: Caller) -> None:
    """An error row comes with a Retry-After header when the rule has one, and without otherwise; nothing is applied."""
    caller.fault(kind="status", status=429, retry_after="3")
    caller.fault(kind="status")
    answers = [caller.put(WORDCOUNT, numWorker=5) for _ in range(2)]
    assert [(each.status_code, each.headers.get("retry-after")) for each in answers] == [(429, "3"), (503, None)]
    assert caller.world.puts == []


def test_status_after_the_effect(caller: Caller) -> None:
    """A gateway that gave up on a backend that went on: 504, and the change is applied."""
    caller.fault(kind="status", status=504, applied=True)
    assert caller.put(WORDCOUNT, numWorker=5).json()["error"]["errorCode"] == "510"
    assert len(caller.world.puts) == 1


@pytest.mark.parametrize("seconds", [301, -301])
def test_clock_skew(caller: Caller, seconds: int) -> None:
    """A gateway whose clock is off refuses a good signature, and its Date header shows by how much it is off."""
    caller.fault(kind="clock_skew", seconds=seconds)
    answer = caller.call("GET", JOB)
    assert answer.json()["error"]["details"] == "Invalid authentication information."
    shown = NOW + timedelta(seconds=seconds)
    assert answer.headers["date"] == shown.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert caller.call("GET", JOB).status_code == 200


def test_huge_body(caller: Caller) -> None:
    """A huge answer is the usual JSON with padding of the size that was asked for."""
    usual = caller.call("GET", JOB)
    caller.fault(kind="huge", size=3_000_000)
    answer = caller.call("GET", JOB)
    assert len(answer.content) == 3_000_000 + len(usual.content)
    assert answer.json() == usual.json()


def test_slow_is_slow(caller: Caller) -> None:
    """An impatient client does not wait for a slow answer."""
    caller.fault(kind="slow", ms=500)
    with pytest.raises(httpx.ReadTimeout):
        caller.call("GET", JOB, timeout=IMPATIENT_S)


def in_process(world: World, *, applied: bool) -> tuple[list[float], list[int]]:
    """PUT under a slow rule; return how long it was slept for, and how many changes had been applied at that moment."""
    slept: list[float] = []
    applied_then: list[int] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        applied_then.append(len(world.puts))
        await asyncio.sleep(0)

    async def scene() -> None:
        transport = httpx.ASGITransport(create_app(world, sleep=sleep))
        async with httpx.AsyncClient(transport=transport, base_url="http://dataflow") as http:
            world.faults.add(Fault("slow", ms=2500, applied=applied))
            target = f"{JOB}/executions"
            body = {"jobCondition": world.job(WORDCOUNT)["runCondition"]}
            answer = await http.put(target, json=body, headers=signed("PUT", target))
            assert answer.status_code == 200

    asyncio.run(scene())
    return slept, applied_then


@pytest.mark.parametrize(("applied", "expected"), [(False, [0]), (True, [1])])
def test_slow_before_and_after_the_effect(world: World, *, applied: bool, expected: list[int]) -> None:
    """A slow PUT is applied after the wait, or before it: a client that gives up may be read back too early."""
    slept, applied_then = in_process(world, applied=applied)
    assert slept == [2.5]
    assert expected == applied_then
    assert len(world.puts) == 1


def test_rules_strike_by_method_path_and_times(caller: Caller) -> None:
    """A rule strikes the method and path it names as often as it says, and no other request."""
    caller.fault(kind="status", method="GET", path=JOB, times=2)
    statuses = [caller.call("GET", "/api/v1/jobs").status_code, caller.put(WORDCOUNT).status_code]
    statuses += [caller.call("GET", JOB).status_code for _ in range(3)]
    assert statuses == [200, 200, 503, 503, 200]
    assert caller.world.faults.rules == []


def test_globs_match_paths() -> None:
    """A path may be a glob; the masked id of the documents' example matches as it is written."""
    assert Fault("reset", path="*/executions").fits("PUT", f"{JOB}/executions")
    assert Fault("reset", path="/api/v1/jobs/gqigvH******").fits("GET", "/api/v1/jobs/gqigvH******")
    assert not Fault("reset", path="/api/v1/jobs/*/executions").fits("GET", JOB)
    assert not Fault("reset", method="PUT").fits("GET", JOB)


def test_rules_queue_up() -> None:
    """Rules that end a request strike one after the other; slowness and skew add to them; None never ends."""
    faults = Faults()
    for kind, times in (("slow", None), ("status", 2), ("clock_skew", 1), ("reset", 1)):
        faults.add(fault_from({"kind": kind, "times": times}))
    struck = [[fault.kind for fault in faults.strike("GET", JOB)] for _ in range(4)]
    assert struck == [["slow", "clock_skew", "status"], ["slow", "status"], ["slow", "reset"], ["slow"]]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, "a fault is an object whose kind is one of slow, "),
        ({"kind": "explode"}, "a fault is an object whose kind is one of slow, "),
        ({"kind": "reset", "after": True}, "unknown: after; a fault has applied, "),
        ({"kind": "reset", "id": 7}, "unknown: id; "),
        ({"kind": "slow", "ms": "long"}, "ms must be of type "),
        ({"kind": "slow", "times": 1.5}, "times must be of type "),
        ({"kind": "garbage", "form": "xml"}, "form must be one of html, "),
        ({"kind": "status", "status": 418}, "no documented row has status 418 and code None"),
        ({"kind": "status", "status": 429, "code": "900"}, "no documented row has status 429 and code '900'"),
    ],
)
def test_rules_that_make_no_sense(told: Any, expected: str) -> None:
    """A rule that the simulator could not follow is refused in words."""
    with pytest.raises(ValueError, match=rf"^{expected}"):
        fault_from(told)
