"""The crash matrix: at each step of each story the worker is killed, before the step takes effect and after it.

Between two effects nothing that outlives the worker changes: killed after a step that only reads, it leaves the world
as if killed before the step. So Lambda's second try is left out after effects only. The short form takes every fifth
of the cells after an effect, beginning at another one in each.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.faults.cells import IS_WHOLE, Matrix
from tests.faults.flows import FLOWS
from tests.faults.invariants import violations
from tests.faults.proxy import Harm
from tests.faults.story import counted, once, played

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.faults.flows import Flow
    from tests.faults.proxy import Step
    from tests.faults.stage import Stage

Cell = tuple["Step", Harm, bool]

KILLS = (Harm.KILLED_BEFORE, Harm.KILLED_AFTER)
SHORT_SAMPLE = 7


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_killed_worker_loses_nothing_and_doubles_nothing(stage: Stage, flow: Flow) -> None:
    """Wherever it is killed: one truth of job and record, its writes once, one final word, no lock left."""
    matrix = Matrix(f"crash matrix, {flow.name}")
    for step, harm, is_retried in _cells(flow, counted(stage, flow)):
        plan = once(step, harm)
        played(stage, flow, plan, is_retried=is_retried)
        ends = flow.ends if is_retried else {**flow.ends, **flow.lost}
        found = violations(stage, replace(flow, ends=ends), must_begin=is_retried, must_be_heard=is_retried)
        found += [] if plan.struck else ["the step was not reached"]
        matrix.add(f"{harm.value} {step}, {'tried again' if is_retried else 'not tried again'}", found)
    matrix.check()


def _cells(flow: Flow, steps: Sequence[Step]) -> list[Cell]:
    effects = [step for step in steps if step.has_effect]
    if IS_WHOLE:
        lost = [(step, Harm.KILLED_AFTER, False) for step in effects]
        return [(step, harm, True) for step in steps for harm in KILLS] + lost
    telling = [(step, Harm.KILLED_AFTER, is_retried) for step in effects for is_retried in (True, False)]
    return telling[FLOWS.index(flow) % SHORT_SAMPLE :: SHORT_SAMPLE] or telling[:1]
