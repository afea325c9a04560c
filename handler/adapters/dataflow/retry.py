"""How long to be patient with the API: time-outs, and when a read is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from handler.domain.dataflow_errors import DataFlowTimedOut, DataFlowUnavailable, Throttled

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from handler.ports import Clock

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds and counts; the deadline is for one call of the port, with all its pages, tries and pauses.

    ``answer_seconds`` bounds the silence while a read waits for its answer, ``write_answer_seconds`` that of the one
    write, which cannot be tried again and so may take longer. The pause before try n+1 is random between nothing and
    ``first_pause_seconds * 2 ** (n - 1)``, at most ``longest_pause_seconds``.
    """

    deadline_seconds: float = 10.0
    connect_seconds: float = 2.0
    answer_seconds: float = 5.0
    write_answer_seconds: float = 10.0
    tries: int = 6
    first_pause_seconds: float = 0.25
    longest_pause_seconds: float = 2.0

    def longest_pause_after(self, tried: int) -> float:
        """Return the most seconds to pause after this many tries, in seconds."""
        return min(self.longest_pause_seconds, self.first_pause_seconds * 2.0 ** (tried - 1))


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment at which a call of the port gives up."""

    clock: Clock
    at: datetime

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Deadline:
        """Make a deadline that many seconds from now."""
        return cls(clock, clock.now() + timedelta(seconds=seconds))

    @property
    def remaining_seconds(self) -> float:
        """How long there still is; negative when it has passed."""
        return (self.at - self.clock.now()).total_seconds()


def retried(
    attempt: Callable[[int], Result],
    *,
    patience: Patience,
    deadline: Deadline,
    random: Callable[[], float],
) -> Result:
    """Return what ``attempt`` (called with 1, 2, ...) returns, trying again while the fault may pass.

    Time-outs, failed connections, HTTP 5xx and 429 may. The last fault is raised when the tries are used up or the next
    one could not begin before the deadline, as when Retry-After asks for more. ``random`` returns numbers from 0 to 1.
    """
    tried = 1
    while True:
        try:
            return attempt(tried)
        except (DataFlowTimedOut, DataFlowUnavailable, Throttled) as fault:
            pause_seconds = random() * patience.longest_pause_after(tried)
            if isinstance(fault, Throttled):
                pause_seconds = max(pause_seconds, fault.retry_after_seconds or 0.0)
            if tried == patience.tries or pause_seconds >= deadline.remaining_seconds:
                raise
        deadline.clock.sleep(pause_seconds)
        tried += 1
