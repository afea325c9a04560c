"""Which state may follow which, and the fact that goes with every move."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handler.domain.audit import Event
from handler.domain.errors import IllegalMove
from handler.domain.moves import SLUICE, Note, moved
from handler.domain.news import News
from handler.domain.request import State
from tests.makers import at
from tests.unit.domain.expected import FOUR, move, recorded, waiting

LEGAL = {
    ("pending", "approved"),
    ("pending", "denied"),
    ("pending", "expired"),
    ("pending", "withdrawn"),
    ("pending", "stale"),
    ("approved", "applying"),
    ("approved", "stale"),
    ("applying", "applied"),
    ("applying", "failed"),
    ("applying", "unknown"),
    ("unknown", "applied"),
    ("unknown", "reverted"),
    ("unknown", "failed"),
    ("unknown", "unknown"),
    ("applied", "reverting"),
    ("reverting", "reverted"),
    ("reverting", "failed"),
    ("reverting", "unknown"),
}
ENTERED = [state for state in State if state is not State.PENDING]


@pytest.mark.parametrize("after", ENTERED)
@pytest.mark.parametrize("before", State)
def test_a_state_is_entered_along_the_arrows_only(before: State, after: State) -> None:
    """Eighteen moves are legal, of all pairs, and one more; any other says between which states, and gives nothing."""
    request = waiting(before)
    note = Note(event=Event(after.value), actor="U0KIM")
    if (before.value, after.value) in LEGAL:
        assert moved(request, replace(request, state=after), note, at(1)).request.state is after
    else:
        with pytest.raises(IllegalMove) as caught:
            moved(request, replace(request, state=after), note, at(1))
        assert (caught.value.before, caught.value.after) == (before, after)
        assert str(caught.value) == f"{before.value} may not become {after.value}"


def test_only_a_putting_back_that_failed_is_begun_again() -> None:
    """A change that was never made cannot be put back."""
    undone, never_made = waiting(State.FAILED, undoing=True), waiting(State.FAILED)
    note = Note(event=Event.REVERTING, actor=SLUICE)
    assert moved(undone, replace(undone, state=State.REVERTING), note, at(1)).request.state is State.REVERTING
    with pytest.raises(IllegalMove):
        moved(undone, replace(undone, state=State.APPLIED), Note(event=Event.APPLIED, actor=SLUICE), at(1))
    with pytest.raises(IllegalMove):
        moved(never_made, replace(never_made, state=State.REVERTING), note, at(1))


@pytest.mark.parametrize("state", State)
def test_nothing_becomes_pending_again(state: State) -> None:
    """A request is pending from the start or never."""
    request = waiting(state)
    if state is not State.PENDING:
        with pytest.raises(IllegalMove):
            moved(request, replace(request, state=State.PENDING), Note(event=Event.KEPT, actor=SLUICE), at(1))


@pytest.mark.parametrize("state", State)
def test_what_enters_no_state_may_be_recorded_in_any(state: State) -> None:
    """A refused click, a reminder, a look at an emergency: the request stays where it is, and its chain grows."""
    request = waiting(state)
    made = moved(request, request, Note(event=Event.CLICK_REFUSED, actor="U0KIM"), at(1))
    assert made == move(request, recorded("U0KIM", Event.CLICK_REFUSED))


def test_the_fact_of_a_move_says_everything_that_is_noted() -> None:
    """Who did what, where and why, and what the job was like after it; the rest is the request's."""
    request = waiting(State.APPROVED)
    note = Note(
        event=Event.APPLYING,
        actor="U0LEE",
        channel="C0DATA",
        after=FOUR,
        reason="backlog",
        because=("oncall-small",),
        detail="why",
        writer="worker-1",
        delivery="digest",
        minutes=90,
    )
    fact = recorded(
        "U0LEE",
        Event.APPLYING,
        FOUR,
        channel="C0DATA",
        reason="backlog",
        because=("oncall-small",),
        detail="why",
        writer="worker-1",
        delivery="digest",
        minutes=90,
    )
    after = replace(request, state=State.APPLYING, checks=5)
    assert moved(request, after, note, at(1)) == move(request, fact, state=State.APPLYING, checks=5)


def test_what_nobody_did_was_done_by_sluice() -> None:
    """The tick's name in the record."""
    assert SLUICE == "sluice"


def test_that_it_is_still_not_known_is_nothing_new() -> None:
    """People were told once; the next look that finds nothing leaves who is to tell what as it was."""
    before = waiting(State.UNKNOWN, untold=(News(Event.ESCALATED, 2),), tell_at=at(9))
    note = Note(event=Event.UNKNOWN, actor="U0KIM")
    again = moved(before, replace(before, checks=1), note, at(1)).request
    assert (again.untold, again.tell_at, again.updated_at) == (before.untold, at(9), at(1))


@pytest.mark.parametrize(
    ("state", "event"),
    [(State.UNKNOWN, Event.ESCALATED), (State.PENDING, Event.REMINDED), (State.APPLYING, Event.UNKNOWN)],
)
def test_whatever_else_changes_is_news(state: State, event: Event) -> None:
    """A call about what is not known, a reminder, that it is not known at all: told within two minutes by another."""
    before = waiting(state)
    after = replace(before, checks=1, state=State.UNKNOWN if event is Event.UNKNOWN else state)
    told = moved(before, after, Note(event=event, actor="U0KIM"), at(1)).request
    assert (told.untold, told.tell_at) == ((News(event, 3),), at(3))


def test_what_is_only_put_on_record_is_no_news() -> None:
    """A refused click adds a fact; who is to tell what stays as it was."""
    before = waiting(State.PENDING, untold=(News(Event.REQUESTED, 1),), tell_at=at(2))
    noted = moved(before, before, Note(event=Event.CLICK_REFUSED, actor="U0KIM"), at(1)).request
    assert (noted.untold, noted.tell_at, noted.updated_at) == (before.untold, at(2), before.updated_at)
