"""What Slack asks to wait, read from whatever its answer's headers are; and what is surely not sent."""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.state import RetryState

from handler.adapters.slack_waits import IfSurelyNotSent, WaitAsSlackSays, retry_after

REQUEST = HttpRequest(method="POST", url="https://slack.invalid/api/chat.postMessage", headers={})


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": ["7"]}, 7),
        ({"RETRY-AFTER": "0"}, 0),
        ({"Retry-After": "soon"}, 1),
        ({"Retry-After": "-5"}, 1),
        ({"Retry-After": []}, 1),
        ({}, 1),
        (None, 1),
    ],
)
def test_what_slack_asks_to_wait_is_read(headers: object, seconds: int) -> None:
    """Seconds; a second where it does not say, or not so that it can be read."""
    assert retry_after(429, headers) == timedelta(seconds=seconds)


@pytest.mark.parametrize("status", [200, 500, 503])
def test_nothing_else_asks_to_wait(status: int) -> None:
    """Only 429 does."""
    assert retry_after(status, {"Retry-After": "7"}) is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (URLError(ConnectionRefusedError()), True),
        (URLError(socket.gaierror()), True),
        (URLError(ConnectionResetError()), False),
        (URLError(TimeoutError()), False),
        (ConnectionResetError(), False),
        (None, False),
    ],
)
def test_only_what_was_surely_not_sent_is_sent_again(error: Exception | None, expected: bool) -> None:  # noqa: FBT001 - a case
    """Nobody listened, or there was no such name: Slack cannot have done it. And no more than once."""
    state: Any = RetryState()
    handler = IfSurelyNotSent()
    assert handler.can_retry(state=state, request=REQUEST, error=error) is expected
    state.increment_current_attempt()
    assert not handler.can_retry(state=state, request=REQUEST, error=error)


def test_an_answer_that_never_came_is_not_waited_for() -> None:
    """There is nobody who said to wait."""
    handler = WaitAsSlackSays(lambda: 60, lambda _: None)
    assert not handler.can_retry(state=RetryState(), request=REQUEST, error=TimeoutError())
