"""Round trips: whatever a request or a run condition holds is kept exactly, and facts keep what was hashed."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handler.domain.audit import BEFORE_FIRST, Event, breaks, chained, recordable
from handler.domain.model import JobId, RequestId, RunCondition
from handler.domain.moves import Move
from handler.domain.request import Request, State
from tests import makers
from tests.unit.adapters.ledger.strategies import names, requests, run_conditions

if TYPE_CHECKING:
    from handler.domain.model import Head
    from tests.contract.ledgers import Subject

numbers = count(1)
quick = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def exactly(condition: RunCondition | None) -> str:
    """Write a condition so that 2 and 2.0, true and 1, and orders of fields differ."""
    assert condition is not None
    return json.dumps(dict(condition.fields))


@quick
@given(before=run_conditions, found=run_conditions, values=st.dictionaries(names, st.integers(), min_size=1))
def test_a_request_keeps_run_conditions_exactly_as_read(
    subject: Subject, before: RunCondition, found: RunCondition, values: dict[str, int]
) -> None:
    """Floats, huge integers, nulls, invalid Unicode and the order of fields come back: they will be written again."""
    number = next(numbers)
    change = makers.change(job_id=f"job-{number}", before=before, values=values)
    move = makers.opening(f"req-{number}", State.APPLYING, asked=change, found=found)
    subject.ledger.open(move.request, move.fact)
    read = subject.ledger.request(move.request.id)
    assert move.request == read
    assert exactly(before) == exactly(read.change.before)
    assert exactly(found) == exactly(read.found)
    assert breaks(subject.ledger.chain(read.id), read.head) == ()


def recorded(request: Request, after: Head, event: Event) -> Move:
    """Give a request a fact of its own, the next of its chain."""
    fact = chained(after, replace(makers.fact(request.id), event=event))
    return Move(replace(request, head=fact.head), fact)


@quick
@given(first=requests, second=requests)
def test_whatever_becomes_of_a_request_is_kept_whole(subject: Subject, first: Request, second: Request) -> None:
    """From any request to any other: every part comes back, none is left over, and the card is kept apart."""
    number = next(numbers)
    change = replace(second.change, job_id=JobId(f"job-{number}"))
    opening = recorded(
        replace(first, id=RequestId(f"r-{number}"), change=replace(first.change, job_id=change.job_id)),
        BEFORE_FIRST,
        Event.REQUESTED,
    )
    subject.ledger.open(opening.request, opening.fact)
    assert opening.request == subject.ledger.request(opening.request.id)
    after = replace(second, id=opening.request.id, change=change)
    move = recorded(after, opening.request.head, Event.CLICK_REFUSED)
    subject.ledger.advance(opening.request, move.request, move.fact)
    assert replace(move.request, card=first.card) == subject.ledger.request(move.request.id)
    assert breaks(subject.ledger.chain(move.request.id), move.request.head) == ()


@quick
@given(before=run_conditions, after=run_conditions, reason=st.none() | st.text(max_size=30))
def test_a_fact_is_read_back_as_it_was_hashed(
    subject: Subject, before: RunCondition, after: RunCondition, reason: str | None
) -> None:
    """Whatever was read from the API, the recorded fact comes back with the same attributes, so its hash holds."""
    fact = makers.fact(f"f-{next(numbers)}", before=recordable(before), after=recordable(after), reason=reason)
    subject.ledger.record(fact)
    chain = subject.ledger.chain(RequestId(fact.request_id))
    assert (fact.attributes(),) == chain
    assert breaks(chain, fact.head) == ()
