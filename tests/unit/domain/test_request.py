"""A request: its states, what it wants, when something is owed to it, and the digest people decide about."""

from __future__ import annotations

import hashlib
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest

from handler.domain.model import JobId, RequestId, RunCondition
from handler.domain.request import DIGEST_LENGTH, Card, Emergency, Ending, Request, Review, State, digest_of
from tests.makers import actor, at, card, change, request, run_condition

MADE = request(asked=change(before=RunCondition({"numWorker": 2}), values={"numWorker": 4}))
REVIEW = Review(needed=1, expires_at=at(30))


def test_states_are_stored_by_the_words_of_the_contract() -> None:
    """The contract, "Request states"."""
    assert {state.value for state in State} == {
        *("pending", "approved", "applying", "applied", "failed", "unknown"),
        *("reverting", "reverted", "denied", "expired", "withdrawn", "stale"),
    }


def test_a_request_holds_its_job_until_its_outcome_is_known() -> None:
    """From being asked until the end, `unknown` too (architecture, rule 3)."""
    holding = {state.value for state in State if state.holds_job}
    assert holding == {"pending", "approved", "applying", "unknown", "reverting"}


def test_a_request_remembers_its_message_and_stays_the_same() -> None:
    """The message is all that is new; the request it came from has none."""
    assert MADE.with_card(card()) == replace(MADE, card=card())
    assert MADE.card is None


def test_what_is_put_back_does_not_change_in_place() -> None:
    """Whoever gave the values may go on to change theirs."""
    given = {"numWorker": 2}
    ending = Ending(former=given)
    given["numWorker"] = 4
    assert ending.former == {"numWorker": 2}


def test_a_request_does_not_change_in_place() -> None:
    """It can only be replaced by another."""
    with pytest.raises(FrozenInstanceError):
        MADE.state = State.APPLIED  # type: ignore[misc] # that it cannot be done is the point


def test_a_write_is_to_give_the_asked_values() -> None:
    """Those and no others."""
    assert MADE.wanted == {"numWorker": 4}


def test_undoing_is_to_give_the_former_values_of_just_these_fields() -> None:
    """A field that was not there before has no former value."""
    asked = change(before=run_condition(), values={"numWorker": 4, "spare": 1})
    assert replace(MADE, change=asked, undoing=True).wanted == {"numWorker": 2, "spare": None}


def test_a_review_is_due_when_the_first_of_its_times_comes() -> None:
    """Expiry, reminder, escalation: whichever is next; the expiry is always there."""
    assert REVIEW.due_at == at(30)
    assert replace(REVIEW, remind_at=at(10)).due_at == at(10)
    assert replace(REVIEW, remind_at=at(20), escalate_at=at(15)).due_at == at(15)


@pytest.mark.parametrize(
    ("revert_at", "emergency", "expected"),
    [
        (None, None, None),
        (at(60), None, at(60)),
        (None, Emergency(review_at=at(30)), at(30)),
        (at(60), Emergency(review_at=at(30)), at(30)),
        (at(20), Emergency(review_at=at(30)), at(20)),
        (at(60), Emergency(review_at=at(30), reviewed_by=actor("U0LEE").user_id), at(60)),
        (None, Emergency(review_at=at(30), reviewed_by=actor("U0LEE").user_id), None),
    ],
)
def test_what_is_owed_next_to_an_applied_change(
    revert_at: datetime | None, emergency: Emergency | None, expected: datetime | None
) -> None:
    """Its end, or a look at an emergency that nobody has looked at, whichever comes first."""
    assert replace(MADE, revert_at=revert_at, emergency=emergency).next_due_at == expected


def test_a_digest_is_what_one_computes_by_hand() -> None:
    """32 hex digits of the SHA-256 of the exact arguments as canonical JSON."""
    by_hand = (
        '{"after":{"numWorker":4},"before":{"numWorker":2},"expires_at":"2026-11-23T03:34:05.678Z",'
        '"job_id":"Wc7RtQ2mLx9B","minutes":120,"policy_version":"sha256:4f1d","request_id":"7k3m-q2xd"}'
    )
    made = replace(MADE, minutes=120, review=REVIEW)
    assert digest_of(made) == hashlib.sha256(by_hand.encode()).hexdigest()[:32]
    assert made.digest == digest_of(made)
    assert DIGEST_LENGTH == 32


def test_a_digest_without_duration_and_expiry() -> None:
    """Both are null."""
    by_hand = (
        '{"after":{"numWorker":4},"before":{"numWorker":2},"expires_at":null,'
        '"job_id":"Wc7RtQ2mLx9B","minutes":null,"policy_version":"sha256:4f1d","request_id":"7k3m-q2xd"}'
    )
    assert MADE.digest == hashlib.sha256(by_hand.encode()).hexdigest()[:32]


@pytest.mark.parametrize(
    "other",
    [
        replace(MADE, id=RequestId("aaaa-aaaa")),
        replace(MADE, change=replace(MADE.change, job_id=JobId("Od4KpZ8vNs1Y"))),
        replace(MADE, change=replace(MADE.change, before=RunCondition({"numWorker": 3}))),
        replace(MADE, change=replace(MADE.change, values={"numWorker": 5})),
        replace(MADE, change=replace(MADE.change, values={"numWorker": 4, "timeout": 5})),
        replace(MADE, minutes=60),
        replace(MADE, review=REVIEW),
        replace(MADE, policy_version="sha256:ffff"),
    ],
)
def test_another_argument_is_another_digest(other: Request) -> None:
    """A button that was made for other arguments does not fit."""
    assert other.digest != MADE.digest


@pytest.mark.parametrize(
    "other",
    [
        replace(MADE, state=State.PENDING),
        replace(MADE, card=Card(actor().channel_id, "1")),
        replace(MADE, updated_at=datetime(2027, 1, 1, tzinfo=UTC)),
        replace(MADE, review=replace(REVIEW, reminders=3), due_at=None, checks=2),
    ],
)
def test_what_happens_to_a_request_leaves_its_digest(other: Request) -> None:
    """A button stays good while people are reminded and the card moves."""
    assert other.digest == replace(MADE, review=other.review and REVIEW).digest
