"""The life of a request: which moves there are, what each changes, and the fact that records it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.audit import BEFORE_FIRST, Event, Fact, breaks, chained, recordable, timestamp
from handler.domain.authority import Action, Allowed
from handler.domain.errors import IllegalMove
from handler.domain.identity import delivery_digest
from handler.domain.lifecycle import (
    MOVES,
    Asked,
    Move,
    Refusal,
    is_too_late,
    opened,
    outdated,
    pause,
    refused,
    settled,
    started,
)
from handler.domain.model import Head, RequestId
from handler.domain.request import Request, State
from handler.domain.verdict import DidNotTake, NotKnown, Took
from tests.makers import JOB_ID, NOW, REQUEST_ID, actor, at, card, change, request, run_condition

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.model import RunCondition

FOUR, SIX = run_condition(numWorker=4), run_condition(numWorker=6)
HEAD = Head(2, "cd" * 32)
LEGAL = {
    ("approved", "applying"),
    ("approved", "stale"),
    ("applying", "applied"),
    ("applying", "failed"),
    ("applying", "unknown"),
    ("unknown", "applied"),
    ("unknown", "failed"),
    ("unknown", "unknown"),
}
# Each function that moves a request, by the state it moves to.
MOVERS: dict[State, Callable[[Request], Move]] = {
    State.APPLYING: lambda before: started(before, at(1), writer="worker-1"),
    State.STALE: lambda before: outdated(before, SIX, at(1)),
    State.APPLIED: lambda before: settled(before, Took(FOUR), at(1)),
    State.FAILED: lambda before: settled(before, DidNotTake(SIX), at(1)),
    State.UNKNOWN: lambda before: settled(before, NotKnown(None), at(1)),
}


def waiting(state: State, **fields: object) -> Request:
    """Make a request in the middle of its life, with a message."""
    made = request(state=state, head=HEAD, card=card(), started_at=None if state is State.APPROVED else at(-1))
    return replace(made, **fields)  # type: ignore[arg-type] # tests name fields of a request


def recorded(before: Request, event: Event, after: RunCondition | None, **fields: str) -> Fact:
    """Make the fact that a move a minute after now is expected to record."""
    fact = Fact(
        request_id=REQUEST_ID,
        seq=0,
        at="2026-11-23T03:05:05.678Z",
        event=event,
        actor="U0KIM",
        channel="C0INCIDENT",
        job_id=JOB_ID,
        job_name="wordcount",
        before=recordable(run_condition()),
        after=None if after is None else recordable(after),
        policy_version="sha256:4f1d",
    )
    return chained(before.head, replace(fact, **fields))  # type: ignore[arg-type] # all of them are text


@pytest.mark.parametrize("after", State)
@pytest.mark.parametrize("before", State)
def test_the_table_of_moves(before: State, after: State) -> None:
    """Eight moves are legal, of all pairs of states."""
    assert (after in MOVES.get(before, ())) is ((before.value, after.value) in LEGAL)


@pytest.mark.parametrize("after", MOVERS)
@pytest.mark.parametrize("before", State)
def test_a_move_is_made_or_refused_by_the_table(before: State, after: State) -> None:
    """A legal move gives the new state; any other says between which states, and gives nothing."""
    if (before.value, after.value) in LEGAL:
        assert MOVERS[after](waiting(before)).request.state is after
    else:
        with pytest.raises(IllegalMove) as caught:
            MOVERS[after](waiting(before))
        assert (caught.value.before, caught.value.after) == (before, after)
        assert str(caught.value) == f"{before.value} may not become {after.value}"


def test_opening_records_who_asked_for_what_and_by_which_rule() -> None:
    """The request is allowed at once, is due if its worker dies, and its chain begins."""
    asked = Asked(REQUEST_ID, actor(), change(), delivery_digest("delivery-1"), "backlog")
    move = opened(asked, Allowed(("oncall-small",), "sha256:4f1d"), NOW)
    fact = chained(
        BEFORE_FIRST,
        Fact(
            request_id=REQUEST_ID,
            seq=0,
            at="2026-11-23T03:04:05.678Z",
            event=Event.REQUESTED,
            actor="U0KIM",
            action="scale",
            channel="C0INCIDENT",
            job_id=JOB_ID,
            job_name="wordcount",
            before=recordable(run_condition()),
            after=recordable(FOUR),
            reason="backlog",
            policy_version="sha256:4f1d",
            because=("oncall-small",),
            delivery=delivery_digest("delivery-1"),
        ),
    )
    expected = Request(
        id=REQUEST_ID,
        state=State.APPROVED,
        change=change(),
        requester=actor(),
        delivery=delivery_digest("delivery-1"),
        created_at=NOW,
        updated_at=NOW,
        policy_version="sha256:4f1d",
        because=("oncall-small",),
        head=Head(1, fact.hash),
        reason="backlog",
        due_at=at(2),
    )
    assert move == Move(expected, fact)


def test_a_reason_may_be_missing() -> None:
    """A change asked without one has none, in the request and in the record."""
    move = opened(Asked(REQUEST_ID, actor(), change(), "d"), Allowed((), "v"), NOW)
    assert (move.request.reason, move.fact.reason) == (None, None)


def test_starting_records_the_intent_and_whose_it_is() -> None:
    """The whole condition to write is on record before it is sent; the tick looks when the worker is gone."""
    before = waiting(State.APPROVED)
    fact = recorded(before, Event.APPLYING, FOUR, writer="worker-1")
    after = replace(
        before, state=State.APPLYING, started_at=at(1), due_at=at(3), updated_at=at(1), head=Head(3, fact.hash)
    )
    assert started(before, at(1), writer="worker-1") == Move(after, fact)


@pytest.mark.parametrize("found", [SIX, None])
def test_giving_up_before_the_write_records_what_stood_in_the_way(found: RunCondition | None) -> None:
    """The job is free again, nothing is due, and the fact shows what was found instead, if anything."""
    before = waiting(State.APPROVED)
    fact = recorded(before, Event.STALE, found, detail="DataFlowUnavailable")
    expected = replace(
        before,
        state=State.STALE,
        due_at=None,
        found=found,
        problem="DataFlowUnavailable",
        updated_at=at(1),
        head=Head(3, fact.hash),
    )
    assert outdated(before, found, at(1), "DataFlowUnavailable") == Move(expected, fact)


def test_giving_up_without_a_problem_says_none() -> None:
    """A job that simply moved is no error."""
    assert outdated(waiting(State.APPROVED), SIX, at(1)).fact.detail is None


@pytest.mark.parametrize("before", [State.APPLYING, State.UNKNOWN])
@pytest.mark.parametrize(
    ("verdict", "state", "event"),
    [(Took(FOUR), State.APPLIED, Event.APPLIED), (DidNotTake(SIX), State.FAILED, Event.FAILED)],
)
def test_a_verdict_ends_the_request(before: State, verdict: Took | DidNotTake, state: State, event: Event) -> None:
    """What was read back is kept and recorded, and nothing is due any more."""
    begun = waiting(before, checks=3)
    fact = recorded(begun, event, verdict.found, detail="Throttled")
    expected = replace(
        begun,
        state=state,
        found=verdict.found,
        problem="Throttled",
        due_at=None,
        updated_at=at(1),
        head=Head(3, fact.hash),
    )
    assert settled(begun, verdict, at(1), "Throttled") == Move(expected, fact)


@pytest.mark.parametrize("found", [run_condition(), None])
def test_what_is_not_known_is_looked_at_again(found: RunCondition | None) -> None:
    """The first time a minute later; the look is counted."""
    begun = waiting(State.APPLYING)
    fact = recorded(begun, Event.UNKNOWN, found, detail="DataFlowTimedOut")
    expected = replace(
        begun,
        state=State.UNKNOWN,
        found=found,
        problem="DataFlowTimedOut",
        checks=1,
        due_at=at(2),
        updated_at=at(1),
        head=Head(3, fact.hash),
    )
    assert settled(begun, NotKnown(found), at(1), "DataFlowTimedOut") == Move(expected, fact)


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
    """Just not a moment later; what counts is when it was asked."""
    asked = request(created_at=NOW, updated_at=at(14))
    assert not is_too_late(asked, at(15))
    assert is_too_late(asked, at(15) + timedelta(microseconds=1))


def test_a_refusal_is_a_chain_of_one() -> None:
    """Everything asked for is on record, with why not."""
    asked = Refusal(
        actor=actor("U0PARK"),
        delivery="digest",
        action=Action.SCALE,
        detail="denied",
        policy_version="sha256:4f1d",
        because=("freeze",),
        job_id=JOB_ID,
        job_name="wordcount",
        before={"numWorker": 2},
        after={"numWorker": 4},
        reason="backlog",
    )
    expected = Fact(
        request_id=REQUEST_ID,
        seq=0,
        at="2026-11-23T03:04:05.678Z",
        event=Event.REFUSED,
        actor="U0PARK",
        action="scale",
        channel="C0INCIDENT",
        job_id=JOB_ID,
        job_name="wordcount",
        before={"numWorker": 2},
        after={"numWorker": 4},
        reason="backlog",
        policy_version="sha256:4f1d",
        because=("freeze",),
        delivery="digest",
        detail="denied",
    )
    assert refused(asked, REQUEST_ID, NOW) == chained(BEFORE_FIRST, expected)


looks = st.lists(st.sampled_from([NotKnown(None), NotKnown(run_condition())]), max_size=6)


@given(looks, st.sampled_from([Took(FOUR), DidNotTake(SIX)]))
def test_each_move_adds_one_linked_fact(unknown: list[NotKnown], last: Took | DidNotTake) -> None:
    """Whatever becomes of a request, its facts make a sound chain that ends where the request says."""
    moves = [opened(Asked(RequestId("aaaa-0000"), actor(), change(), "d"), Allowed((), "v"), NOW)]
    moves.append(started(moves[-1].request, at(1), writer="w"))
    for number, verdict in enumerate([*unknown, last], start=2):
        moves.append(settled(moves[-1].request, verdict, at(number)))
    facts = [move.fact for move in moves]
    assert [fact.seq for fact in facts] == list(range(1, len(moves) + 1))
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(facts))
    assert [move.request.head for move in moves] == [fact.head for fact in facts]
    assert [timestamp(move.request.updated_at) for move in moves] == [fact.at for fact in facts]
    assert breaks([fact.attributes() for fact in facts], moves[-1].request.head) == ()
    assert moves[-1].request.checks == len(unknown)
