"""The crash matrix: at each step of each story the worker is killed, before the step takes effect and after it.

Between two effects nothing that outlives the worker changes: killed after a step that only reads, it leaves the world
as if killed before the step. The short form therefore kills it before the first step and after each effect, the whole
one at every step on both sides, with Lambda's second try and without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.cells import IS_WHOLE, Matrix
from tests.faults.flows import FLOWS
from tests.faults.invariants import violations
from tests.faults.proxy import Harm
from tests.faults.story import counted, once, played

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.flows import Flow
    from tests.faults.proxy import Step
    from tests.faults.stage import Stage

Cell = tuple["Step", Harm, bool]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_killed_worker_loses_nothing_and_doubles_nothing(stage: Stage, flow: Flow) -> None:
    """Wherever it is killed: one truth of job and record, the intended writes only, no lock left."""
    matrix = Matrix(f"crash matrix, {flow.name}")
    for step, harm, is_retried in _cells(counted(stage, flow)):
        plan = once(step, harm)
        played(stage, flow, plan, is_retried=is_retried)
        found = violations(stage, flow, was_told=is_retried)
        found += [] if plan.struck else ["the step was not reached"]
        matrix.add(f"{harm.value} {step}, {'tried again' if is_retried else 'not tried again'}", found)
    matrix.check()


def _cells(steps: Sequence[Step]) -> Iterator[Cell]:
    if IS_WHOLE:
        yield from ((step, harm, again) for step in steps for harm in KILLS for again in (True, False))
        return
    yield steps[0], Harm.KILLED_BEFORE, True
    for number, step in enumerate(each for each in steps if each.has_effect):
        yield step, Harm.KILLED_AFTER, number % 2 == 0


KILLS = (Harm.KILLED_BEFORE, Harm.KILLED_AFTER)
