"""Before the end of a change: people are asked, and may put it off or take it away; after too many tries, they look."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from handler.domain.audit import Event
from handler.domain.ending import extended, extended_end, kept, left_to_people, noticed
from handler.domain.lifecycle import is_past_trying, next_try, notice_before
from handler.domain.request import Emergency, Ending, State
from tests.makers import NOW, at
from tests.unit.domain.expected import BY_LEADS, FOUR, LEE, SIX, move, recorded, waiting

INSTANT = timedelta(microseconds=1)


def test_people_are_asked_ten_minutes_before_the_end() -> None:
    """Never before the start: with ten minutes or less left, the card asks already."""
    assert notice_before(at(60), NOW) == at(50)
    assert notice_before(at(10) + INSTANT, NOW) == NOW + INSTANT
    assert notice_before(at(10), NOW) is None
    assert notice_before(at(1), NOW) is None
    assert notice_before(None, NOW) is None


@pytest.mark.parametrize("review_at", [None, at(3), at(30)])
def test_asking_is_recorded_once(review_at: datetime | None) -> None:
    """From then on the end is due, or a look at an emergency before it."""
    emergency = review_at and Emergency(review_at=review_at)
    ending = Ending(notice_at=at(0), extra_minutes=60)
    before = waiting(State.APPLIED, revert_at=at(10), due_at=at(0), emergency=emergency, ending=ending)
    fact = recorded("sluice", Event.REMINDED, detail="ends_soon")
    due_at = min(at(10), review_at or at(10))
    expected = move(before, fact, due_at=due_at, ending=Ending(extra_minutes=60))
    assert noticed(before, at(1)) == expected


def test_an_extension_adds_an_hour_and_asks_again() -> None:
    """Counted from the planned end; who did it, by which rule, until when and for how long in all is on record."""
    before = waiting(State.APPLIED, minutes=120, started_at=at(-115), revert_at=at(5), due_at=at(5))
    fact = recorded(
        "U0LEE",
        Event.EXTENDED,
        channel="C0DATA",
        minutes=180,
        detail="2026-11-23T04:09:05.678Z",
        because=("leads-approve",),
        policy_version="sha256:77aa",
    )
    ending = Ending(notice_at=at(55), extra_minutes=60, extended_by=LEE.user_id)
    expected = move(before, fact, revert_at=at(65), due_at=at(55), ending=ending)
    assert extended(before, at(5), LEE, at(1), decision=BY_LEADS) == expected


def test_what_is_over_for_long_is_extended_from_now() -> None:
    """An end that had to wait for another change is still an hour away; a begun minute counts as one."""
    before = waiting(State.APPLIED, minutes=60, started_at=at(-89.5), revert_at=at(-29.5))
    assert extended_end(before, at(-29.5), NOW) == (at(60), 150)
    unsaid = waiting(State.APPLIED, minutes=60, created_at=at(-60), revert_at=NOW)
    assert extended_end(unsaid, NOW, NOW) == (at(60), 120)


def test_what_was_asked_without_a_time_has_all_of_it_added() -> None:
    """Nothing of it was asked for at first."""
    before = waiting(State.APPLIED, minutes=None, started_at=NOW, revert_at=at(5))
    assert extended(before, at(5), LEE, at(1), decision=BY_LEADS).request.ending.extra_minutes == 65


def test_what_is_kept_has_no_end() -> None:
    """Nor a question before it; an emergency is still to be looked at."""
    wanted = Emergency(review_at=at(30))
    before = waiting(State.APPLIED, minutes=120, revert_at=at(5), ending=Ending(notice_at=at(2)), emergency=wanted)
    fact = recorded(
        "U0LEE",
        Event.KEPT,
        FOUR,
        channel="C0DATA",
        because=("leads-approve",),
        policy_version="sha256:77aa",
    )
    expected = move(before, fact, revert_at=None, due_at=at(30), ending=Ending(kept_by=LEE.user_id))
    assert kept(before, LEE, at(1), decision=BY_LEADS) == expected


@pytest.mark.parametrize(("emergency", "due_at"), [(None, None), (Emergency(review_at=at(30)), at(30))])
def test_after_the_last_try_it_is_left_to_people(emergency: Emergency | None, due_at: datetime | None) -> None:
    """Nothing is due any more but a look at an emergency."""
    before = waiting(State.FAILED, undoing=True, revert_at=at(0), due_at=at(0), found=SIX, ending=Ending(failures=6))
    before = replace(before, emergency=emergency)
    fact = recorded("sluice", Event.ESCALATED, detail="not_put_back")
    assert left_to_people(before, at(1)) == move(before, fact, revert_at=None, due_at=due_at)


def test_tries_grow_rare_and_end() -> None:
    """1, 2, 4, 8 and 15 minutes apart."""
    waits = [next_try(failures, NOW) - NOW for failures in range(1, 8)]
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15, 0, 0)]
    assert [is_past_trying(failures) for failures in range(8)] == [False] * 6 + [True] * 2
