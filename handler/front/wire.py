"""HTTP/1.1, the little of it that one POST needs.

Written by hand because `http.client` brings the whole of `email`: a third of the door's cold start, for header syntax
that AWS does not use. One request per connection, which the server closes (RFC 9112, sections 2 to 7).

    BrokenAnswer    what came back is no HTTP, or ended early
"""

from __future__ import annotations

import functools
import socket
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import BufferedIOBase
    from ssl import SSLContext
    from urllib.parse import SplitResult

MOST_BYTES = 8 * 1024 * 1024  # above what Lambda returns: 6 MB (its quotas page)
_MOST_LINE = 64 * 1024
_MOST_HEADERS = 100
_DEFAULT_PORTS = {"http": 80, "https": 443}
_INTERIM = 1  # hundreds


class BrokenAnswer(Exception):
    """The other side does not speak HTTP/1.1, or stopped in the middle."""


class Answer(NamedTuple):
    """An HTTP answer, header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def dial(parts: SplitResult, seconds: float, ca_bundle: str) -> socket.socket:
    """Return a connection to the host of `parts`, with TLS for https; each of its steps may take `seconds`.

    `ca_bundle` is a file of authorities to trust instead of the system's, or empty (AWS_CA_BUNDLE).

    Raises:
        OSError, ValueError: there is no way to that host (ValueError: not even a name of one).
    """
    host = parts.hostname or ""
    context = tls(ca_bundle) if parts.scheme == "https" else None
    connection = socket.create_connection((host, parts.port or _DEFAULT_PORTS[parts.scheme]), seconds)
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection if context is None else context.wrap_socket(connection, server_hostname=host)
    except (OSError, ValueError):
        connection.close()
        raise


@functools.cache
def tls(ca_bundle: str) -> SSLContext:
    """Return the settings of TLS, read once: the authorities take longer than a handshake.

    Raises:
        OSError: `ca_bundle` cannot be read.
    """
    import ssl  # noqa: PLC0415 - 4 ms of the cold start, needed for https only

    return ssl.create_default_context(cafile=ca_bundle or None)


def post(connection: socket.socket, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Send one request and return the answer. The caller closes the connection.

    Raises:
        OSError, BrokenAnswer: there is no whole answer.
    """
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    length = f"content-length: {len(body)}\r\nconnection: close\r\n"
    connection.sendall(f"POST {path} HTTP/1.1\r\n{head}{length}\r\n".encode() + body)
    with connection.makefile("rb") as stream:
        return read_answer(stream)


def read_answer(stream: BufferedIOBase) -> Answer:
    """Read one answer, passing over interim ones (100 Continue).

    Raises:
        OSError, BrokenAnswer: there is no whole answer.
    """
    status = _INTERIM * 100
    headers: dict[str, str] = {}
    while status // 100 == _INTERIM:
        status, headers = _status(_line(stream)), _headers(stream)
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return Answer(status, headers, _chunks(stream))
    if "content-length" in headers:
        return Answer(status, headers, _exactly(stream, _size(headers["content-length"], 10)))
    return Answer(status, headers, stream.read(MOST_BYTES))


def _status(line: str) -> int:
    version, _, rest = line.partition(" ")
    code = rest[:3]
    if not version.startswith("HTTP/1.") or not (code.isascii() and code.isdigit() and len(code) == len("200")):
        raise BrokenAnswer("status line")
    return int(code)


def _headers(stream: BufferedIOBase) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(_MOST_HEADERS):
        line = _line(stream)
        if not line:
            return headers
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    raise BrokenAnswer("too many headers")


def _line(stream: BufferedIOBase) -> str:
    line = stream.readline(_MOST_LINE)
    if not line.endswith(b"\n"):
        raise BrokenAnswer("line without an end")
    return line.decode("latin-1").rstrip("\r\n")


def _chunks(stream: BufferedIOBase) -> bytes:
    body = b""
    while size := _size(_line(stream).partition(";")[0], 16):
        body += _exactly(stream, size)
        if _line(stream) or len(body) > MOST_BYTES:
            raise BrokenAnswer("chunk")
    return body


def _exactly(stream: BufferedIOBase, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise BrokenAnswer("ended early")
    return data


def _size(text: str, base: int) -> int:
    try:
        size = int(text, base)
    except ValueError:
        size = -1
    if not 0 <= size <= MOST_BYTES:
        raise BrokenAnswer("size")
    return size
