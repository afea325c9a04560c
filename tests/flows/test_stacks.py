"""Random piles of changes on one job, ended in any order, against a model that knows nothing of requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handler.domain.outcomes import ChangeShown, Undone
from handler.domain.request import State
from handler.flows.ending import extend, keep, revert_now
from handler.flows.upkeep import tick
from tests.flows.conftest import KIM, Story
from tests.flows.policies import SCALE_STRAIGHT_AWAY, ruled
from tests.makers import JOB_ID, run_condition

if TYPE_CHECKING:
    from handler.domain.request import Request

FIELDS: Final = {"numWorker": "workers", "timeout": "timeout"}
POLICY: Final = ruled(Story().policy, SCALE_STRAIGHT_AWAY)


@dataclass
class Pile:
    """Sheets that lie on each other, each with values for some fields; what shows is the topmost value of each."""

    ground: dict[str, int]
    sheets: dict[str, dict[str, int]] = field(default_factory=dict)

    def shows(self) -> dict[str, int]:
        """Return what is to be seen from above."""
        seen = dict(self.ground)
        for values in self.sheets.values():
            seen |= values
        return seen

    def is_bare(self, name: str) -> bool:
        """Whether nothing lies on any part of a sheet."""
        order = list(self.sheets)
        above = order[order.index(name) + 1 :]
        return not any(self.sheets[name].keys() & self.sheets[each].keys() for each in above)


minutes = st.sampled_from([None, 15, 30, 45, 60, 90])
asked = st.tuples(
    st.just("ask"),
    st.fixed_dictionaries(
        {}, optional={"numWorker": st.integers(2, 10), "timeout": st.sampled_from([60, 360, 361, 480])}
    ).filter(bool),
    minutes,
)
waits = st.tuples(st.just("wait"), st.sampled_from([1, 7, 16, 40]), st.none())
decided = st.tuples(st.sampled_from(["keep", "undo", "revert", "extend"]), st.integers(0, 4), st.none())
histories = st.lists(st.one_of(asked, asked, waits, decided), min_size=2, max_size=14)


class Scene:
    """The program and the pile beside each other."""

    def __init__(self) -> None:
        self.story = Story(policy=POLICY)
        self.pile = Pile({"numWorker": 2, "timeout": 360})
        self.requests: dict[str, Request] = {}
        self.ends: dict[str, int] = {}
        self.now = 0

    def ask(self, values: dict[str, int], length: int | None) -> None:
        """Put a sheet on top, with the values that are not there already."""
        seen = self.pile.shows()
        new = {name: value for name, value in values.items() if seen[name] != value}
        if not new:
            return
        words = " ".join(f"{FIELDS[name]}={value}" for name, value in values.items())
        name = f"delivery-{len(self.requests)}"
        span = "" if length is None else f" for {length}m"
        request = self.story.opened(f"scale wordcount {words}{span} because x", KIM, name)
        assert request.state is State.APPLIED
        self.requests[name] = request
        self.pile.sheets[name] = new
        if length is not None:
            self.ends[name] = self.now + length

    def wait(self, length: int) -> None:
        """Let minutes pass, each with a tick; a sheet whose time is over is drawn out, wherever it lies."""
        for _ in range(length):
            self.now += 1
            self.story.clock.move_on(minutes=1)
            assert tick(self.story.world).failed == ()
            for name in [each for each, end in self.ends.items() if end <= self.now]:
                del self.ends[name], self.pile.sheets[name]

    def decide(self, what: str, place: int) -> None:
        """Press a button about the end of a sheet, or type undo."""
        if not self.requests:
            return
        name = list(self.requests)[place % len(self.requests)]
        request = self.story.now(self.requests[name])
        is_there, is_bare = name in self.pile.sheets, name in self.pile.sheets and self.pile.is_bare(name)
        if what == "undo":
            outcome = self.story.ask(f"undo {request.id}", KIM, f"undo-{len(self.story.ledger.all_facts())}")
            # What was drawn out from under another sheet is over, and has no values left that could be put back.
            assert isinstance(outcome, Undone) == is_bare
        elif request.revert_at is None:
            return
        else:
            button = {"keep": keep, "revert": revert_now, "extend": extend}[what]
            outcome = self.story.send(button, self.story.at_end(request, KIM))
            assert isinstance(outcome, ChangeShown) == (is_there and (is_bare or what != "revert"))
        if not isinstance(outcome, ChangeShown | Undone):
            return
        if what == "keep":
            del self.ends[name]
        elif what == "extend":
            self.ends[name] += 60
        else:
            del self.pile.sheets[name]
            self.ends.pop(name, None)

    def agrees(self) -> bool:
        """Whether the job has what shows, and nothing else was touched."""
        return self.story.dataflow.stored(JOB_ID) == run_condition(**self.pile.shows())


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_the_job_has_what_shows(history: list[tuple[str, dict[str, int] | int, int | None]]) -> None:
    """After every step, and when all that has an end has ended."""
    scene = Scene()
    for what, value, length in history:
        match value:
            case dict():
                scene.ask(value, length)
            case _ if what == "wait":
                scene.wait(value)
            case _:
                scene.decide(what, value)
        assert scene.agrees()
    scene.wait(max([0, *scene.ends.values()]) - scene.now)
    assert scene.agrees()
    assert scene.ends == {}
    assert all(scene.story.is_sound(request) for request in scene.requests.values())
