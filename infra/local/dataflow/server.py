"""Runs the simulator over real HTTP on loopback: in a thread for tests, or for as long as a program lasts."""

from __future__ import annotations

import asyncio
import socket
import struct
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from uvicorn.protocols.http.h11_impl import H11Protocol

from infra.local.dataflow.control import Control
from infra.local.dataflow.gateway import Gateway
from infra.local.dataflow.replies import RESET
from infra.local.dataflow.world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Receive, Scope, Send

LOOPBACK = "127.0.0.1"
LONGEST_START_S = 10
LONGEST_STOP_S = 10


def create_app(world: World, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> Starlette:
    """Return the simulator over a world. `sleep` is what slow faults wait with."""
    return Starlette(
        routes=[
            Mount("/_control", routes=Control(world).routes()),
            Mount("/", app=Gateway(world, sleep)),
        ]
    )


class ResettableProtocol(H11Protocol):
    """HTTP/1.1 in which the application can reset the connection, and which stops without waiting for answers."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Offer the application a way to reset this connection."""
        super().connection_made(transport)
        app = self.app

        async def with_reset(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, RESET: lambda: _reset(transport)}, receive, send)

        self.app = with_reset

    def shutdown(self) -> None:
        """Close as usual; give up an answer under way."""
        super().shutdown()
        if not self.transport.is_closing():
            self.transport.abort()


def _reset(transport: asyncio.Transport) -> None:
    # Lingering for 0 s makes the kernel send RST instead of FIN.
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class ReadyServer(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then say so."""
        await super().startup(sockets)
        self.ready.set()


def listener(port: int) -> socket.socket:
    """Return a socket bound to a port of loopback; 0 is any free one.

    Raises:
        OSError: the port is taken.
    """
    # Only where the protocol is named does asyncio turn Nagle's algorithm off; with it, each answer waits 40 ms.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    return bound


def server_for(world: World) -> ReadyServer:
    """Return a server that is not started yet. Its Date header is the world's clock, not this machine's."""
    return ReadyServer(
        uvicorn.Config(
            create_app(world),
            http=ResettableProtocol,
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )


class Served:
    """A simulator that is running: `url` without a trailing slash, `world`, and `close()`."""

    def __init__(self, world: World, port: int = 0) -> None:
        self.world = world
        self._socket = listener(port)
        self.url = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self._server = server_for(world)
        self._thread = Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()
        if not self._server.ready.wait(LONGEST_START_S):
            self.close()
            raise TimeoutError("the Data Flow simulator did not start")

    def close(self) -> None:
        """Stop listening, drop what is under way, and wait until the thread has ended."""
        self._server.should_exit = True
        self._thread.join(LONGEST_STOP_S)
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(world: World | None = None, port: int = 0) -> Served:
    """Run a simulator in a thread, over a new world unless given one; use as a context manager or close it."""
    return Served(world or World(), port)
