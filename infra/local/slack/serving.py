"""Starts and ends the stand-in: Web API, `response_url`s, control and page on one port of 127.0.0.1."""

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from infra.local.slack.api import Api
from infra.local.slack.cast import PLAYGROUND, Cast
from infra.local.slack.control import Control
from infra.local.slack.dispatcher import SLACK_WAITS_SECONDS, Dispatcher
from infra.local.slack.faults import Faults
from infra.local.slack.outbox import Outbox
from infra.local.slack.page import Page
from infra.local.slack.workspace import Workspace
from infra.local.slack.workspace_state import Clock, Store, new_state

_LOOPBACK = "127.0.0.1"
_STOP_SECONDS = 5.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def serve(
    *,
    port: int = 0,
    cast: Cast = PLAYGROUND,
    clock: Clock = _utc_now,
    acknowledge_within_seconds: float = SLACK_WAITS_SECONDS,
) -> Iterator[Workspace]:
    """Run the stand-in in a thread while the block runs; `port` 0 takes a free one.

    The `Workspace` given knows its `url` and `api_url`; tell it where the app listens with `connect`.

    Raises:
        OSError: the port is taken.
    """
    with socket.create_server((_LOOPBACK, port)) as listening:
        store = Store(new_state(cast, f"http://{_LOOPBACK}:{listening.getsockname()[1]}"), clock)
        faults = Faults()
        dispatcher = Dispatcher(cast.signing_secret, clock, acknowledge_within_seconds)
        workspace = Workspace(store, Outbox(store, dispatcher, lambda: uuid.uuid4().hex), faults)
        page = Page(store, workspace)
        app = Starlette(
            routes=[*Api(store, faults).routes(), *Control(store, workspace).routes(), *page.routes()],
            # Another site's name that resolves to loopback is refused, so that no page elsewhere can reach in.
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[_LOOPBACK, "localhost"])],
        )
        config = uvicorn.Config(app, log_level="warning", lifespan="off", ws="none", timeout_graceful_shutdown=1)
        with _running(uvicorn.Server(config), listening, page):
            yield workspace
        dispatcher.close()


@contextmanager
def _running(server: uvicorn.Server, listening: socket.socket, page: Page) -> Iterator[None]:
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="slack-stand-in", daemon=True)
    thread.start()
    try:
        yield
    finally:
        page.close()
        server.should_exit = True
        thread.join(_STOP_SECONDS)
