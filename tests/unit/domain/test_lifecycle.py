"""The write and what becomes of it: which state each move is made from, what it changes, and the fact of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.audit import Event, breaks, recordable, timestamp
from handler.domain.authority import Allowed
from handler.domain.errors import IllegalMove
from handler.domain.lifecycle import (
    Undoer,
    is_past_trying,
    is_too_late,
    outdated,
    pause,
    put_back,
    settled,
    started,
    stood_down,
)
from handler.domain.opening import Asked, opened
from handler.domain.overlay import PutBack
from handler.domain.request import Emergency, Ending, Request, State
from handler.domain.review import Terms
from handler.domain.verdict import DidNotTake, NotKnown, Took
from tests.makers import NOW, REQUEST_ID, actor, at, change, request, run_condition
from tests.unit.domain.expected import BY_LEADS, FOUR, LEE, SIX, move, recorded, waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.model import RunCondition
    from handler.domain.moves import Move

BACK = PutBack(FOUR, {"numWorker": 6})
MOVERS: dict[str, tuple[Callable[[Request], Move], set[str]]] = {
    "started": (lambda before: started(before, at(1), writer="worker-1"), {"approved"}),
    "put_back": (lambda before: put_back(before, BACK, at(1), writer="worker-1"), {"applied"}),
    "outdated": (lambda before: outdated(before, SIX, at(1)), {"pending", "approved"}),
    "took": (lambda before: settled(before, Took(FOUR), at(1)), {"applying", "unknown"}),
    "undone": (lambda before: settled(replace(before, undoing=True), Took(FOUR), at(1)), {"reverting", "unknown"}),
    "did not take": (lambda before: settled(before, DidNotTake(SIX), at(1)), {"applying", "reverting", "unknown"}),
    "not known": (lambda before: settled(before, NotKnown(None), at(1)), {"applying", "reverting", "unknown"}),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", MOVERS)
def test_a_move_is_made_from_its_states_and_no_others(name: str, state: State) -> None:
    """Nothing that is under way or settled is started again, and what was not begun has no outcome."""
    make, legal = MOVERS[name]
    if state.value in legal:
        assert make(waiting(state)).fact.seq == 3
    else:
        with pytest.raises(IllegalMove):
            make(waiting(state))


@pytest.mark.parametrize(
    ("minutes", "revert_at", "notice_at"),
    [(None, None, None), (90, at(91), at(81)), (11, at(12), at(2)), (10, at(11), None), (1, at(2), None)],
)
def test_starting_records_the_intent_and_whose_it_is(
    minutes: int | None, revert_at: datetime | None, notice_at: datetime | None
) -> None:
    """The whole condition to write, and the planned end, are on record before it is sent; the tick looks afterwards.

    Ten minutes before the end people are asked about it; of a change of ten minutes or less, its card asks at once.
    """
    before = waiting(State.APPROVED, minutes=minutes, called_at=at(-1))
    fact = recorded("U0KIM", Event.APPLYING, FOUR, writer="worker-1")
    expected = move(
        before,
        fact,
        state=State.APPLYING,
        started_at=at(1),
        due_at=at(3),
        called_at=None,
        minutes=minutes,
        revert_at=revert_at,
        ending=Ending(notice_at=notice_at),
    )
    assert started(before, at(1), writer="worker-1") == expected


def test_putting_back_records_the_intent_anew() -> None:
    """What was known of the first write no longer counts; the end of the change is not due twice."""
    before = waiting(
        State.APPLIED,
        minutes=90,
        revert_at=at(0),
        due_at=at(0),
        checks=4,
        problem="Throttled",
        started_at=at(-90),
        called_at=at(-60),
        ending=Ending(notice_at=at(-10), failures=2),
    )
    fact = recorded("sluice", Event.REVERTING, SIX, before=recordable(FOUR), writer="worker-1")
    expected = move(
        before,
        fact,
        state=State.REVERTING,
        undoing=True,
        started_at=at(1),
        due_at=at(3),
        called_at=None,
        checks=0,
        problem=None,
        revert_at=None,
        ending=Ending(former={"numWorker": 6}, failures=2),
    )
    assert put_back(before, BACK, at(1), writer="worker-1") == expected


def test_who_wants_a_change_put_back_is_on_record() -> None:
    """With reason, delivery and what lets them; what came to nothing before has all its tries again."""
    before = waiting(State.FAILED, undoing=True, ending=Ending(failures=6))
    fact = recorded(
        "U0LEE",
        Event.REVERTING,
        SIX,
        before=recordable(FOUR),
        channel="C0DATA",
        reason="over",
        because=("leads-approve",),
        policy_version="sha256:77aa",
        writer="worker-1",
        delivery="digest",
    )
    undoer = Undoer(actor=LEE, delivery="digest", reason="over", decision=BY_LEADS)
    made = put_back(before, BACK, at(1), writer="worker-1", undoer=undoer)
    assert made.fact == fact
    assert made.request.ending == Ending(former={"numWorker": 6}, undone_by=LEE.user_id)
    assert (made.request.state, made.request.due_at) == (State.REVERTING, at(3))


@pytest.mark.parametrize(("emergency", "due_at"), [(None, None), (Emergency(review_at=at(30)), at(30))])
def test_a_change_that_somebody_moved_since_stays(emergency: Emergency | None, due_at: datetime | None) -> None:
    """Its end is off, and the record says what was found; an emergency is still to be looked at."""
    ending = Ending(notice_at=at(-10), extra_minutes=60)
    before = waiting(State.APPLIED, revert_at=at(0), due_at=at(0), emergency=emergency, ending=ending)
    fact = recorded("sluice", Event.KEPT, SIX, detail="moved_since")
    over = Ending(extra_minutes=60, is_over=True)
    expected = move(before, fact, revert_at=None, found=SIX, problem="moved_since", due_at=due_at, ending=over)
    assert stood_down(before, SIX, "moved_since", at(1)) == expected


@pytest.mark.parametrize("found", [SIX, None])
def test_giving_up_before_the_write_records_what_stood_in_the_way(found: RunCondition | None) -> None:
    """The job is free again, nothing is due, and the fact shows what was found instead, if anything."""
    before = waiting(State.APPROVED)
    fact = recorded("U0KIM", Event.STALE, found, detail="DataFlowUnavailable")
    expected = move(before, fact, state=State.STALE, due_at=None, found=found, problem="DataFlowUnavailable")
    assert outdated(before, found, at(1), "DataFlowUnavailable") == expected


def test_giving_up_without_a_problem_says_none() -> None:
    """A job that simply moved is no error."""
    made = outdated(waiting(State.APPROVED, problem="old"), SIX, at(1))
    assert (made.fact.detail, made.request.problem) == (None, None)


@pytest.mark.parametrize("state", [State.APPLYING, State.UNKNOWN])
@pytest.mark.parametrize("revert_at", [None, at(90)])
def test_a_write_that_took_is_applied_until_its_end(state: State, revert_at: datetime | None) -> None:
    """What was read back is kept and recorded; only the end of the change is due."""
    before = waiting(state, checks=3, revert_at=revert_at)
    fact = recorded("U0KIM", Event.APPLIED, FOUR, detail="Throttled")
    expected = move(before, fact, state=State.APPLIED, found=FOUR, problem="Throttled", due_at=revert_at)
    assert settled(before, Took(FOUR), at(1), "Throttled") == expected


@pytest.mark.parametrize("state", [State.REVERTING, State.UNKNOWN])
def test_an_undoing_write_that_took_has_reverted(state: State) -> None:
    """The former values are back, in place of those that were set; nothing is due but a look at an emergency."""
    before = waiting(state, undoing=True, emergency=Emergency(review_at=at(30)))
    fact = recorded("U0KIM", Event.REVERTED, FOUR, before=recordable(before.change.after))
    expected = move(before, fact, state=State.REVERTED, found=FOUR, due_at=at(30))
    assert settled(before, Took(FOUR), at(1)) == expected


@pytest.mark.parametrize(("emergency", "due_at"), [(None, None), (Emergency(review_at=at(30)), at(30))])
def test_a_write_that_did_not_take_has_failed(emergency: Emergency | None, due_at: datetime | None) -> None:
    """There is nothing to put back at any time, nor to ask about; an emergency is still to be looked at."""
    ending = Ending(notice_at=at(10))
    before = waiting(State.UNKNOWN, revert_at=at(20), emergency=emergency, problem="Throttled", ending=ending)
    fact = recorded("U0KIM", Event.FAILED, SIX, detail="Throttled")
    expected = move(before, fact, state=State.FAILED, found=SIX, due_at=due_at, revert_at=None, ending=Ending())
    assert settled(before, DidNotTake(SIX), at(1)) == expected


@pytest.mark.parametrize(("failures", "pause"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 15), (5, 0), (6, 0)])
@pytest.mark.parametrize("review_at", [None, at(1.5), at(600)])
def test_a_putting_back_that_did_not_take_is_tried_again(failures: int, pause: int, review_at: datetime | None) -> None:
    """After 1, 2, 4, 8 and 15 minutes; after the last of these people are called, at once."""
    emergency = review_at and Emergency(review_at=review_at)
    before = waiting(State.REVERTING, undoing=True, emergency=emergency, ending=Ending(failures=failures))
    fact = recorded("U0KIM", Event.FAILED, SIX, before=recordable(before.change.after), detail="Throttled")
    again = at(1 + pause)
    expected = move(
        before,
        fact,
        state=State.FAILED,
        found=SIX,
        problem="Throttled",
        revert_at=again,
        due_at=min(again, review_at) if review_at else again,
        ending=Ending(failures=failures + 1),
    )
    assert settled(before, DidNotTake(SIX), at(1), "Throttled") == expected
    assert is_past_trying(failures + 1) == (pause == 0)


@pytest.mark.parametrize("state", [State.APPLYING, State.REVERTING])
@pytest.mark.parametrize("found", [run_condition(), None])
def test_what_is_not_known_is_looked_at_again(state: State, found: RunCondition | None) -> None:
    """The first time a minute later; the look is counted, and the end of the change stays planned."""
    before = waiting(state, revert_at=at(90))
    fact = recorded("U0KIM", Event.UNKNOWN, found, detail="DataFlowTimedOut")
    expected = move(before, fact, state=State.UNKNOWN, found=found, problem="DataFlowTimedOut", checks=1, due_at=at(2))
    assert settled(before, NotKnown(found), at(1), "DataFlowTimedOut") == expected


def test_what_the_api_answered_to_the_write_is_not_forgotten() -> None:
    """A later look has no answer of its own: the first one stays, until there is another."""
    before = waiting(State.UNKNOWN, problem="DataFlowTimedOut")
    silent, loud = settled(before, NotKnown(None), at(1)), settled(before, NotKnown(None), at(1), "Throttled")
    assert (silent.request.problem, silent.fact.detail) == ("DataFlowTimedOut", "DataFlowTimedOut")
    assert (loud.request.problem, loud.fact.detail) == ("Throttled", "Throttled")


def test_looks_at_an_unknown_outcome_grow_rare() -> None:
    """1, 2, 4, 8 and then 15 minutes, for as long as it takes."""
    assert [pause(checks) for checks in range(7)] == [timedelta(minutes=each) for each in (1, 2, 4, 8, 15, 15, 15)]
    assert pause(10**9) == timedelta(minutes=15)


def test_the_pause_follows_the_number_of_looks() -> None:
    """After two looks the third is due four minutes later."""
    after = settled(waiting(State.UNKNOWN, checks=2), NotKnown(None), at(1)).request
    assert (after.due_at, after.checks) == (at(5), 3)


def test_what_waited_a_quarter_of_an_hour_is_still_started() -> None:
    """Just not a moment later; what counts is when it was approved, not when it was asked."""
    approved = request(created_at=at(-60), updated_at=NOW)
    assert not is_too_late(approved, at(15))
    assert is_too_late(approved, at(15) + timedelta(microseconds=1))


looks = st.lists(st.sampled_from([NotKnown(None), NotKnown(run_condition())]), max_size=6)


@given(looks, st.sampled_from([Took(FOUR), DidNotTake(SIX)]))
def test_each_move_adds_one_linked_fact(unknown: list[NotKnown], last: Took | DidNotTake) -> None:
    """Whatever becomes of a request, its facts make a sound chain that ends where the request says."""
    asked = Asked(id=REQUEST_ID, actor=actor(), change=change(), delivery="d")
    moves = [opened(asked, Allowed((), "v"), Terms(), NOW)]
    moves.append(started(moves[-1].request, at(1), writer="w"))
    for number, verdict in enumerate([*unknown, last], start=2):
        moves.append(settled(moves[-1].request, verdict, at(number)))
    facts = [each.fact for each in moves]
    assert [fact.seq for fact in facts] == list(range(1, len(moves) + 1))
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(facts))
    assert [each.request.head for each in moves] == [fact.head for fact in facts]
    assert [timestamp(each.request.updated_at) for each in moves] == [fact.at for fact in facts]
    assert breaks([fact.attributes() for fact in facts], moves[-1].request.head) == ()
    assert moves[-1].request.checks == len(unknown)
