"""How a request begins, or does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handler.domain.audit import BEFORE_FIRST, Event, Fact, chained, recordable
from handler.domain.authority import Action, Allowed, NeedsApproval
from handler.domain.identity import delivery_digest
from handler.domain.model import Head, RequestId
from handler.domain.moves import Move
from handler.domain.news import News
from handler.domain.opening import Asked, Refusal, opened, refused
from handler.domain.request import Emergency, Request, Review, State
from handler.domain.review import Terms
from tests.makers import JOB_ID, NOW, REQUEST_ID, actor, at, change, run_condition

DELIVERY = delivery_digest("delivery-1")
TERMS = Terms(expires_after=timedelta(minutes=30), remind_after=timedelta(minutes=10), review_within=timedelta(hours=3))
REQUESTED = Fact(
    request_id=REQUEST_ID,
    at="2026-11-23T03:04:05.678Z",
    event=Event.REQUESTED,
    actor="U0KIM",
    action="scale",
    channel="C0INCIDENT",
    job_id=JOB_ID,
    job_name="wordcount",
    before=recordable(run_condition()),
    after=recordable(run_condition(numWorker=4)),
    reason="backlog",
    minutes=120,
    policy_version="sha256:4f1d",
    because=("oncall-small",),
    delivery=DELIVERY,
)
ASKED = Asked(id=REQUEST_ID, actor=actor(), change=change(), delivery=DELIVERY, reason="backlog", minutes=120)
OPENED = Request(
    id=REQUEST_ID,
    state=State.APPROVED,
    change=change(),
    requester=actor(),
    delivery=DELIVERY,
    created_at=NOW,
    updated_at=NOW,
    policy_version="sha256:4f1d",
    because=("oncall-small",),
    head=Head(1, chained(BEFORE_FIRST, REQUESTED).hash),
    reason="backlog",
    minutes=120,
    due_at=at(2),
    untold=(News(Event.REQUESTED, 1),),
    tell_at=at(2),
)


def test_what_is_allowed_straight_away_is_approved() -> None:
    """On record is who asked for what, why and by which rule; the tick looks if the worker dies."""
    move = opened(ASKED, Allowed(("oncall-small",), "sha256:4f1d"), TERMS, NOW)
    assert move == Move(OPENED, chained(BEFORE_FIRST, REQUESTED))


def test_what_needs_approval_is_pending() -> None:
    """Two people must say yes within half an hour; the tick looks when they are to be reminded."""
    move = opened(ASKED, NeedsApproval(2, ("oncall-small",), "sha256:4f1d"), TERMS, NOW)
    review = Review(needed=2, expires_at=at(30), remind_at=at(10))
    expected = replace(OPENED, state=State.PENDING, due_at=at(10), review=review)
    assert move == Move(expected, chained(BEFORE_FIRST, REQUESTED))


def test_an_emergency_is_to_be_looked_at_afterwards() -> None:
    """Within the time that the policy's settings say."""
    move = opened(replace(ASKED, is_emergency=True), Allowed(("oncall-small",), "sha256:4f1d"), TERMS, NOW)
    assert move.request == replace(OPENED, emergency=Emergency(review_at=at(180)))


def test_a_request_knows_what_it_lies_over() -> None:
    """For each field, the change that had set it last."""
    over = {"numWorker": RequestId("aaaa-aaaa")}
    move = opened(replace(ASKED, over=over), Allowed(("oncall-small",), "sha256:4f1d"), TERMS, NOW)
    assert move.request == replace(OPENED, over=over)


def test_reason_and_duration_may_be_missing() -> None:
    """A change until it is undone, asked without a reason, has neither in the request and in the record."""
    asked = Asked(id=REQUEST_ID, actor=actor(), change=change(), delivery=DELIVERY)
    move = opened(asked, Allowed((), "v"), TERMS, NOW)
    assert (move.request.reason, move.request.minutes) == (None, None)
    assert (move.fact.reason, move.fact.minutes) == (None, None)
    assert move.request.emergency is None


@pytest.mark.parametrize("reason", ["backlog", None])
def test_a_refusal_is_a_chain_of_one(reason: str | None) -> None:
    """Everything asked for is on record, with why not."""
    asked = Refusal(
        actor=actor("U0PARK"),
        delivery="digest",
        action=Action.RUN,
        detail="denied",
        policy_version="sha256:4f1d",
        because=("freeze",),
        job_id=JOB_ID,
        job_name="wordcount",
        before={"numWorker": 2},
        after={"numWorker": 4},
        reason=reason,
    )
    expected = Fact(
        request_id=REQUEST_ID,
        at="2026-11-23T03:04:05.678Z",
        event=Event.REFUSED,
        actor="U0PARK",
        action="run",
        channel="C0INCIDENT",
        job_id=JOB_ID,
        job_name="wordcount",
        before={"numWorker": 2},
        after={"numWorker": 4},
        reason=reason,
        policy_version="sha256:4f1d",
        because=("freeze",),
        delivery="digest",
        detail="denied",
    )
    assert refused(asked, REQUEST_ID, NOW) == chained(BEFORE_FIRST, expected)
