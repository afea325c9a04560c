"""The HTTP layer: API Gateway in front of Data Flow, with the faults that were switched on."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import format_datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from infra.local.dataflow.catalogue import stamp
from infra.local.dataflow.operations import perform
from infra.local.dataflow.refusals import RefusedError, body_of
from infra.local.dataflow.replies import Reset, Silence, garbled, json_response, padded
from infra.local.dataflow.signature import check
from infra.local.dataflow.world import Received

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from infra.local.dataflow.faults import Fault
    from infra.local.dataflow.refusals import Row
    from infra.local.dataflow.world import World

LONGEST_LOGGED = 100_000
NOTHING_DONE = b'{"result": "nothing was done"}'


class Gateway:
    """Takes every request that is not for the control endpoints. `sleep` waits for seconds."""

    def __init__(self, world: World, sleep: Callable[[float], Awaitable[None]]) -> None:
        self.world = world
        self.sleep = sleep
        self._traces = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Log the request, let the faults strike it, answer."""
        request = Request(scope, receive)
        body = await request.body()
        target = _target(scope)
        struck = self.world.faults.strike(request.method, target.partition("?")[0])
        received = Received(
            at=stamp(self.world.clock()),
            method=request.method,
            path=target,
            body=_loggable(body),
            faults=[fault.kind for fault in struck],
        )
        self.world.log.append(received)
        skew = sum(fault.seconds for fault in struck if fault.kind == "clock_skew")
        response = await self._answer(request, body, struck, skew)
        if not isinstance(response, Silence):
            received.status = response.status_code
            now = self.world.clock() + timedelta(seconds=skew)
            response.headers["date"] = format_datetime(now, usegmt=True)
            response.headers["x-ncp-trace-id"] = f"playground-{next(self._traces):08d}"
        await response(scope, receive, send)

    async def _answer(self, request: Request, body: bytes, struck: list[Fault], skew: int) -> Response:
        ending = next((fault for fault in struck if fault.kind not in ("slow", "clock_skew")), None)
        await self._wait(struck, after_effect=False)
        # A GET has no effect, so its usual answer can always be made and then spoilt.
        if ending is not None and not ending.after_effect and request.method != "GET":
            return self._strike(ending, NOTHING_DONE)
        usual = self._usual(request, body, self.world.clock() + timedelta(seconds=skew))
        await self._wait(struck, after_effect=True)
        return usual if ending is None else self._strike(ending, bytes(usual.body))

    async def _wait(self, struck: list[Fault], *, after_effect: bool) -> None:
        for fault in struck:
            if fault.kind == "slow" and fault.applied == after_effect:
                await self.sleep(fault.ms / 1000)

    def _usual(self, request: Request, body: bytes, now: datetime) -> Response:
        try:
            check(request.headers, request.method, _target(request.scope), keys=self.world.keys, now=now)
            path = request.scope["path"]
            return json_response(perform(self.world, request.method, path, request.query_params, body))
        except RefusedError as refused:
            return self._refusal(refused.row, refused.details)

    def _refusal(self, row: Row, details: str) -> Response:
        return json_response(body_of(row, details, self.world.options.error_shape), row.status)

    def _strike(self, fault: Fault, usual: bytes) -> Response:
        match fault.kind:
            case "timeout_before" | "timeout_after":
                return Silence()
            case "reset":
                return Reset()
            case "garbage":
                return garbled(fault, usual)
            case "huge":
                return padded(fault, usual)
            case "status":
                row = fault.row()
                response = self._refusal(row, fault.details)
                if fault.retry_after is not None:
                    response.headers["retry-after"] = fault.retry_after
                return response
            case _:
                raise AssertionError(fault.kind)


def _target(scope: Scope) -> str:
    """Return path and query as they came over the wire, percent-encoding included."""
    path = scope["raw_path"].decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def _loggable(body: bytes) -> Any:  # noqa: ANN401 - any JSON may have been sent
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return body[:LONGEST_LOGGED].decode("utf-8", "replace")
