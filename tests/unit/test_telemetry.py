"""Log lines and metrics: one JSON object a line, the ids on each, and figures as CloudWatch reads them."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from typing import TYPE_CHECKING, Any, get_args

import pytest

from handler.telemetry import METRICS, MetricName, configure, count, known, on_each_line

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger("handler.entrypoints.worker")


@contextmanager
def configured(level: str = "WARNING", function: str = "sluice-prod-worker") -> Iterator[list[dict[str, Any]]]:
    """Configure as worker does; give the lines that were printed when the block has ended."""
    root = logging.getLogger()
    handlers, before = root.handlers[:], root.level
    lines: list[dict[str, Any]] = []
    with redirect_stderr(StringIO()) as printed:
        configure(level, function)
        try:
            yield lines
        finally:
            root.handlers[:] = handlers
            root.setLevel(before)
    lines.extend(json.loads(line) for line in printed.getvalue().splitlines())


def test_each_line_has_the_fields_of_its_block() -> None:
    """What was put on each line, or became known in between, is on every later line of the block, and on none after."""
    with configured() as lines:
        with on_each_line(lambda_request_id="L1"):
            log.warning("before")
            known(request_id="R1")
            log.warning("after", extra={"incident": "I1"})
        log.warning("outside")
    ids = ("lambda_request_id", "request_id", "incident")
    assert [tuple(line.get(name) for name in ids) for line in lines] == [
        ("L1", None, None),
        ("L1", "R1", "I1"),
        (None, None, None),
    ]


def test_what_is_known_outside_of_a_block_is_on_no_line() -> None:
    """Without an invocation there is nothing that a field could belong to, and nothing is kept for the next one."""
    with configured() as lines:
        known(request_id="R1")
        log.warning("outside")
        with on_each_line(lambda_request_id="L1"):
            log.warning("next")
    assert ["request_id" in line for line in lines] == [False, False]


def test_a_field_that_the_block_named_stays() -> None:
    """What was known first is on all lines; a field that a block gave as None is on none, whatever becomes known."""
    with configured() as lines:
        with on_each_line(lambda_request_id="L1"):
            known(request_id="R1")
            known(request_id="R2")
            log.warning("about the first")
        with on_each_line(request_id=None):
            known(request_id="R3")
            log.warning("about many")
    assert [line.get("request_id", "absent") for line in lines] == ["R1", "absent"]


def test_a_line_says_when_in_utc() -> None:
    """The moment of a line is ISO 8601 with its offset from UTC."""
    with configured() as lines:
        log.warning("now")
    assert lines[0]["at"].endswith("+00:00")


def test_a_failure_takes_the_fields_off_too() -> None:
    """A block that broke leaves nothing on the lines of the next invocation."""
    with configured() as lines:
        with pytest.raises(ZeroDivisionError), on_each_line(lambda_request_id="L1"):
            raise ZeroDivisionError
        log.warning("next")
    assert "lambda_request_id" not in lines[0]


@pytest.mark.parametrize("name", get_args(MetricName))
def test_a_figure_is_declared_as_cloudwatch_wants_it(name: MetricName) -> None:
    """Each metric's line holds figure, unit and the function's dimension, also where LOG_LEVEL is higher."""
    with configured("ERROR") as lines:
        count(name, 2.5)
    (line,) = lines
    assert line[name] == 2.5
    assert line["function"] == "sluice-prod-worker"
    assert line["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "Sluice",
            "Dimensions": [["function"]],
            "Metrics": [{"Name": name, "Unit": METRICS[name].unit}],
        }
    ]
    assert abs(line["_aws"]["Timestamp"] / 1000 - logging.makeLogRecord({}).created) < 60


def test_a_figure_is_parted_by_its_property_and_summed() -> None:
    """A metric that is parted has the sum's dimensions and its part's; other properties are no dimension."""
    with configured() as lines, on_each_line(lambda_request_id="L1"):
        count("Outcomes", state="applied", request_id="R1")
    (line,) = lines
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["function"], ["function", "state"]]
    assert (line["state"], line["request_id"], line["lambda_request_id"]) == ("applied", "R1", "L1")


def test_a_figure_counts_one_unless_told() -> None:
    """Without a value one is counted."""
    with configured() as lines:
        count("TicksDone")
    assert lines[0]["TicksDone"] == 1


def test_every_metric_has_its_meaning() -> None:
    """The table and the type name the same metrics."""
    assert set(METRICS) == set(get_args(MetricName))


def test_outside_lambda_a_figure_has_a_dimension_all_the_same() -> None:
    """A dimension is never empty, which CloudWatch would refuse."""
    with configured(function="") as lines:
        count("TicksDone")
    assert lines[0]["function"] == "none"
