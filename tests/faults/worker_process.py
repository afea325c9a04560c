"""Real worker processes, forked from one that has everything imported and nothing composed: they cost milliseconds.

The test writes to a worker's line, one JSON object a line, what it is invoked with and what time it is then; the worker
answers what came of it. A worker that is killed answers nothing: its line ends. Like Lambda, it composes itself at its
first event, from its environment, and keeps what it made for the next ones.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from handler.adapters.dataflow.retry import Patience
from handler.entrypoints.worker import Worker
from handler.settings import worker_settings
from handler.slack.app import create_app
from handler.telemetry import configure
from handler.wiring.composition import Waits, compose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import TextIOWrapper

TICK = {"detail-type": "Scheduled Event"}
READY = b"ready"
LONGEST_ORDER = 65_536
# Enough for a neighbour on loopback, and little to wait when it is silent.
SHORT_SECONDS = 0.25
SHORT_CONFIG = Config(
    connect_timeout=SHORT_SECONDS,
    read_timeout=SHORT_SECONDS,
    retries={"mode": "standard", "total_max_attempts": 2},
)
SHORT = Waits(
    dataflow=Patience(
        connect_seconds=SHORT_SECONDS, answer_seconds=SHORT_SECONDS, write_answer_seconds=SHORT_SECONDS, tries=2
    ),
    dynamodb=SHORT_CONFIG,
    secrets=SHORT_CONFIG,
    slack_seconds=SHORT_SECONDS,
)


class StoryClock:
    """The time of the story: it goes on as the machine's does, and at once by what somebody sleeps."""

    def __init__(self) -> None:
        self._at = datetime.now(UTC)
        self._since = time.monotonic()

    def set(self, at: datetime) -> None:
        """Let it be this moment now."""
        self._at, self._since = at, time.monotonic()

    def now(self) -> datetime:
        """Return the moment."""
        return self._at + timedelta(seconds=time.monotonic() - self._since)

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self._at += timedelta(seconds=seconds)


def main() -> None:
    """Fork a worker for each line that is handed in, until nobody hands in any more."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the ends of their lines tell when they are gone
    # What the vendors' libraries load at their first use is loaded now, once for all workers.
    _composed(StoryClock(), Waits()).handle(TICK)
    gc.collect()
    gc.freeze()
    orders.send(READY)
    while True:
        told, lines, _, _ = socket.recv_fds(orders, LONGEST_ORDER, 1)
        if not told:
            return
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            orders.close()
            _live(socket.socket(fileno=lines[0]), json.loads(told))
            os._exit(0)
        os.close(lines[0])


def _live(line: socket.socket, environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
    clock = StoryClock()
    # The vendors' clients wait by this between their tries; it is a test that waits here.
    time.sleep = clock.sleep  # type: ignore[assignment]  # it takes whatever is an index, too
    with line, line.makefile("rw") as stream:
        _say(stream, {"pid": os.getpid()})
        worker: Worker | None = None
        for told in stream:
            order = json.loads(told)
            clock.set(datetime.fromisoformat(order["now"]))
            try:
                worker = worker or _composed(clock, SHORT if order["is_impatient"] else Waits())
                _say(stream, {"answer": worker.handle(order["event"])})
            except Exception as error:  # noqa: BLE001 - whatever it is, Lambda would see it
                _say(stream, {"raised": f"{type(error).__name__}: {error}"})


def _composed(clock: StoryClock, waits: Waits) -> Worker:
    settings = worker_settings(os.environ)
    configure(settings.log_level)
    desk = compose(settings, clock, waits)
    return Worker(create_app(desk, settings.slack_command), desk, lambda: clock.now().timestamp())


def _say(stream: TextIOWrapper, told: Mapping[str, Any]) -> None:
    stream.write(json.dumps(told) + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
