"""The counting behind the cost of a month: capacity as AWS documents it, and stories that cost what they do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench.cost.capacity import index_units, item_bytes, read_units, write_units
from tests.bench.cost.mix import KINDS, looking, nothing_to_do, straight_away
from tests.bench.cost.month import Assumed, Command, Standing, average, bill
from tests.bench.cost.stories import Counted, metrics_in, play

EMPTY_TICK = Counted(0, 1, 0, 0, 0, 0, 0, 0, 0, frozenset())
NOTHING = Standing(0, 0, 0, 0)
INDEX = [("gsi_open", "gsi_due_at")]


def item(**texts: str) -> dict[str, Any]:
    """An item of texts."""
    return {name: {"S": text} for name, text in texts.items()}


def test_a_size_is_names_and_values() -> None:
    """A text counts its bytes, a number half its digits and one, a map its entries and what is in them."""
    held = {"pk": {"S": "값"}, "n": {"N": "12345"}, "m": {"M": {"k": {"BOOL": True}}}, "l": {"L": [{"S": "ab"}]}}

    assert item_bytes(held) == (2 + 3) + (1 + 4) + (1 + 3 + 1 + 1 + 1) + (1 + 3 + 1 + 2)


@pytest.mark.parametrize(("size", "units"), [(0, 1), (1024, 1), (1025, 2), (3072, 3)])
def test_a_write_is_paid_by_the_kilobyte(size: int, units: int) -> None:
    """Each begun kilobyte is a unit, and nothing costs less than one."""
    assert write_units(size) == units


@pytest.mark.parametrize(
    ("size", "consistent", "units"), [(0, False, 0.5), (4096, True, 1), (4097, True, 2), (8192, False, 1)]
)
def test_a_read_is_paid_by_four_kilobytes(size: int, *, consistent: bool, units: float) -> None:
    """An eventually consistent read costs half."""
    assert read_units(size, consistent=consistent) == units


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        ({}, item(pk="a"), 0),
        ({}, item(pk="a", gsi_open="open", gsi_due_at="1"), 1),
        (item(pk="a", gsi_open="open", gsi_due_at="1"), item(pk="a", gsi_open="open", gsi_due_at="2"), 2),
        (item(pk="a", gsi_open="open", gsi_due_at="1"), item(pk="a", gsi_open="open", gsi_due_at="1", x="y"), 1),
        (item(pk="a", gsi_open="open", gsi_due_at="1"), item(pk="a"), 1),
        (item(pk="a", gsi_open="open", gsi_due_at="1"), item(pk="a", gsi_open="open", gsi_due_at="1"), 0),
    ],
)
def test_an_index_is_written_when_its_item_changes(old: dict[str, Any], new: dict[str, Any], units: int) -> None:
    """Into the index, within it by another key (out and in again), within it, out of it, and not at all."""
    assert index_units(INDEX, old, new) == units


def test_a_question_writes_nothing() -> None:
    """Looking at the list of jobs is one delivery and no write."""
    counted = play(looking("list"))

    assert (counted.deliveries, counted.write_units, counted.stored_bytes) == (1, 0, 0)
    assert counted.dataflow_calls > 0
    assert counted.slack_calls > 0


def test_a_change_leaves_its_request_and_its_facts() -> None:
    """A change costs writes and leaves bytes behind, in the tables and in each index of the audit table."""
    counted = play(straight_away)

    assert counted.write_units > 0
    assert counted.stored_bytes > 3 * 1024
    assert ("Outcomes", "sluice-prod-worker", "applied") in counted.metrics


def test_a_tick_with_nothing_to_do_calls_nobody_outside() -> None:
    """The baseline of every minute asks neither Slack nor Data Flow."""
    counted = play(nothing_to_do)

    assert (counted.deliveries, counted.ticks, counted.slack_calls, counted.dataflow_calls) == (0, 1, 0, 0)


def test_the_mix_is_of_a_hundred_commands() -> None:
    """The shares add up."""
    assert sum(kind.of_a_hundred for kind in KINDS) == 100


def test_the_average_weighs_each_story_by_how_often_it_comes() -> None:
    """Three of one and one of another."""
    cheap = Counted(1, 0, 0, 0, 0, 0, 4, 100, 0, frozenset())
    dear = Counted(2, 0, 0, 0, 0, 8, 0, 0, 400, frozenset())
    assumed = Assumed(worker_ms=10, lambda_log_bytes=0)

    assert average({cheap: 3, dear: 1}, 80, assumed) == Command(
        deliveries=1.25, worker_ms=12.5, read_units=2, write_units=3, stored_bytes=75, log_bytes=100 + 1.25 * 80
    )


def test_twice_the_commands_are_twice_the_bill_beyond_the_baseline() -> None:
    """Nothing but the standing parts and the ticks is there when nobody types."""
    command = Command(1, 100, 1, 10, 1000, 2000)
    none, once, twice = (bill(a_day, command, EMPTY_TICK, NOTHING, Assumed()) for a_day in (0, 1_000, 2_000))

    for name, dollars in none.items():
        assert twice[name] - dollars == pytest.approx(2 * (once[name] - dollars))


def test_a_metric_is_its_name_with_the_values_of_its_dimensions() -> None:
    """CloudWatch counts one metric for each set of dimensions that a line declares."""
    line = {
        "_aws": {
            "CloudWatchMetrics": [{"Dimensions": [["function"], ["function", "state"]], "Metrics": [{"Name": "O"}]}]
        },
        "function": "f",
        "state": "applied",
    }

    assert metrics_in(line) == [("O", "f"), ("O", "f", "applied")]
