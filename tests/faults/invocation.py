"""Lambda, as the door calls it: what may wait goes into a queue, what is awaited is handled at once."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.workers import Ended, Event

LOOPBACK = "127.0.0.1"


@dataclass(slots=True)
class Lambda:
    """The worker function: ``queue`` is what it was handed over and has not been delivered yet."""

    url: str
    run: Callable[[Event], Ended]
    queue: list[Event] = field(default_factory=list)


@contextmanager
def standing_in(run: Callable[[Event], Ended]) -> Iterator[Lambda]:
    """Stand in for Lambda while the context lasts; ``run`` invokes the worker."""
    server = _Server((LOOPBACK, 0), _Handler)
    server.function = Lambda(f"http://{LOOPBACK}:{server.server_address[1]}", run)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.function
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    function: Lambda


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.headers["x-amz-invocation-type"] == "Event":
            self.server.function.queue.append(event)
            self._answer(202, b"")
            return
        ended = self.server.function.run(event)
        if ended.answer is None:
            self._answer(200, b'{"errorType": "Unhandled"}', {"x-amz-function-error": "Unhandled"})
        else:
            self._answer(200, json.dumps(ended.answer).encode())

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in {**(headers or {}), "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        """Keep no log."""
