"""What sealing and proving need of the record, as Protocols: adapters and fakes keep the same contract suites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from handler.domain.audit import Fact
    from handler.domain.model import JobId, UserId
    from handler.domain.proof import End
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


Stored = Mapping[str, Any]
"""A fact as it is stored, with what serves the indexes: read as it is, since anybody may have edited it."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, as the beginnings of ``at``: days or moments (ISO 8601, UTC). ``until`` is not included."""

    since: str = ""
    until: str = "9999"


class Archive(Protocol):
    """The record as an operator reads it, with rights that no function has. All may raise LedgerUnavailable."""

    def chains(self) -> Iterator[tuple[str, Sequence[Stored]]]:
        """Read all facts, by request. What is written meanwhile may be there or not, and a request may come twice."""

    def chain(self, request_id: str) -> Sequence[Stored]:
        """Read one request's facts in their order, as they are now."""

    def ends(self, request_ids: Sequence[str]) -> Mapping[str, End]:
        """Read where requests, up to a hundred, say that their chains end."""

    def requests(self) -> Iterator[tuple[str, End]]:
        """Read all requests: where each says that its chain ends."""

    def without(self, facts: Sequence[tuple[str, int]]) -> Sequence[str]:
        """Return the requests whose fact of this number, of up to a hundred, is not there."""

    def day(self, day: date, span: Span) -> Iterator[Stored]:
        """Read a day's facts in their order."""

    def job(self, job_id: JobId, span: Span) -> Iterator[Stored]:
        """Read a job's facts in their order."""

    def person(self, user_id: UserId, span: Span) -> Iterator[Stored]:
        """Read a person's facts in their order."""
