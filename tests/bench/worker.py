"""How long a warm ``worker`` takes for ``status``, and how much memory, with dependencies that answer at once.

    python -m tests.bench.worker [--events 60]

The handler runs under Lambda's own runtime client; the Data Flow simulator, the Slack stand-in and the local AWS are at
the other end of real HTTP on loopback. Their own time is in the figure, and so is what the worker does after the answer
has gone out. A laptop's figures are not AWS's.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from infra.local.dataflow.server import Served
from infra.local.dataflow.world import PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY, World
from infra.local.slack.cast import PLAYGROUND
from infra.local.slack.serving import serve
from tests.bench.record import ROOT, fresh_record
from tests.lambda_runtime import LambdaRuntime

MOST_WARM_MS: Final = 60.0
MOST_MEMORY_BYTES: Final = 200_000_000
WARM_UP: Final = 3
MEGABYTE: Final = 1_000_000


@dataclass(frozen=True)
class WorkerFigures:
    """Milliseconds of each warm ``status``, of the first one with its imports, and the most memory held."""

    first_ms: float
    warm_ms: tuple[float, ...]
    peak_memory_bytes: int


def measure(events: int = 60) -> WorkerFigures:
    """Send that many ``status`` commands, one after the other. Raises RuntimeError when one is not answered."""
    with serve() as workspace, fresh_record() as (_, record):
        workspace.connect("http://127.0.0.1:9/")
        simulator = Served(World())
        env = {
            **record,
            "SLACK_BOT_TOKEN": PLAYGROUND.bot_token,
            "SLACK_API_URL": workspace.api_url,
            "NCP_ACCESS_KEY": PLAYGROUND_ACCESS_KEY,
            "NCP_SECRET_KEY": PLAYGROUND_SECRET_KEY,
            "NCP_DATAFLOW_URL": simulator.url,
            "LOG_LEVEL": "WARNING",
        }
        try:
            began = time.perf_counter()
            with LambdaRuntime("handler.entrypoints.worker.handler", env=env, cwd=ROOT) as function:
                taken_ms: list[float] = []
                for number in range(events + WARM_UP + 1):
                    delivery = workspace.command("U0KIM", "C0INCIDENT", "status Wc7RtQ2mLx9B")
                    form = {name: values[0] for name, values in parse_qs(delivery.request.body.decode()).items()}
                    sent = time.perf_counter()
                    outcome = function.invoke({"sluice": 1, "kind": "command", "body": form, "received_at": 0})
                    ended = time.perf_counter()
                    if outcome.error is not None:
                        raise RuntimeError(f"status was not answered: {outcome.error}\n{function.output}")
                    taken_ms.append((ended - (sent if number else began)) * 1000)
                answered = [m for m in workspace.messages("U0KIM", "C0INCIDENT") if "wordcount" in m.text]
                if len(answered) != len(taken_ms):
                    raise RuntimeError(f"{len(taken_ms)} commands, {len(answered)} answers")
                return WorkerFigures(taken_ms[0], tuple(taken_ms[WARM_UP + 1 :]), function.peak_memory_bytes())
        finally:
            simulator.close()


def report(figures: WorkerFigures) -> bool:
    """Print the figures beside what they must keep; return whether they do."""
    median = statistics.median(figures.warm_ms)
    keeps_time, keeps_memory = median < MOST_WARM_MS, figures.peak_memory_bytes < MOST_MEMORY_BYTES
    print(f"worker, status, under awslambdaric ({len(figures.warm_ms)} warm events)")
    print(f"  first, from the start of the process  {figures.first_ms:8.1f} ms")
    print(
        f"  warm  min {min(figures.warm_ms):6.1f}  median {median:6.1f}  max {max(figures.warm_ms):6.1f} ms"
        f"   under {MOST_WARM_MS:.0f} ms: {'yes' if keeps_time else 'NO'}"
    )
    print(
        f"  peak memory {figures.peak_memory_bytes / MEGABYTE:6.1f} MB"
        f"   under {MOST_MEMORY_BYTES / MEGABYTE:.0f} MB: {'yes' if keeps_memory else 'NO'}"
    )
    return keeps_time and keeps_memory


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=60)
    raise SystemExit(0 if report(measure(parser.parse_args().events)) else 1)
