"""What every process has of its own: time, and a source of short ids."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

from handler.domain.identity import ALPHABET, ID_LENGTH


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def incident_id() -> str:
    """Return a short id that a person can read out: letters and digits that cannot be mistaken for each other."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))
