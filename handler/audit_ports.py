"""What sealing and proving need of the record, as Protocols: adapters and fakes keep the same contract suites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

    from handler.domain.audit import Fact
    from handler.domain.sealing import Leaves, Seal, Sealing


class Seals(Protocol):
    """The seals of the days, and how far sealing has come. All may raise LedgerUnavailable."""

    def progress(self) -> Sealing | None:
        """Read how far sealing has come, consistently; None when nothing was ever sealed."""

    def keep(self, before: Sealing | None, after: Sealing) -> None:
        """Record the progress. Raises Moved when it is no longer as ``before`` was read."""

    def seal(self, before: Sealing, after: Sealing, fact: Fact) -> None:
        """Record a seal and the progress, both or neither. Raises Moved when it is no longer as ``before`` was read."""

    def leaves(self, day: date, *, limit: int, after: str | None = None) -> Leaves:
        """Read a piece of a day: the hashes of its facts in their order, those beyond the place ``after``."""

    def numbered(self, number: int) -> Seal | None:
        """Read one seal by its number, from 1; None when there is none."""
