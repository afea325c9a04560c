"""Is the record what was recorded? Every way in which it is not, as a sentence that names the fact, request or day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, auto
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any, Final

from handler.domain.audit import Event, breaks, place_of
from handler.domain.merkle import Tree
from handler.domain.model import Head
from handler.domain.sealing import SEALS, Seal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    Fact = Mapping[str, Any]

# Leaving out each fact in turn to see which one is too many takes the square of their number: seconds for this many.
MOST_TRIED: Final = 1000
MOST_LATE: Final = 100


class Absent(Enum):
    """Why it is not known where a request's chain ends."""

    NO_ITEM = auto()
    NO_HEAD = auto()


End = Head | Absent
"""Where a request's item says that its chain ends."""


def chain_faults(request_id: str, facts: Sequence[Fact], end: End) -> tuple[str, ...]:
    """Check one request's facts, with their index attributes, in the order of ``seq``; name whatever is not right."""
    found = [*breaks(facts), *_end_faults(request_id, facts, end)]
    found += [f"{_name(fact)}: was moved in the indexes, out of its place or its day" for fact in facts if _moved(fact)]
    return tuple(found)


def _end_faults(request_id: str, facts: Sequence[Fact], end: End) -> list[str]:
    match end:
        case Absent.NO_ITEM if len(facts) == 1 and facts[0].get("event") == Event.REFUSED:
            return []  # a refusal opens no request
        case Absent.NO_ITEM:
            return [f"{request_id}: its request is missing (facts: {len(facts)})"] if facts else []
        case Absent.NO_HEAD:
            return [f"{request_id}: the request does not say where its facts end"]
        case Head():
            return _head_faults(request_id, facts, end)


def _head_faults(request_id: str, facts: Sequence[Fact], head: Head) -> list[str]:
    if not facts:
        return [f"{request_id}: all of its facts are missing (there were {head.seq})"]
    beyond = [fact for fact in facts if isinstance(seq := fact.get("seq"), int) and seq > head.seq]
    last = next((fact for fact in facts if fact.get("seq") == head.seq), None)
    if last is None:
        return [
            f"{request_id}: its request's last fact is number {head.seq}, the last that is there {_name(facts[-1])}"
        ]
    if last.get("hash") != head.hash:
        return [f"{_name(last)}: is not the fact that the request names as its last"]
    return [f"{_name(fact)}: was added, the request's last fact is number {head.seq}" for fact in beyond]


def _moved(fact: Fact) -> bool:
    return (fact.get("gsi_at"), fact.get("gsi_day")) != (place_of(fact), str(fact.get("at"))[:10])


def _name(fact: Fact) -> str:
    return f"{fact.get('request_id')}#{fact.get('seq')}"


def backdated(facts: Sequence[Fact]) -> set[str]:
    """Name the facts that are dated on a day before the fact that they follow: their writer's clock was behind."""
    latest, found = "", set()
    for fact in facts:
        day = str(fact.get("at"))[:10]
        if day < latest:
            found.add(_name(fact))
        latest = max(latest, day)
    return found


def seal_of(fact: Fact) -> Seal | None:
    """Read a seal from its fact; None when that is none."""
    number, count = fact.get("seq"), fact.get("count")
    if not isinstance(number, int) or not isinstance(count, int):
        return None
    try:
        day = date.fromisoformat(str(fact.get("day")))
    except ValueError:
        return None
    return Seal(number, day, str(fact.get("root")), count, str(fact.get("hash")))


def seal_faults(facts: Sequence[Fact]) -> tuple[str, ...]:
    """Check that every day from the first seal on was sealed once, in order; the chain itself is checked as any."""
    found, expected = [], None
    for fact in facts:
        seal = seal_of(fact)
        if seal is None:
            found.append(f"{_name(fact)}: is not a seal that can be read")
            continue
        if expected is not None and seal.day != expected:
            found.append(f"{_name(fact)}: seals {seal.day}, when {expected} was to be sealed")
        expected = seal.day + timedelta(days=1)
    return tuple(found)


@dataclass(slots=True)
class Day:
    """A day's facts as they are found: their tree and, as long as they are few, each one's name and hash."""

    tree: Tree = field(default_factory=Tree)
    facts: list[tuple[str, str]] = field(default_factory=list)

    def add(self, fact: Fact) -> None:
        """Count a fact, the next of its day."""
        hashed = str(fact.get("hash"))
        self.tree = self.tree.extended([hashed])
        if len(self.facts) <= MOST_TRIED:
            self.facts.append((_name(fact), hashed))


def day_faults(seal: Seal, day: Day, late: Collection[str]) -> tuple[str, ...]:
    """Hold a day to its seal; ``late`` names facts that may have been dated on it afterwards."""
    if (day.tree.root, day.tree.count) == (seal.root, seal.count):
        return ()
    if unsealed := _unsealed(seal, day, late):
        return tuple(
            f"{name}: is dated {seal.day}, which was sealed without it; it was put there later,"
            " by hand or by a clock that was behind"
            for name in unsealed
        )
    sealed = f"{seal.count} facts were sealed ({SEALS}#{seal.number})"
    if day.tree.count != seal.count:
        return (f"{seal.day}: {sealed}, {day.tree.count} are there",)
    return (f"{seal.day}: {sealed}, and not all of those that are there: some were rewritten, their request too",)


def _unsealed(seal: Seal, day: Day, late: Collection[str]) -> tuple[str, ...]:
    """Find the facts without which the day is as it was sealed, if they can be found."""
    surplus = day.tree.count - seal.count
    if surplus <= 0 or day.tree.count > MOST_TRIED:
        return ()
    for left_out in _suspects(day, late, surplus):
        rest = Tree().extended(hashed for name, hashed in day.facts if name not in left_out)
        if rest.root == seal.root:
            return left_out
    return ()


def _suspects(day: Day, late: Collection[str], surplus: int) -> Iterator[tuple[str, ...]]:
    """Name so many facts at a time, the likely ones first: those that are late, all of one request, any."""
    yield from islice(combinations([name for name, _ in day.facts if name in late], surplus), MOST_LATE)
    by_request: dict[str, list[str]] = {}
    for name, _ in day.facts:
        by_request.setdefault(name.rpartition("#")[0], []).append(name)
    yield from (tuple(names) for names in by_request.values() if len(names) == surplus)
    if surplus == 1:
        yield from ((name,) for name, _ in day.facts)
