"""The facts that are being recorded, as they come; over midnight, after a pause, and whatever their order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handler.audit_ports import Span
from handler.domain.audit import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from handler.audit_ports import Archive, Stored
    from handler.ports import Clock

# A fact is dated when it was decided, shows a moment after it was written, and our clock may be ahead of its writer's.
LATE_BY: Final = timedelta(minutes=5)


@dataclass(slots=True)
class Follower:
    """Follows an archive from now on; each look begins a little before the one before it, and tells nothing twice."""

    archive: Archive
    clock: Clock
    _from: datetime = field(init=False)
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._from = self.clock.now()

    def begin(self) -> None:
        """Pass over what is there already. Raises LedgerUnavailable."""
        for _ in self.look():
            pass

    def look(self) -> Iterator[Stored]:
        """Return the facts that are new since the last look. Raises LedgerUnavailable; then the next look has them."""
        now = self.clock.now()
        since = min(self._from, now) - LATE_BY
        for number in range((now.date() - since.date()).days + 1):
            day = since.date() + timedelta(days=number)
            for fact in self.archive.day(day, Span(since=timestamp(since))):
                place = str(fact.get("gsi_at"))
                if place not in self._told:
                    self._told.add(place)
                    yield fact
        self._told = {place for place in self._told if place >= timestamp(since)}
        self._from = now
