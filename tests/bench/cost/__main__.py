"""Counts, and prints the tables of docs/operations.md."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.bench.cost.mix import KINDS, nothing_to_do
from tests.bench.cost.month import PRICES, PRICES_AS_OF, TICKS, Assumed, Standing, average, bill, worker_ms
from tests.bench.cost.stories import Counted, door_log_bytes, play

ROOT = Path(__file__).parents[3]
A_DAY = (10, 1_000, 100_000)


def main() -> int:
    """Print the tables."""
    argparse.ArgumentParser(prog="python -m tests.bench.cost", description=__doc__).parse_args()
    assumed = Assumed()
    played = {kind: play(kind.story) for kind in KINDS}
    tick = play(nothing_to_do)
    log_bytes, metrics = door_log_bytes()
    command = average({counted: kind.of_a_hundred for kind, counted in played.items()}, log_bytes, assumed)
    standing = _standing(metrics.union(tick.metrics, *(counted.metrics for counted in played.values())))
    print("| of 100 commands | story | deliveries | Slack | Data Flow | DynamoDB | reads | writes | billed ms |")
    print("|---|---|---|---|---|---|---|---|---|")
    for kind, counted in played.items():
        print(_row(str(kind.of_a_hundred), kind.name, counted, assumed))
    print(_row(f"{TICKS:,} a month", "a tick with nothing to do", tick, assumed))
    print(
        f"\nOn average a command is {command.deliveries:.2f} deliveries, {command.worker_ms:.0f} ms of the worker,"
        f" {command.read_units:.1f} read and {command.write_units:.1f} write units, {command.log_bytes:,.0f} bytes of"
        f" log, and leaves {command.stored_bytes:,.0f} bytes in the tables and their indexes."
    )
    print(f"Standing: {standing.metrics} metrics, {standing.alarms} alarms, {standing.dashboards} dashboards.\n")
    bills = [bill(a_day, command, tick, standing, assumed) for a_day in A_DAY]
    print("| US dollars a month | " + " | ".join(f"{a_day:,} a day" for a_day in A_DAY) + " |")
    print("|---|" + "---|" * len(A_DAY))
    for name in bills[0]:
        print(f"| {name} | " + " | ".join(f"{each[name]:,.2f}" for each in bills) + " |")
    print("| **together** | " + " | ".join(f"**{sum(each.values()):,.2f}**" for each in bills) + " |")
    print(f"\n| price, {PRICES_AS_OF} | US dollars | page |\n|---|---|---|")
    for dollars, unit, page in PRICES.values():
        print(f"| {unit} | {_plain(dollars)} | {page} |")
    return 0


def _plain(dollars: float) -> str:
    """Dollars without an exponent and without zeros at the end."""
    return f"{dollars:.10f}".rstrip("0").rstrip(".")


def _row(often: str, name: str, counted: Counted, assumed: Assumed) -> str:
    return (
        f"| {often} | {name} | {counted.deliveries or f'{counted.ticks} tick'} | {counted.slack_calls} |"
        f" {counted.dataflow_calls} | {counted.dynamodb_calls} | {counted.read_units:g} | {counted.write_units:g} |"
        f" {worker_ms(counted, assumed):,.0f} |"
    )


def _standing(metrics: frozenset[tuple[str, ...]]) -> Standing:
    """What the stack's own files declare."""
    files = [*sorted((ROOT / "infra" / "aws").glob("*.yml")), ROOT / "serverless.yml"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    of = {name: text.count(f"Type: AWS::{name}\n") for name in ("CloudWatch::Alarm", "CloudWatch::Dashboard")}
    return Standing(
        metrics=len(metrics),
        alarms=of["CloudWatch::Alarm"],
        dashboards=of["CloudWatch::Dashboard"],
        secrets=text.count("Type: AWS::SecretsManager::Secret\n"),
    )


if __name__ == "__main__":
    raise SystemExit(main())
