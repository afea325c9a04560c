"""The door's own neighbours fail: Secrets Manager, and Lambda, which is to start the worker.

Whoever is not told that all went well does it again, soon, whatever the answer advises.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from infra.local.slack.payloads import interaction_form
from tests.faults.cells import IS_WHOLE, Matrix
from tests.faults.flows import BY_NAME, Flow
from tests.faults.invariants import violations
from tests.faults.proxy import Harm
from tests.faults.stage import SIGNING_SECRET_ID
from tests.faults.story import Struck, settle
from tests.unit.front.doors import Front
from tests.unit.front.slack_request import event as signed

if TYPE_CHECKING:
    from tests.faults.proxy import Step
    from tests.faults.stage import Stage
    from tests.faults.workers import Event

DOES_IT_AGAIN_AFTER = timedelta(seconds=20)
BUDGET_SECONDS = 0.5
SHORT_SAMPLE = 13
FAULTS: tuple[Harm, ...] = tuple(harm for harm in Harm if harm not in (Harm.KILLED_BEFORE, Harm.KILLED_AFTER))
OPERATIONS = ("GetSecretValue", "Invoke")
# Asked twice, a step would be taken twice.
STEP = replace(BY_NAME["scale"], name="scale by a step", act=lambda stage: stage.command("scale wordcount workers=+2"))
FLOWS = (STEP, *(BY_NAME[name] for name in ("scale for a time", "ask", "approve", "deny", "withdraw", "break-glass")))


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_failing_hand_over_loses_nothing_that_people_do_again(stage: Stage, flow: Flow) -> None:
    """However the door's call fails, once it is done again there is one request, its writes once, one final word."""
    matrix = Matrix(f"hand-over, {flow.name}")
    for operation, harm in _cells(flow):
        stage.fresh()
        flow.begin(stage)
        stage.end()
        plan = _first(operation, harm)
        door = _door(stage)
        stage.proxy.begin(plan)
        if not _is_acknowledged(door.handle(_request(stage, flow.act(stage)))):
            stage.hours.pass_by(DOES_IT_AGAIN_AFTER)
            stage.work_off()
            if _is_there_still(stage, flow):
                door.handle(_request(stage, flow.act(stage)))
        stage.work_off()
        settle(stage, flow)
        found = violations(stage, flow) + ([] if plan.struck else ["the step was not reached"])
        matrix.add(f"{harm.value} at {operation}", found)
    matrix.check()


def _cells(flow: Flow) -> list[tuple[str, Harm]]:
    cells = [(operation, harm) for operation in OPERATIONS for harm in FAULTS]
    return cells if IS_WHOLE else cells[FLOWS.index(flow) :: SHORT_SAMPLE]


def _first(operation: str, harm: Harm) -> Struck:
    def choose(step: Step) -> Harm | None:
        return harm if step.operation == operation and not plan.struck else None

    plan = Struck(choose)
    return plan


def _door(stage: Stage) -> Front:
    environ: dict[str, str | None] = {
        "SLACK_SIGNING_SECRET": None,
        "SLACK_SECRET_ID": SIGNING_SECRET_ID,
        "AWS_ENDPOINT_URL_LAMBDA": stage.proxy.urls["lambda"],
    }
    return Front(
        clock=stage.hours.seconds,
        monotonic=lambda: time.monotonic() + stage.hours.seconds(),
        budget_seconds=BUDGET_SECONDS,
        environ=environ,
        url=stage.proxy.urls["aws"],
    )


def _request(stage: Stage, event: Event) -> dict[str, Any]:
    """Return what Slack sends for what is handed over as this event."""
    body = event["body"]
    told = urlencode(body).encode() if event["kind"] == "command" else interaction_form(body).body
    return signed(told, at=stage.hours.seconds())


def _is_acknowledged(answer: dict[str, object]) -> bool:
    return answer["statusCode"] == 200 and not answer["body"]


def _is_there_still(stage: Stage, flow: Flow) -> bool:
    """Whether there is still a button to press: what was taken after all has taken it from the card."""
    return flow.begin is FLOWS[0].begin or bool(stage.buttons("approve"))
