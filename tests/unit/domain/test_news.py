"""What people have not been told, and what of it deserves a message of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handler.domain.audit import Event
from handler.domain.news import WORKER_IS_GONE_AFTER, News, owed, told_by_another, untold
from handler.domain.request import State
from tests.makers import at, emergency, request

REQUESTED, APPROVED = News(Event.REQUESTED, 1), News(Event.APPROVED, 2)
SETTLED = [state for state in State if state not in {State.APPROVED, State.APPLYING, State.REVERTING, State.PENDING}]
OUTCOMES = ["applied", "failed", "unknown", "reverted", "kept", "stale", "denied", "expired", "withdrawn"]
CALLS = ["reminded", "escalated"]


def told_until(state: State, *news: tuple[str, int], reviewed_by: str | None = None) -> tuple[News, ...]:
    """Return what is owed of an emergency in this state with these news."""
    made = request(state=state, untold=tuple(News(Event(event), seq) for event, seq in news))
    return owed(replace(made, emergency=emergency(reviewed_by)))


def test_a_worker_has_longer_to_tell_than_it_may_live() -> None:
    """Two minutes: a worker lives for one (serverless.yml)."""
    assert timedelta(seconds=60) < WORKER_IS_GONE_AFTER == timedelta(minutes=2)


def test_news_are_kept_until_they_are_told() -> None:
    """Each with its fact, in order; of the same kind the newest; the tick takes over two minutes after the last."""
    asked = untold(request(), REQUESTED, at(0))
    assert (asked.untold, asked.tell_at) == ((REQUESTED,), at(2))
    later = untold(untold(asked, APPROVED, at(1)), News(Event.REQUESTED, 3), at(5))
    assert (later.untold, later.tell_at) == ((APPROVED, News(Event.REQUESTED, 3)), at(7))
    assert told_by_another(later) == request()


@pytest.mark.parametrize(
    ("due_at", "tell_at", "expected"), [(1, 2, 1), (2, 1, 1), (None, 2, 2), (1, None, 1), (None, None, None)]
)
def test_a_request_wakes_for_whatever_comes_first(
    due_at: float | None, tell_at: float | None, expected: float | None
) -> None:
    """Something to do, or something to tell."""
    made = request(due_at=None if due_at is None else at(due_at), tell_at=None if tell_at is None else at(tell_at))
    assert made.wakes_at == (None if expected is None else at(expected))


@pytest.mark.parametrize(
    ("state", "due_at", "expected"), [("pending", None, True), ("applied", 9, True), ("applied", None, False)]
)
def test_what_is_only_untold_is_not_open(state: str, due_at: float | None, expected: bool) -> None:  # noqa: FBT001 - a case
    """Open is what holds its job or is due."""
    made = request(state=State(state), due_at=None if due_at is None else at(due_at), tell_at=at(1))
    assert made.is_open is expected


@pytest.mark.parametrize("event", OUTCOMES)
def test_an_outcome_is_called(event: str) -> None:
    """Of several the last, whatever else is new."""
    assert told_until(State.APPLIED, ("requested", 1), (event, 4)) == (News(Event(event), 4),)
    assert told_until(State.APPLIED, ("failed", 3), (event, 4), ("reviewed", 5)) == (News(Event(event), 4),)


@pytest.mark.parametrize("event", ["requested", "approved", "applying", "reverting", "reviewed", "extended"])
def test_what_only_the_card_shows_is_not_called(event: str) -> None:
    """A card is edited without a word."""
    assert told_until(State.APPLIED, (event, 4)) == ()


@pytest.mark.parametrize("event", CALLS)
def test_a_call_is_called(event: str) -> None:
    """Together with another kind, too, the older first; an approval in between does not end it."""
    assert told_until(State.PENDING, (event, 4), ("approved", 5)) == (News(Event(event), 4),)
    assert told_until(State.PENDING, (event, 1)) == (News(Event(event), 1),)
    other = "escalated" if event == "reminded" else "reminded"
    assert told_until(State.PENDING, (other, 3), (event, 4)) == (News(Event(other), 3), News(Event(event), 4))


@pytest.mark.parametrize("event", CALLS)
@pytest.mark.parametrize("end", ["expired", "kept", "failed"])
def test_an_outcome_makes_a_call_before_it_pointless(event: str, end: str) -> None:
    """And leaves one after it alone."""
    assert told_until(State.EXPIRED, (event, 3), (end, 4)) == (News(Event(end), 4),)
    assert told_until(State.FAILED, (end, 3), (event, 4)) == (News(Event(end), 3), News(Event(event), 4))


def test_a_later_end_makes_the_question_about_the_old_one_pointless() -> None:
    """Extended before anybody was asked; the outcome before that is called all the same."""
    assert told_until(State.APPLIED, ("reminded", 4), ("extended", 5)) == ()
    assert told_until(State.APPLIED, ("applied", 3), ("reminded", 4), ("extended", 5)) == (News(Event.APPLIED, 3),)
    assert told_until(State.APPLIED, ("extended", 4), ("reminded", 5)) == (News(Event.REMINDED, 5),)


def test_people_are_called_to_an_emergency_that_nobody_looked_at() -> None:
    """Not to one that somebody has looked at, nor where there is none."""
    news = ("review_reminded", 5)
    assert told_until(State.APPLIED, news) == (News(Event.REVIEW_REMINDED, 5),)
    assert told_until(State.APPLIED, news, reviewed_by="U0LEE") == ()
    assert owed(request(state=State.APPLIED, untold=(News(Event.REVIEW_REMINDED, 5),))) == ()


@pytest.mark.parametrize("state", ["approved", "applying", "reverting"])
def test_while_it_is_under_way_nobody_is_called(state: str) -> None:
    """Moments later there is more to tell; unless it takes so long that somebody is turned to."""
    begun = (state, 4)
    assert told_until(State(state), ("reminded", 2), ("escalated", 3), begun) == ()
    assert told_until(State(state), ("failed", 3), begun, ("escalated", 5)) == (News(Event.ESCALATED, 5),)
    assert told_until(State(state), ("escalated", 1)) == (News(Event.ESCALATED, 1),)


@pytest.mark.parametrize("state", SETTLED)
def test_whatever_it_settled_as_is_called(state: State) -> None:
    """In every other state."""
    assert told_until(state, ("applied", 4)) == (News(Event.APPLIED, 4),)
