"""What hypothesis draws for the tests of the domain: values as an API may send them, and facts made of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from handler.domain.audit import BEFORE_FIRST, Event, Fact, chained, recordable, timestamp
from handler.domain.model import RunCondition
from tests.makers import NOW, fact

if TYPE_CHECKING:
    from collections.abc import Sequence

# Halves of surrogate pairs too: JSON's "\ud800" is read as one.
any_text = st.text(st.characters(exclude_categories=()), max_size=12)
valid_text = st.text(max_size=12)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(2**60), 2**60) | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=6,
)
exact_json = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | valid_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(valid_text, inner, max_size=3),
    max_leaves=8,
)
field_names = st.sampled_from(["numWorker", "timeout", "nrn", "logPath"]) | any_text
conditions = st.dictionaries(field_names, any_json, max_size=5).map(RunCondition)
# Without NaN, which is not even equal to itself.
plain_conditions = st.dictionaries(
    st.sampled_from("abcd"), st.none() | st.booleans() | st.integers(0, 3) | valid_text, max_size=4
).map(RunCondition)
recorded_conditions = st.none() | conditions.map(recordable)
facts = st.builds(
    Fact,
    request_id=st.just("7k3m-q2xd"),
    at=st.just(timestamp(NOW)),
    event=st.sampled_from(Event),
    actor=valid_text,
    job_name=st.none() | any_text,
    before=recorded_conditions,
    after=recorded_conditions,
    reason=st.none() | any_text,
    because=st.none() | st.lists(valid_text, max_size=3).map(tuple),
    writer=st.none() | valid_text,
)


def linked(unlinked: Sequence[Fact]) -> list[Fact]:
    """Chain facts in this order."""
    head, chain = BEFORE_FIRST, []
    for each in unlinked:
        chain.append(chained(head, each))
        head = chain[-1].head
    return chain


chains = st.lists(facts, min_size=1, max_size=3).map(linked)
# For what does not depend on what the facts say.
plain_chains = st.lists(st.sampled_from(Event), min_size=1, max_size=5).map(
    lambda events: linked([fact("7k3m-q2xd", event) for event in events])
)


def as_written(value: object) -> str:
    """Tell values apart that Python calls equal, such as 1 and True."""
    return json.dumps(value, sort_keys=True)
