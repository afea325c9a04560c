"""The Web API and the `response_url`s over HTTP, with the faults that were planned for them."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from infra.local.slack.faults import Fault, Faults
from infra.local.slack.methods_chat import CHAT
from infra.local.slack.methods_directory import DIRECTORY
from infra.local.slack.methods_history import HISTORY
from infra.local.slack.methods_views import VIEWS
from infra.local.slack.refusals import SlackError
from infra.local.slack.signing import FORM, JSON
from infra.local.slack.web_api import Call, Method, decoded, refused, run
from infra.local.slack.workspace_state import Store

METHODS: Mapping[str, Method] = {**CHAT, **VIEWS, **DIRECTORY, **HISTORY}


class CutOff(Response):
    """Breaks the connection instead of answering."""

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        """Abort the transport, which ASGI itself has no word for: uvicorn's `receive` is a method that holds it."""
        cycle: Any = getattr(receive, "__self__", None)
        cycle.transport.abort()


class Api:
    """The endpoints below `/api/` and `/response/`."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/api/{method}", self._call, methods=["GET", "POST"]),
            Route("/response/{token}", self._respond, methods=["POST"]),
        ]

    async def _call(self, request: Request) -> Response:
        name = request.path_params["method"]
        method = METHODS.get(name)
        try:
            args, token = await _arguments(request)
        except SlackError as error:
            return JSONResponse({"ok": False, "error": error.code})
        return await self._with_faults(name, lambda: self._run(method, args, token))

    def _run(self, method: Method | None, args: Mapping[str, Any], token: str) -> Response:
        with self._store.changing() as state:
            try:
                allowed = _allowed(method, token, state.cast.bot_token)
                answer = run(allowed, Call(state, decoded(args), self._store.clock()))
            except SlackError as error:
                answer = refused(error, method, state)
            # Made under the lock, because the answer refers to messages that may change.
            return JSONResponse(answer, headers={"x-oauth-scopes": ",".join(state.scopes)})

    async def _respond(self, request: Request) -> Response:
        body = await request.body()
        token = request.path_params["token"]
        return await self._with_faults("response_url", lambda: self._use(token, body))

    def _use(self, token: str, body: bytes) -> Response:
        try:
            answer = json.loads(body)
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        with self._store.changing() as state:
            try:
                state.response_urls.use(token, answer, self._store.clock())
            except SlackError as error:
                gone = error.code in ("no_such_url", "expired_url", "used_url")
                return JSONResponse({"ok": False, "error": error.code}, 404 if gone else 400)
        return PlainTextResponse("ok")

    async def _with_faults(self, name: str, act: Callable[[], Response]) -> Response:
        fault = self._faults.take(name)
        if fault is None:
            return act()
        if fault.kind == "slow":
            answer = act()
            await asyncio.sleep(fault.delay_seconds)
            return answer
        if fault.applied:
            act()
        return _failure(fault)


def _allowed(method: Method | None, token: str, bot_token: str) -> Method:
    if method is None:
        raise SlackError("unknown_method")
    if token != bot_token:
        raise SlackError("invalid_auth" if token else "not_authed")
    return method


def _failure(fault: Fault) -> Response:
    if fault.kind == "ratelimited":
        headers = {"Retry-After": str(fault.retry_after_seconds)}
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
    if fault.kind == "html":
        return HTMLResponse("<html><body><h1>Server Error</h1></body></html>", 500)
    if fault.kind == "reset":
        return CutOff()
    return JSONResponse({"ok": False, "error": fault.code})


async def _arguments(request: Request) -> tuple[dict[str, Any], str]:
    """Read a call's arguments and token, from the query, a form or JSON; the header's token wins over a field's."""
    args: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == JSON and body:
        args |= _object(body)
    elif kind in ("", FORM) or not body:
        args |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    else:
        raise SlackError("invalid_post_type")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    field = str(args.pop("token", ""))
    return args, token.strip() if scheme.lower() == "bearer" else field


def _object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(parsed, dict):
        raise SlackError("json_not_object")
    return parsed
