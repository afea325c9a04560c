"""Answers that are not ordinary: none at all, a reset connection, bodies that no documentation knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from infra.local.dataflow.faults import Fault

RESET = "sluice.reset_connection"
GATEWAY_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>"
    "<body><h1>502 Bad Gateway</h1><hr>nginx</body></html>\n"
)


def json_response(content: object, status: int = 200) -> Response:
    """Return JSON in UTF-8; what UTF-8 cannot hold (a lone surrogate that a client sent) becomes a question mark."""
    text = json.dumps(content, ensure_ascii=False)
    return Response(text.encode("utf-8", "replace"), status, media_type="application/json")


class Silence(Response):
    """Never answers: waits until the client has gone away."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Wait for the end of the connection."""
        while (await receive())["type"] != "http.disconnect":
            pass


class Reset(Silence):
    """Resets the connection. Under a server that offers no way to, it is silent."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reset, then wait until the server has noticed."""
        if RESET in scope:
            scope[RESET]()
        await super().__call__(scope, receive, send)


def garbled(fault: Fault, usual: bytes) -> Response:
    """Return a page, half of the usual JSON, nothing, or the usual JSON called something else."""
    status = fault.status or 200
    match fault.form:
        case "html":
            return Response(GATEWAY_PAGE, status, media_type="text/html")
        case "truncated":
            return Response(usual[: len(usual) // 2], status, media_type="application/json")
        case "empty":
            return Response(b"", status, media_type="application/json")
        case "wrong_type":
            return Response(usual, status, media_type="text/plain")
        case _:
            assert_never(fault.form)


def padded(fault: Fault, usual: bytes) -> Response:
    """Return the usual JSON after as much white space as the fault says: valid, and far too long."""
    return Response(b" " * fault.size + usual, media_type="application/json")
