"""The test's end of the worker processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from io import TextIOWrapper

    Event = Mapping[str, Any]

ROOT = Path(__file__).resolve().parents[2]
LONGEST_START_SECONDS = 60
LONGEST_ANSWER_SECONDS = 60
LONGEST_WORD = 16


@dataclass(frozen=True, slots=True)
class Ended:
    """How an invocation ended: with an answer, with what was raised, or (neither) with the worker's death."""

    answer: Mapping[str, Any] | None = None
    raised: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether Lambda is content; else it delivers what may wait a second time."""
        return self.answer is not None


class Life:
    """One worker process, from its first event to its end."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._stream: TextIOWrapper = line.makefile("rw")
        self.pid = int(self._read()["pid"])

    def invoke(self, event: Event, now: datetime, *, is_impatient: bool = False) -> Ended:
        """Let the worker handle an event; it waits for its neighbours for a short time only when ``is_impatient``."""
        order = {"event": event, "now": now.isoformat(), "is_impatient": is_impatient}
        self._stream.write(json.dumps(order) + "\n")
        self._stream.flush()
        told = self._read()
        return Ended(told.get("answer"), told.get("raised"))

    def kill(self) -> None:
        """Kill it; it answers nothing any more."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Let it go: the end of its line is the end of its work."""
        self._stream.close()
        self._line.close()

    def _read(self) -> dict[str, Any]:
        try:
            told = self._stream.readline()
        except ConnectionResetError:
            told = ""
        return dict(json.loads(told)) if told else {}


class Nursery:
    """Where worker processes come from."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders

    def born(self, environment: Mapping[str, str]) -> Life:
        """Start a worker; ``environment`` is added to that of all workers."""
        ours, theirs = socket.socketpair()
        with theirs:
            ours.settimeout(LONGEST_ANSWER_SECONDS)
            socket.send_fds(self._orders, [json.dumps(environment).encode()], [theirs.fileno()])
        return Life(ours)


@contextmanager
def nursery(environment: Mapping[str, str], log: Path) -> Iterator[Nursery]:
    """Start what workers are forked from, with this whole environment; end it when the context is left.

    It has a turn itself before it forks any. What the workers print goes to ``log``.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    words = [sys.executable, "-m", "tests.faults.worker_process", str(theirs.fileno())]
    with ours:
        with theirs, log.open("w") as printed:
            child = subprocess.Popen(  # noqa: S603 - our own module
                words, cwd=ROOT, env=dict(environment), pass_fds=[theirs.fileno()], stdout=printed, stderr=printed
            )
        try:
            ours.settimeout(LONGEST_START_SECONDS)
            assert ours.recv(LONGEST_WORD), f"no worker can be made: {log.read_text()}"
            yield Nursery(ours)
        finally:
            ours.close()
            child.kill()
            child.wait()
