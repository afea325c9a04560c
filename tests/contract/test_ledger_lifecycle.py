"""What every ledger keeps of whole lives: moves as the domain makes them, the lock and the work list beside them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from handler.domain import emergency, ending, lifecycle, review
from handler.domain.audit import breaks
from handler.domain.authority import Allowed, NeedsApproval
from handler.domain.errors import JobBusy, Moved
from handler.domain.opening import Asked, opened
from handler.domain.overlay import PutBack
from handler.domain.request import State
from handler.domain.review import Objection, Terms
from handler.domain.verdict import DidNotTake, NotKnown, Took
from tests import makers

if TYPE_CHECKING:
    from handler.domain.moves import Move
    from handler.domain.request import Emergency, Review
    from handler.ports import Ledger
    from tests.contract.ledgers import Subject

TERMS: Final = Terms(escalate_after=timedelta(minutes=15))
ALLOWED: Final = Allowed(("leads-approve",), "sha256:4f1d")
FOUR: Final = makers.run_condition(numWorker=4)
BACK: Final = PutBack(FOUR, {"numWorker": 2})
KIM, LEE, HAN, PARK = (makers.actor(user_id) for user_id in ("U0KIM", "U0LEE", "U0HAN", "U0PARK"))


class Life:
    """One request on a ledger, from move to move; ``steps`` remembers what was true after each."""

    def __init__(self, subject: Subject, begun: Move) -> None:
        subject.ledger.open(begun.request, begun.fact)
        self.subject = subject
        self.request = begun.request
        self.steps: list[tuple[str, str, bool, bool]] = []
        self._look(begun)

    @property
    def review(self) -> Review:
        """The review, which the request has."""
        assert self.request.review is not None
        return self.request.review

    @property
    def emergency(self) -> Emergency:
        """The emergency, which the request has."""
        assert self.request.emergency is not None
        return self.request.emergency

    def goes_on(self, move: Move) -> None:
        """Record a move."""
        self.subject.ledger.advance(self.request, move.request, move.fact)
        self.request = move.request
        self._look(move)

    def _look(self, move: Move) -> None:
        """What was written is what is read, and it is on the work list when it is due; note state, lock and list."""
        ledger, request = self.subject.ledger, self.request
        assert request == ledger.request(request.id)
        assert breaks(ledger.chain(request.id), request.head) == ()
        is_held = self.subject.lock(request.change.job_id) == request.id
        is_listed = ledger.open_requests(limit=10) == (request,)
        self.steps.append((move.fact.event.value, request.state.value, is_held, is_listed))


def asked(*, minutes: int | None = None, is_emergency: bool = False) -> Asked:
    """Make what the one on call asks for."""
    return Asked(
        id=makers.REQUEST_ID,
        actor=KIM,
        change=makers.change(),
        delivery="d1",
        reason="밀린 작업 🔥 <!channel>",
        minutes=minutes,
        is_emergency=is_emergency,
    )


def test_a_change_for_a_time_from_asking_to_its_end(subject: Subject) -> None:
    """The job is held while it is asked for and written, free while the change lasts, and held again to put it back."""
    life = Life(subject, opened(asked(minutes=120), NeedsApproval(2, ("oncall-large",), "v1"), TERMS, makers.at()))
    life.goes_on(review.click_refused(life.request, KIM, Objection.OWN_REQUEST, makers.at(1)))
    life.goes_on(review.reminded(life.request, life.review, TERMS.remind_after, makers.at(10)))
    life.goes_on(review.escalated(life.request, life.review, ("S0LEADS",), makers.at(15)))
    life.goes_on(review.approved(life.request, life.review, LEE, ALLOWED, makers.at(16)))
    life.goes_on(review.approved(life.request, life.review, HAN, ALLOWED, makers.at(17)))
    life.goes_on(lifecycle.started(life.request, makers.at(17), writer="one"))
    life.goes_on(lifecycle.settled(life.request, NotKnown(None), makers.at(18), "DataFlowTimedOut"))
    life.goes_on(lifecycle.settled(life.request, Took(makers.run_condition(numWorker=4)), makers.at(19)))
    life.goes_on(review.click_refused(life.request, PARK, Objection.NOT_ALLOWED, makers.at(20)))
    life.goes_on(ending.noticed(life.request, makers.at(127)))
    life.goes_on(ending.extended(life.request, makers.at(137), LEE, makers.at(128), decision=ALLOWED))
    life.goes_on(lifecycle.put_back(life.request, BACK, makers.at(197), writer="two"))
    life.goes_on(lifecycle.settled(life.request, DidNotTake(FOUR), makers.at(197), "Throttled"))
    life.goes_on(lifecycle.put_back(life.request, BACK, makers.at(198), writer="three"))
    life.goes_on(lifecycle.settled(life.request, Took(makers.run_condition()), makers.at(198)))
    life.goes_on(review.click_refused(life.request, PARK, Objection.ALTERED, makers.at(200)))
    assert life.steps == [
        # fact, state, holds the job, is on the work list
        ("requested", "pending", True, True),
        ("click_refused", "pending", True, True),
        ("reminded", "pending", True, True),
        ("escalated", "pending", True, True),
        ("approved", "pending", True, True),
        ("approved", "approved", True, True),
        ("applying", "applying", True, True),
        ("unknown", "unknown", True, True),
        ("applied", "applied", False, True),
        ("click_refused", "applied", False, True),
        ("reminded", "applied", False, True),
        ("extended", "applied", False, True),
        ("reverting", "reverting", True, True),
        ("failed", "failed", False, True),
        ("reverting", "reverting", True, True),
        ("reverted", "reverted", False, False),
        ("click_refused", "reverted", False, False),
    ]


def test_an_emergency_stays_on_the_list_until_somebody_has_looked(subject: Subject) -> None:
    """Done, it holds nothing, and yet it is owed something: a look, of which people are reminded."""
    life = Life(subject, opened(asked(is_emergency=True), ALLOWED, TERMS, makers.at()))
    life.goes_on(emergency.broke_glass(life.request, makers.at()))
    life.goes_on(lifecycle.started(life.request, makers.at(), writer="one"))
    life.goes_on(lifecycle.settled(life.request, Took(makers.run_condition(numWorker=4)), makers.at(1)))
    life.goes_on(emergency.review_reminded(life.request, life.emergency, makers.at(24 * 60)))
    life.goes_on(emergency.reviewed(life.request, life.emergency, LEE, makers.at(25 * 60)))
    assert life.steps == [
        ("requested", "approved", True, True),
        ("broke_glass", "approved", True, True),
        ("applying", "applying", True, True),
        ("applied", "applied", False, True),
        ("review_reminded", "applied", False, True),
        ("reviewed", "applied", False, False),
    ]


@pytest.mark.parametrize("end", ["denied", "withdrawn", "expired", "stale"])
def test_a_request_that_is_not_carried_out_is_gone_from_lock_and_list(subject: Subject, end: str) -> None:
    """However it ends before the write, the job is free in the same moment, and the end is kept with who and why."""
    life = Life(subject, opened(asked(), NeedsApproval(1, (), "v1"), TERMS, makers.at()))
    moves = {
        "denied": review.denied(life.request, life.review, LEE, "안 됩니다 " * 500, makers.at(1)),
        "withdrawn": review.withdrawn(life.request, life.review, KIM, makers.at(1)),
        "expired": review.expired(life.request, makers.at(30)),
        "stale": review.overtaken(life.request, makers.run_condition(numWorker=6), None, makers.at(1)),
    }
    life.goes_on(moves[end])
    assert life.steps == [("requested", "pending", True, True), (end, end, False, False)]


def test_of_two_decisions_the_second_is_told_of_the_first(subject: Subject) -> None:
    """Who denies what was approved a moment ago gets the approval, with who and when, and changes nothing."""
    life = Life(subject, opened(asked(), NeedsApproval(1, (), "v1"), TERMS, makers.at()))
    late = review.denied(life.request, life.review, HAN, "no", makers.at(2))
    pending = life.request
    life.goes_on(review.approved(life.request, life.review, LEE, ALLOWED, makers.at(1)))
    with pytest.raises(Moved) as moved:
        subject.ledger.advance(pending, late.request, late.fact)
    assert life.request == moved.value.current
    assert breaks(subject.ledger.chain(life.request.id), life.request.head) == ()


def test_an_approval_and_a_fact_at_once_do_not_swallow_each_other(subject: Subject) -> None:
    """A refused click that was recorded meanwhile stops an approval that did not know of it: it is to be made again."""
    life = Life(subject, opened(asked(), NeedsApproval(2, (), "v1"), TERMS, makers.at()))
    approval = review.approved(life.request, life.review, LEE, ALLOWED, makers.at(1))
    pending = life.request
    life.goes_on(review.click_refused(life.request, PARK, Objection.NOT_ALLOWED, makers.at(1)))
    with pytest.raises(Moved) as moved:
        subject.ledger.advance(pending, approval.request, approval.fact)
    assert life.request == moved.value.current
    life.goes_on(review.approved(life.request, life.review, LEE, ALLOWED, makers.at(1)))
    assert [each.user_id for each in life.review.approvals] == ["U0LEE"]


def test_the_end_of_a_change_waits_while_another_has_the_job(subject: Subject) -> None:
    """Put back is what is due as soon as the job is free again; until then the change is as it was."""
    ledger: Ledger = subject.ledger
    life = Life(subject, opened(asked(minutes=30), ALLOWED, TERMS, makers.at()))
    life.goes_on(lifecycle.started(life.request, makers.at(), writer="one"))
    life.goes_on(lifecycle.settled(life.request, Took(makers.run_condition(numWorker=4)), makers.at(1)))
    other = makers.opening("9vwx-00ab", State.APPLYING, due_at=makers.at(90))
    ledger.open(other.request, other.fact)
    back = lifecycle.put_back(life.request, BACK, makers.at(30), writer="two")
    with pytest.raises(JobBusy) as busy:
        ledger.advance(life.request, back.request, back.fact)
    assert (other.request, (life.request, other.request)) == (busy.value.holder, ledger.open_requests(limit=10))
    done = makers.step(other.request, State.FAILED)
    ledger.advance(other.request, done.request, done.fact)
    life.goes_on(back)
    assert life.steps[-1] == ("reverting", "reverting", True, True)


def test_a_card_outlives_every_decision(subject: Subject) -> None:
    """Where the message stands is remembered beside decisions that did not know of it."""
    life = Life(subject, opened(asked(), NeedsApproval(1, (), "v1"), TERMS, makers.at()))
    subject.ledger.remember_card(life.request.id, makers.card())
    denied = review.denied(life.request, life.review, LEE, "no", makers.at(1))
    subject.ledger.advance(life.request, denied.request, denied.fact)
    assert denied.request.with_card(makers.card()) == subject.ledger.request(life.request.id)
