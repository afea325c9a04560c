"""What every ledger keeps about seals: pieces of a day, progress that one alone moves on, seals that are facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handler.domain.audit import breaks, timestamp
from handler.domain.errors import LedgerUnavailable, Moved
from handler.domain.model import RequestId
from handler.domain.sealing import SEALS, Leaves, Seal, Sealing, claimed, counted, posted, sealed
from tests import makers

if TYPE_CHECKING:
    from handler.audit_ports import Seals
    from handler.domain.audit import Fact
    from handler.ports import Ledger
    from tests.contract.ledgers import Dynamo, Subject

DAY = date(2026, 11, 23)


@pytest.fixture
def ledger(subject: Subject) -> Ledger:
    """The ledger under test."""
    return subject.ledger


@pytest.fixture
def seals(ledger: Ledger) -> Seals:
    """Its seals."""
    return ledger.seals


def recorded(ledger: Ledger, *minutes: float) -> list[Fact]:
    """Record a refusal for each of these minutes after the tests' now; return them in their order."""
    facts = [makers.fact(f"r-{number}", at=timestamp(makers.at(minute))) for number, minute in enumerate(minutes)]
    for fact in facts:
        ledger.record(fact)
    return sorted(facts, key=lambda fact: (fact.at, fact.request_id))


def pieces(seals: Seals, day: date, limit: int) -> list[Leaves]:
    """Read a day to its end."""
    read = [seals.leaves(day, limit=limit)]
    while read[-1].has_more:
        read.append(seals.leaves(day, limit=limit, after=read[-1].cursor or read[-2].cursor))
    return read


def test_nothing_is_sealed_at_first(seals: Seals) -> None:
    """There is neither progress nor a seal."""
    assert seals.progress() is None
    assert seals.numbered(1) is None


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 100])
def test_a_day_is_read_in_pieces_of_any_size(ledger: Ledger, seals: Seals, limit: int) -> None:
    """All pieces together are the day's facts, once each, in the order of when they happened; no other day's."""
    facts = recorded(ledger, 30, 10, 20, 10, -24 * 60, 24 * 60)[1:-1]
    read = pieces(seals, DAY, limit)
    assert [fact.hash for fact in facts] == [each for piece in read for each in piece.hashes]
    assert all(len(piece.hashes) <= limit for piece in read)


def test_a_day_on_which_nothing_happened_has_no_leaves(seals: Seals) -> None:
    """It is read at once."""
    assert Leaves(()) == seals.leaves(DAY, limit=10)


def test_progress_is_read_back_as_it_was_kept(seals: Seals) -> None:
    """Half a day with its tree and place, the last seal, and who is about to post it."""
    half = counted(Sealing(day=DAY), Leaves(tuple("abcde"), "place#x#000001", has_more=True))
    full = replace(half, head=makers.fact().head, posted=3, post_at=makers.at(2).replace(microsecond=123_456))
    seals.keep(None, full)
    assert full == seals.progress()


def test_progress_is_moved_on_by_one_alone(seals: Seals) -> None:
    """Who read it before another moved it on is told, whatever they want to write; nothing of it is kept."""
    first = Sealing(day=DAY)
    seals.keep(None, first)
    after, fact = sealed(counted(first, Leaves(("aa",))), makers.NOW, is_to_be_posted=True)
    claim = claimed(first, makers.NOW)
    seals.keep(first, claim)
    for before in (None, first):
        with pytest.raises(Moved):
            seals.keep(before, claim)
    with pytest.raises(Moved):
        seals.seal(first, after, fact)
    assert (claim, None) == (seals.progress(), seals.numbered(1))


def test_nobody_goes_on_with_what_was_not_begun(seals: Seals) -> None:
    """Progress that is gone cannot be moved on."""
    with pytest.raises(Moved):
        seals.keep(Sealing(day=DAY), Sealing(day=DAY, revision=1))


def test_a_seal_is_a_fact_of_its_day(ledger: Ledger, seals: Seals) -> None:
    """It is in the chain of seals, is told by its number, and is a leaf of the day on which it was made."""
    so_far = Sealing(day=DAY - timedelta(days=1))
    seals.keep(None, so_far)
    for _ in range(3):
        after, fact = sealed(counted(so_far, Leaves(("aa",))), makers.NOW, is_to_be_posted=True)
        seals.seal(so_far, after, fact)
        so_far = after
    chain = ledger.chain(RequestId(SEALS))
    assert breaks(chain, so_far.head) == ()
    assert so_far == seals.progress()
    assert Seal(2, DAY, str(chain[1]["root"]), 1, str(chain[1]["hash"])) == seals.numbered(2)
    assert seals.numbered(4) is None
    assert tuple(fact["hash"] for fact in chain) == seals.leaves(DAY, limit=9).hashes


def test_a_seal_that_the_progress_does_not_know_is_not_overwritten(ledger: Ledger, seals: Seals) -> None:
    """Somebody wrote it behind our back: it stays as it is, and the progress too."""
    first = Sealing(day=DAY)
    after, fact = sealed(counted(first, Leaves(("aa",))), makers.NOW, is_to_be_posted=True)
    ledger.record(replace(fact, delivery="forged"))
    seals.keep(None, first)
    with pytest.raises(LedgerUnavailable):
        seals.seal(first, after, fact)
    assert first == seals.progress()


def test_what_was_posted_is_counted(seals: Seals) -> None:
    """A post is counted with the progress."""
    first = Sealing(day=DAY, head=makers.fact().head, post_at=makers.at(2))
    seals.keep(None, first)
    seals.keep(first, posted(first))
    assert replace(first, posted=1, post_at=None, revision=1) == seals.progress()


def test_the_progress_is_no_request(ledger: Ledger, seals: Seals) -> None:
    """It lies in the table of requests; whoever asks for it by name gets nothing, and it is not open."""
    seals.keep(None, Sealing(day=DAY))
    assert ledger.request(RequestId(SEALS)) is None
    assert ledger.open_requests(limit=5) == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("day", {"S": "yesterday"}),
        ("count", {"N": "3"}),
        ("peaks", {"L": [{"S": "xyz"}]}),
        ("revision", {"N": "1.5"}),
        ("head_seq", {"NULL": True}),
        ("post_at", {"S": "2026-11-23T03:04:05"}),
    ],
)
def test_progress_that_was_edited_by_hand_is_an_error_and_is_not_gone_on_with(
    dynamo: Dynamo, name: str, value: object
) -> None:
    """What cannot be read as it was written is told as the record's failure."""
    first = counted(Sealing(day=DAY), Leaves(("aa",), "place#x#000001", has_more=True))
    dynamo.ledger.seals.keep(None, first)
    dynamo.put_request_item({**dynamo.request_item(RequestId(SEALS)), name: value})
    with pytest.raises(LedgerUnavailable, match="cannot be read"):
        dynamo.ledger.seals.progress()
