"""What stands between a worker and its neighbours: it counts their requests, and does harm to the one it is told to."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from tests.faults.answers import GARBAGE, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Plan = Callable[["Step"], "Harm | None"]

LOOPBACK = "127.0.0.1"
SLOW_SECONDS = 0.15
LONGEST_SILENCE_SECONDS = 5.0
UPSTREAM_SECONDS = 30
NOT_RELAYED = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})
EFFECTS = frozenset(
    {
        "TransactWriteItems",
        "PutItem",
        "UpdateItem",
        "PUT executions",
        "chat.postMessage",
        "chat.update",
        "chat.postEphemeral",
        "response_url",
        "views.open",
        "Invoke",
    }
)


class Harm(Enum):
    """What may happen to a request. "Before" and "after" mean its effect: the neighbour has not, or has, done it."""

    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    SILENCE_BEFORE = "time-out before"
    SILENCE_AFTER = "time-out after"
    RESET_BEFORE = "reset before"
    RESET_AFTER = "reset after"
    THROTTLED = "429"
    BROKEN = "5xx"
    GARBAGE = "garbage"
    SLOW = "slow"

    @property
    def is_before(self) -> bool:
        """Whether the neighbour never sees the request."""
        return self in {Harm.KILLED_BEFORE, Harm.SILENCE_BEFORE, Harm.RESET_BEFORE, Harm.THROTTLED, Harm.BROKEN}


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a worker: its number in the run from 1, whom it was sent to, and what for."""

    number: int
    neighbour: str
    operation: str

    @property
    def has_effect(self) -> bool:
        """Whether it may change anything."""
        return self.operation in EFFECTS

    def __str__(self) -> str:
        return f"{self.number} {self.neighbour} {self.operation}"


class Asked(NamedTuple):
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Answer(NamedTuple):
    """An answer: status, headers, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Proxy:
    """One for all neighbours, so that the steps of a run have one order. ``kill`` ends the worker that is at work."""

    def __init__(self, kill: Callable[[], None]) -> None:
        self.kill = kill
        self.steps: list[Step] = []
        self.urls: dict[str, str] = {}
        self._plan: Plan | None = None
        self._lock = threading.Lock()

    def begin(self, plan: Plan | None = None) -> None:
        """Count from 1 again; ask ``plan`` at each step what is to happen to it."""
        with self._lock:
            self.steps = []
            self._plan = plan

    def met(self, neighbour: str, operation: str) -> Harm | None:
        """Count a request; return what is to happen to it."""
        neighbour = "secrets" if operation == "GetSecretValue" else neighbour
        with self._lock:
            step = Step(len(self.steps) + 1, neighbour, operation)
            self.steps.append(step)
            return self._plan(step) if self._plan else None


@contextmanager
def started(neighbours: Mapping[str, str], kill: Callable[[], None]) -> Iterator[Proxy]:
    """Stand before these neighbours (name → URL) while the context lasts; ``urls`` has the addresses to use instead."""
    proxy = Proxy(kill)
    with ExitStack() as stack:
        for name, url in neighbours.items():
            server = _Server((LOOPBACK, 0), _Handler)
            server.proxy, server.neighbour, server.upstream = proxy, name, urlsplit(url).netloc
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            proxy.urls[name] = f"http://{LOOPBACK}:{server.server_address[1]}"
        yield proxy


def operation_of(asked: Asked) -> str:
    """Name what a request is for, as its API's documents do."""
    if target := asked.headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    path = urlsplit(asked.path).path
    if path.endswith("/invocations"):
        return "Invoke"
    if path.startswith("/response/"):
        return "response_url"
    if path.startswith("/api/v1/jobs"):
        parts = path.removeprefix("/api/v1/").split("/")
        return f"{asked.method} {('jobs', 'job', 'executions')[min(len(parts), 3) - 1]}"
    return path.rpartition("/")[2]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    proxy: Proxy
    neighbour: str
    upstream: str

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that a killed worker has left."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._upstream = HTTPConnection(self.server.upstream, timeout=UPSTREAM_SECONDS)

    def finish(self) -> None:
        self._upstream.close()
        with suppress(OSError):
            super().finish()

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        proxy, operation = self.server.proxy, operation_of(asked)
        harm = proxy.met(self.server.neighbour, operation)
        if harm is Harm.SLOW:
            threading.Event().wait(SLOW_SECONDS)
        answer = None if harm is not None and harm.is_before else self._forwarded(asked)
        match harm:
            case Harm.KILLED_BEFORE | Harm.KILLED_AFTER:
                proxy.kill()
                self.close_connection = True
            case Harm.SILENCE_BEFORE | Harm.SILENCE_AFTER:
                self._be_silent()
            case Harm.RESET_BEFORE | Harm.RESET_AFTER:
                self._reset()
            case Harm.THROTTLED | Harm.BROKEN:
                self._answer(Answer(*refusal(self.server.neighbour, is_throttled=harm is Harm.THROTTLED)))
            case Harm.GARBAGE:
                self._answer(Answer(200, {"content-type": "text/html"}, GARBAGE))
            case Harm.SLOW | None:
                self._answer(answer or Answer(502, {}, b""))

    do_GET = do_POST = do_PUT = _take  # noqa: N815 - the base class calls them so

    def _forwarded(self, asked: Asked) -> Answer:
        try:
            self._upstream.request(asked.method, asked.path, asked.body, dict(asked.headers))
            answer = self._upstream.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        except (OSError, HTTPException):
            self._upstream.close()
            raise

    def _answer(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in NOT_RELAYED:
                self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    def _be_silent(self) -> None:
        """Wait until the other side gives up."""
        self.connection.settimeout(LONGEST_SILENCE_SECONDS)
        with suppress(OSError):
            self.connection.recv(1)
        self.close_connection = True

    def _reset(self) -> None:
        # Lingering for 0 s makes the kernel send RST instead of FIN.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        """Keep no log."""
