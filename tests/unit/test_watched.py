"""What passes through the ports is measured, each once, and nothing about a call changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from handler.domain.audit import Event, Fact
from handler.domain.dataflow_errors import DataFlowTimedOut, NotFound
from handler.domain.errors import ChatRefused, LedgerUnavailable, Moved
from handler.domain.sealing import Sealing, sealed
from handler.telemetry import Measured
from handler.wiring.watched import DECISIONS, OUTCOMES, watched
from tests.fakes.clock import FakeClock
from tests.fakes.dataflow import FakeDataFlow
from tests.fakes.ledger import FakeLedger, Fault
from tests.makers import JOB_ID, NOW, full_opening, job

if TYPE_CHECKING:
    from handler.domain.errors import SluiceError

FACT = Fact(request_id="R1", at="2026-11-23T00:00:00.000Z", event=Event.APPLIED, actor="U0KIM")


class Book:
    """Something facts are recorded in, which can fail."""

    pages = 3

    def __init__(self, failure: SluiceError | None = None) -> None:
        self.facts: list[Fact] = []
        self._failure = failure

    def record(self, fact: Fact) -> str:
        """Keep a fact."""
        if self._failure:
            raise self._failure
        self.facts.append(fact)
        return "kept"


def test_a_watched_port_answers_as_it_did(figures: list[Measured]) -> None:
    """Results and plain attributes come through, and what nobody wants to know is not measured."""
    dataflow = watched(FakeDataFlow([job()]), "dataflow")
    assert dataflow.job(JOB_ID) == job()
    assert watched(Book(), "dynamodb").pages == 3
    assert figures == []


@pytest.mark.parametrize("event", Event)
def test_each_fact_is_counted_as_what_it_is(event: Event, figures: list[Measured]) -> None:
    """Decisions and outcomes are counted from the facts, by their words, with the request's id."""
    book = Book()
    assert watched(book, "dynamodb").record(replace(FACT, event=event)) == "kept"
    expected = []
    if event in DECISIONS:
        expected = [Measured("Decisions", 1, {"decision": event.value, "request_id": "R1"})]
    if event in OUTCOMES:
        expected = [Measured("Outcomes", 1, {"state": event.value, "request_id": "R1"})]
    if event is Event.SEALED:
        expected = [Measured("Seals", 1, {})]
    assert (figures, len(book.facts)) == (expected, 1)


def test_the_seals_of_a_ledger_are_watched_too(figures: list[Measured]) -> None:
    """A seal is counted when it is recorded, and a call of DynamoDB that fails over it as any other."""
    ledger, first = FakeLedger(), Sealing(day=date(2026, 11, 22))
    seals = watched(ledger, "dynamodb").seals
    seals.keep(None, first)
    seals.seal(first, *sealed(replace(first, revision=1), NOW, is_to_be_posted=False))
    ledger.faults = [Fault("seals.progress")]
    with pytest.raises(LedgerUnavailable):
        seals.progress()
    assert figures[0] == Measured("Seals", 1, {})
    assert [(each.name, each.properties["error"]) for each in figures[1:]] == [("ApiErrors", "LedgerUnavailable")]


def test_decisions_and_outcomes_are_what_operators_look_for() -> None:
    """Who was allowed what, and how changes ended; steps in between are neither."""
    assert {event.value for event in DECISIONS} >= {"requested", "refused", "approved", "denied", "broke_glass"}
    assert {event.value for event in OUTCOMES} >= {"applied", "failed", "unknown", "reverted", "expired", "stale"}
    assert set() == DECISIONS & OUTCOMES


def test_what_is_overdue_is_measured_whenever_the_open_requests_are_read(figures: list[Measured]) -> None:
    """The tick reads them each minute, so how many changes nobody knows of, and for how long, is known each minute."""
    ledger, clock = FakeLedger(), FakeClock()
    opened = full_opening()
    ledger.open(opened.request, opened.fact)
    clock.move_on(minutes=7)
    started = opened.request.started_at or opened.request.updated_at
    age = (clock.now() - started).total_seconds()
    assert watched(ledger, "dynamodb", clock).open_requests(limit=5) == ledger.open_requests(limit=5)
    assert figures == [
        Measured("Unknowns", 1, {}),
        Measured("UnknownAge", age, {}),
        Measured("IntentsWithoutOutcome", 0, {}),
        Measured("EndsOverdue", 0, {}),
    ]
    assert age > 300


@pytest.mark.parametrize(
    ("failure", "counted"),
    [
        (LedgerUnavailable("PutItem", "timeout"), ["LedgerUnavailable"]),
        (ChatRefused("chat.postMessage", "channel_not_found"), ["ChatRefused"]),
        (DataFlowTimedOut("getJobById", may_have_changed=False), ["DataFlowTimedOut"]),
        (NotFound("getJobById"), []),
        (Moved(None), []),
    ],
)
def test_what_a_service_did_not_do_is_counted(
    failure: SluiceError, counted: list[str], figures: list[Measured]
) -> None:
    """A failure is counted under its service and raised as it was; a no and a lost race are none. No fact counts."""
    with pytest.raises(type(failure)) as raised:
        watched(Book(failure), "dynamodb").record(FACT)
    assert raised.value is failure
    told = [(each.name, each.properties["dependency"], each.properties["error"]) for each in figures]
    assert told == [("ApiErrors", "dynamodb", name) for name in counted]
