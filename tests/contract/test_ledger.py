"""What every ledger keeps: opening, moving on, the job's lock, the card, and facts that nothing can change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handler.domain.audit import breaks
from handler.domain.errors import DeliveryKnown, IdTaken, JobBusy, LedgerUnavailable, Moved
from handler.domain.model import Head, JobId, RequestId, UserId
from handler.domain.request import Request, State
from handler.ports import ByActor, ByJob
from tests import makers

if TYPE_CHECKING:
    from handler.domain.lifecycle import Move
    from handler.ports import Ledger
    from tests.contract.ledgers import Subject

OTHER = RequestId("9vwx-00ab")
HOLDING = sorted(state for state in State if state.holds_job)
FREE = sorted(state for state in State if not state.holds_job)


@pytest.fixture
def ledger(subject: Subject) -> Ledger:
    """The ledger under test."""
    return subject.ledger


def opened(ledger: Ledger, move: Move) -> Request:
    """Open a request and return it."""
    ledger.open(move.request, move.fact)
    return move.request


def advanced(ledger: Ledger, before: Request, state: State) -> Request:
    """Move a request on and return it."""
    move = makers.step(before, state)
    ledger.advance(before, move.request, move.fact)
    return move.request


# Opening


def test_an_opened_request_is_read_back_as_it_was(ledger: Ledger) -> None:
    """What is opened is read back equal, its chain has its one fact, and both agree."""
    request = opened(ledger, makers.opening())
    assert request == ledger.request(request.id)
    assert breaks(ledger.chain(request.id), request.head) == ()


def test_every_part_of_a_request_is_kept(ledger: Ledger) -> None:
    """Each field that a request may have comes back, empty text and no text being different things."""
    full = makers.opening(
        state=State.UNKNOWN,
        card=makers.card(),
        found=makers.run_condition(numWorker=3, extra={"a": [1, None, "x"]}),
        problem="DataFlowTimedOut",
        checks=7,
        started_at=makers.at(1),
        reason="",
        because=(),
        updated_at=makers.at(1).replace(microsecond=123_456),
    )
    assert all(getattr(full.request, name) is not None for name in Request.__dataclass_fields__)
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


# The job's lock


@pytest.mark.parametrize("state", HOLDING)
def test_a_request_that_holds_a_job_keeps_others_off_it(ledger: Ledger, state: State) -> None:
    """A second request for the job is told who holds it, and leaves no trace."""
    holder = opened(ledger, makers.opening(state=state))
    late = makers.opening(OTHER)
    with pytest.raises(JobBusy) as busy:
        ledger.open(late.request, late.fact)
    assert holder == busy.value.holder
    assert ledger.request(OTHER) is None
    assert ledger.chain(OTHER) == ()


@pytest.mark.parametrize("state", FREE)
def test_a_request_that_ends_lets_go_of_its_job(ledger: Ledger, state: State) -> None:
    """Once a request is in a state that holds nothing, the next may have the job."""
    advanced(ledger, opened(ledger, makers.opening(state=State.APPLYING)), state)
    late = opened(ledger, makers.opening(OTHER))
    assert late == ledger.request(OTHER)


def test_one_job_does_not_keep_another(ledger: Ledger) -> None:
    """Each job has a lock of its own."""
    opened(ledger, makers.opening())
    other = opened(ledger, makers.opening(OTHER, asked=makers.change(job_id="Od4KpZ8vNs1Y")))
    assert other == ledger.request(OTHER)


def test_a_request_that_holds_nothing_opens_on_a_busy_job(ledger: Ledger) -> None:
    """A request that begins in a closed state needs no lock and takes none away."""
    holder = opened(ledger, makers.opening())
    opened(ledger, makers.opening(OTHER, State.DENIED))
    third = makers.opening("3333-3333")
    with pytest.raises(JobBusy) as busy:
        ledger.open(third.request, third.fact)
    assert holder == busy.value.holder


def test_a_closed_request_that_moves_leaves_anothers_lock_alone(ledger: Ledger) -> None:
    """From one closed state to another, the lock that somebody else has taken since stays theirs."""
    done = advanced(ledger, opened(ledger, makers.opening(state=State.APPLYING)), State.APPLIED)
    holder = opened(ledger, makers.opening(OTHER))
    advanced(ledger, done, State.FAILED)
    third = makers.opening("3333-3333")
    with pytest.raises(JobBusy) as busy:
        ledger.open(third.request, third.fact)
    assert holder == busy.value.holder


def test_a_closed_request_takes_the_job_again_when_it_is_free(ledger: Ledger) -> None:
    """A revert holds the job as the change did."""
    applied = advanced(ledger, opened(ledger, makers.opening(state=State.APPLYING)), State.APPLIED)
    reverting = advanced(ledger, applied, State.REVERTING)
    late = makers.opening(OTHER)
    with pytest.raises(JobBusy) as busy:
        ledger.open(late.request, late.fact)
    assert reverting == busy.value.holder


def test_a_closed_request_cannot_take_a_job_that_is_held(ledger: Ledger) -> None:
    """A revert of a job that is held by another request is told who holds it, and changes nothing."""
    applied = advanced(ledger, opened(ledger, makers.opening(state=State.APPLYING)), State.APPLIED)
    holder = opened(ledger, makers.opening(OTHER))
    move = makers.step(applied, State.REVERTING)
    with pytest.raises(JobBusy) as busy:
        ledger.advance(applied, move.request, move.fact)
    assert holder == busy.value.holder
    assert applied == ledger.request(applied.id)
    assert breaks(ledger.chain(applied.id), applied.head) == ()


@pytest.mark.parametrize("owner", [None, OTHER], ids=["gone", "another's"])
def test_without_its_lock_a_request_goes_no_further(subject: Subject, owner: RequestId | None) -> None:
    """A request whose lock somebody has taken away or given to another does not go on as if it held the job."""
    request = opened(subject.ledger, makers.opening())
    subject.put_lock(request.change.job_id, owner)
    move = makers.step(request, State.APPLYING)
    with pytest.raises(JobBusy) as busy:
        subject.ledger.advance(request, move.request, move.fact)
    assert busy.value.holder is None
    assert request == subject.ledger.request(request.id)


def test_a_request_can_end_though_its_lock_is_gone(subject: Subject) -> None:
    """The truth about a write is recorded even if somebody has removed the lock by hand."""
    request = opened(subject.ledger, makers.opening(state=State.APPLYING))
    subject.put_lock(request.change.job_id, None)
    applied = advanced(subject.ledger, request, State.APPLIED)
    assert applied == subject.ledger.request(request.id)


def test_a_request_that_ends_does_not_take_anothers_lock_away(subject: Subject) -> None:
    """When the lock is another's, the end is not recorded and the lock stays."""
    request = opened(subject.ledger, makers.opening(state=State.APPLYING))
    subject.put_lock(request.change.job_id, OTHER)
    move = makers.step(request, State.APPLIED)
    with pytest.raises(JobBusy):
        subject.ledger.advance(request, move.request, move.fact)
    late = makers.opening("3333-3333")
    with pytest.raises(JobBusy):
        subject.ledger.open(late.request, late.fact)


def test_a_holder_that_ended_while_one_looked_is_not_named(subject: Subject) -> None:
    """A lock that outlived its request says that the job is busy, but names nobody who holds it."""
    ended = opened(subject.ledger, makers.opening(OTHER, State.DENIED))
    subject.put_lock(ended.change.job_id, ended.id)
    late = makers.opening()
    with pytest.raises(JobBusy) as busy:
        subject.ledger.open(late.request, late.fact)
    assert busy.value.holder is None


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
    """A field that the next state has no more is not left over from the state before."""
    full = makers.opening(state=State.UNKNOWN, found=makers.run_condition(), problem="X", started_at=makers.at(1))
    request = opened(ledger, full)
    move = makers.step(request, State.FAILED, found=None, problem=None, started_at=None, reason=None)
    ledger.advance(request, move.request, move.fact)
    assert move.request == ledger.request(request.id)


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
    move = makers.step(before, State.APPLYING)
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
