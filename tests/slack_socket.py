"""Slack's side of Socket Mode on 127.0.0.1: `apps.connections.open`, the websocket (RFC 6455), and what is sent back.

Every wait has an end, so that a test that would wait for ever fails.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import threading
from collections import defaultdict
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_WAIT_SECONDS: Final = 20.0
_ACCEPT: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_SHORT, _LONG = 126, 127


class Link:
    """One websocket, as Slack holds it."""

    def __init__(self, handler: _Handler) -> None:
        self._handler = handler
        self._received: Queue[dict[str, Any]] = Queue()

    def send(self, message: dict[str, Any]) -> None:
        """Send an envelope, or one of Slack's own messages."""
        self._frame(_TEXT, json.dumps(message).encode())

    def received(self) -> dict[str, Any]:
        """Return the next message of the other side."""
        return self._received.get(timeout=LONGEST_WAIT_SECONDS)

    @property
    def is_silent(self) -> bool:
        """Whether nothing came that was not looked at."""
        return self._received.empty()

    def close(self) -> None:
        """End the connection, as Slack does when it refreshes it."""
        self._frame(_CLOSE, struct.pack("!H", 1000))

    def ping(self) -> None:
        """Wake the other side up, if it is there."""
        with suppress(OSError):
            self._frame(_PING, b"")

    def serve(self) -> None:
        """Read frames until the other side leaves."""
        while True:
            opcode, payload = self._read()
            if opcode == _TEXT:
                self._received.put(json.loads(payload))
            elif opcode == _PING:
                self._frame(_PONG, payload)
            elif opcode == _CLOSE:
                return

    def _read(self) -> tuple[int, bytes]:
        head = self._handler.rfile.read(2)
        if len(head) < 2:
            return _CLOSE, b""
        length = head[1] & 0x7F
        if length == _SHORT:
            (length,) = struct.unpack("!H", self._handler.rfile.read(2))
        elif length == _LONG:
            (length,) = struct.unpack("!Q", self._handler.rfile.read(8))
        mask = self._handler.rfile.read(4)  # what a client sends is always masked (section 5.3)
        masked = self._handler.rfile.read(length)
        return head[0] & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(masked))

    def _frame(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        if size < _SHORT:
            length = struct.pack("!B", size)
        elif size < 1 << 16:
            length = struct.pack("!BH", _SHORT, size)
        else:
            length = struct.pack("!BQ", _LONG, size)
        self._handler.wfile.write(bytes([0x80 | opcode]) + length + payload)


class SlackSide(ThreadingHTTPServer):
    """Answers the Web API with ``answers`` (else plainly ok), and hands out websockets, each greeted with hello."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"127.0.0.1:{self.server_port}"
        self.api_url = f"http://{self.address}/api/"
        self.answers: dict[str, dict[str, Any]] = {
            "auth.test": {"ok": True, "user": "sluice", "team": "Acme"},
            "apps.connections.open": {"ok": True, "url": f"ws://{self.address}/link?ticket=1"},
            "chat.postMessage": {"ok": True, "channel": "C0INCIDENT", "ts": "1.000001"},
        }
        self._links: Queue[Link] = Queue()
        self._all: list[Link] = []
        self._calls: defaultdict[str, Queue[dict[str, Any]]] = defaultdict(Queue)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.shutdown()
        self.server_close()

    def link(self) -> Link:
        """Return the next websocket that is opened."""
        return self._links.get(timeout=LONGEST_WAIT_SECONDS)

    def called(self, method: str) -> dict[str, Any]:
        """Return the arguments of the next call of a Web API method; `response` is Slack's address for an answer."""
        return self._calls[method].get(timeout=LONGEST_WAIT_SECONDS)

    def see_off(self, close: Callable[[], None]) -> None:
        """Close the other side without its waiting for words that do not come any more."""
        closing = threading.Thread(target=close)
        closing.start()
        while closing.is_alive():
            for link in self._all:
                link.ping()
            closing.join(0.02)

    def opened(self, link: Link) -> None:
        """Greet a new websocket."""
        self._all.append(link)
        link.send({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0SLUICE"}})
        self._links.put(link)

    def note(self, method: str, arguments: dict[str, Any]) -> None:
        """Remember a call."""
        self._calls[method].put(arguments)

    def handle_error(self, *_request: object) -> None:
        """Say nothing of clients that left: some tests leave on purpose."""


class _Handler(BaseHTTPRequestHandler):
    server: SlackSide
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        key = self.headers["sec-websocket-key"] + _ACCEPT
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()  # noqa: S324 - as RFC 6455 has it
        self.send_response_only(101)
        for name, value in (("upgrade", "websocket"), ("connection", "upgrade"), ("sec-websocket-accept", accept)):
            self.send_header(name, value)
        self.end_headers()
        link = Link(self)
        self.server.opened(link)
        link.serve()
        self.close_connection = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
        is_json = self.headers.get("content-type", "").startswith("application/json")
        arguments = json.loads(body or "{}") if is_json else dict(parse_qsl(body))
        arguments["bearer"] = self.headers.get("authorization", "").removeprefix("Bearer ")
        method = self.path.partition("/api/")[2] or "response"
        self.server.note(method, arguments)
        answer = b"ok" if method == "response" else json.dumps(self.server.answers.get(method, {"ok": True})).encode()
        self.send_response_only(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_parts: object) -> None:
        """Say nothing."""


def command(text: str, envelope_id: str, response_url: str, trigger_id: str = "1.2.3") -> dict[str, Any]:
    """Return the envelope of a slash command (docs.slack.dev/apis/events-api/using-socket-mode)."""
    payload = {
        "token": "deprecated-token",
        "command": "/dataflow",
        "text": text,
        "user_id": "U0KIM",
        "channel_id": "C0INCIDENT",
        "team_id": "T0SLUICE",
        "trigger_id": trigger_id,
        "response_url": response_url,
    }
    return {
        "type": "slash_commands",
        "envelope_id": envelope_id,
        "payload": payload,
        "accepts_response_payload": True,
    }


def interaction(kind: str, envelope_id: str, **payload: Any) -> dict[str, Any]:
    """Return the envelope of a click or a form."""
    person = {
        "user": {"id": "U0LEE", "team_id": "T0SLUICE"},
        "team": {"id": "T0SLUICE"},
        "channel": {"id": "C0INCIDENT"},
    }
    return {
        "type": "interactive",
        "envelope_id": envelope_id,
        "payload": {"type": kind, "trigger_id": "4.5.6", **person, **payload},
        "accepts_response_payload": kind == "view_submission",
    }
