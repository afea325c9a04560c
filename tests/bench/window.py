"""How long somebody else's change could slip in unseen: from our last look at the job until our PUT is on its way.

    python -m tests.bench.window [--changes 40]

The API has no ETag or version (data-flow-api.md, section 6), so a change that is made in the console in between is
overwritten. What lies in between is one DynamoDB transaction, the intent; here it goes to the local AWS on loopback.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Final

from handler.adapters.ambient import SystemClock, incident_id
from handler.adapters.dataflow.client import HttpDataFlow, open_client
from handler.adapters.dataflow.signature import NcpSignatureV2
from handler.adapters.policy.cedar import CedarPolicy
from handler.domain.commands import Scale, To
from handler.domain.model import Actor, ChannelId, UserId
from handler.domain.outcomes import ChangeShown
from handler.domain.request import State
from handler.flows.access import Asker
from handler.flows.change import scale
from handler.ports import World
from handler.settings import PACKAGED_POLICY
from infra.local.dataflow.server import Served
from infra.local.dataflow.world import PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY
from infra.local.dataflow.world import World as Simulated
from tests.bench.record import fresh_record
from tests.fakes.directory import FakeDirectory

if TYPE_CHECKING:
    import httpx

JOB_ID: Final = "Wc7RtQ2mLx9B"


def measure(changes: int = 40) -> tuple[float, ...]:
    """Change a job that many times; return the milliseconds of each window.

    Raises:
        RuntimeError: a change was not applied.
    """
    looked_at, windows = 0.0, list[float]()

    def answered(response: httpx.Response) -> None:
        nonlocal looked_at
        response.read()
        if response.request.method == "GET":
            looked_at = time.perf_counter()

    def leaves(request: httpx.Request) -> None:
        if request.method == "PUT":
            windows.append((time.perf_counter() - looked_at) * 1000)

    with ExitStack() as stack:
        dynamo, _ = stack.enter_context(fresh_record())
        simulator = stack.enter_context(Served(Simulated()))
        clock = SystemClock()
        auth = NcpSignatureV2(PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY, clock)
        client = stack.enter_context(closing(open_client(simulator.url, auth)))
        client.event_hooks = {"request": [leaves], "response": [answered]}
        world = World(
            dataflow=HttpDataFlow(client, clock, random.random),
            ledger=dynamo.ledger,
            policy=CedarPolicy.from_folder(PACKAGED_POLICY),
            directory=FakeDirectory(),
            clock=clock,
            new_id=incident_id,
        )
        actor = Actor(UserId("U0KIM"), ChannelId("C0INCIDENT"))
        for number in range(changes):
            told = scale(world, Asker(actor, f"bench-{number}"), Scale(JOB_ID, workers=To(3 + number % 2)))
            if not isinstance(told, ChangeShown) or told.request.state is not State.APPLIED:
                raise RuntimeError(f"change {number} was not applied: {told}")
    return tuple(windows)


def report(windows_ms: tuple[float, ...]) -> None:
    """Print the figures. There is no bound: it is as long as one transaction takes."""
    last = statistics.quantiles(windows_ms, n=20)[-1]
    print(f"from the last look at the job to the PUT ({len(windows_ms)} changes; local AWS and simulator on loopback)")
    print(f"  median {statistics.median(windows_ms):6.1f}   95th of 100 {last:6.1f}   max {max(windows_ms):6.1f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=40)
    report(measure(parser.parse_args().changes))
