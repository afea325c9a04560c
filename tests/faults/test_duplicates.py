"""Duplicates: Lambda may deliver what it was handed more than once, late, in any order and at the same moment."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.faults.cells import IS_WHOLE, Matrix
from tests.faults.flows import FLOWS
from tests.faults.invariants import violations
from tests.faults.story import settle

if TYPE_CHECKING:
    from tests.faults.flows import Flow
    from tests.faults.stage import Stage
    from tests.faults.workers import Event

SEED = 20261123
ROUNDS = 5 if IS_WHOLE else 1
MOST_COPIES = 5


@pytest.mark.parametrize("flow", FLOWS if IS_WHOLE else FLOWS[::3], ids=lambda flow: flow.name)
def test_what_comes_more_than_once_happens_once(stage: Stage, flow: Flow) -> None:
    """However often each comes, in whatever order and at once: one request, its writes and final word once."""
    order = random.Random(f"{SEED} {flow.name}")  # noqa: S311 - the order of deliveries, not a secret
    matrix = Matrix(f"duplicates, {flow.name}")
    for number in range(ROUNDS):
        stage.fresh()
        flow.begin(stage)
        before = list(stage.delivered)
        event = flow.act(stage)
        again = _mixed(order, event, before)
        for ended in stage.deliver_at_once(again):
            if not ended.is_well:
                stage.deliver(event)
        settle(stage, flow)
        matrix.add(f"round {number}: {len(again)} deliveries", violations(stage, flow))
    matrix.check()


def _mixed(order: random.Random, event: Event, before: list[Event]) -> list[Event]:
    """Return what is delivered at once: the event up to five times, at least twice, and each that came before again."""
    copies = [event] * order.randint(2, MOST_COPIES)
    late = [each for each in before for _ in range(order.randint(0, 2))]
    mixed = [*copies, *late]
    order.shuffle(mixed)
    return mixed
