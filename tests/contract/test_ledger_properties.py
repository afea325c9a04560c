"""Round trips: whatever a run condition holds, requests keep it exactly and facts keep what was hashed."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handler.domain.audit import breaks, recordable
from handler.domain.model import RequestId, RunCondition
from handler.domain.request import State
from tests import makers

if TYPE_CHECKING:
    from tests.contract.ledgers import Subject

numbers = count(1)
texts = st.text(st.characters(), max_size=20)
names = st.text(min_size=1, max_size=10)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
run_conditions = st.dictionaries(names, json_values, max_size=6).map(RunCondition)
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
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
