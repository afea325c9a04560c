"""Each day's facts are sealed under one hash, and the seals are a chain of facts themselves.

    day 1: fact, fact, fact ─ root ─▶ seals#1
    day 2: fact, seals#1, fact ─ root ─▶ seals#2, which holds the hash of seals#1
    day 3: nothing ─ root of nothing ─▶ ...                                      (a day of nothing is sealed too)

A day's leaves are the hashes of its facts by when they happened (``audit.place_of``). Whoever has one seal's hash, from
the audit channel, can prove that nothing before it was rewritten, even if all of the record could have been.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from handler.domain.audit import BEFORE_FIRST, Event, Fact, chained, timestamp
from handler.domain.merkle import Tree
from handler.domain.model import RequestId
from handler.domain.moves import SLUICE

if TYPE_CHECKING:
    from handler.domain.model import Head

SEALS: Final = RequestId("seals")
"""The request id of the chain of seals; no request's own id looks like it."""

# A worker lives for a minute and an index follows its table within a second: by then nothing is added to a day.
SETTLED_AFTER: Final = timedelta(minutes=10)
# Longer than a worker may live: whoever was to post a seal and has not by then never will.
POST_TAKES: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """How far sealing has come.

    ``day`` is the first day that is not sealed, ``tree`` what was counted of it, up to the fact at the place
    ``cursor``. ``head`` is the last seal. ``posted`` is the number of the last seal that the audit channel was told,
    ``post_at`` when the next may be posted by whoever finds it owed; None when nobody has tried yet. ``revision``
    counts the writes.
    """

    day: date
    head: Head = BEFORE_FIRST
    tree: Tree = field(default_factory=Tree)
    cursor: str | None = None
    posted: int = 0
    post_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Leaves:
    """A piece of a day, in order: the hashes of its facts, the place of the last, and whether the day goes on."""

    hashes: tuple[str, ...]
    cursor: str | None = None
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Seal:
    """One day's seal, as it is told: the day (UTC), the Merkle root over its facts in hex, and how many they are."""

    number: int
    day: date
    root: str
    count: int
    hash: str


def begun(now: datetime) -> Sealing:
    """Return where sealing begins: with the last day that is over."""
    return Sealing(day=(now - SETTLED_AFTER).date() - timedelta(days=1))


def is_over(day: date, now: datetime) -> bool:
    """Whether no fact of this day (in UTC) can be on its way any more."""
    return day < (now - SETTLED_AFTER).date()


def counted(sealing: Sealing, leaves: Leaves) -> Sealing:
    """Return the progress after a further piece of the day."""
    tree = sealing.tree.extended(leaves.hashes)
    return replace(sealing, tree=tree, cursor=leaves.cursor or sealing.cursor, revision=sealing.revision + 1)


def sealed(sealing: Sealing, now: datetime, *, is_to_be_posted: bool) -> tuple[Sealing, Fact]:
    """Seal the day that was counted; return what comes next, and the seal."""
    fact = chained(
        sealing.head,
        Fact(
            request_id=SEALS,
            at=timestamp(now),
            event=Event.SEALED,
            actor=SLUICE,
            day=sealing.day.isoformat(),
            root=sealing.tree.root,
            count=sealing.tree.count,
        ),
    )
    after = Sealing(
        day=sealing.day + timedelta(days=1),
        head=fact.head,
        posted=sealing.posted if is_to_be_posted else fact.seq,
        post_at=sealing.post_at if is_to_be_posted else None,
        revision=sealing.revision,
    )
    return after, fact


def owes_post(sealing: Sealing, now: datetime) -> bool:
    """Whether there is a seal that the audit channel was not told, and nobody is about to."""
    return sealing.posted < sealing.head.seq and (sealing.post_at is None or sealing.post_at <= now)


def claimed(sealing: Sealing, now: datetime) -> Sealing:
    """Return the progress when somebody is about to post the next seal: nobody else does for a while."""
    return replace(sealing, post_at=now + POST_TAKES, revision=sealing.revision + 1)


def posted(sealing: Sealing) -> Sealing:
    """Return the progress when the next seal was posted."""
    return replace(sealing, posted=sealing.posted + 1, post_at=None, revision=sealing.revision + 1)
