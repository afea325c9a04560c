"""What only the wire has, against the simulator over real HTTP: keys, clocks, broken connections and bodies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import httpx
import pytest

from handler.adapters.dataflow.client import HttpDataFlow, open_client
from handler.adapters.dataflow.signature import NcpSignatureV2
from handler.domain.dataflow_errors import (
    AuthenticationFailed,
    ClockSkewed,
    DataFlowError,
    DataFlowUnavailable,
    DataFlowUnreadable,
    PermissionDenied,
    Throttled,
)
from handler.domain.model import JobId, RunCondition
from infra.local.dataflow import World, serve
from infra.local.dataflow.faults import Fault, Garbage
from infra.local.dataflow.world import PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.dataflow import Served

EXAMPLE = JobId("gqigvH******")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One simulator for all tests; each sets its world back."""
    with serve(World()) as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    """The client's clock."""
    return FakeClock()


@pytest.fixture
def world(served: Served, clock: FakeClock) -> World:
    """The world behind the simulator, as at its start, with a clock of its own that agrees."""
    begin = clock.now()
    served.world.clock = lambda: begin
    served.world.reset()
    return served.world


@pytest.fixture
def client(served: Served, clock: FakeClock) -> Iterator[httpx.Client]:
    """An HTTP client with good keys."""
    auth = NcpSignatureV2(PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY, clock)
    with open_client(served.url, auth, httpx.HTTPTransport()) as opened:
        yield opened


@pytest.fixture
def dataflow(client: httpx.Client, clock: FakeClock) -> HttpDataFlow:
    """The subject."""
    return HttpDataFlow(client, clock, lambda: 0.5)


def test_a_wrong_key_is_told(world: World, served: Served, clock: FakeClock) -> None:
    """A signature made with another key is refused as such, not as a wrong clock."""
    auth = NcpSignatureV2(PLAYGROUND_ACCESS_KEY, "another-secret", clock)
    with open_client(served.url, auth, httpx.HTTPTransport()) as client, pytest.raises(AuthenticationFailed) as caught:
        HttpDataFlow(client, clock, lambda: 0.5).job(EXAMPLE)
    assert (caught.value.status, caught.value.code) == (401, "200")
    assert caught.value.message == "Authentication Failed: Invalid authentication information."
    assert len(world.log) == 1


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_wrong_clock_is_told(world: World, dataflow: HttpDataFlow, clock: FakeClock, minutes: int) -> None:
    """A clock six minutes off is refused by the gateway, and named with its distance instead of the keys."""
    clock.move_on(minutes=minutes)
    with pytest.raises(ClockSkewed) as caught:
        dataflow.job(EXAMPLE)
    assert abs(caught.value.seconds - minutes * 60) <= 1
    assert [received.status for received in world.log] == [401]


@pytest.mark.parametrize("minutes", [-4, 4])
@pytest.mark.usefixtures("world")
def test_a_clock_within_the_window_is_accepted(dataflow: HttpDataFlow, clock: FakeClock, minutes: int) -> None:
    """Four minutes off is good enough for the gateway."""
    clock.move_on(minutes=minutes)
    assert dataflow.job(EXAMPLE).name == "job001"


@pytest.mark.parametrize(
    "strike",
    [
        Fault("reset", times=2),
        Fault("status", status=503, times=2),
        Fault("status", status=429, retry_after="1", times=2),
        Fault("garbage", status=502, times=2),
    ],
    ids=lambda strike: f"{strike.kind} {strike.status}",
)
def test_a_read_gets_through_after_two_failures(world: World, dataflow: HttpDataFlow, strike: Fault) -> None:
    """A connection that is reset, an overloaded gateway or its page of HTML are not seen when they pass."""
    world.faults.add(replace(strike))
    assert dataflow.job(EXAMPLE).name == "job001"
    assert len(world.log) == 3


@pytest.mark.parametrize(
    ("strike", "kind"),
    [
        (Fault("reset", times=None), DataFlowUnavailable),
        (Fault("status", status=500, times=None), DataFlowUnavailable),
        (Fault("status", status=429, retry_after="60"), Throttled),
        (Fault("status", status=403), PermissionDenied),
        (Fault("garbage", status=200), DataFlowUnreadable),
        (Fault("garbage", status=200, form="truncated"), DataFlowUnreadable),
        (Fault("garbage", status=200, form="empty"), DataFlowUnreadable),
        (Fault("huge"), DataFlowUnreadable),
    ],
    ids=lambda each: f"{each.kind} {each.form}" if isinstance(each, Fault) else each.__name__,
)
def test_what_does_not_pass_is_told_and_changes_nothing(
    world: World, dataflow: HttpDataFlow, strike: Fault, kind: type[DataFlowError]
) -> None:
    """Each ends as one error of the tree, within six tries, and a read never changed anything."""
    world.faults.add(replace(strike))
    with pytest.raises(kind) as caught:
        dataflow.job(EXAMPLE)
    assert not caught.value.may_have_changed
    assert len(world.log) <= 6


@pytest.mark.parametrize("form", get_args(Garbage))
def test_a_write_is_believed_by_its_status(world: World, dataflow: HttpDataFlow, form: Garbage) -> None:
    """However the echo looks, a success is one, and it was done once."""
    world.faults.add(Fault("garbage", method="PUT", status=200, form=form, applied=True))
    before = dataflow.job(EXAMPLE).run_condition
    dataflow.put_run_condition(EXAMPLE, before.replaced({"numWorker": 4}))
    assert before.replaced({"numWorker": 4}) == dataflow.job(EXAMPLE).run_condition
    assert len(world.puts) == 1
    assert world.runs == []


def test_a_write_to_a_closed_port_was_never_sent(world: World, client: httpx.Client, clock: FakeClock) -> None:
    """Nobody listens there: the API is unavailable, and it is sure that nothing was changed."""
    with serve(world) as gone:
        closed = gone.url
    client.base_url = httpx.URL(closed)
    dataflow = HttpDataFlow(client, clock, lambda: 0.5)
    with pytest.raises(DataFlowUnavailable) as caught:
        dataflow.put_run_condition(EXAMPLE, RunCondition(world.job(EXAMPLE)["runCondition"]))
    assert not caught.value.may_have_changed
    assert world.puts == []
