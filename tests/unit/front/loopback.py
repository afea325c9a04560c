"""A server on 127.0.0.1 that plays Lambda and Secrets Manager, well or badly, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """One answer. `drip` sends the body byte by byte and stops after the first, until the server closes."""

    status: int = 202
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drip: bool = False


class HangUp(Exception):
    """Raised by a reply function: close the connection without a word."""


class Loopback(ThreadingHTTPServer):
    """Answers each request with `reply(asked)`; `reply` may also raise HangUp, or wait for `closing`."""

    daemon_threads = True

    def __init__(self, reply: Callable[[Asked], Reply], tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply = reply
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_request: object) -> None:
        """Say nothing of clients that left: some tests leave on purpose."""


class _Handler(BaseHTTPRequestHandler):
    server: Loopback
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _take(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.path, headers, self.rfile.read(int(headers.get("content-length", "0"))))
        self.server.asked.append(asked)
        try:
            reply = self.server.reply(asked)
        except HangUp:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(reply.status)
        for name, value in {"content-length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.drip:
            self.wfile.write(reply.body[:1])
            self.server.closing.wait()
            return
        self.wfile.write(reply.body)

    do_GET = do_POST = _take  # noqa: N815 - the base class calls them so

    def log_message(self, *_parts: object) -> None:
        """Say nothing."""


def taken(_asked: Asked) -> Reply:
    """Answer as Lambda does when an asynchronous call is in its queue."""
    return Reply(202)


def holding(**members: object) -> Callable[[Asked], Reply]:
    """Answer as Secrets Manager does, with a secret of these members."""
    body = json.dumps({"Name": "slack", "SecretString": json.dumps(members)}).encode()
    return lambda _asked: Reply(200, body)
