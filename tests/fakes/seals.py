"""The seals of a ledger in memory, which keep the same contract suite (``tests/contract/test_seals.py``)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from handler.domain.audit import place_of
from handler.domain.errors import LedgerUnavailable, Moved
from handler.domain.sealing import SEALS, Leaves, Seal

if TYPE_CHECKING:
    from handler.domain.audit import Fact
    from handler.domain.sealing import Sealing
    from tests.fakes.ledger import FakeLedger


@dataclass(frozen=True, slots=True)
class FakeSeals:
    """Keeps the seals among the ledger's facts; the ledger's faults named ``seals.…`` are its own."""

    ledger: FakeLedger

    def progress(self) -> Sealing | None:
        """Read how far sealing has come."""
        with self.ledger.call("seals.progress"):
            return self.ledger.sealing

    def keep(self, before: Sealing | None, after: Sealing) -> None:
        """Record the progress."""
        with self.ledger.call("seals.keep"):
            self._check(before)
            self.ledger.sealing = after

    def seal(self, before: Sealing, after: Sealing, fact: Fact) -> None:
        """Record a seal and the progress, both or neither."""
        with self.ledger.call("seals.seal"):
            self._check(before)
            if self._found(fact.seq) is not None:
                raise LedgerUnavailable("seal", "there is such a seal already")
            self.ledger.sealed.append(deepcopy(fact.attributes()))
            self.ledger.sealing = after

    def leaves(self, day: date, *, limit: int, after: str | None = None) -> Leaves:
        """Read a piece of a day; it says that there is more whenever it is full, as DynamoDB does."""
        with self.ledger.call("seals.leaves"):
            places = {place_of(fact): fact for fact in self.ledger.every_fact() if fact["at"][:10] == day.isoformat()}
            found = sorted(place for place in places if after is None or place > after)[:limit]
            hashes = tuple(str(places[place].get("hash")) for place in found)
            return Leaves(hashes, found[-1] if found else None, has_more=len(found) == limit)

    def numbered(self, number: int) -> Seal | None:
        """Read one seal."""
        with self.ledger.call("seals.numbered"):
            found = self._found(number)
            return None if found is None else _seal(found)

    def _found(self, number: int) -> dict[str, object] | None:
        places = {(fact["request_id"], fact["seq"]): fact for fact in self.ledger.every_fact()}
        return places.get((SEALS, number))

    def _check(self, before: Sealing | None) -> None:
        now = self.ledger.sealing
        if (now and now.revision) != (before and before.revision):
            raise Moved(None)


def _seal(fact: dict[str, object]) -> Seal:
    count = fact["count"]
    assert isinstance(count, int)
    seq = fact["seq"]
    assert isinstance(seq, int)
    return Seal(seq, date.fromisoformat(str(fact["day"])), str(fact["root"]), count, str(fact["hash"]))
