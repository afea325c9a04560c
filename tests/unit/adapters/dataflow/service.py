"""A Data Flow API that answers what it is told, in that order, and remembers what it was sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from handler.adapters.dataflow.client import HttpDataFlow, open_client
from handler.adapters.dataflow.signature import NcpSignatureV2
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handler.adapters.dataflow.retry import Patience
    from handler.domain.dataflow_errors import DataFlowError

ACCESS_KEY = "playground-access"
SECRET_KEY = "playground-secret"
JOB: dict[str, Any] = {
    "jobId": "Wc7RtQ2mLx9B",
    "name": "wordcount",
    "runCondition": {
        "workerType": "DEFAULT",
        "numWorker": 2,
        "timeout": 360,
        "nrn": "",
        "scriptPath": "a/",
        "logPath": "b/",
    },
}

Step = Callable[[httpx.Request], httpx.Response]


class Chunks(httpx.SyncByteStream):
    """A body that comes in pieces; a piece may be a failure, or may have to be waited for."""

    def __init__(
        self, pieces: Iterable[bytes | httpx.HTTPError], clock: FakeClock | None = None, seconds_each: float = 0.0
    ) -> None:
        self._pieces = pieces
        self._clock = clock or FakeClock()
        self._seconds_each = seconds_each
        self.taken = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._clock.move_on(seconds=self._seconds_each)
            if isinstance(piece, httpx.HTTPError):
                raise piece
            self.taken += 1
            yield piece


class Streamed:
    """A step that answers with a body in pieces, anew each time; underscores in header names stand for hyphens."""

    def __init__(self, pieces: Sequence[bytes | httpx.HTTPError], status: int = 200, **headers: str) -> None:
        self._pieces = pieces
        self._status = status
        self._headers = {name.replace("_", "-"): text for name, text in headers.items()}

    def __call__(self, _: httpx.Request) -> httpx.Response:
        """Answer."""
        return httpx.Response(self._status, stream=Chunks(self._pieces), headers=self._headers)

    def __repr__(self) -> str:
        return f"Streamed {self._status}"


@dataclass
class Service:
    """Each request takes the next of ``steps``: an answer, a failure, or a function of the request.

    ``seconds`` pass before each. The last step is repeated for ever.
    """

    steps: list[httpx.Response | Exception | Step]
    seconds: float = 0.0
    clock: FakeClock = field(default_factory=FakeClock)
    sent: list[httpx.Request] = field(default_factory=list)

    def dataflow(self, *, random: float = 0.0, patience: Patience | None = None) -> HttpDataFlow:
        """Return a client of this service, with always the same random number."""
        return HttpDataFlow(self.client(), self.clock, lambda: random, patience)

    def client(self) -> httpx.Client:
        """Return the HTTP client below it."""
        auth = NcpSignatureV2(ACCESS_KEY, SECRET_KEY, self.clock)
        return open_client("https://dataflow.example", auth, httpx.MockTransport(self._answer))

    def targets(self) -> list[str]:
        """Return method, path and query of all requests, as sent."""
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.sent]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        self.clock.move_on(seconds=self.seconds)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, httpx.Response) else step(request)


def answer(value: object = JOB, status: int = 200, **headers: str) -> httpx.Response:
    """Make an answer in JSON; underscores in header names stand for hyphens."""
    return raw_answer(json.dumps(value).encode(), status, **headers)


def raw_answer(body: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """Make an answer of these bytes."""
    return httpx.Response(
        status, content=body, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


def page(items: list[dict[str, Any]], count: int | None = None) -> httpx.Response:
    """Make a page of a list."""
    return answer({"list": items, "count": len(items) if count is None else count})


def facts(error: DataFlowError) -> tuple[str, int | None, bool]:
    """Return what every error says: operation, HTTP status, whether something may have changed."""
    return error.operation, error.status, error.may_have_changed
