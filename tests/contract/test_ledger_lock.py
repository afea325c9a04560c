"""What every ledger keeps about a job's lock: one open request owns the job, and nobody else changes it meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from handler.domain.audit import Event, breaks
from handler.domain.errors import JobBusy
from handler.domain.lifecycle import stood_down
from handler.domain.model import JobId, RequestId
from handler.domain.moves import MOVES
from handler.domain.request import State
from handler.domain.review import Objection, click_refused
from tests import makers
from tests.contract.ledgers import advanced, made, opened

if TYPE_CHECKING:
    from handler.ports import Ledger
    from tests.contract.ledgers import Subject

OTHER = RequestId("9vwx-00ab")
HOLDING: Final = (State.PENDING, State.APPROVED, State.APPLYING, State.UNKNOWN, State.REVERTING)
FREE: Final = tuple(state for state in State if state not in HOLDING)
ARROWS: Final = sorted((before, after) for before, ways in MOVES.items() for after in ways)


@pytest.fixture
def ledger(subject: Subject) -> Ledger:
    """The ledger under test."""
    return subject.ledger


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


@pytest.mark.parametrize(("before", "after"), ARROWS)
def test_the_lock_follows_the_states(subject: Subject, before: State, after: State) -> None:
    """Along each arrow the lock is kept, taken or let go as the two states say, together with the move."""
    request = opened(subject.ledger, makers.opening(state=before, undoing=before is State.FAILED))
    assert (request.id if before in HOLDING else None) == subject.lock(request.change.job_id)
    moved = advanced(subject.ledger, request, after)
    assert moved == subject.ledger.request(request.id)
    assert (request.id if after in HOLDING else None) == subject.lock(request.change.job_id)


@pytest.mark.parametrize("state", FREE)
def test_who_holds_nothing_keeps_nobody_off(ledger: Ledger, state: State) -> None:
    """Beside a request in a state that holds no job, the next may have it."""
    opened(ledger, makers.opening(state=state))
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


def test_a_closed_request_takes_the_job_again_when_it_is_free(ledger: Ledger) -> None:
    """A revert holds the job as the change did."""
    applied = advanced(ledger, opened(ledger, makers.opening(state=State.APPLYING)), State.APPLIED)
    reverting = advanced(ledger, applied, State.REVERTING)
    late = makers.opening(OTHER)
    with pytest.raises(JobBusy) as busy:
        ledger.open(late.request, late.fact)
    assert reverting == busy.value.holder


def test_a_closed_request_cannot_take_a_job_that_is_held(ledger: Ledger) -> None:
    """A revert of a job that another request holds is told who does, changes nothing, and stays due."""
    applying = opened(ledger, makers.opening(state=State.APPLYING))
    applied = made(
        ledger, applying, makers.step(applying, State.APPLIED, due_at=makers.at(60), revert_at=makers.at(60))
    )
    holder = opened(ledger, makers.opening(OTHER, due_at=makers.at(90)))
    move = makers.step(applied, State.REVERTING)
    with pytest.raises(JobBusy) as busy:
        ledger.advance(applied, move.request, move.fact)
    assert holder == busy.value.holder
    assert breaks(ledger.chain(applied.id), applied.head) == ()
    assert (applied, holder) == ledger.open_requests(limit=10)


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


# Facts that change no state


@pytest.mark.parametrize("state", HOLDING)
def test_a_fact_about_an_open_request_leaves_its_lock(subject: Subject, state: State) -> None:
    """A click that is refused is added to the chain of a request that holds its job, and it goes on holding it."""
    request = opened(subject.ledger, makers.opening(state=state))
    refusal = click_refused(request, makers.actor("U0PARK"), Objection.NOT_ALLOWED, makers.at(1))
    told = made(subject.ledger, request, refusal)
    assert (state, told) == (told.state, subject.ledger.request(request.id))
    assert request.id == subject.lock(request.change.job_id)
    assert breaks(subject.ledger.chain(request.id), told.head) == ()
    assert (told,) == subject.ledger.open_requests(limit=10)


@pytest.mark.parametrize("state", FREE)
def test_a_fact_about_a_closed_request_leaves_anothers_lock(subject: Subject, state: State) -> None:
    """A click on an old card is added to the chain, though the job is another's by now, and opens nothing again."""
    closed = opened(subject.ledger, makers.opening(state=state))
    holder = opened(subject.ledger, makers.opening(OTHER))
    told = made(subject.ledger, closed, click_refused(closed, makers.actor("U0PARK"), Objection.STRANGER, makers.at(1)))
    assert told == subject.ledger.request(closed.id)
    assert holder.id == subject.lock(closed.change.job_id)
    assert [fact["event"] for fact in subject.ledger.chain(closed.id)] == [Event.REQUESTED, Event.CLICK_REFUSED]
    assert breaks(subject.ledger.chain(closed.id), told.head) == ()
    assert (holder,) == subject.ledger.open_requests(limit=10)


def test_a_fact_about_a_request_whose_lock_is_gone_is_not_recorded(subject: Subject) -> None:
    """A request that should hold its job and does not gets no further facts but its end."""
    request = opened(subject.ledger, makers.opening(state=State.PENDING))
    subject.put_lock(request.change.job_id, None)
    refusal = click_refused(request, makers.actor("U0PARK"), Objection.NOT_ALLOWED, makers.at(1))
    with pytest.raises(JobBusy):
        subject.ledger.advance(request, refusal.request, refusal.fact)
    assert breaks(subject.ledger.chain(request.id), request.head) == ()
    ended = advanced(subject.ledger, request, State.EXPIRED)
    assert ended == subject.ledger.request(request.id)


def test_a_job_remembers_what_was_applied_to_it_last(ledger: Ledger) -> None:
    """Through whatever becomes of that request, until another is applied; each job for itself."""
    assert ledger.newest_applied(makers.JOB_ID) is None
    first = opened(ledger, makers.opening(state=State.APPLYING))
    assert ledger.newest_applied(makers.JOB_ID) is None
    first = advanced(ledger, first, State.APPLIED)
    assert ledger.newest_applied(makers.JOB_ID) == first.id
    second = opened(ledger, makers.opening(OTHER, state=State.UNKNOWN))
    assert ledger.newest_applied(makers.JOB_ID) == first.id
    advanced(ledger, second, State.APPLIED)
    advanced(ledger, advanced(ledger, first, State.REVERTING), State.FAILED)
    assert ledger.newest_applied(makers.JOB_ID) == OTHER
    assert ledger.newest_applied(JobId("Od4KpZ8vNs1Y")) is None


def test_a_change_is_over_only_while_nobody_else_changes_the_job(ledger: Ledger) -> None:
    """What is left to a later change must not be decided while that change is being put back itself."""
    below = advanced(ledger, opened(ledger, makers.opening(state=State.APPLYING)), State.APPLIED)
    over = stood_down(below, makers.run_condition(), "overlaid", makers.at(60))
    holder = opened(ledger, makers.opening(OTHER))
    with pytest.raises(JobBusy) as busy:
        ledger.advance(below, over.request, over.fact)
    assert (busy.value.holder, ledger.request(below.id)) == (holder, below)
    advanced(ledger, holder, State.STALE)
    ledger.advance(below, over.request, over.fact)
    assert ledger.request(below.id) == over.request
    again = opened(ledger, makers.opening("3333-3333"))
    refused = click_refused(over.request, makers.actor("U0PARK"), Objection.ALTERED, makers.at(61))
    ledger.advance(over.request, refused.request, refused.fact)
    assert ledger.newest_applied(again.change.job_id) == below.id
