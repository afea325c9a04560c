"""One request and its answer: bounded in time and size, never redirected, logged without a value of anybody's."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import httpx

from handler.adapters.dataflow.faults import Answer, fault_in_transit, fault_of
from handler.adapters.dataflow.signature import CONFIDENTIAL_HEADERS
from handler.domain.dataflow_errors import DataFlowError, DataFlowTimedOut, DataFlowUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.adapters.dataflow.retry import Deadline, Patience

LONGEST_BODY: Final = 8 * 1024 * 1024
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked: the operation's documented name, the path (encoded), the query, the body of a write."""

    operation: str
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: bytes | None = None

    @property
    def writes(self) -> bool:
        """Whether it may change anything."""
        return self.body is not None


def exchange(client: httpx.Client, call: Call, *, tried: int, patience: Patience, deadline: Deadline) -> Answer:
    """Send a request once and return a success (HTTP 2xx); anything else is raised as the one error that it means.

    A write that was answered with a success has succeeded, whatever follows in the body.
    """
    if deadline.remaining_seconds <= 0:
        raise DataFlowTimedOut(call.operation, may_have_changed=False)
    started_at = deadline.clock.now()
    request = client.build_request(
        call.method,
        call.path,
        params=call.query,
        content=call.body,
        headers={"content-type": "application/json"} if call.writes else {},
        timeout=_timeout(call, patience, deadline),
    )
    status: int | None = None
    try:
        # A redirect would carry the signed headers to somebody else.
        response = client.send(request, stream=True, follow_redirects=False)
        status = response.status_code
        try:
            answer = _whole(call, response, deadline)
        finally:
            response.close()
    except httpx.HTTPError as error:
        raise fault_in_transit(call.operation, error, writes=call.writes) from error
    finally:
        took = deadline.clock.now() - started_at
        _log.info(
            "Data Flow was called",
            extra={
                "operation": call.operation,
                "status": status,
                "attempt": tried,
                "duration_ms": round(took.total_seconds() * 1000),
            },
        )
    if response.is_success:
        return answer
    confidential = tuple(request.headers.get(name, "") for name in CONFIDENTIAL_HEADERS)
    raise fault_of(call.operation, answer, confidential=confidential, writes=call.writes)


def _timeout(call: Call, patience: Patience, deadline: Deadline) -> httpx.Timeout:
    most = deadline.remaining_seconds
    answer_seconds = min(most, patience.write_answer_seconds if call.writes else patience.answer_seconds)
    connect_seconds = min(most, patience.connect_seconds)
    return httpx.Timeout(answer_seconds, connect=connect_seconds, pool=connect_seconds)


def _whole(call: Call, response: httpx.Response, deadline: Deadline) -> Answer:
    try:
        body = _body(call, response, deadline)
    except (DataFlowError, httpx.HTTPError):
        if response.is_success and not call.writes:
            raise
        body = b""  # the status says enough
    return Answer(response.status_code, response.headers, body, deadline.clock.now())


def _body(call: Call, response: httpx.Response, deadline: Deadline) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise DataFlowUnreadable(call.operation, status=response.status_code, may_have_changed=False)
        if deadline.remaining_seconds <= 0:
            raise DataFlowTimedOut(call.operation, status=response.status_code, may_have_changed=False)
    return bytes(body)
