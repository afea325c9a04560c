"""A clock that stands still until somebody sleeps or moves it on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.makers import NOW


@dataclass(slots=True)
class FakeClock:
    """Starts at the tests' now; ``slept_seconds`` remembers every wait."""

    at: datetime = NOW
    slept_seconds: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Move on by this much without waiting."""
        self.slept_seconds.append(seconds)
        self.at += timedelta(seconds=seconds)

    def move_on(self, **passed: float) -> None:
        """Let time pass, as ``timedelta`` takes it."""
        self.at += timedelta(**passed)
