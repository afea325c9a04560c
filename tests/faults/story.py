"""How a story goes on after the harm: Lambda's second try, people, and ticks until nothing is owed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.flows import Flow
    from tests.faults.proxy import Harm, Plan, Step
    from tests.faults.stage import Stage

FIRST_MINUTES = 3
MOST_TICKS = 60
PRESSED_AGAIN_AFTER = timedelta(seconds=10)


@dataclass(slots=True)
class Struck:
    """A plan that remembers which steps it struck."""

    choose: Callable[[Step], Harm | None]
    struck: list[Step] = field(default_factory=list)

    def __call__(self, step: Step) -> Harm | None:
        """Choose, and remember."""
        harm = self.choose(step)
        if harm is not None:
            self.struck.append(step)
        return harm


def once(step: Step, harm: Harm) -> Struck:
    """Do harm to the step of this number, and to no other."""
    return Struck(lambda each: harm if each.number == step.number else None)


def counted(stage: Stage, flow: Flow) -> list[Step]:
    """Play a story unharmed; return the steps of the delivery that can be harmed."""
    stage.fresh()
    flow.begin(stage)
    stage.end()
    event = flow.act(stage)
    stage.proxy.begin()
    ended = stage.deliver(event)
    assert ended.is_well, ended
    return stage.proxy.steps


def played(
    stage: Stage, flow: Flow, plan: Plan | None = None, *, is_retried: bool = True, is_impatient: bool = False
) -> None:
    """Play a story to its end in a fresh world; ``plan`` says what happens to which step, ticks included.

    Without ``is_retried`` Lambda's second try is lost, too. Workers that are ``is_impatient`` soon give up waiting for
    an answer.
    """
    stage.fresh()
    flow.begin(stage)
    stage.end()  # the delivery meets a cold worker
    stage.look_at_the_lock()
    event = flow.act(stage)
    stage.proxy.begin(plan)
    stage.is_impatient = is_impatient
    ended = stage.deliver(event)
    if not ended.is_well and is_retried:
        if flow.is_async:
            stage.hours.pass_by(timedelta(minutes=1))
        else:
            stage.hours.pass_by(PRESSED_AGAIN_AFTER)
        stage.deliver(event)
    settle(stage, flow)


def settle(stage: Stage, flow: Flow) -> None:
    """Let minutes go by, then the time until each next thing is due, until nothing is; people act in between."""
    for _ in range(FIRST_MINUTES):
        stage.look_at_the_lock()
        stage.tick()
    for _ in range(MOST_TICKS):
        flow.then(stage)
        due = stage.due()
        if not due:
            break
        stage.hours.now = max(stage.hours.now, due[0])
        stage.look_at_the_lock()
        stage.tick()
    stage.hours.pass_by(timedelta(days=2))
    stage.tick()
