"""Running and ending the simulator: in a thread, and as the playground's process."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from infra.local.dataflow import World, serve
from infra.local.dataflow.server import listener
from tests.unit.local.dataflow.caller import IMPATIENT_S, signed
from tests.unit.local.dataflow.documented import SEED_ID

ROOT = Path(__file__).parents[4]


def test_close_frees_the_port() -> None:
    """After close nothing listens on the port, and it can be served again."""
    first = serve()
    port = httpx.URL(first.url).port
    first.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(first.url)
    assert port is not None
    with serve(port=port) as second:
        assert second.url == first.url
        assert httpx.get(f"{second.url}/api/v1/jobs").status_code == 401


def test_close_does_not_wait_for_silent_answers() -> None:
    """A request that is never answered ends as a dropped connection, at the latest when the simulator is closed."""
    with serve() as served, httpx.Client(timeout=IMPATIENT_S) as http:
        http.post(f"{served.url}/_control/faults", json={"kind": "timeout_before"})
        with pytest.raises(httpx.ReadTimeout):
            http.get(f"{served.url}/api/v1/jobs")
        address = httpx.URL(served.url)
        waiting = socket.create_connection((address.host, address.port or 0), timeout=5)
        http.post(f"{served.url}/_control/faults", json={"kind": "timeout_before"})
        waiting.sendall(b"GET /api/v1/jobs HTTP/1.1\r\nhost: x\r\n\r\n")
        # The silent request has arrived once a later one on the same event loop is answered.
        assert len(http.get(f"{served.url}/_control/log").json()["log"]) == 2
    with waiting:
        assert waiting.recv(1) == b""


def test_loopback_only() -> None:
    """The simulator listens on 127.0.0.1 and nowhere else; a taken port is an error."""
    with listener(0) as bound:
        host, port = bound.getsockname()
        bound.listen()
        assert host == "127.0.0.1"
        with pytest.raises(OSError, match="in use"):
            listener(port)


def test_worlds_are_apart() -> None:
    """Two simulators share nothing."""
    with serve(World()) as one, serve(World()) as other:
        one.world.change_job(SEED_ID, {"name": "changed"})
        assert (one.world.job(SEED_ID)["name"], other.world.job(SEED_ID)["name"]) == ("changed", "job001")
        assert one.url != other.url


def test_as_a_process() -> None:
    """`python -m infra.local.dataflow` says where it is, answers, and ends on SIGINT without complaint."""
    command = [sys.executable, "-m", "infra.local.dataflow", "--generation", "G3"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            url = said.split()[3]
            headers = signed("GET", "/api/v1/jobs?limit=3", at=datetime.now(UTC))
            answer = httpx.get(f"{url}/api/v1/jobs?limit=3", headers=headers)
            process.send_signal(signal.SIGINT)
            complaints = process.communicate(timeout=10)[1]
        finally:
            process.kill()
    assert said == f"Data Flow simulator: {url} (G3, 15 jobs, access key playground-access)\n"
    assert answer.json()["list"][0]["status"] == "READY"
    assert (process.returncode, complaints) == (0, "")
