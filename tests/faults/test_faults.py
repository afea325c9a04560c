"""The fault matrix: at each step of each story the neighbour that was asked fails, in each way there is.

Once, so that whoever asked may try again; and for as long as an outage lasts, through Lambda's second try or through
the ticks of ten minutes. The short form takes some cells of each story, others in each.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from handler.domain.request import State
from tests.faults.cells import IS_WHOLE, Matrix
from tests.faults.flows import FLOWS
from tests.faults.invariants import violations
from tests.faults.proxy import Harm
from tests.faults.story import Struck, counted, once, played

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.flows import Flow
    from tests.faults.proxy import Step
    from tests.faults.stage import Stage

Cell = tuple["Step", Harm, timedelta | None]

FAULTS_BEFORE = (Harm.SILENCE_BEFORE, Harm.RESET_BEFORE, Harm.THROTTLED, Harm.BROKEN, Harm.GARBAGE, Harm.SLOW)
FAULTS_AFTER = (Harm.SILENCE_AFTER, Harm.RESET_AFTER)
LONG = timedelta(minutes=10)
AGAIN = (Harm.BROKEN, Harm.RESET_BEFORE, Harm.RESET_AFTER, Harm.SILENCE_AFTER)
AT_FIRST = (Harm.BROKEN, Harm.SILENCE_BEFORE)
OUTAGES = (timedelta(seconds=90), LONG)
SILENCES = (Harm.SILENCE_BEFORE, Harm.SILENCE_AFTER)
LASTING = (Harm.RESET_BEFORE, Harm.THROTTLED, Harm.BROKEN)  # for silence, a test would have to wait, too
MUTE = ("slack", "secrets")  # without Slack, or its token, nobody can be told anything
SHORT_SAMPLE = 101


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_failing_neighbour_breaks_no_promise(stage: Stage, flow: Flow) -> None:
    """Whoever fails, how and for how long: one truth of job and record, its writes once, one last word, no lock."""
    matrix = Matrix(f"fault matrix, {flow.name}")
    for step, harm, lasts in _cells(flow, counted(stage, flow)):
        plan = once(step, harm) if lasts is None else _outage(stage, step, harm, lasts)
        played(stage, _bearing(flow), plan, is_impatient=harm in SILENCES)
        found = violations(stage, _bearing(flow), must_begin=False, must_be_heard=step.neighbour not in MUTE)
        found += [] if plan.struck else ["the step was not reached"]
        matrix.add(f"{harm.value} at {step}, {'once' if lasts is None else f'for {lasts}'}", found)
    matrix.check()


def _cells(flow: Flow, steps: Sequence[Step]) -> Iterator[Cell]:
    cells = list(_all_cells(steps))
    if IS_WHOLE:
        yield from cells
    else:
        yield from cells[FLOWS.index(flow) % SHORT_SAMPLE :: SHORT_SAMPLE]


def _all_cells(steps: Sequence[Step]) -> Iterator[Cell]:
    """Every fault of every kind of step; where a kind comes again, the faults that differ most, if it matters when."""
    begun: set[tuple[str, bool]] = set()
    asked: set[tuple[str, str]] = set()
    for kind, alike in groupby(steps, lambda step: (step.neighbour, step.operation)):
        step = next(alike)
        harms = (*FAULTS_BEFORE, *FAULTS_AFTER) if step.has_effect else FAULTS_BEFORE
        if kind in asked:
            yield from ((step, harm, None) for harm in AGAIN if harm in harms and _matters_when(step))
            continue
        asked.add(kind)
        yield from ((step, harm, None) for harm in harms)
        if (step.neighbour, step.has_effect) not in begun:
            begun.add((step.neighbour, step.has_effect))
            out = [harm for harm in harms if step.has_effect or harm in AT_FIRST]
            yield from ((step, harm, lasts) for harm in out for lasts in OUTAGES if harm in LASTING or lasts < LONG)


def _matters_when(step: Step) -> bool:
    """Whether the answer depends on what was done before it: not so for who somebody is, or a secret."""
    return step.has_effect or step.neighbour == "dataflow"


def _outage(stage: Stage, first: Step, harm: Harm, lasts: timedelta) -> Struck:
    """Do harm to every step of this neighbour from the first on, until the time is over."""
    until = None

    def choose(step: Step) -> Harm | None:
        nonlocal until
        if step.number == first.number:
            until = stage.hours.now + lasts
        is_out = until is not None and stage.hours.now < until and step.neighbour == first.neighbour
        return harm if is_out else None

    return Struck(choose)


def _bearing(flow: Flow) -> Flow:
    """Return the flow with the ends that a fault may lead to besides: a no with nothing written is a true end."""
    if not flow.ends:
        return flow
    unwritten = dict.fromkeys((State.FAILED, State.STALE, State.EXPIRED, State.WITHDRAWN), flow.untouched)
    return replace(flow, ends={**unwritten, **flow.lost, **flow.ends})
