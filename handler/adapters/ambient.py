"""What every process has of its own: time, and a source of short ids."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING

from handler.domain.identity import ALPHABET, ID_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Invocation:
    """How much time is left of the invocation under way. ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends_at = inf

    def begin(self, context: object) -> None:
        """Begin one; Lambda's context says how many milliseconds it may take."""
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        self._ends_at = self._clock() + remaining() / 1000 if callable(remaining) else inf

    def seconds_left(self) -> float:
        """Return how many seconds are left, infinity when no end is known."""
        return self._ends_at - self._clock()


def incident_id() -> str:
    """Return a short id that a person can read out: letters and digits that cannot be mistaken for each other."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))
