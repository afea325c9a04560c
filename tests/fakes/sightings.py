"""Jobs as they were last seen, in memory; it keeps the contract suite (``tests/contract/test_sightings.py``)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handler.domain.sighting import Seen
    from tests.fakes.ledger import FakeLedger


@dataclass(frozen=True, slots=True)
class FakeSightings:
    """Keeps what was read beside the ledger's requests; the ledger's faults ``saw`` and ``last_seen`` are its own."""

    ledger: FakeLedger

    def keep(self, seen: Seen) -> None:
        """Keep what was read; what was read later stays."""
        with self.ledger.call("saw"):
            name = seen.job.name.encode(errors="replace").decode()
            kept = replace(seen, job=replace(seen.job, name=name, description="", nodes=(), created_at=None))
            for key in (f"id {seen.job.id}", f"name {seen.job.name.casefold()}"):
                before = self.ledger.seen.get(key)
                if before is None or before.at < seen.at:
                    self.ledger.seen[key] = kept

    def last(self, asked: str) -> Seen | None:
        """Read what is kept of the job with this id, or else with this name."""
        with self.ledger.call("last_seen"):
            return self.ledger.seen.get(f"id {asked}") or self.ledger.seen.get(f"name {asked.casefold()}")
