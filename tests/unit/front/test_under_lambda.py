"""The door under Lambda's own runtime client, in a process of its own."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.lambda_runtime import LambdaRuntime, RuntimeStoppedError
from tests.unit.front.doors import ENVIRON
from tests.unit.front.loopback import Loopback, taken
from tests.unit.front.slack_request import command_event

ROOT = Path(__file__).parents[3]


def test_front_answers_under_the_runtime_client() -> None:
    """As deployed, a signed command is acknowledged and queued, a forged one refused, each with one line in the log."""
    with Loopback(taken) as aws:
        env = ENVIRON | {"AWS_ENDPOINT_URL": aws.url}
        with LambdaRuntime("handler.front.door.handler", env=env, cwd=ROOT) as function:
            accepted = function.invoke(command_event(time.time()))
            refused = function.invoke(command_event(time.time(), secret="forged"))
            memory = function.peak_memory_bytes()
        payload = json.loads(aws.asked[0].body)

    assert (accepted.result["statusCode"], refused.result["statusCode"]) == (200, 401)
    assert (payload["kind"], payload["body"]["text"]) == ("command", "status wordcount")
    lines = [json.loads(line) for line in function.output.splitlines() if line.startswith("{")]
    assert [("handed_over", accepted.request_id), ("unauthentic", refused.request_id)] == [
        (line["outcome"], line["lambda_request_id"]) for line in lines
    ]
    assert memory < 100 * 1024 * 1024


def test_wrong_settings_do_not_stop_the_start() -> None:
    """Without any setting the function starts, answers 401 to strangers and says nothing of what is missing."""
    with LambdaRuntime("handler.front.door.handler", env={}, cwd=ROOT) as function:
        assert function.invoke({}).result["statusCode"] == 401


def test_runtime_reports_what_a_handler_raises(tmp_path: Path) -> None:
    """An exception of a handler is Lambda's error object, and the process lives on; large events and results pass."""
    (tmp_path / "playful.py").write_text("def handler(event, context):\n    return event['text'] * 2\n")
    with LambdaRuntime("playful.handler", env={}, cwd=tmp_path) as function:
        failed = function.invoke({})
        doubled = function.invoke({"text": "가" * 100_000})

    assert (failed.result, (failed.error or {})["errorType"]) == (None, "KeyError")
    assert (doubled.result, doubled.error) == ("가" * 200_000, None)


def test_runtime_says_why_a_process_ended(tmp_path: Path) -> None:
    """A handler that cannot be imported or ends its process is told with what it printed; none is waited for."""
    (tmp_path / "dying.py").write_text(
        "import os\ndef handler(event, context):\n    print('farewell')\n    os._exit(3)\n"
    )
    with (
        LambdaRuntime("dying.handler", env={"PYTHONUNBUFFERED": "1"}, cwd=tmp_path) as function,
        pytest.raises(RuntimeStoppedError, match=r"ended with 3: (?s:.*)farewell"),
    ):
        function.invoke({})
    with (
        LambdaRuntime("absent.handler", env={}, cwd=tmp_path) as function,
        pytest.raises(RuntimeStoppedError, match="No module named 'absent'"),
    ):
        function.invoke({})


def test_runtime_gives_up_on_a_handler_that_hangs(tmp_path: Path) -> None:
    """A handler that takes longer than it may is left, and its process ended."""
    (tmp_path / "hanging.py").write_text(
        "import threading\ndef handler(event, context):\n    threading.Event().wait()\n"
    )
    with (
        LambdaRuntime("hanging.handler", env={}, cwd=tmp_path, timeout_seconds=0.5) as function,
        pytest.raises(RuntimeStoppedError, match="not answered in time"),
    ):
        function.invoke({})
    assert not Path(f"/proc/{function.pid}").exists()
