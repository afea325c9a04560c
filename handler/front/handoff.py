"""From the door to the worker: the payload, the Lambda call and what its answer means.

    HandOverFailed      the worker surely has it not, or nobody knows; `unsure` says which

Source: docs.aws.amazon.com/lambda/latest/api/API_Invoke.html: `Event` puts it into Lambda's durable queue (202),
`RequestResponse` waits for the answer (200, and `X-Amz-Function-Error` if the function broke off).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from handler.front import replies
from handler.front.aws import Call, CallFailed, problem

if TYPE_CHECKING:
    from handler.front.aws import Aws
    from handler.front.classify import Delivery
    from handler.front.replies import Reply
    from handler.front.wire import Answer

PAYLOAD_VERSION = 1
_SUCCESS = 2  # hundreds
_STATUSES = range(200, 600)
_TOO_MANY = 429
_SERVER_ERRORS = 500


class HandOverFailed(Exception):
    """The worker has it not (`unsure` False), or perhaps (True). `reason` is one word, `detail` evidence."""

    def __init__(self, reason: str, detail: str = "", *, unsure: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
        self.unsure = unsure


def encode(delivery: Delivery, received_at: float, short_id: str) -> bytes:
    """Return the worker's payload; `received_at` is in epoch seconds, written as whole milliseconds.

    `short_id` is the id on the door's own line of the log, so that the worker's can be found from it.

    Raises:
        TurnedAway: 400, the content fits into no JSON (infinity, or nested too deep).
    """
    payload = {
        "sluice": PAYLOAD_VERSION,
        "kind": delivery.kind,
        "body": delivery.body,
        "received_at": int(received_at * 1000),
        "id": short_id,
    }
    try:
        return json.dumps(payload, allow_nan=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        raise replies.unreadable(replies.BAD_REQUEST, "json") from None


class Worker:
    """The private function that does the work, reached through Lambda's Invoke.

    `function` is a name or an ARN, with or without a version or alias.
    """

    def __init__(self, aws: Aws, lambda_url: str, function: str) -> None:
        self._aws = aws
        self._url = f"{lambda_url}/2015-03-31/functions/{quote(function, safe='')}/invocations"

    def take(self, payload: bytes, *, is_awaited: bool, seconds: float) -> Reply:
        """Hand `payload` over within `seconds`; return the worker's own answer if it is awaited, else an empty 200.

        Raises:
            HandOverFailed: it did not go through, or nobody knows.
        """
        headers = {
            "content-type": "application/json",
            "x-amz-invocation-type": "RequestResponse" if is_awaited else "Event",
        }
        try:
            answer = self._aws.post(Call("lambda", self._url, headers, payload), seconds)
        except CallFailed as failed:
            raise HandOverFailed(failed.reason, failed.detail, unsure=failed.sent) from failed
        if answer.status == _TOO_MANY:
            raise HandOverFailed("throttled", problem(answer), unsure=False)
        if answer.status >= _SERVER_ERRORS:
            raise HandOverFailed("no_answer", problem(answer), unsure=True)
        if answer.status // 100 != _SUCCESS:
            raise HandOverFailed("refused", problem(answer), unsure=False)
        return _relayed(answer) if is_awaited else replies.HANDED_OVER


def _relayed(answer: Answer) -> Reply:
    if "x-amz-function-error" in answer.headers:
        raise HandOverFailed("worker_failed", unsure=True)
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise HandOverFailed("worker_unreadable", unsure=True)
    status, headers, body = told.get("status"), told.get("headers"), told.get("body")
    content_type = headers.get("content-type") if isinstance(headers, dict) else None
    if not (
        isinstance(status, int) and status in _STATUSES and isinstance(body, str) and isinstance(content_type, str)
    ):
        raise HandOverFailed("worker_unreadable", unsure=True)
    return replies.HANDED_OVER._replace(status=status, body=body, content_type=content_type)
