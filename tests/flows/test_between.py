"""What others do between two lines of a story: only what takes the story's own step stops it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from handler.domain.errors import Moved
from handler.domain.news import told_by_another
from handler.domain.outcomes import ChangeShown
from handler.domain.request import State
from handler.flows.afterwards import mark_reviewed
from handler.flows.execute import execute
from handler.flows.review import approve
from tests.fakes.ledger import FakeLedger
from tests.flows.conftest import HAN, LEE, Story

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.audit import Fact
    from handler.domain.request import Request

EMERGENCY = "break-glass scale wordcount workers=8 because backlog"


@dataclass(slots=True)
class CrowdedLedger(FakeLedger):
    """Lets somebody else act just before a request is moved on: ``others`` by the state it is about to be in."""

    others: dict[State, Callable[[], object]] = field(default_factory=dict)

    def advance(self, before: Request, after: Request, fact: Fact) -> None:
        """Record a request's next state, after another has done something."""
        if other := self.others.pop(after.state, None):
            other()
        FakeLedger.advance(self, before, after, fact)


@dataclass(slots=True)
class RestlessLedger(FakeLedger):
    """Says of every move that the request has moved, though nothing is different."""

    tried: int = 0

    def advance(self, before: Request, after: Request, fact: Fact) -> None:
        """Record nothing."""
        del after, fact
        self.tried += 1
        raise Moved(before)


@pytest.fixture
def ledger() -> CrowdedLedger:
    """The record, in which others may act."""
    return CrowdedLedger()


@pytest.fixture
def story(ledger: CrowdedLedger) -> Story:
    """A world with that record."""
    return Story(ledger=ledger)


@pytest.mark.parametrize(
    ("before", "events"),
    [
        (State.APPLYING, ["requested", "approved", "click_refused", "applying", "applied"]),
        (State.APPLIED, ["requested", "approved", "applying", "click_refused", "applied"]),
    ],
)
def test_a_refused_click_does_not_stop_a_change(
    story: Story, ledger: CrowdedLedger, before: State, events: list[str]
) -> None:
    """A button of another card, pressed while the change is carried out: it is on record, and the change is done."""
    request = story.opened()
    forged = story.click(request, HAN)
    forged = replace(forged, ref=replace(forged.ref, digest="0" * 32))
    ledger.others[before] = lambda: story.send(approve, forged)
    outcome = story.press(approve, request, LEE)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request == story.now(request)
    assert outcome.request.state is State.APPLIED
    assert story.events() == events
    assert len(story.dataflow.puts) == 1
    assert story.is_sound(request)


@pytest.mark.parametrize("before", [State.APPLYING, State.APPLIED])
def test_a_review_does_not_stop_an_emergency_and_is_kept(story: Story, ledger: CrowdedLedger, before: State) -> None:
    """A lead looks at it while it is carried out: the change is done, and seen."""

    def look() -> None:
        (request,) = ledger.requests.values()
        story.press(mark_reviewed, request, LEE)

    ledger.others[before] = look
    request = story.opened(EMERGENCY)
    assert request == story.now(request)
    assert request.state is State.APPLIED
    assert request.emergency is not None
    assert request.emergency.reviewed_by == LEE
    assert request.due_at == request.ending.notice_at
    assert len(story.dataflow.puts) == 1
    assert story.is_sound(request)


def test_who_starts_a_change_first_is_the_only_one(story: Story, ledger: CrowdedLedger) -> None:
    """Another worker that starts the same change in between does it and tells of it; this one writes nothing."""
    request = story.opened()
    ledger.others[State.APPLYING] = lambda: execute(story.world, story.now(request))
    outcome = story.press(approve, request, LEE)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request == told_by_another(story.now(request))
    assert story.events() == ["requested", "approved", "applying", "applied"]
    assert len(story.dataflow.puts) == 1


def test_a_change_that_never_comes_to_its_turn_is_left_to_the_tick() -> None:
    """A record that moves on before each try is not run after for ever; nothing is written."""
    ledger = RestlessLedger()
    story = Story(ledger=ledger)
    request = story.opened("scale wordcount workers=4")
    assert (request.state, story.dataflow.puts) == (State.APPROVED, [])
    assert ledger.tried == 100
