"""From counted stories to a bill: plain functions, with every price and every assumption in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.cost.stories import Counted

DAYS = 30
TICKS = DAYS * 24 * 60
GIGABYTE = 1024**3
MILLION = 1_000_000

# US dollars in ap-northeast-2 (Seoul), on demand, without any free tier, before tax; docs/operations.md says which of
# them could be looked up.
PRICES_AS_OF = "2026-11-23"
PRICES: Mapping[str, tuple[float, str, str]] = {
    "lambda_gb_second": (0.0000133334, "GB-second, arm64", "aws.amazon.com/lambda/pricing"),
    "lambda_request": (0.20 / MILLION, "invocation", "aws.amazon.com/lambda/pricing"),
    "dynamodb_read": (0.1355 / MILLION, "read request unit", "aws.amazon.com/dynamodb/pricing/on-demand"),
    "dynamodb_write": (0.68 / MILLION, "write request unit", "aws.amazon.com/dynamodb/pricing/on-demand"),
    "dynamodb_gb": (0.27075, "GB-month, tables and indexes", "aws.amazon.com/dynamodb/pricing/on-demand"),
    "pitr_gb": (0.2166, "GB-month of point-in-time recovery", "aws.amazon.com/dynamodb/pricing/on-demand"),
    "log_gb": (0.76, "GB of log taken in", "aws.amazon.com/cloudwatch/pricing"),
    "log_gb_month": (0.0314, "GB-month of log kept", "aws.amazon.com/cloudwatch/pricing"),
    "metric": (0.30, "metric and month", "aws.amazon.com/cloudwatch/pricing"),
    "alarm": (0.10, "alarm and month", "aws.amazon.com/cloudwatch/pricing"),
    "dashboard": (3.00, "dashboard and month", "aws.amazon.com/cloudwatch/pricing"),
    "secret": (0.40, "secret and month", "aws.amazon.com/secrets-manager/pricing"),
    "secret_read": (0.05 / 10_000, "read of a secret", "aws.amazon.com/secrets-manager/pricing"),
}


@dataclass(frozen=True, slots=True)
class Assumed:
    """What cannot be counted on a laptop. Times are what Lambda bills, so waiting for others is in them.

    Args:
        front_gb: memory of the door.
        worker_gb: memory of the worker.
        front_ms: the door, warm, with its hand-over; `make bench` measures 2 on a laptop.
        worker_ms: the own work of the worker, warm; `make bench` measures 8 on a laptop, neighbours included.
        slack_ms: one call of Slack.
        dataflow_ms: one call of Data Flow.
        dynamodb_ms: one call of DynamoDB.
        lambda_log_bytes: START, END and REPORT of one invocation.
        days_kept: of the log, as serverless.yml says.
        secret_reads: in a month; each new process reads once, and a process seldom lives beyond two hours.
    """

    front_gb: float = 0.5
    worker_gb: float = 1.0
    front_ms: float = 60
    worker_ms: float = 60
    slack_ms: float = 250
    dataflow_ms: float = 200
    dynamodb_ms: float = 10
    lambda_log_bytes: int = 350
    days_kept: int = 90
    secret_reads: int = 3 * DAYS * 12


@dataclass(frozen=True, slots=True)
class Standing:
    """What is there and paid whether anybody types or not.

    Args:
        metrics: that CloudWatch makes of the log.
        alarms: on them.
        dashboards: of them.
        secrets: in Secrets Manager.
    """

    metrics: int
    alarms: int
    dashboards: int
    secrets: int


@dataclass(frozen=True, slots=True)
class Command:
    """What the average command takes, the clicks and ticks that follow it included.

    Args:
        deliveries: for the door, and handed over to the worker.
        worker_ms: billed.
        read_units: of DynamoDB.
        write_units: of DynamoDB.
        stored_bytes: that stay.
        log_bytes: of both functions.
    """

    deliveries: float
    worker_ms: float
    read_units: float
    write_units: float
    stored_bytes: float
    log_bytes: float


def worker_ms(counted: Counted, assumed: Assumed) -> float:
    """Billed milliseconds of the worker for one story: its own work, and waiting for every call in turn."""
    return (
        (counted.deliveries + counted.ticks) * assumed.worker_ms
        + counted.slack_calls * assumed.slack_ms
        + counted.dataflow_calls * assumed.dataflow_ms
        + counted.dynamodb_calls * assumed.dynamodb_ms
    )


def average(played: Mapping[Counted, int], door_log_bytes: int, assumed: Assumed) -> Command:
    """The average over stories by how often each comes.

    Args:
        played: story → how many of a hundred commands begin it.
        door_log_bytes: printed by the door for one delivery.
        assumed: what was not counted.
    """
    total = sum(played.values())

    def mean(of: Mapping[Counted, float]) -> float:
        return sum(of[story] * often for story, often in played.items()) / total

    deliveries = mean({story: story.deliveries for story in played})
    lines = mean({story: story.log_bytes for story in played})
    return Command(
        deliveries=deliveries,
        worker_ms=mean({story: worker_ms(story, assumed) for story in played}),
        read_units=mean({story: story.read_units for story in played}),
        write_units=mean({story: story.write_units for story in played}),
        stored_bytes=mean({story: story.stored_bytes for story in played}),
        log_bytes=lines + deliveries * (door_log_bytes + 2 * assumed.lambda_log_bytes),
    )


def bill(a_day: int, command: Command, tick: Counted, standing: Standing, assumed: Assumed) -> dict[str, float]:
    """US dollars of a month by what they are for.

    Args:
        a_day: commands typed each day.
        command: the average one.
        tick: the minute's tick that finds nothing to do.
        standing: what is paid whether anybody types or not.
        assumed: what was not counted.
    """
    price = {name: dollars for name, (dollars, _, _) in PRICES.items()}
    commands = a_day * DAYS
    log_gb = (commands * command.log_bytes + TICKS * (tick.log_bytes + assumed.lambda_log_bytes)) / GIGABYTE
    stored_gb = commands * command.stored_bytes / GIGABYTE
    seconds = (commands * command.worker_ms + TICKS * worker_ms(tick, assumed)) / 1000
    return {
        "Lambda, door": commands
        * command.deliveries
        * (price["lambda_request"] + assumed.front_ms / 1000 * assumed.front_gb * price["lambda_gb_second"]),
        "Lambda, worker": (commands * command.deliveries + TICKS) * price["lambda_request"]
        + seconds * assumed.worker_gb * price["lambda_gb_second"],
        "DynamoDB, reads and writes": commands
        * (command.read_units * price["dynamodb_read"] + command.write_units * price["dynamodb_write"])
        + TICKS * (tick.read_units * price["dynamodb_read"] + tick.write_units * price["dynamodb_write"]),
        "DynamoDB, kept, after a year": 12 * stored_gb * (price["dynamodb_gb"] + price["pitr_gb"]),
        "Logs": log_gb * (price["log_gb"] + assumed.days_kept / DAYS * price["log_gb_month"]),
        "Metrics, alarms, dashboard": standing.metrics * price["metric"]
        + standing.alarms * price["alarm"]
        + standing.dashboards * price["dashboard"],
        "Secrets": standing.secrets * price["secret"] + assumed.secret_reads * price["secret_read"],
    }
