"""A job as it was when somebody looked: what is shown while the API does not answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from handler.domain.model import Job

FORGOTTEN_AFTER: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Seen:
    """A job as it was read, and when. Its description and its pipeline are not kept."""

    job: Job
    at: datetime

    def is_forgotten(self, now: datetime) -> bool:
        """Whether it is too long ago to be of use."""
        return now - self.at >= FORGOTTEN_AFTER
