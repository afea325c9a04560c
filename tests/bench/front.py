"""Cold and warm acknowledgement of the public door, beside an empty handler and a naive Bolt bot.

    python -m tests.bench.front [--rounds 15]

One interleaved run: each round starts every contender once, in turn, under Lambda's own runtime client, so that noise
of the machine falls on all alike. Every contender has its `.pyc` files and hands over to the same stub on loopback,
which answers at once. Cold: from the start of the process to the first acknowledgement. Warm: from the event to the
acknowledgement in a process that has answered before. A laptop's figures are not AWS's: trust the ratios.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.lambda_runtime import LambdaRuntime
from tests.unit.front.loopback import Loopback, taken
from tests.unit.front.slack_request import SECRET, command_event

ROOT = Path(__file__).parents[2]
FRONT, EMPTY, EMPTY_WITH_CALL, NAIVE = "front", "empty", "empty + local call", "naive bolt + boto3"
HANDLERS = {
    EMPTY: "tests.bench.contenders.empty.handler",
    EMPTY_WITH_CALL: "tests.bench.contenders.empty_with_call.handler",
    FRONT: "handler.front.door.handler",
    NAIVE: "tests.bench.contenders.naive_bolt.handler",
}
# The hand-over itself needs nothing that the first of these does not import, but `ssl` when AWS is reached by https.
IMPORT_FRONT = "front, with ssl"
IMPORTS = {
    "python alone": "pass",
    "front": "import handler.front.door",
    IMPORT_FRONT: "import handler.front.door, ssl",
    "front, with ssl and its authorities": "import handler.front.door; handler.front.door.wire.tls('')",
    NAIVE: "import slack_bolt.adapter.aws_lambda, boto3",
}
MOST_OF_NAIVE_COLD = 0.20
MOST_OF_EMPTY_COLD = 2.0
MOST_IMPORT_INSTRUCTIONS = 220_000_000


@dataclass
class Figures:
    """Milliseconds of one contender, one per start (cold) or per event (warm)."""

    cold_ms: list[float] = field(default_factory=list)
    warm_ms: list[float] = field(default_factory=list)


class UnexpectedAnswerError(Exception):
    """A contender did not acknowledge: its times would mean nothing."""


def measure(rounds: int, warm_events: int = 20) -> dict[str, Figures]:
    """Run all contenders `rounds` times and return their times by name; a first round, not counted, compiles.

    Raises:
        UnexpectedAnswerError: a contender answered anything but an acknowledgement.
    """
    figures = {name: Figures() for name in HANDLERS}
    with tempfile.TemporaryDirectory(prefix="bench-") as compiled, Loopback(taken) as stub:
        env = {
            "PYTHONPYCACHEPREFIX": compiled,
            "SLACK_SIGNING_SECRET": SECRET,
            "WORKER_FUNCTION": "worker",
            "AWS_ENDPOINT_URL_LAMBDA": stub.url,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "playground-access",
            "AWS_SECRET_ACCESS_KEY": "playground-secret",
        }
        for number in range(rounds + 1):
            for name, handler in HANDLERS.items():
                _one_life(name, handler, env, figures[name] if number else Figures(), warm_events)
    return figures


def _one_life(name: str, handler: str, env: dict[str, str], figures: Figures, warm_events: int) -> None:
    with LambdaRuntime(handler, env=env, cwd=ROOT) as function:
        figures.cold_ms.append((_acknowledged_at(name, function) - function.started_at) * 1000)
        for _ in range(warm_events):
            asked_at = time.perf_counter()
            figures.warm_ms.append((_acknowledged_at(name, function) - asked_at) * 1000)


def _acknowledged_at(name: str, function: LambdaRuntime) -> float:
    outcome = function.invoke(command_event(time.time()))
    if outcome.error or outcome.result["statusCode"] != 200 or outcome.result["body"]:
        raise UnexpectedAnswerError(f"{name}: {outcome.error or outcome.result} {function.output[-1000:]}")
    return outcome.finished_at


def instructions(statement: str) -> int | None:
    """Count the processor instructions of a fresh interpreter that runs `statement`; None without valgrind.

    Callgrind's count does not depend on what else the machine does. The statement runs once before, uncounted, so that
    every `.pyc` is there.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return None
    with tempfile.TemporaryDirectory(prefix="bench-") as compiled:
        env = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": compiled}
        python = [sys.executable, "-c", statement]
        subprocess.run(python, cwd=ROOT, env=env, check=True)  # noqa: S603 - our own interpreter, our own statement
        counted = subprocess.run(  # noqa: S603 - the same under valgrind
            [valgrind, "--tool=callgrind", "--callgrind-out-file=/dev/null", *python],
            cwd=ROOT,
            env=env,
            check=True,
            capture_output=True,
            text=True,
        )
    return int(counted.stderr.partition("Collected :")[2].split()[0])


def ratios(figures: dict[str, Figures], numerator: str, denominator: str) -> list[float]:
    """Return cold over cold, round by round: both ran within the same second, so noise falls on both."""
    pairs = zip(figures[numerator].cold_ms, figures[denominator].cold_ms, strict=True)
    return [above / below for above, below in pairs]


def report(figures: dict[str, Figures], counts: dict[str, int | None]) -> str:
    """Return the tables and, for each promise, what was measured and whether it holds."""
    lines = ["acknowledgement, ms      cold median      min      max    n    warm median      min      max    n"]
    lines += [
        f"{name:24}{_spread(held.cold_ms, 1)}{_spread(held.warm_ms, 2)}".rstrip() for name, held in figures.items()
    ]
    call_ms = statistics.median(figures[EMPTY_WITH_CALL].warm_ms) - statistics.median(figures[EMPTY].warm_ms)
    lines += ["", f"one local call, warm (c): {call_ms:.2f} ms", "", "instructions to import (callgrind)"]
    lines += [
        f"{name:40}{count / 1e6:8.1f} M" if count else f"{name:40}  no valgrind" for name, count in counts.items()
    ]
    of_naive = statistics.median(ratios(figures, FRONT, NAIVE))
    of_call = statistics.median(ratios(figures, FRONT, EMPTY_WITH_CALL))
    pairs = zip(figures[FRONT].cold_ms, figures[EMPTY].cold_ms, strict=True)
    of_sum = statistics.median(front / (empty + call_ms) for front, empty in pairs)
    lines += [
        "",
        "promises (cold; median of the ratios of each round)",
        _promise("front / naive bolt + boto3", of_naive, MOST_OF_NAIVE_COLD),
        _promise("front / empty + local call", of_call, MOST_OF_EMPTY_COLD),
        _promise("front / (empty + one warm call)", of_sum, MOST_OF_EMPTY_COLD),
    ]
    imported = counts.get(IMPORT_FRONT)
    if imported:
        lines.append(_promise("million instructions to import front", imported / 1e6, MOST_IMPORT_INSTRUCTIONS / 1e6))
    return "\n".join(lines)


def _spread(values: list[float], digits: int) -> str:
    figures = (statistics.median(values), min(values), max(values))
    return f"{figures[0]:12.{digits}f}{figures[1]:9.{digits}f}{figures[2]:9.{digits}f}{len(values):5}"


def _promise(name: str, measured: float, most: float) -> str:
    return f"{name:40}{measured:8.3f}  at most {most:g}: {'holds' if measured <= most else 'MISSED'}"


def run(rounds: int) -> str:
    """Measure everything and return the report."""
    counts = {name: instructions(statement) for name, statement in IMPORTS.items()}
    return report(measure(rounds), counts)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="cold starts of each contender")
    sys.stdout.write(run(parser.parse_args().rounds) + "\n")


if __name__ == "__main__":
    main()
