"""The record as an operator reads it, in memory: a test may do to it what somebody with the tables' keys could."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Self

from handler.adapters.ledger.items import index_attributes
from handler.domain.sealing import SEALS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from handler.audit_ports import Span, Stored
    from handler.domain.model import JobId, UserId
    from handler.domain.proof import End
    from tests.fakes.ledger import FakeLedger


@dataclass(slots=True)
class FakeArchive:
    """``facts`` are items by their key, ``heads`` where requests say that their chains end.

    ``between`` happens, each once, when a chain is read by its id: what others do while the record is read.
    """

    facts: dict[tuple[str, Any], dict[str, Any]] = field(default_factory=dict)
    heads: dict[str, End] = field(default_factory=dict)
    between: list[Callable[[], object]] = field(default_factory=list)

    @classmethod
    def of(cls, ledger: FakeLedger) -> Self:
        """Copy what a ledger holds."""
        archive = cls()
        archive.catch_up(ledger)
        return archive

    def catch_up(self, ledger: FakeLedger) -> None:
        """Take what a ledger holds now."""
        for fact in deepcopy(ledger.every_fact()):
            self.facts[fact["request_id"], fact["seq"]] = {**fact, **index_attributes(fact)}
        self.heads |= {request.id: request.head for request in ledger.requests.values()}
        if ledger.sealing is not None:
            self.heads[SEALS] = ledger.sealing.head

    def chains(self) -> Iterator[tuple[str, Sequence[Stored]]]:
        """Read all facts, by request."""
        items = sorted(self.facts.items(), key=lambda each: str(each[0]))
        for request_id, chain in groupby(items, key=lambda each: each[0][0]):
            yield request_id, self._in_order([item for _, item in chain])

    def chain(self, request_id: str) -> Sequence[Stored]:
        """Read one request's facts in their order."""
        if self.between:
            self.between.pop(0)()
        return self._in_order([item for (owner, _), item in self.facts.items() if owner == request_id])

    def ends(self, request_ids: Sequence[str]) -> Mapping[str, End]:
        """Read where requests say that their chains end."""
        return {each: self.heads[each] for each in request_ids if each in self.heads}

    def requests(self) -> Iterator[tuple[str, End]]:
        """Read all requests."""
        yield from list(self.heads.items())

    def without(self, facts: Sequence[tuple[str, int]]) -> Sequence[str]:
        """Return the requests whose fact of this number is not there."""
        return [request_id for request_id, seq in facts if (request_id, seq) not in self.facts]

    def day(self, day: date, span: Span) -> Iterator[Stored]:
        """Read a day's facts in their order."""
        return self._by_index("gsi_day", day.isoformat(), span)

    def job(self, job_id: JobId, span: Span) -> Iterator[Stored]:
        """Read a job's facts in their order."""
        return self._by_index("job_id", job_id, span)

    def person(self, user_id: UserId, span: Span) -> Iterator[Stored]:
        """Read a person's facts in their order."""
        return self._by_index("actor", user_id, span)

    def _by_index(self, name: str, value: str, span: Span) -> Iterator[Stored]:
        found = [fact for fact in self.facts.values() if fact.get(name) == value and _is_indexed(fact)]
        wanted = [fact for fact in found if (span.since or "0") <= fact["gsi_at"] <= span.until]
        yield from sorted(wanted, key=lambda fact: str(fact["gsi_at"]))

    def _in_order(self, facts: Sequence[Stored]) -> Sequence[Stored]:
        numbered = [(fact["seq"], fact) for fact in facts]
        return [fact for _, fact in sorted(numbered, key=lambda each: float(each[0]))]


def _is_indexed(fact: Stored) -> bool:
    """Whether DynamoDB would have the fact in its indexes: without its place there it is in none."""
    return isinstance(fact.get("gsi_at"), str)
