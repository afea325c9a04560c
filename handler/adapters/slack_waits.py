"""When a call of Slack is made again, and after how long: what slack_sdk asks its retry handlers.

Source: docs.slack.dev/apis/web-api/rate-limits: 429 with ``Retry-After`` in seconds; nothing was done then.
"""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.error import URLError

from slack_sdk.http_retry.handler import RetryHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_sdk.http_retry.request import HttpRequest
    from slack_sdk.http_retry.response import HttpResponse
    from slack_sdk.http_retry.state import RetryState

TOO_MANY_REQUESTS: Final = 429
MOST_WAITS: Final = 3
LONGEST_WAIT_SECONDS: Final = 30
# What is left of an invocation after a wait must be enough for the call itself and what comes after it.
RESERVE_SECONDS: Final = 10
WHEN_SLACK_DOES_NOT_SAY: Final = timedelta(seconds=1)


def retry_after(status: int, headers: object) -> timedelta | None:
    """Return how long Slack asks to wait; None when it does not."""
    if status != TOO_MANY_REQUESTS:
        return None
    names = {str(name).lower(): value for name, value in headers.items()} if hasattr(headers, "items") else {}
    value = names.get("retry-after")
    text = str(value[0] if isinstance(value, list) and value else value)
    return timedelta(seconds=int(text)) if text.isdecimal() else WHEN_SLACK_DOES_NOT_SAY


class WaitAsSlackSays(RetryHandler):
    """Obeys 429 as long as the wait fits into what is left of the invocation; what does not fit is told later."""

    def __init__(self, seconds_left: Callable[[], float], sleep: Callable[[float], None]) -> None:
        super().__init__(max_retry_count=MOST_WAITS)
        self._seconds_left = seconds_left
        self._sleep = sleep

    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - slack_sdk passes it
        request: HttpRequest,  # noqa: ARG002 - slack_sdk passes it
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 - slack_sdk passes it
    ) -> bool:
        wait = None if response is None else retry_after(response.status_code, response.headers)
        if wait is None:
            return False
        most = min(LONGEST_WAIT_SECONDS, self._seconds_left() - RESERVE_SECONDS)
        return wait.total_seconds() <= most

    def prepare_for_next_attempt(
        self,
        *,
        state: RetryState,
        request: HttpRequest,  # noqa: ARG002 - slack_sdk passes it
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 - slack_sdk passes it
    ) -> None:
        """Wait."""
        headers: Mapping[str, object] = {} if response is None else response.headers
        wait = retry_after(TOO_MANY_REQUESTS, headers) or WHEN_SLACK_DOES_NOT_SAY
        self._sleep(wait.total_seconds())
        state.next_attempt_requested = True
        state.increment_current_attempt()


class IfSurelyNotSent(RetryHandler):
    """Calls again, once and at once, when there was no connection: of a broken one nobody knows what Slack did."""

    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - slack_sdk passes it
        request: HttpRequest,  # noqa: ARG002 - slack_sdk passes it
        response: HttpResponse | None = None,  # noqa: ARG002 - slack_sdk passes it
        error: Exception | None = None,
    ) -> bool:
        return isinstance(error, URLError) and isinstance(error.reason, ConnectionRefusedError | socket.gaierror)
