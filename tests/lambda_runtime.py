"""AWS Lambda's Runtime API on loopback, with the real runtime client (`awslambdaric`) and a handler behind it.

For benchmarks and end-to-end runs: what a handler imports, prints, raises and returns is what Lambda would see.
Source: docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html (next invocation, response, error, init error).

    with LambdaRuntime("handler.front.door.handler", env={...}, cwd=ROOT) as function:
        outcome = function.invoke(event)
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

_API = "/2018-06-01/runtime"
# Nothing of the caller's environment reaches the function but what a process needs to start.
_INHERITED = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR")
_LOOK_AGAIN_SECONDS = 0.05


class RuntimeStoppedError(Exception):
    """The function's process ended or did not answer in time; the text has the end of what it printed."""


@dataclass(frozen=True)
class Outcome:
    """One invocation: what the handler returned is in `result`, or Lambda's error object in `error`, never both.

    `finished_at` is on `time.perf_counter`'s scale, as are `LambdaRuntime.started_at` and the caller's own readings.
    """

    result: Any
    error: dict[str, Any] | None
    request_id: str
    finished_at: float


@dataclass
class _Invocation:
    request_id: str
    payload: bytes
    deadline_ms: int
    done: threading.Event = field(default_factory=threading.Event)
    outcome: Outcome | None = None


class LambdaRuntime:
    """One execution environment of one function: a process that asks this server for one event after the other."""

    def __init__(  # noqa: PLR0913 - what the configuration of a Lambda function has
        self,
        handler: str,
        *,
        env: Mapping[str, str],
        cwd: Path,
        pythonpath: tuple[Path, ...] = (),
        python: str = sys.executable,
        timeout_seconds: float = 30,
    ) -> None:
        """Start the process and return at once; `close` ends it.

        Args:
            handler: `package.module.function`.
            env: the function's environment, over the few variables that any process needs.
            cwd: the folder that holds the code; first on the import path.
            pythonpath: further folders to import from.
            python: an interpreter that has awslambdaric.
            timeout_seconds: how long `invoke` waits, and the deadline that the handler is told.
        """
        self._timeout_seconds = timeout_seconds
        self._count = 0
        self._output: list[str] = []
        self._name = handler.replace(".", "-")
        self._mailbox = _Mailbox(f"arn:aws:lambda:us-east-1:000000000000:function:{self._name}")
        self._server = _Server(self._mailbox)
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        environment |= {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": self._name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "LAMBDA_TASK_ROOT": str(cwd),
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in (cwd, *pythonpath)),
            **env,
        }
        threading.Thread(target=self._server.serve_forever, args=(_LOOK_AGAIN_SECONDS,), daemon=True).start()
        self.started_at = time.perf_counter()
        self._process = subprocess.Popen(  # noqa: S603 - an interpreter and a handler that the caller names
            [python, "-m", "awslambdaric", handler],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process of the function."""
        return self._process.pid

    @property
    def output(self) -> str:
        """All that the function has printed so far; complete after `close`."""
        return "".join(self._output)

    def peak_memory_bytes(self) -> int:
        """Return the most memory that the process has held so far (VmHWM in /proc)."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def invoke(self, event: object) -> Outcome:
        """Let the function handle `event`, any JSON value, and return what came of it.

        Raises:
            RuntimeStoppedError: the process ended, could not import its handler, or took too long.
        """
        self._count += 1
        deadline_ms = int((time.time() + self._timeout_seconds) * 1000)
        invocation = _Invocation(f"{self._name}-{self._count}", json.dumps(event).encode(), deadline_ms)
        self._mailbox.waiting.put(invocation)
        give_up_at = time.perf_counter() + self._timeout_seconds
        while not invocation.done.wait(_LOOK_AGAIN_SECONDS):
            if self._process.poll() is not None and not invocation.done.is_set():
                self._reader.join(1)
                raise RuntimeStoppedError(f"{self._name} ended with {self._process.returncode}: {self.output[-2000:]}")
            if time.perf_counter() > give_up_at:
                raise RuntimeStoppedError(f"{self._name} has not answered in time: {self.output[-2000:]}")
        if invocation.outcome is None:
            raise RuntimeStoppedError(f"{self._name} was closed while it worked")
        return invocation.outcome

    def close(self) -> None:
        """End the process, by its id, and the server."""
        self._process.terminate()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._mailbox.waiting.put(None)
        self._reader.join(1)
        self._server.shutdown()
        self._server.server_close()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read_output(self) -> None:
        for line in self._process.stdout or ():
            self._output.append(line)


class _Mailbox:
    """Where `invoke` leaves events and the process fetches them, one at a time."""

    def __init__(self, function_arn: str) -> None:
        self.function_arn = function_arn
        self.waiting: queue.Queue[_Invocation | None] = queue.Queue()
        self._current: _Invocation | None = None

    def take(self) -> _Invocation | None:
        """Wait for the next event; None when there will be no more."""
        self._current = self.waiting.get()
        return self._current

    def finish(self, request_id: str, body: bytes, *, is_error: bool) -> None:
        """Note what the process says of the event it has."""
        finished_at = time.perf_counter()
        invocation = self._current
        if invocation is None or invocation.request_id != request_id:
            return
        value = json.loads(body) if body else None
        result, error = (None, value) if is_error else (value, None)
        invocation.outcome = Outcome(result, error, request_id, finished_at)
        invocation.done.set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, mailbox: _Mailbox) -> None:
        super().__init__(("127.0.0.1", 0), _Api)
        self.mailbox = mailbox

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over that a function which was ended is gone; anything else is a fault of this server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Api(BaseHTTPRequestHandler):
    """The calls that awslambdaric makes."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Give out the next event, as soon as there is one."""
        invocation = self.server.mailbox.take() if self.path == f"{_API}/invocation/next" else None
        if invocation is None:
            self._answer(404, b"{}")
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": self.server.mailbox.function_arn,
        }
        self._answer(200, invocation.payload, headers)

    def do_POST(self) -> None:
        """Take a result, an error, or the news that the handler could not be imported."""
        body = self._body()
        *_, request_id, word = self.path.split("/")
        self.server.mailbox.finish(request_id, body, is_error=word == "error")
        self._answer(202, b"{}")

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_parts: object) -> None:
        """Say nothing: the function's own output is what counts."""
