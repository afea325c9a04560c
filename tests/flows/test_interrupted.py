"""A worker that dies over its telling, at any step: the next one finishes what it finds, and says nothing twice.

Each story is run once to count its calls of the record, of Slack and of Data Flow. Then it is run anew for each of
them and ends before that call, which is after the one before it; ticks follow, and the same delivery again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from handler.adapters.policy.settings_file import Escalate
from handler.domain.dataflow_errors import DataFlowTimedOut
from handler.domain.news import OUTCOMES, Kind
from handler.slack.change_view import change_message
from tests.fakes.chat import FakeChat
from tests.fakes.dataflow import Fault
from tests.flows.conftest import HAN, KIM, LEE, ONE_APPROVAL, Story
from tests.flows.office import Office, buttons
from tests.flows.policies import with_approvals, with_break_glass
from tests.flows.test_emergency import BROKEN_GLASS
from tests.makers import JOB_ID

if TYPE_CHECKING:
    from handler.domain.request import Request

Happens = Callable[[Office], object]


class DiedError(BaseException):
    """The worker is gone: nothing of ours catches this."""


@dataclass
class Fate:
    """Counts calls, and ends the worker before one of them."""

    end_at: int = 0
    calls: int = 0

    def share(self, port: Any) -> Any:
        """Return the port, whose calls are counted."""
        return _Mortal(port, self)


class _Mortal:
    def __init__(self, port: Any, fate: Fate) -> None:
        self._port, self._fate = port, fate

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._port, name)
        return self._call(member) if callable(member) else member

    def _call(self, member: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            self._fate.calls += 1
            if self._fate.calls == self._fate.end_at:
                raise DiedError
            return member(*args, **kwargs)

        return call


@dataclass(frozen=True)
class Tale:
    """What has happened before, and the delivery or tick during which the worker dies."""

    before: tuple[Happens, ...]
    last: Happens
    where: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether the worker dies over a command."""
        return not self.before and self.last is not ticks


def asks(text: str) -> Happens:
    """Somebody types a command; each time it is the same delivery."""
    return lambda office: office.type(text)


def presses(action_id: str, user: str = LEE) -> Happens:
    """Somebody presses a button of the card that there is."""

    def press(office: Office) -> None:
        office.press(action_id, user)

    return press


def ticks(office: Office) -> None:
    """The minute is over."""
    office.desk.tick()


def later(minutes: float) -> Happens:
    """Time passes."""
    return lambda office: office.story.clock.move_on(minutes=minutes)


def times_out(office: Office) -> None:
    """The next write is not answered, and does not show for minutes."""
    office.story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut("updateJobExecuteConfig")))


def asks_in_vain(office: Office) -> None:
    """Somebody asks for a change whose write is not answered."""
    times_out(office)
    office.type(SCALE)


def shows(office: Office) -> None:
    """The write has arrived."""
    office.story.dataflow.edit(JOB_ID, numWorker=4)


def denies(office: Office) -> None:
    """Somebody denies, with a reason."""
    office.submit("no")


def turns_to_a_channel(office: Office) -> None:
    """The policy turns to #data after five minutes."""
    escalate = Escalate(after=timedelta(minutes=5), to="C0DATA")
    office.story.policy = with_approvals(office.story.policy, escalate=escalate)


def wants_a_look_soon(office: Office) -> None:
    """An emergency is to be looked at within five minutes."""
    office.story.policy = with_break_glass(office.story.policy, review_within=timedelta(minutes=5))


SCALE = "scale wordcount workers=4"
FOR_AN_HOUR = "scale wordcount workers=4 for 1h because backlog"
TALES = {
    "straight away": Tale((), asks(SCALE)),
    "asked": Tale((), asks(ONE_APPROVAL)),
    "asked elsewhere": Tale((), asks(ONE_APPROVAL), "C0DATA"),
    "approved": Tale((asks(ONE_APPROVAL),), presses("approve")),
    "withdrawn": Tale((asks(ONE_APPROVAL),), presses("withdraw", KIM)),
    "denied": Tale((asks(ONE_APPROVAL), presses("deny")), denies),
    "pressed too late": Tale((asks(ONE_APPROVAL), later(31)), presses("approve")),
    "not known": Tale((), asks_in_vain),
    "found out": Tale((times_out, asks(SCALE), shows, later(2)), ticks),
    "failed": Tale((times_out, asks(SCALE), later(7)), ticks),
    "reminded": Tale((asks(ONE_APPROVAL), later(10)), ticks),
    "escalated": Tale((turns_to_a_channel, asks(ONE_APPROVAL), later(5)), ticks),
    "expired": Tale((asks(ONE_APPROVAL), later(31)), ticks),
    "end near": Tale((asks(FOR_AN_HOUR), later(50)), ticks),
    "reverted": Tale((asks(FOR_AN_HOUR), later(60)), ticks),
    "broken glass": Tale((), asks(BROKEN_GLASS)),
    "broken glass elsewhere": Tale((), asks(BROKEN_GLASS), "C0DATA"),
    "look wanted": Tale((wants_a_look_soon, asks(BROKEN_GLASS), later(5)), ticks),
    "looked at": Tale((asks(BROKEN_GLASS),), presses("reviewed")),
}


def told(tale: Tale, fate: Fate, *afterwards: Happens) -> Office:
    """Let it happen, the worker's end too; then what comes after it, with a worker that lives."""
    office = Office(Story(), FakeChat(), tale.where)
    for happens in tale.before:
        happens(office)
    story = office.story
    alive = story.ledger, office.chat, story.dataflow
    story.ledger, office.chat, story.dataflow = (fate.share(port) for port in alive)
    with suppress(DiedError):
        tale.last(office)
    story.ledger, office.chat, story.dataflow = alive
    for happens in afterwards:
        happens(office)
    return office


def calls_of(tale: Tale) -> int:
    """Count the calls when nobody dies."""
    fate = Fate()
    told(tale, fate)
    return fate.calls


def newest_outcome(office: Office, request: Request) -> int | None:
    """Return the fact of which the one who asked must have heard; that it is still not known is nothing new."""
    events = [fact["event"] for fact in office.story.ledger.facts[request.id]]
    outcomes = [
        number
        for number, (before, event) in enumerate(pairwise(events), start=2)
        if event in OUTCOMES and (before, event) != ("unknown", "unknown")
    ]
    return outcomes[-1] if outcomes else None


MINUTES = [happens for _ in range(5) for happens in (later(1), ticks)]
WAYS: dict[str, tuple[Callable[[Tale], Sequence[Happens]], Iterable[str]]] = {
    "the tick alone": (lambda _: MINUTES, TALES),
    "again at once": (lambda tale: [tale.last, *MINUTES], [name for name, tale in TALES.items() if tale.is_asked]),
    "again when it is due": (
        lambda tale: [later(2), tale.last, *MINUTES],
        [name for name, tale in TALES.items() if tale.is_asked or tale.last is ticks],
    ),
}


@pytest.mark.parametrize(("way", "name"), [(way, name) for way, (_, names) in WAYS.items() for name in names])
def test_nothing_is_lost_and_nothing_is_said_twice(way: str, name: str) -> None:
    """One card that shows what is; every call once; the outcome told once, by the card or below it; nothing untold."""
    tale = TALES[name]
    for end_at in range(1, calls_of(tale) + 1):
        office = told(tale, Fate(end_at), *WAYS[way][0](tale))
        for request in office.story.ledger.requests.values():
            assert (request.untold, request.tell_at) == ((), None), end_at
            assert_all_was_told(office, request)


def assert_all_was_told(office: Office, request: Request) -> None:
    """People see one card that is up to date, and were called once for everything."""
    marks = Counter((card.channel_id, mark) for card, _, mark in office.chat.marks)
    cards = [mark for _, mark in marks.elements() if mark.kind is Kind.CARD]
    assert len(cards) == 1
    assert set(marks.values()) == {1}
    assert request.card is not None
    board = office.desk.herald.board
    shown, wanted = office.shown(request.card), change_message(board.voice, board.shown(request))
    assert (shown.text.split(":")[0], buttons(shown)) == (wanted.text.split(":")[0], buttons(wanted))
    outcome = newest_outcome(office, request)
    if outcome is not None:
        called = {mark.seq for _, mark in marks if mark.kind is Kind.CALL}
        assert (outcome in called) + (request.card.seq >= outcome) == 1
    if request.emergency is not None:
        assert {card.channel_id for card, _ in office.chat.posts} >= {HAN, LEE}
