"""What was read of jobs: noted as it is read, kept in the record once people were told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from handler.domain.model import JobId
    from handler.domain.sighting import Seen


class Sightings(Protocol):
    """Each job as it was last seen. All may raise LedgerUnavailable."""

    def keep(self, seen: Seen) -> None:
        """Keep what was read; what was read later stays."""

    def last(self, asked: str) -> Seen | None:
        """Read what is kept of the job with this id, or else with this name; letter case of a name does not matter."""


@dataclass(slots=True)
class Noted:
    """What this process has read since it was last asked, each job once; a worker that dies takes it along."""

    _jobs: dict[JobId, Seen] = field(default_factory=dict)

    def note(self, seen: Seen) -> None:
        """Note what was read, in place of what was read of this job before."""
        self._jobs[seen.job.id] = seen

    def taken(self) -> tuple[Seen, ...]:
        """Return what was noted, and forget it."""
        seen = tuple(self._jobs.values())
        self._jobs.clear()
        return seen
