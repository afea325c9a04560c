"""The stories: what came before, the one delivery that is harmed, and how it may end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from handler.domain.request import State
from infra.local.dataflow.faults import Fault
from tests.faults.proxy import Harm
from tests.faults.stage import ASKER, JOB_ID, LEAD, OTHER_LEAD, TICK, VIEWER, WORKERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.faults.proxy import Step
    from tests.faults.stage import Stage
    from tests.faults.workers import Event


def nothing(_stage: Stage) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A story of one request.

    ``begin`` happens undisturbed; ``act`` makes the event that is harmed. ``ends`` are the states in which the request
    may end, each with the workers that the job has then; none when no request is opened, and the asker is told alone.
    ``lost`` are the ends besides, when the delivery never took effect. ``untouched`` are the workers when nothing is
    written. Somebody waits for the answer to what is not ``is_async``,
    and sends it again themselves. ``then`` is what people do when the first minutes are over.
    """

    name: str
    act: Callable[[Stage], Event]
    ends: Mapping[State, int] = field(default_factory=dict)
    begin: Callable[[Stage], None] = nothing
    then: Callable[[Stage], None] = nothing
    is_async: bool = True
    lost: Mapping[State, int] = field(default_factory=dict)
    untouched: int = WORKERS


def _scale(text: str) -> Callable[[Stage], Event]:
    return lambda stage: stage.command(f"scale wordcount {text} because backlog")


def _done(stage: Stage, event: Event) -> None:
    ended = stage.deliver(event)
    assert ended.is_well, ended


def _asked(text: str) -> Callable[[Stage], None]:
    return lambda stage: _done(stage, _scale(text)(stage))


def _pressed(user_id: str, action_id: str) -> Callable[[Stage], Event]:
    return lambda stage: stage.press(user_id, action_id)


def _tick(_stage: Stage) -> Event:
    return TICK


def _after(begin: Callable[[Stage], None], **time: float) -> Callable[[Stage], None]:
    def begun(stage: Stage) -> None:
        begin(stage)
        stage.hours.pass_by(timedelta(**time))

    return begun


def _a_day_ago(stage: Stage) -> None:
    _asked("workers=8")(stage)
    for minutes in (1, 30, 21 * 60):
        stage.hours.pass_by(timedelta(minutes=minutes))
        _done(stage, TICK)


def _approved_once(stage: Stage) -> None:
    _asked("workers=10")(stage)
    _done(stage, stage.press(LEAD, "approve"))


def _near_its_end(stage: Stage) -> None:
    """Let people be asked whether a change for a time shall go on."""
    _after(_asked("workers=4 for 2h"), minutes=111)(stage)
    _done(stage, TICK)


def _undo(stage: Stage) -> Event:
    (request,) = stage.requests()
    return stage.command(f"undo {request.id} because the backlog is gone")


def _edited_while_it_lasted(stage: Stage) -> None:
    _after(_asked("workers=4 for 2h"), minutes=121)(stage)
    stage.dataflow.change_job(JOB_ID, {"runCondition": {"numWorker": 3}})


def _altered(stage: Stage) -> Event:
    """Press a button that carries the digest of other arguments than the request has."""
    event = stage.press(LEAD, "approve")
    (action,) = event["body"]["actions"]
    request_id, digest = action["value"].split()
    action["value"] = f"{request_id} {digest[::-1]}"
    return event


def _edited_in_the_console(stage: Stage) -> None:
    _asked("workers=8")(stage)
    stage.dataflow.change_job(JOB_ID, {"runCondition": {"numWorker": 3}})


def _refused_by_the_api(stage: Stage) -> None:
    stage.dataflow.faults.add(Fault(kind="status", method="PUT", status=400, code="bad-parameter", times=None))


def _unknown(harm: Harm) -> Callable[[Stage], None]:
    """Let the answer to the write be lost, and the job be unreadable for the rest of that invocation."""

    def begun(stage: Stage) -> None:
        is_written = False

        def plan(step: Step) -> Harm | None:
            nonlocal is_written
            if step.operation == "PUT executions":
                is_written = True
                return harm
            return Harm.BROKEN if is_written and step.neighbour == "dataflow" else None

        stage.proxy.begin(plan)
        _asked("workers=4")(stage)
        stage.proxy.begin()
        (request,) = stage.requests()
        assert request.state is State.UNKNOWN

    return begun


def _emergency(stage: Stage) -> Event:
    return stage.command("break-glass scale wordcount workers=8 because partners wait")


def _reviewed(stage: Stage) -> None:
    """Let a lead look at the emergency, if there is one whose card asks for it."""
    if stage.buttons("reviewed"):
        stage.deliver_as_lambda_does(stage.press(LEAD, "reviewed"))


UNDECIDED = {State.EXPIRED: WORKERS}
FLOWS = (
    Flow("scale", _scale("workers=4"), {State.APPLIED: 4, State.FAILED: 2}),
    Flow("scale for a time", _scale("workers=4 for 2h"), {State.REVERTED: 2, State.FAILED: 2}),
    Flow("revert", _tick, {State.REVERTED: 2, State.FAILED: 4}, begin=_after(_asked("workers=4 for 2h"), minutes=121)),
    Flow("notice", _tick, {State.REVERTED: 2}, begin=_after(_asked("workers=4 for 2h"), minutes=111)),
    Flow("extend", _pressed(ASKER, "extend"), {State.REVERTED: 2}, begin=_near_its_end),
    Flow("keep", _pressed(ASKER, "keep"), {State.APPLIED: 4}, begin=_near_its_end, lost={State.REVERTED: 2}),
    Flow("revert now", _pressed(ASKER, "revert"), {State.REVERTED: 2}, begin=_near_its_end),
    Flow("undo", _undo, {State.REVERTED: 2}, begin=_asked("workers=4"), lost={State.APPLIED: 4}),
    Flow("ask", _scale("workers=8"), {State.EXPIRED: 2}),
    Flow(
        "approve",
        _pressed(LEAD, "approve"),
        {State.APPLIED: 8, State.FAILED: 2},
        begin=_asked("workers=8"),
        lost=UNDECIDED,
    ),
    Flow("approve first of two", _pressed(LEAD, "approve"), {State.EXPIRED: 2}, begin=_asked("workers=10")),
    Flow(
        "approve second of two",
        _pressed(OTHER_LEAD, "approve"),
        {State.APPLIED: 10, State.FAILED: 2},
        begin=_approved_once,
        lost=UNDECIDED,
    ),
    Flow("open the form of a denial", _pressed(LEAD, "deny"), {State.EXPIRED: 2}, begin=_asked("workers=8")),
    Flow(
        "deny",
        lambda stage: stage.form(LEAD, "not tonight"),
        {State.DENIED: 2},
        begin=_asked("workers=8"),
        is_async=False,
        lost=UNDECIDED,
    ),
    Flow(
        "withdraw",
        _pressed(ASKER, "withdraw"),
        {State.WITHDRAWN: 2},
        begin=_asked("workers=8"),
        lost=UNDECIDED,
    ),
    Flow("break-glass", _emergency, {State.REVERTED: 2, State.FAILED: 2}, then=_reviewed),
    Flow(
        "review of an emergency",
        _pressed(LEAD, "reviewed"),
        {State.REVERTED: 2},
        begin=lambda stage: _done(stage, _emergency(stage)),
        then=_reviewed,
    ),
    Flow("expiry", _tick, {State.EXPIRED: 2}, begin=_after(_asked("workers=8"), minutes=31)),
    Flow("reminder", _tick, {State.EXPIRED: 2}, begin=_after(_asked("workers=8"), minutes=11)),
    Flow("escalation", _tick, {State.EXPIRED: 2}, begin=_after(_asked("workers=8"), minutes=21)),
    Flow(
        "stale",
        _pressed(LEAD, "approve"),
        {State.STALE: 3},
        begin=_edited_in_the_console,
        lost={State.EXPIRED: 3},
        untouched=3,
    ),
    Flow("seal", _tick, {State.EXPIRED: 2}, begin=_a_day_ago),
    Flow("altered button", _altered, {State.EXPIRED: 2}, begin=_asked("workers=8")),
    Flow("edited meanwhile", _tick, {State.APPLIED: 3}, begin=_edited_while_it_lasted, untouched=3),
    Flow("unknown, taken", _tick, {State.APPLIED: 4}, begin=_after(_unknown(Harm.RESET_AFTER), minutes=2)),
    Flow("unknown, lost", _tick, {State.FAILED: 2}, begin=_after(_unknown(Harm.RESET_BEFORE), minutes=10)),
    Flow("refused by the API", _scale("workers=4"), {State.FAILED: 2}, begin=_refused_by_the_api),
    Flow("refused by the policy", lambda stage: stage.command("scale wordcount workers=4", VIEWER)),
)
BY_NAME = {flow.name: flow for flow in FLOWS}
