"""What every ledger keeps: opening, moving on, the card, and facts that nothing can change."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING

import pytest

from handler.domain.audit import breaks
from handler.domain.errors import DeliveryKnown, IdTaken, LedgerUnavailable, Moved
from handler.domain.model import Head, JobId, RequestId, UserId
from handler.domain.request import State
from handler.ports import ByActor, ByJob
from tests import makers
from tests.contract.ledgers import advanced, opened

if TYPE_CHECKING:
    from handler.ports import Ledger
    from tests.contract.ledgers import Subject

OTHER = RequestId("9vwx-00ab")


@pytest.fixture
def ledger(subject: Subject) -> Ledger:
    """The ledger under test."""
    return subject.ledger


# Opening


def test_an_opened_request_is_read_back_as_it_was(ledger: Ledger) -> None:
    """What is opened is read back equal, its chain has its one fact, and both agree."""
    request = opened(ledger, makers.opening())
    assert request == ledger.request(request.id)
    assert breaks(ledger.chain(request.id), request.head) == ()


def test_every_part_of_a_request_is_kept(ledger: Ledger) -> None:
    """Each field that a request may have comes back, empty text and no text being different things."""
    full = makers.full_opening()
    for part in (full.request, full.request.review, full.request.emergency):
        assert is_dataclass(part)
        assert [each.name for each in fields(part) if getattr(part, each.name) is None] == []
    assert opened(ledger, full) == ledger.request(full.request.id)


@pytest.mark.parametrize(
    "name", ["7k3m-q2xz", "", "lock#Wc7RtQ2mLx9B", "\ud800", "가" * 700, "a b#c"], ids=lambda name: f"{name[:9]!a}"
)
def test_what_names_no_request_is_no_request(ledger: Ledger, name: str) -> None:
    """An unknown id, a lock's key, and text that no table takes as a key all name no request and no facts."""
    opened(ledger, makers.opening())
    assert ledger.request(RequestId(name)) is None
    assert ledger.chain(RequestId(name)) == ()


def test_the_same_delivery_again_is_told_of_the_request_it_opened(ledger: Ledger) -> None:
    """A redelivery, later, opens nothing and gets the request as it stands now."""
    first = advanced(ledger, opened(ledger, makers.opening()), State.APPLYING)
    again = makers.opening(created_at=makers.at(3), updated_at=makers.at(3))
    with pytest.raises(DeliveryKnown) as known:
        ledger.open(again.request, again.fact)
    assert first == known.value.existing
    assert breaks(ledger.chain(first.id), first.head) == ()


def test_another_delivery_cannot_take_an_id(ledger: Ledger) -> None:
    """Two deliveries with one short id: the second is refused and the first is untouched."""
    first = opened(ledger, makers.opening())
    clash = makers.opening(delivery="another", asked=makers.change(job_id="Od4KpZ8vNs1Y"))
    with pytest.raises(IdTaken):
        ledger.open(clash.request, clash.fact)
    assert first == ledger.request(first.id)
    assert len(ledger.chain(first.id)) == 1


@pytest.mark.parametrize("delivery", ["another", None], ids=["another delivery", "same delivery"])
def test_the_id_of_a_refusal_opens_no_request(ledger: Ledger, delivery: str | None) -> None:
    """Where a refusal is recorded no request can begin, whoever was refused: its chain has an end."""
    refusal = makers.fact()
    ledger.record(refusal)
    move = makers.opening(delivery=delivery)
    with pytest.raises(IdTaken):
        ledger.open(move.request, move.fact)
    assert ledger.request(move.request.id) is None
    assert [refusal.hash] == [fact["hash"] for fact in ledger.chain(move.request.id)]


def test_opening_again_what_one_opened_oneself_is_no_error(ledger: Ledger) -> None:
    """When the answer was lost and the very same is sent again, it is known as one's own and nothing changes."""
    move = makers.opening()
    opened(ledger, move)
    opened(ledger, move)
    assert move.request == ledger.request(move.request.id)
    assert len(ledger.chain(move.request.id)) == 1


# Moving on


def test_moving_on_records_state_and_fact_together(ledger: Ledger) -> None:
    """After a request's whole life its item and its chain agree."""
    request = opened(ledger, makers.opening())
    for state in (State.APPLYING, State.UNKNOWN, State.UNKNOWN, State.APPLIED):
        request = advanced(ledger, request, state)
        assert request == ledger.request(request.id)
        assert breaks(ledger.chain(request.id), request.head) == ()
    assert [fact["seq"] for fact in ledger.chain(request.id)] == [1, 2, 3, 4, 5]


def test_what_no_longer_applies_is_gone(ledger: Ledger) -> None:
    """A part that the next state has no more is not left over from the state before; the card is kept apart."""
    request = opened(ledger, makers.full_opening())
    move = makers.step(
        request,
        State.FAILED,
        found=None,
        problem=None,
        started_at=None,
        reason=None,
        minutes=None,
        revert_at=None,
        undoing=False,
        review=None,
        emergency=None,
    )
    ledger.advance(request, move.request, move.fact)
    assert move.request == ledger.request(request.id)
    assert ledger.open_requests(limit=10) == ()


@pytest.mark.parametrize(
    "misread",
    [
        lambda request: replace(request, state=State.PENDING),
        lambda request: replace(request, head=Head(2, request.head.hash)),
        lambda request: replace(request, head=Head(1, "f" * 64)),
    ],
    ids=["state", "number of facts", "hash of the last fact"],
)
def test_a_request_that_is_not_as_it_was_read_does_not_move(ledger: Ledger, misread: object) -> None:
    """Each thing that must be as it was read is checked; the loser gets what is stored, and nothing is changed."""
    assert callable(misread)
    request = opened(ledger, makers.opening())
    before = misread(request)
    move = makers.step(before, State.STALE)
    with pytest.raises(Moved) as moved:
        ledger.advance(before, move.request, move.fact)
    assert request == moved.value.current
    assert request == ledger.request(request.id)
    assert breaks(ledger.chain(request.id), request.head) == ()


def test_the_loser_of_two_moves_is_told_what_the_winner_made_of_it(ledger: Ledger) -> None:
    """Two that read the same state: the second to write gets the first one's record."""
    request = opened(ledger, makers.opening())
    winner = advanced(ledger, request, State.APPLYING)
    late = makers.step(request, State.STALE)
    with pytest.raises(Moved) as moved:
        ledger.advance(request, late.request, late.fact)
    assert winner == moved.value.current


def test_a_request_that_is_not_there_does_not_move(ledger: Ledger) -> None:
    """Nothing can be made of a request that was never opened."""
    request = makers.request()
    move = makers.step(request, State.APPLYING)
    with pytest.raises(Moved) as moved:
        ledger.advance(request, move.request, move.fact)
    assert moved.value.current is None
    assert ledger.chain(request.id) == ()


def test_moving_again_what_one_moved_oneself_is_no_error(ledger: Ledger) -> None:
    """When the answer was lost and the very same is sent again, it is known as one's own and nothing changes."""
    request = opened(ledger, makers.opening())
    move = makers.step(request, State.APPLYING)
    ledger.advance(request, move.request, move.fact)
    ledger.advance(request, move.request, move.fact)
    assert move.request == ledger.request(request.id)
    assert breaks(ledger.chain(request.id), move.request.head) == ()


def test_of_two_alike_moves_only_the_writer_of_the_recorded_one_succeeds(ledger: Ledger) -> None:
    """Two workers that start the same request in the same millisecond differ by their name in the fact."""
    request = opened(ledger, makers.opening())
    first, second = (makers.step(request, State.APPLYING, writer=writer) for writer in ("one", "two"))
    ledger.advance(request, first.request, first.fact)
    with pytest.raises(Moved) as moved:
        ledger.advance(request, second.request, second.fact)
    assert first.request == moved.value.current


def test_a_fact_that_somebody_put_behind_the_chain_stops_the_request(subject: Subject) -> None:
    """A fact that stands where the next one goes is not overwritten: nothing is recorded, and it is said."""
    request = opened(subject.ledger, makers.opening())
    move = makers.step(request, State.APPLYING)
    subject.put_fact(replace(move.fact, hash="f" * 64))
    with pytest.raises(LedgerUnavailable, match="fact 2 exists"):
        subject.ledger.advance(request, move.request, move.fact)
    assert request == subject.ledger.request(request.id)


# The card


def test_a_card_is_remembered_and_nothing_else_touched(ledger: Ledger) -> None:
    """The message's place is kept beside the state, and can be replaced."""
    request = opened(ledger, makers.opening())
    ledger.remember_card(request.id, makers.card("1.1"))
    ledger.remember_card(request.id, makers.card("2.2"))
    assert request.with_card(makers.card("2.2")) == ledger.request(request.id)


def test_a_card_remembered_meanwhile_is_not_lost_by_a_move(ledger: Ledger) -> None:
    """Who read the request before its card was sent does not wipe the card out, and is not stopped by it."""
    request = opened(ledger, makers.opening())
    ledger.remember_card(request.id, makers.card())
    applying = advanced(ledger, request, State.APPLYING)
    assert applying.with_card(makers.card()) == ledger.request(request.id)


def test_no_card_is_kept_for_a_request_that_is_not_there(ledger: Ledger) -> None:
    """Remembering a card never brings a request into being."""
    with pytest.raises(Moved) as moved:
        ledger.remember_card(OTHER, makers.card())
    assert moved.value.current is None
    assert ledger.request(OTHER) is None


# Facts that open no request


def test_a_recorded_fact_is_a_chain_of_its_own(ledger: Ledger) -> None:
    """A refusal is read back as it was written, and there is no request."""
    refusal = makers.fact()
    ledger.record(refusal)
    assert (refusal.attributes(),) == ledger.chain(RequestId(refusal.request_id))
    assert ledger.request(RequestId(refusal.request_id)) is None
    assert ledger.open_requests(limit=10) == ()


def test_the_same_delivery_is_recorded_once(ledger: Ledger) -> None:
    """A redelivery of what was refused records nothing more."""
    ledger.record(makers.fact())
    ledger.record(makers.fact(at="2026-11-23T03:09:00.000Z", detail="refused for another reason"))
    assert (makers.fact().attributes(),) == ledger.chain(makers.REQUEST_ID)


def test_a_fact_without_a_delivery_is_known_by_its_hash(ledger: Ledger) -> None:
    """Facts of no delivery are the same only if they are the same in all."""
    fact = makers.fact(delivery=None)
    ledger.record(fact)
    ledger.record(fact)
    with pytest.raises(IdTaken):
        ledger.record(makers.fact(delivery=None, detail="another"))
    assert (fact.attributes(),) == ledger.chain(makers.REQUEST_ID)


def test_another_deliverys_chain_is_not_added_to(ledger: Ledger) -> None:
    """A fact whose short id belongs to a request or refusal of another delivery is refused."""
    opened(ledger, makers.opening())
    ledger.record(makers.fact(OTHER))
    for taken in (makers.REQUEST_ID, OTHER):
        with pytest.raises(IdTaken):
            ledger.record(makers.fact(taken, delivery="another"))
        assert len(ledger.chain(taken)) == 1


def test_a_refusal_of_what_the_same_delivery_has_opened_changes_nothing(ledger: Ledger) -> None:
    """A redelivery that is refused now does not contradict the request it opened."""
    request = opened(ledger, makers.opening())
    ledger.record(makers.fact(delivery=request.delivery))
    assert breaks(ledger.chain(request.id), request.head) == ()


# Append-only


def test_nothing_the_port_offers_changes_a_fact(ledger: Ledger) -> None:
    """Whatever is called afterwards, and whatever is done to what was read, each fact stays as it was first read."""
    request = opened(ledger, makers.opening())
    ledger.record(makers.fact(OTHER))
    first = (*ledger.chain(request.id), *ledger.chain(OTHER))
    applied = advanced(ledger, advanced(ledger, request, State.APPLYING), State.APPLIED)
    ledger.remember_card(request.id, makers.card())
    late = makers.step(request, State.STALE)
    redelivery = makers.opening(created_at=makers.at(9), updated_at=makers.at(9))
    with pytest.raises(Moved):
        ledger.advance(request, late.request, late.fact)
    with pytest.raises(DeliveryKnown):
        ledger.open(redelivery.request, redelivery.fact)
    with pytest.raises(IdTaken):
        ledger.record(makers.fact(OTHER, delivery="another"))
    for read in (*ledger.chain(request.id), *ledger.chain(OTHER)):
        after = read["after"]
        assert isinstance(read, dict)
        assert isinstance(after, dict)
        after["numWorker"] = read["seq"] = 99
    for query in (ByJob(JobId(makers.JOB_ID)), ByActor(UserId("U0PARK"))):
        ledger.history(query, limit=10)
    assert first == (ledger.chain(request.id)[0], *ledger.chain(OTHER))
    assert breaks(ledger.chain(request.id), applied.head) == ()
