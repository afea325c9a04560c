"""A world of fakes with the shipped policy, and people who ask in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from handler.adapters.policy.cedar import CedarPolicy
from handler.domain.audit import breaks, timestamp
from handler.domain.grammar import parse
from handler.domain.identity import delivery_digest, request_id
from handler.domain.model import Execution, RequestId
from handler.domain.outcomes import ChangeShown
from handler.flows.access import Asker
from handler.flows.answer import answer, attempted
from handler.flows.click import Click, Ref
from handler.ports import World
from handler.settings import PACKAGED_POLICY
from tests.fakes.clock import FakeClock
from tests.fakes.dataflow import FakeDataFlow
from tests.fakes.directory import FakeDirectory
from tests.fakes.ledger import FakeLedger
from tests.flows.office import Office
from tests.makers import JOB_ID, actor, at, job, run_condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from handler.domain.outcomes import Outcome
    from handler.domain.request import Request

    Button = Callable[[World, Click], Outcome]

POLICY = CedarPolicy.from_folder(PACKAGED_POLICY)
KIM, LEE, PARK, CHOI, HAN = "U0KIM", "U0LEE", "U0PARK", "U0CHOI", "U0HAN"
ONE_APPROVAL, TWO_APPROVALS = "scale wordcount workers=8 because backlog", "scale wordcount workers=10 because backlog"


def _jobs() -> FakeDataFlow:
    bare = {name: value for name, value in run_condition().fields.items() if name != "nrn"}
    jobs = [
        job(),
        job("Od4KpZ8vNs1Y", "orders-daily"),
        job("Oh9MwE3tGd6C", "orders-hourly"),
        job("Ai8XcN4pQz2H", "never-set-up", type(run_condition())(bare)),
    ]
    runs: dict[str, list[Execution]] = {JOB_ID: [Execution("fKE22JAbCdEf", "RUNNING", workers=2, started_at=at(-30))]}
    return FakeDataFlow(jobs, runs)


@dataclass
class Story:
    """What tests act on: everything the flows touch, and a way to ask."""

    dataflow: FakeDataFlow = field(default_factory=_jobs)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    clock: FakeClock = field(default_factory=FakeClock)
    policy: CedarPolicy = POLICY
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    presses: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def world(self) -> World:
        """The ports, as the flows get them."""
        return World(
            self.dataflow, self.ledger, self.policy, self.directory, self.clock, lambda: f"incident-{next(self.ids)}"
        )

    def ask(self, text: str, user: str = KIM, delivery: str = "delivery-1") -> Outcome:
        """Type a command; the same ``delivery`` again is a redelivery."""
        return answer(self.world, Asker(actor(user), delivery_digest(delivery)), parse(text))

    def ask_in(self, channel_id: str, text: str, delivery: str = "delivery-1") -> Outcome:
        """Type a command in another channel."""
        return answer(self.world, Asker(actor(KIM, channel_id), delivery_digest(delivery)), parse(text))

    def opened(self, text: str = ONE_APPROVAL, user: str = KIM, delivery: str = "delivery-1") -> Request:
        """Type a command that opens a request, and return the request."""
        outcome = self.ask(text, user, delivery)
        assert isinstance(outcome, ChangeShown)
        return outcome.request

    def click(self, request: Request, user: str = LEE, press: str | None = None) -> Click:
        """Return a press of a button of a request; the same ``press`` again is a redelivery."""
        asker = Asker(actor(user), delivery_digest(press or f"press-{next(self.presses)}"))
        return Click(asker, Ref(RequestId(request.id), request.digest))

    def at_end(self, request: Request, user: str = LEE, press: str | None = None) -> Click:
        """Return a press of a button about the end of a request, as its card shows it."""
        click = self.click(request, user, press)
        assert request.revert_at is not None
        return replace(click, ref=Ref(click.ref.request_id, f"{request.digest} {timestamp(request.revert_at)}"))

    def send(self, button: Button, click: Click) -> Outcome:
        """Deliver a press."""
        return attempted(self.world, lambda: button(self.world, click))

    def press(self, button: Button, request: Request, user: str = LEE, press: str | None = None) -> Outcome:
        """Press a button of a request."""
        return self.send(button, self.click(request, user, press))

    def later(self, button: Button, request: Request, user: str = LEE) -> Outcome:
        """Press a button a millisecond later, so that it leaves another fact than a press of now would."""
        self.clock.move_on(milliseconds=1)
        return self.press(button, request, user)

    def now(self, request: Request) -> Request:
        """Return a request as it is on record now."""
        return self.ledger.requests[request.id]

    def with_job(self, name: str) -> FakeDataFlow:
        """Return the API with one job more, of this name."""
        jobs = [self.dataflow.job(summary.id) for summary in self.dataflow.jobs()]
        return FakeDataFlow([*jobs, job("St5LwQ9yRb2V", name)])

    def facts(self, event: str) -> list[dict[str, Any]]:
        """Return the facts of this kind, in order."""
        return [fact for fact in self.ledger.all_facts() if fact["event"] == event]

    def is_sound(self, request: Request) -> bool:
        """Whether the request's chain is unbroken and ends where the request says."""
        return breaks(self.ledger.chain(request.id), self.now(request).head) == ()

    def request(self, delivery: str = "delivery-1") -> Request:
        """Return the request that a delivery opened."""
        return self.ledger.requests[request_id(delivery_digest(delivery))]

    def events(self) -> list[str]:
        """Return what the record says happened, in order."""
        return [str(fact["event"]) for fact in self.ledger.all_facts()]

    def workers(self) -> object:
        """Return how many workers wordcount really has."""
        return self.dataflow.stored(JOB_ID).fields["numWorker"]


@pytest.fixture
def story() -> Story:
    """A fresh world."""
    return Story()


@pytest.fixture
def office(story: Story) -> Office:
    """A desk in a fresh world."""
    return Office(story)
