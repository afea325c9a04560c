"""History, open requests, changes and the tick cost the same with a million facts as with a thousand."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from moto import mock_aws

from handler.adapters.ledger.calls import dynamodb_config
from handler.adapters.policy.cedar import CedarPolicy
from handler.delivery import Desk
from handler.domain.request import State
from handler.domain.sealing import Sealing
from handler.flows.seal import MOST_FACTS
from handler.noticeboard import Noticeboard
from handler.ports import World
from handler.settings import PACKAGED_POLICY
from handler.slack.catalogue import load_words
from handler.slack.payloads import Slash, click
from handler.slack.voice import Voice
from handler.telling import Herald
from tests import makers
from tests.contract.ledgers import Dynamo
from tests.fakes.chat import FakeChat
from tests.fakes.clock import FakeClock
from tests.fakes.dataflow import FakeDataFlow
from tests.fakes.directory import FakeDirectory
from tests.flows.office import pressed
from tests.scale.counting import counted
from tests.scale.records import Endless, Facts, filled

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

POLICY: Final = CedarPolicy.from_folder(PACKAGED_POLICY)
WORDS: Final = load_words()
pytestmark = pytest.mark.xdist_group("scale")  # the small record is made once, whichever process runs these
SMALL: Final = MOST_FACTS + 1
LARGE: Final = 100_000 if os.environ.get("SLUICE_LONG_TESTS") else 3_000
MILLION: Final = 1_000_000


class Place:
    """A desk on tables that hold so many facts, with a few open requests, and a way to count what a story costs."""

    def __init__(self, dynamo: Dynamo) -> None:
        self.dynamo, self.clock, self.chat = dynamo, FakeClock(), FakeChat()
        incidents, self._triggers = count(1), count(1)
        dataflow, directory = FakeDataFlow([makers.job(), makers.job("free-job", "free")]), FakeDirectory()
        world = World(dataflow, dynamo.ledger, POLICY, directory, self.clock, lambda: f"incident-{next(incidents)}")
        self.desk = Desk(world, Herald(Noticeboard(world, self.chat, Voice(WORDS, "/dataflow"))))
        for number in range(3):
            later = makers.at(60 + number)
            move = makers.opening(f"o-{number}", State.UNKNOWN, asked=makers.change(f"job-{number}"), due_at=later)
            dynamo.ledger.open(move.request, move.fact)

    def type(self, text: str, user: str = "U0KIM") -> None:
        """Type a command."""
        self.desk.typed(Slash(text, makers.actor(user), f"trigger-{next(self._triggers)}", "https://slack.invalid/r"))

    def press(self, action_id: str, value: str) -> None:
        """Press a button."""
        self.desk.pressed(click(pressed(action_id, value, trigger_id=f"trigger-{next(self._triggers)}")))

    def is_settled(self) -> None:
        """Let all days be sealed."""
        seals = self.dynamo.ledger.seals
        so_far = seals.progress()
        done = Sealing(day=makers.NOW.date(), revision=so_far.revision + 1 if so_far else 0)
        seals.keep(so_far, done)

    def cost(self, story: Callable[[Place], None]) -> Counter[str]:
        """Count what a story costs."""
        with counted(self.dynamo.client) as cost:
            story(self)
        return cost


@contextmanager
def place_with(facts: Facts, *, is_endless: bool = False) -> Iterator[Place]:
    """Make the tables of a record of this length; those of an endless one answer from no memory."""
    with ExitStack() as stack:
        environ = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environ.setenv(name, "test")
        stack.enter_context(mock_aws())
        dynamo = Dynamo(boto3.client("dynamodb", region_name="ap-northeast-2", config=dynamodb_config()))
        filled(dynamo, replace(facts, count=SMALL) if is_endless else facts)
        place = Place(dynamo)
        if is_endless:
            endless: Callable[..., Any] = Endless(dynamo.audit_table, facts).answer
            dynamo.client.meta.events.register("before-call.dynamodb.Query", endless)
        yield place


def _tick(place: Place) -> None:
    place.desk.tick()


STORIES: Final[dict[str, Callable[[Place], None]]] = {
    "history of a job": lambda place: place.type("history wordcount"),
    "history of a person": lambda place: place.type("history <@U0PARK>"),
    "open requests": lambda place: place.type("requests"),
    "status": lambda place: place.type("status wordcount"),
    "a change": lambda place: place.type("scale free workers=4 because backlog"),
    "a refusal": lambda place: place.type("scale free workers=4", "U0PARK"),
    "a tick": _tick,
}


def costs_of(place: Place) -> dict[str, Counter[str]]:
    """Count what each story costs, the piece of a busy day that a tick seals too."""
    sealing = {"a tick that seals": place.cost(_tick)}
    place.is_settled()
    return sealing | {name: place.cost(story) for name, story in STORIES.items()}


@pytest.fixture(scope="module")
def small() -> dict[str, Counter[str]]:
    """What each story costs with a thousand facts."""
    with place_with(Facts(SMALL)) as place:
        return costs_of(place)


def test_the_stories_read_what_there_is(small: dict[str, Counter[str]]) -> None:
    """The count is not blind: history reads a page of its index, a tick a piece of the day."""
    assert small["history of a job"]["Query by_job"] == 1
    assert 1 < small["history of a job"]["items returned"] < 50
    assert small["open requests"]["Query open"] == 1
    assert small["a tick that seals"]["Query by_day"] >= 1
    assert small["a tick that seals"]["items returned"] > MOST_FACTS / 2
    assert small["a change"]["TransactWriteItems"] >= 3


def test_more_facts_cost_no_more(small: dict[str, Counter[str]]) -> None:
    """Every story makes the same calls, and makes DynamoDB read as many items, with many more facts and requests."""
    with place_with(Facts(LARGE)) as place:
        assert small == costs_of(place)


def test_a_million_facts_cost_no_more(small: dict[str, Counter[str]]) -> None:
    """The same with a million facts on one day, about one job, by one person."""
    with place_with(Facts(MILLION), is_endless=True) as place:
        assert small == costs_of(place)


def test_the_stand_in_for_a_million_answers_as_dynamodb_does(small: dict[str, Counter[str]]) -> None:
    """With a thousand facts the stand-in's stories cost what moto's do, so that its million can be believed."""
    with place_with(Facts(SMALL), is_endless=True) as place:
        assert small == costs_of(place)


def test_each_tick_of_a_busy_day_costs_at_most_the_same(small: dict[str, Counter[str]]) -> None:
    """From the first to the one that seals, no tick reads more facts or calls more often than the first."""
    facts = Facts(9 * MOST_FACTS + 1)
    with place_with(facts, is_endless=True) as place:
        day = makers.NOW.date() - timedelta(days=1)
        costs = []
        while (sealing := place.dynamo.ledger.seals.progress()) is None or sealing.day == day:
            costs.append(place.cost(_tick))
            place.clock.move_on(minutes=1)
        first = place.dynamo.ledger.seals.numbered(1)
    assert first is not None
    assert (first.day, first.count) == (day, facts.count)
    assert len(costs) == 10
    most = small["a tick that seals"]
    progress = 1
    assert all(cost["items evaluated"] <= most["items evaluated"] + progress for cost in costs)
    assert all(_calls(cost) <= _calls(most) for cost in costs)


def _calls(cost: Counter[str]) -> int:
    return sum(times for name, times in cost.items() if not name.startswith("items"))


def test_nothing_is_ever_scanned(small: dict[str, Counter[str]]) -> None:
    """Every reading is by a key or by an index."""
    verbs = {name.partition(" ")[0] for cost in small.values() for name in cost} - {"items"}
    assert verbs <= {"GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"}
