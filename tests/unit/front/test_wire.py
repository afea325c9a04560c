"""Our HTTP reads what AWS writes, and gives up on what is no HTTP."""

from __future__ import annotations

import io
import ssl
from http.client import HTTPResponse
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.front.wire import Answer, BrokenAnswer, dial, post, read_answer, tls
from tests.unit.front.loopback import Asked, Loopback, Reply

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from tests.unit.front.authority import Authority

CHUNK_SIZES = st.lists(st.binary(min_size=1, max_size=40), max_size=5)
TOKENS = st.text("abcXYZ019-", min_size=1, max_size=12)
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85\xa0"), max_size=12)


class _Canned:
    """Just enough of a socket for `http.client` to read from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def standard(data: bytes) -> Answer:
    """Read `data` with the standard library's client, which is slow to import and right."""
    response = HTTPResponse(cast("socket.socket", _Canned(data)), method="POST")
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read())


@given(
    status=st.integers(200, 599),
    reason=st.text("abc XYZ", max_size=10),
    headers=st.dictionaries(TOKENS.map(lambda name: f"x-{name}".lower()), VALUES, max_size=4),
    chunks=CHUNK_SIZES,
    framing=st.sampled_from(["length", "chunked", "close"]),
)
@settings(deadline=None)
def test_answers_are_read_as_the_standard_library_reads_them(
    status: int, reason: str, headers: dict[str, str], chunks: list[bytes], framing: str
) -> None:
    """Status, headers and body are the same, whichever way the end of the body is marked."""
    head = dict(headers)
    body = b"".join(chunks)
    if framing == "length" or status == 304:
        head["content-length"] = str(len(body))
    elif framing == "chunked" and status != 204:
        head["transfer-encoding"] = "chunked"
        body = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    if status in {204, 304}:
        body, head = b"", {name: value for name, value in head.items() if name != "content-length"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    data = f"HTTP/1.1 {status} {reason}\r\n{lines}\r\n".encode("latin-1") + body

    assert standard(data) == read_answer(io.BytesIO(data))


def test_interim_answer_is_passed_over() -> None:
    """100 Continue is not the answer."""
    data = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nokMORE"
    assert Answer(202, {"content-length": "2"}, b"ok") == read_answer(io.BytesIO(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/1.1 \xb2\xb2\xb2 OK\r\n\r\n",
        b"HTTP/1.1 20\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: y\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 101 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nshrt",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nshrt",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nokno\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n700000\r\n" * 2,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_whole_answer_is_broken(data: bytes) -> None:
    """A foreign protocol, a torn answer or an absurd size is told apart from an answer."""
    with pytest.raises(BrokenAnswer):
        read_answer(io.BytesIO(data))


def test_endless_chunks_are_cut_off() -> None:
    """A body in chunks that adds up to more than Lambda can send is refused."""
    chunk = b"400000\r\n" + b"x" * 0x400000 + b"\r\n"
    with pytest.raises(BrokenAnswer):
        read_answer(io.BytesIO(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunk * 3))


@given(data=st.binary(max_size=400), starts_well=st.booleans())
@settings(deadline=None)
def test_reading_never_raises_anything_else(*, data: bytes, starts_well: bool) -> None:
    """Any bytes are an answer or broken."""
    assert _status(b"HTTP/1.1 200 OK\r\n" * starts_well + data) in range(-1, 1000)


def _status(data: bytes) -> int:
    try:
        return read_answer(io.BytesIO(data)).status
    except BrokenAnswer:
        return -1


def test_request_arrives_as_it_was_sent() -> None:
    """Path, headers and body reach the server, with the length, and the connection is not kept."""
    with Loopback(lambda _asked: Reply(200, b"there")) as server, dial(urlsplit(server.url), 2, "") as connection:
        answer = post(connection, "/a%3Ab", {"x-one": "1"}, "몸".encode())
        timeout = connection.gettimeout()

        (asked,) = server.asked
    assert (answer.status, answer.body, timeout) == (200, b"there", 2)
    assert Asked("/a%3Ab", {"x-one": "1", "content-length": "3", "connection": "close"}, "몸".encode()) == asked


def test_https_is_spoken_to_a_trusted_server(authority: Authority) -> None:
    """With the authority of AWS_CA_BUNDLE a server that it vouches for is believed."""
    with (
        Loopback(lambda _asked: Reply(200, b"safe"), authority.server_context()) as server,
        dial(urlsplit(server.url), 2, str(authority.bundle)) as connection,
    ):
        answer = post(connection, "/", {}, b"")
    assert answer.body == b"safe"


def test_https_to_a_stranger_fails(authority: Authority) -> None:
    """A server that no known authority vouches for is not spoken to."""
    with Loopback(lambda _asked: Reply(200), authority.server_context()) as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            dial(urlsplit(server.url), 2, "")
        assert server.asked == []


def test_authorities_are_read_once(authority: Authority, tmp_path: Path) -> None:
    """The settings of TLS are kept; a bundle that is not there is an OSError."""
    assert tls(str(authority.bundle)) is tls(str(authority.bundle))
    with pytest.raises(OSError, match="No such file"):
        tls(str(tmp_path / "absent.pem"))
