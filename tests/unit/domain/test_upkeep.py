"""What the minute tick owes to which request."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handler.domain.request import State
from handler.domain.upkeep import Reconcile, Resume, plan
from tests.makers import NOW, at, request

OWED = {State.APPROVED: Resume, State.APPLYING: Reconcile, State.UNKNOWN: Reconcile}


@pytest.mark.parametrize("state", State)
def test_what_is_owed_follows_from_the_state(state: State) -> None:
    """What was allowed is started, what was begun is looked at, and nothing is owed to the rest."""
    due = request(state=state, due_at=NOW)
    owed = OWED.get(state)
    assert plan([due], NOW) == (() if owed is None else (owed(due),))


@pytest.mark.parametrize("state", OWED)
def test_nothing_is_owed_before_it_is_due(state: State) -> None:
    """Due now is due; a microsecond later is not, nor is what is due at no time."""
    instant = timedelta(microseconds=1)
    assert plan([request(state=state, due_at=NOW + instant), request(state=state, due_at=None)], NOW) == ()
    assert len(plan([request(state=state, due_at=NOW)], NOW)) == 1
    assert len(plan([request(state=state, due_at=NOW - instant)], NOW)) == 1


def test_duties_come_in_the_order_given_and_none_is_forgotten() -> None:
    """What is not due, or owed nothing, does not keep those after it waiting."""
    later = request("aaaa-0001", State.APPROVED, due_at=at(5))
    settled = request("aaaa-0002", State.APPLIED, due_at=at(-1))
    unknown = request("aaaa-0003", State.UNKNOWN, due_at=at(-1))
    approved = request("aaaa-0004", State.APPROVED, due_at=at(-2))
    assert plan([later, settled, unknown, approved], NOW) == (Reconcile(unknown), Resume(approved))


def test_nothing_open_is_nothing_owed() -> None:
    """An idle minute."""
    assert plan([], NOW) == ()
