"""Is the record what was recorded? Reads it once, in pieces, and tells every fault as soon as it is found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from handler.audit_ports import Span
from handler.domain.model import Head
from handler.domain.proof import Absent, Day, backdated, chain_faults, day_faults, seal_faults, seal_of
from handler.domain.sealing import SEALS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import date

    from handler.audit_ports import Archive, Stored
    from handler.domain.model import JobId
    from handler.domain.proof import End
    from handler.domain.sealing import Seal

_Each = TypeVar("_Each")

BATCH: Final = 100
"""As many items as DynamoDB reads by their keys in one call."""

# A request that moves on while it is looked at is looked at again.
MOST_LOOKS: Final = 5


@dataclass(slots=True)
class Tally:
    """What was looked at so far. ``days`` counts facts by the day they are dated on, ``seals`` are those compared."""

    facts: int = 0
    chains: int = 0
    requests: int = 0
    days: Counter[str] = field(default_factory=Counter)
    seals: list[Seal] = field(default_factory=list)
    unsealed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Examiner:
    """Examines an archive; ``watch`` is called now and then with the tally as it stands."""

    archive: Archive
    watch: Callable[[Tally], None]
    tally: Tally = field(default_factory=Tally)
    _late: set[str] = field(default_factory=set)

    def everything(self) -> Iterator[str]:
        """Examine every chain, every request, every sealed day."""
        for chains in _batches(self.archive.chains()):
            yield from self._chains(chains)
        for requests in _batches(self.archive.requests()):
            yield from self._requests(requests)
        yield from self._seals(lambda _: True)

    def day(self, day: date) -> Iterator[str]:
        """Examine a day's seal, and every chain that has a fact on it."""
        request_ids = dict.fromkeys(str(fact["request_id"]) for fact in self.archive.day(day, Span()))
        yield from self._named(request_ids)
        yield from self._seals(lambda seal: seal.day == day)
        if not self.tally.seals:
            self.tally.unsealed.append(day.isoformat())

    def job(self, job_id: JobId) -> Iterator[str]:
        """Examine every chain that has a fact about a job."""
        request_ids = dict.fromkeys(str(fact["request_id"]) for fact in self.archive.job(job_id, Span()))
        yield from self._named(request_ids)

    def request(self, request_id: str) -> Iterator[str]:
        """Examine one chain."""
        yield from self._named([request_id])
        if not self.tally.facts and request_id not in self.archive.ends([request_id]):
            yield f"{request_id}: there is no such request, nor any fact of it"

    def posted(self, seal_hash: str) -> Seal | None:
        """Return the seal with this hash, as the audit channel was told it; None when there is none."""
        seals = (seal_of(fact) for fact in self.archive.chain(SEALS) if fact.get("hash") == seal_hash)
        return next(seals, None)

    def _named(self, request_ids: Iterable[str]) -> Iterator[str]:
        for each in _batches(request_ids):
            yield from self._chains([(request_id, self.archive.chain(request_id)) for request_id in each])

    def _chains(self, chains: Sequence[tuple[str, Sequence[Stored]]]) -> Iterator[str]:
        ends = self.archive.ends([request_id for request_id, _ in chains])
        for request_id, facts in chains:
            self.tally.facts += len(facts)
            self.tally.chains += any(fact.get("seq") == 1 for fact in facts)
            self.tally.days.update(str(fact.get("at"))[:10] for fact in facts)
            self._late |= backdated(facts)
            yield from self._settled(request_id, facts, ends.get(request_id, Absent.NO_ITEM))
        self.watch(self.tally)

    def _settled(self, request_id: str, facts: Sequence[Stored], end: End) -> Collection[str]:
        """Check a chain; what seems wrong may only have moved on between two readings, and is read again."""
        found = chain_faults(request_id, facts, end)
        for _ in range(MOST_LOOKS):
            if not found:
                break
            before, now = end, self.archive.chain(request_id)
            end = self.archive.ends([request_id]).get(request_id, Absent.NO_ITEM)
            found = chain_faults(request_id, now, end)
            if end == before:
                break
        return found

    def _requests(self, requests: Sequence[tuple[str, End]]) -> Iterator[str]:
        """Find the requests that have no facts at all; whatever else is wrong was found with their chains."""
        self.tally.requests += sum(request_id != SEALS for request_id, _ in requests)
        ends = dict(requests)
        last = [(request_id, end.seq) for request_id, end in requests if isinstance(end, Head)]
        headless = [request_id for request_id, end in requests if not isinstance(end, Head)]
        for request_id in (*self.archive.without(last), *headless):
            if not self.archive.chain(request_id) and not _is_new(request_id, ends[request_id]):
                yield from chain_faults(request_id, [], ends[request_id])

    def _seals(self, is_wanted: Callable[[Seal], bool]) -> Iterator[str]:
        facts = self.archive.chain(SEALS)
        yield from seal_faults(facts)
        for seal in filter(None, map(seal_of, facts)):
            if is_wanted(seal):
                self.tally.seals.append(seal)
                found = Day()
                for fact in self.archive.day(seal.day, Span()):
                    found.add(fact)
                yield from day_faults(seal, found, self._late)
                self.watch(self.tally)


def _is_new(request_id: str, end: End) -> bool:
    """Whether sealing has begun and no day is sealed yet."""
    return request_id == SEALS and isinstance(end, Head) and end.seq == 0


def _batches(items: Iterable[_Each]) -> Iterator[list[_Each]]:
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch
