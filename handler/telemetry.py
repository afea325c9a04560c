"""Logs as one JSON object a line, with the ids that people are given; never a payload, token, key or signature.

Metrics are log lines too: CloudWatch reads figures out of lines in its Embedded Metric Format, so that measuring is no
call that can fail or wait (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/, "Embedded metric format").
"""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMESPACE: Final = "Sluice"
# Whose figure it is: the function's name holds the stage too, so that two stages of an account never mix.
FUNCTION: Final = "function"

MetricName = Literal[
    "StartAge",
    "AnswerAge",
    "Decisions",
    "Outcomes",
    "Unknowns",
    "UnknownAge",
    "IntentsWithoutOutcome",
    "EndsOverdue",
    "ApiErrors",
    "DutiesFailed",
    "TicksDone",
    "Seals",
]


@dataclass(frozen=True, slots=True)
class Metric:
    """What a figure means. ``by`` is the property that parts it, beside the sum of all; empty: none does."""

    meaning: str
    unit: Literal["Count", "Seconds"] = "Count"
    by: str = ""


# All that `worker` measures; `front` has its own table in handler/front/metrics.py. Alarms and dashboard name these.
METRICS: Final[Mapping[MetricName, Metric]] = {
    "StartAge": Metric("from the door's receipt of a delivery until worker begins with it", "Seconds"),
    "AnswerAge": Metric("from the door's receipt of a delivery until people have been answered", "Seconds"),
    "Decisions": Metric("what policy and people decided", by="decision"),
    "Outcomes": Metric("states that changes came to", by="state"),
    "Unknowns": Metric("changes of which nobody knows whether they were made, at each tick"),
    "UnknownAge": Metric("how long the longest of them has been so, at each tick", "Seconds"),
    "EndsOverdue": Metric("changes whose time is over and that could not be put back yet, at each tick"),
    "IntentsWithoutOutcome": Metric("intents on record to which no outcome was written in time, at each tick"),
    "ApiErrors": Metric("calls that another service did not do", by="dependency"),
    "DutiesFailed": Metric("duties that a tick could not do; they stay due"),
    "TicksDone": Metric("ticks that came to their end"),
    "Seals": Metric("days of the audit table that were sealed"),
}

_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# These libraries write addresses or whole requests at their lower levels.
_QUIET: Final = ("httpx", "httpcore", "botocore", "boto3", "urllib3", "slack_sdk", "slack_bolt")

_fields: ContextVar[Mapping[str, object] | None] = ContextVar("fields of each line", default=None)
measuring: Final = logging.getLogger(f"{__name__}.metrics")


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure. ``properties`` are text; the one its metric is parted ``by`` becomes a dimension."""

    name: MetricName
    value: float
    properties: Mapping[str, str]

    def as_embedded(self, function: str, epoch_ms: int) -> dict[str, object]:
        """Return what CloudWatch reads as this metric of the function of this name."""
        metric = METRICS[self.name]
        dimensions = [[FUNCTION]] + ([[FUNCTION, metric.by]] if metric.by in self.properties else [])
        declared = {
            "Namespace": NAMESPACE,
            "Dimensions": dimensions,
            "Metrics": [{"Name": self.name, "Unit": metric.unit}],
        }
        return {
            **self.properties,
            "_aws": {"Timestamp": epoch_ms, "CloudWatchMetrics": [declared]},
            FUNCTION: function,
            self.name: self.value,
        }


class JsonLines(logging.Formatter):
    """Formats a record with all its ``extra`` holds, and what ``on_each_line`` and ``known`` were told.

    ``function`` is the name of the Lambda function, for the metrics.
    """

    def __init__(self, function: str = "") -> None:
        super().__init__()
        self._function = function or "none"  # a dimension may not be empty

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        line: dict[str, object] = {
            "level": record.levelname,
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in (_fields.get() or {}).items() if value is not None},
        }
        line |= {name: value for name, value in vars(record).items() if name not in _OWN | {"measured"}}
        if isinstance(measured := getattr(record, "measured", None), Measured):
            line |= measured.as_embedded(self._function, int(record.created * 1000))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(level: str, function: str = "") -> None:
    """Send everything at this level or above, and all metrics, to standard error as JSON lines, once for the process.

    ``function`` is the name of the Lambda function, empty elsewhere.
    """
    root = logging.getLogger()
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(function))
    root.handlers[:] = [handler]
    root.setLevel(level)
    measuring.setLevel(logging.INFO)  # a figure is not less wanted where fewer words are
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def count(name: MetricName, value: float = 1, **properties: str) -> None:
    """Measure: print a line from which CloudWatch makes a metric. Nothing is sent, and nothing can fail."""
    measuring.info("measured", extra={"measured": Measured(name, value, properties)})


@contextmanager
def on_each_line(**fields: object) -> Iterator[None]:
    """Put these fields on every line, metrics too, while the block runs; what ``known`` adds ends with it.

    None puts a field on no line, whatever becomes known: a tick is about many requests, each named on its line.
    """
    token = _fields.set({**(_fields.get() or {}), **fields})
    try:
        yield
    finally:
        _fields.reset(token)


def known(**fields: object) -> None:
    """Put these fields on every line from here to the end of the block of ``on_each_line``; outside of one, on none.

    What was known before stays.
    """
    if (before := _fields.get()) is not None:
        _fields.set({**fields, **before})
