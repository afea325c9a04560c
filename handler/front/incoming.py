"""The event of a Function URL or HTTP API (payload format 2.0) → the request that Slack made.

Format: docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html, "Request payload format".
Whatever is not of this shape is turned away like an unsigned request.
"""

from __future__ import annotations

import binascii
from typing import NamedTuple

from handler.front import replies

_BOLT_PREFIX = "x-slack-bolt-"
_SSL_CHECK = "ssl_check=1"


class Incoming(NamedTuple):
    """One HTTP request: method in capitals, header names in lower case, the body as the bytes that were sent."""

    method: str
    headers: dict[str, str]
    body: bytes
    query: str

    @property
    def is_ssl_check(self) -> bool:
        """Tell Slack's unsigned probe of the certificate, by GET or POST, that wants an empty 200.

        Source: docs.slack.dev/interactivity/implementing-slash-commands, `ssl_check`.
        """
        if self.method == "GET":
            return _SSL_CHECK in self.query.split("&")
        return self.method == "POST" and _SSL_CHECK.encode() in self.body.split(b"&")


def read(event: object) -> Incoming:
    """Return the request in `event`.

    Raises:
        TurnedAway: 403 for Bolt's own headers, 401 for anything that is not such an event.
    """
    if not isinstance(event, dict):
        raise replies.unauthentic("no_event")
    headers = _headers(event.get("headers"))
    method = _method(event.get("requestContext"))
    query = event.get("rawQueryString", "")
    if not isinstance(query, str):
        raise replies.unauthentic("bad_query")
    return Incoming(method, headers, _body(event), query)


def _headers(given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        raise replies.unauthentic("no_headers")
    if any(isinstance(name, str) and name.lower().startswith(_BOLT_PREFIX) for name in given):
        raise replies.forged()
    if not all(isinstance(name, str) and isinstance(value, str) for name, value in given.items()):
        raise replies.unauthentic("bad_headers")
    return {name.lower(): value for name, value in given.items()}


def _method(context: object) -> str:
    http = context.get("http") if isinstance(context, dict) else None
    method = http.get("method") if isinstance(http, dict) else None
    if not isinstance(method, str):
        raise replies.unauthentic("no_method")
    return method.upper()


def _body(event: dict[object, object]) -> bytes:
    text = event.get("body")
    if text is None:
        return b""
    if not isinstance(text, str):
        raise replies.unauthentic("bad_body")
    try:
        if event.get("isBase64Encoded") is not True:
            return text.encode()
        body = binascii.a2b_base64(text, strict_mode=True)
        body.decode()  # Slack writes UTF-8; what is not UTF-8 is not Slack's
    except ValueError:
        raise replies.unauthentic("bad_encoding") from None
    return body
