"""Doors made as in production (`compose`), with a clock that stands, a known id and a log that can be read."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from handler.front import wire
from handler.front.door import World, compose
from tests.unit.front.slack_request import NOW, SECRET

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from urllib.parse import SplitResult

    from handler.front.aws import Dial

SHORT_ID = "0badcafe"
ENVIRON = {
    "SLACK_SIGNING_SECRET": SECRET,
    "WORKER_FUNCTION": "sluice-worker",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_REGION": "ap-northeast-2",
    "AWS_ACCESS_KEY_ID": "playground-access",
    "AWS_SECRET_ACCESS_KEY": "playground-secret-key",
    "AWS_SESSION_TOKEN": "playground-session",
}


class TriedNetworkError(OSError):
    """The door called out where it should not have."""


def no_network(parts: SplitResult, _seconds: float, _ca_bundle: str) -> socket.socket:
    """Refuse every connection, at once."""
    raise TriedNetworkError(parts.netloc)


class Front:
    """One door and what it wrote; `handle` is what Lambda calls."""

    def __init__(  # noqa: PLR0913 - each seam of the door
        self,
        *,
        dial: Dial = no_network,
        clock: Callable[[], float] = lambda: NOW,
        monotonic: Callable[[], float] = time.monotonic,
        budget_seconds: float = 2.0,
        environ: dict[str, str | None] | None = None,
        url: str = "",
    ) -> None:
        given = {**ENVIRON, **({"AWS_ENDPOINT_URL": url} if url else {}), **(environ or {})}
        self.environ = {name: value for name, value in given.items() if value is not None}
        self.lines: list[str] = []
        world = World(clock, monotonic, lambda: SHORT_ID, wire.dial if url else dial, self.lines.append, budget_seconds)
        self.handle = compose(self.environ, world).answer

    @property
    def log(self) -> list[dict[str, Any]]:
        """The lines written so far, parsed."""
        return [json.loads(line) for line in self.lines]
