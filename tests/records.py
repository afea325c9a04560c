"""Records of some days, for the tests that prove, export and follow them: made by the ledger that is under test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from handler.adapters.policy.cedar import CedarPolicy
from handler.domain.audit import timestamp
from handler.domain.request import State
from handler.flows.seal import seal
from handler.ports import World
from handler.settings import PACKAGED_POLICY
from tests import makers
from tests.fakes.clock import FakeClock
from tests.fakes.dataflow import FakeDataFlow
from tests.fakes.directory import FakeDirectory

if TYPE_CHECKING:
    from handler.domain.request import Request
    from handler.ports import Ledger

POLICY: Final = CedarPolicy.from_folder(PACKAGED_POLICY)
FIRST_DAY: Final = datetime(2026, 11, 20, tzinfo=UTC)
STATES: Final = (State.APPLYING, State.APPLIED, State.REVERTING, State.REVERTED)


def applied(ledger: Ledger, request_id: str, at: datetime, facts: int = 3, *, minutes: float = 1) -> Request:
    """Record a request of so many facts, at most five, so many minutes after each other."""
    opening = makers.opening(request_id, asked=makers.change(job_id=f"job-{request_id}"), created_at=at, updated_at=at)
    ledger.open(opening.request, opening.fact)
    request = opening.request
    for number, state in enumerate(STATES[: facts - 1], start=1):
        move = makers.step(request, state, updated_at=at + timedelta(minutes=minutes * number))
        ledger.advance(request, move.request, move.fact)
        request = move.request
    return request


def refused(ledger: Ledger, request_id: str, at: datetime, **fields: str) -> None:
    """Record a refusal."""
    ledger.record(makers.fact(request_id, at=timestamp(at), job_id=fields.get("job_id", "job-refused")))


def seal_days(ledger: Ledger, *days: datetime) -> None:
    """Let the tick seal at noon of each of these days, as often as it takes."""
    for day in days:
        world = World(
            FakeDataFlow([]), ledger, POLICY, FakeDirectory(), FakeClock(day + timedelta(hours=12)), lambda: "incident"
        )
        for _ in range(3):
            seal(world)


def days(count: int) -> list[datetime]:
    """Return the first days of the record."""
    return [FIRST_DAY + timedelta(days=number) for number in range(count)]


def recorded(ledger: Ledger) -> Ledger:
    """Record three days, of which two are sealed: requests, refusals, one request over midnight, and an empty day."""
    first, second, third, fourth = days(4)
    seal_days(ledger, first)
    applied(ledger, "aaaa-0001", first + timedelta(hours=13), 3)
    refused(ledger, "rrrr-0001", first + timedelta(hours=14))
    applied(ledger, "aaaa-0002", first + timedelta(hours=23, minutes=59), 5, minutes=0.5)
    seal_days(ledger, second)
    applied(ledger, "aaaa-0003", second + timedelta(hours=13), 1)
    seal_days(ledger, third)
    refused(ledger, "rrrr-0002", third + timedelta(hours=13))
    applied(ledger, "aaaa-0004", third + timedelta(hours=14), 2)
    seal_days(ledger, fourth)
    applied(ledger, "aaaa-0005", fourth + timedelta(hours=13), 2)
    return ledger
