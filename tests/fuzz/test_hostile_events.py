"""The door is given what nobody well-meaning would send; it answers, and hands over only what Slack signed."""

from __future__ import annotations

import json
import os
import socket
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

from tests.fuzz.hostile import hostile, is_signed
from tests.unit.front.doors import ENVIRON, Front
from tests.unit.front.slack_request import SECRET

if TYPE_CHECKING:
    from urllib.parse import SplitResult

EVENTS = int(os.environ.get("SLUICE_FUZZ_EVENTS", "20000"))
SEED = int(os.environ.get("SLUICE_FUZZ_SEED", "20261123"))
SECRETS = (SECRET, ENVIRON["AWS_SECRET_ACCESS_KEY"], ENVIRON["AWS_SESSION_TOKEN"])
LONGEST_LINE = 4000
CLIENT_ERRORS = range(400, 500)
TOLD = b'{"status": 200, "headers": {"content-type": "text/plain"}, "body": ""}'
LAMBDA = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%b" % (len(TOLD), TOLD)


class Lambda:
    """Takes whatever the door hands over: a pair of sockets of which the far end has answered already."""

    def __init__(self) -> None:
        self.dialled = 0
        self._far_ends: list[socket.socket] = []

    def dial(self, _parts: SplitResult, _seconds: float, _ca_bundle: str) -> socket.socket:
        """Return a connection to it."""
        self.dialled += 1
        near, far = socket.socketpair()
        far.sendall(LAMBDA)
        self._far_ends.append(far)
        return near

    def hang_up(self) -> None:
        """Close the far ends."""
        while self._far_ends:
            self._far_ends.pop().close()


def test_hostile_events_are_answered_and_only_signed_ones_are_handed_over() -> None:
    """Each of many hostile events gets 200 or a 4xx with a line in the log that has no secret; none raises."""
    worker = Lambda()
    front = Front(dial=worker.dial)
    random = Random(SEED)
    answers: Counter[object] = Counter()
    for number in range(EVENTS):
        event = hostile(random)
        before = worker.dialled
        reply = front.handle(event)
        worker.hang_up()
        status = reply["statusCode"]
        assert status == 200 or status in CLIENT_ERRORS, (SEED, number, event, reply)
        assert worker.dialled == before or is_signed(event), (SEED, number, event)
        json.dumps(reply)
        for line in front.lines:
            assert len(line) <= LONGEST_LINE, (SEED, number, line)
            assert isinstance(json.loads(line), dict), (SEED, number, line)
            assert not any(secret in line for secret in SECRETS), (SEED, number, line)
        front.lines.clear()
        answers[status] += 1
    print(
        f"{EVENTS} hostile events: {dict(sorted(answers.items(), key=repr))},"
        f" {worker.dialled} of them signed and handed over"
    )
    # The generator reaches all the ways there are: else it proves nothing.
    assert {200, 400, 401, 403, 405, 415} <= set(answers)
    assert worker.dialled
