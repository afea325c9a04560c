"""An app for the stand-in to talk to: it remembers every request and answers as it is told."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it came: headers with lower-case names, raw body."""

    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The form fields."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def payload(self) -> dict[str, Any]:
        """The interaction that the form's one field holds."""
        parsed: dict[str, Any] = json.loads(self.form["payload"])
        return parsed


def empty(_got: Got) -> Response:
    """Acknowledge with nothing to say."""
    return Response()


@dataclass(slots=True)
class StubApp:
    """Stands where `front` would; `answer` may be replaced at any time."""

    url: str
    answer: Callable[[Got], Response] = empty
    got: list[Got] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        """Remember a request and answer it."""
        got = Got(dict(request.headers), await request.body())
        self.got.append(got)
        return await run_in_threadpool(self.answer, got)


@contextmanager
def running_app() -> Iterator[StubApp]:
    """Serve a stub on a free port of 127.0.0.1 while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stub = StubApp(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        routes = [Route("/", stub.take, methods=["POST"])]
        config = uvicorn.Config(Starlette(routes=routes), log_level="critical", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield stub
        finally:
            server.should_exit = True
            thread.join(5)
