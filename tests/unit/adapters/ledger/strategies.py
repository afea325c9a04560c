"""Hypothesis strategies for whatever a request may hold, whether or not the flows would ever bring it about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from hypothesis import strategies as st

from handler.domain.audit import Event
from handler.domain.model import Actor, Change, ChannelId, Head, JobId, RequestId, RunCondition, UserId
from handler.domain.news import News
from handler.domain.request import Approval, Card, Emergency, Ending, Request, Review, State
from tests import makers

# Text that a request keeps as text is valid Unicode, as the forms it comes from are; what the API says need not be.
words: Final = st.text(max_size=30)
names: Final = st.text(min_size=1, max_size=10)
json_values: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
run_conditions: Final = st.dictionaries(names, json_values, max_size=6).map(RunCondition)

moments: Final = st.datetimes(
    min_value=datetime(2000, 1, 2),  # noqa: DTZ001 - hypothesis takes a naive bound and adds the time zone itself
    max_value=datetime(2199, 12, 30),  # noqa: DTZ001 - the same
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(-timedelta(hours=3, minutes=30))]),
)
users: Final = st.from_regex(r"[UW][A-Z0-9]{1,12}", fullmatch=True).map(UserId)
counts: Final = st.integers(0, 2**63)

reviews: Final = st.builds(
    Review,
    needed=st.integers(1, 3),
    expires_at=moments,
    remind_at=st.none() | moments,
    escalate_at=st.none() | moments,
    reminders=counts,
    approvals=st.lists(st.builds(Approval, users, moments), max_size=3).map(tuple),
    decided_by=st.none() | users,
    decided_reason=st.none() | words,
)
emergencies: Final = st.builds(Emergency, review_at=moments, reviewed_by=st.none() | users)
endings: Final = st.builds(
    Ending,
    notice_at=st.none() | moments,
    extra_minutes=counts,
    extended_by=st.none() | users,
    kept_by=st.none() | users,
    undone_by=st.none() | users,
    is_over=st.booleans(),
    former=st.dictionaries(names, counts, max_size=2),
    failures=counts,
)

requests: Final = st.builds(
    Request,
    id=st.just(RequestId(makers.REQUEST_ID)),
    state=st.sampled_from(State),
    change=st.builds(
        Change,
        st.just(JobId(makers.JOB_ID)),
        words,
        run_conditions,
        st.dictionaries(names, st.integers(), min_size=1, max_size=3),
    ),
    requester=st.builds(Actor, users, st.just(ChannelId("C0INCIDENT")), words),
    delivery=words,
    created_at=moments,
    updated_at=moments,
    policy_version=words,
    because=st.lists(words, max_size=3).map(tuple),
    head=st.builds(Head, counts, words),
    reason=st.none() | words,
    due_at=st.none() | moments,
    tell_at=st.none() | moments,
    untold=st.lists(st.builds(News, st.sampled_from(Event), counts), max_size=3).map(tuple),
    card=st.none() | st.builds(Card, st.just(ChannelId("C0INCIDENT")), words, counts),
    found=st.none() | run_conditions,
    problem=st.none() | words,
    checks=counts,
    started_at=st.none() | moments,
    called_at=st.none() | moments,
    minutes=st.none() | counts,
    revert_at=st.none() | moments,
    undoing=st.booleans(),
    review=st.none() | reviews,
    emergency=st.none() | emergencies,
    over=st.dictionaries(names, st.just(RequestId("9vwx-00ab")), max_size=2),
    ending=endings,
)
