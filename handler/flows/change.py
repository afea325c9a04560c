"""The story of a change: gather the job and who asks, decide, then record and execute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handler.domain import lifecycle
from handler.domain.audit import recordable
from handler.domain.authority import Action, Allowed, Denied, NeedsApproval
from handler.domain.errors import DataFlowError, DeliveryKnown, IdTaken, JobBusy
from handler.domain.identity import request_id
from handler.domain.lifecycle import Asked, Refusal
from handler.domain.model import TIMEOUT, WORKERS, Change, RequestId
from handler.domain.outcomes import (
    ApprovalNeeded,
    ChangeImpossible,
    ChangeShown,
    JobIsBusy,
    NothingMore,
    Refused,
)
from handler.domain.preview import asked_values, preview, running
from handler.domain.request import State
from handler.flows.access import ID_ATTEMPTS, Asker, question, recognised, record_refusal
from handler.flows.execute import execute
from handler.flows.lookup import find_job

if TYPE_CHECKING:
    from handler.domain.authority import Decision, Question
    from handler.domain.commands import Scale
    from handler.domain.model import Execution, Job
    from handler.domain.outcomes import Outcome
    from handler.domain.preview import Problem
    from handler.domain.request import Request
    from handler.ports import World

EXECUTIONS_READ = 5


def scale(world: World, asker: Asker, command: Scale) -> Outcome:
    """Change a job's workers or timeout, as far as the policy and the limits let this person."""
    fresh, known = _identified(world, asker.delivery)
    if known is not None:
        return _carried_on(world, known)
    asker = recognised(world, asker)
    job = find_job(world, asker, command.job)
    under_way = _running(world, job)
    plan = preview(job, command, world.policy.limits)
    decision = world.policy.decide(_question(asker, job, command))
    if isinstance(plan, Change) and isinstance(decision, Allowed):
        asked = Asked(fresh, asker.actor, plan, asker.delivery, command.because)
        return _opened(world, asked, decision, under_way)
    _, known = _identified(world, asker.delivery)
    if known is not None:  # another worker with this delivery was faster, and the job is as it left it
        return _carried_on(world, known)
    return _declined(world, asker, Wish(job, command, plan, decision))


@dataclass(frozen=True, slots=True)
class Wish:
    """A change that is not begun: what was asked of which job, and what speaks against it."""

    job: Job
    command: Scale
    plan: Change | Problem
    decision: Decision


def _declined(world: World, asker: Asker, wish: Wish) -> Outcome:
    """Record why nothing is begun, then say so. Who may not ask at all learns nothing about the job."""
    job, decision = wish.job, wish.decision
    if isinstance(decision, Denied):
        recorded = record_refusal(world, _refusal(asker, wish, "denied", decision.because))
        return Refused(recorded, Action.SCALE, job.name, decision.because)
    if not isinstance(wish.plan, Change):
        recorded = record_refusal(world, _refusal(asker, wish, wish.plan.slug, ()))
        return ChangeImpossible(recorded, job, wish.plan)
    recorded = record_refusal(world, _refusal(asker, wish, "needs_approval", decision.because))
    approvals = decision.approvals if isinstance(decision, NeedsApproval) else 0
    return ApprovalNeeded(recorded, wish.plan, approvals, decision.because)


def _identified(world: World, delivery: str) -> tuple[RequestId, Request | None]:
    """Return the id this delivery's request has or will have, and the request if there is one."""
    for attempt in range(ID_ATTEMPTS):
        candidate = request_id(delivery, attempt)
        existing = world.ledger.request(candidate)
        if existing is None or existing.delivery == delivery:
            return candidate, existing
    raise IdTaken


def _carried_on(world: World, known: Request) -> Outcome:
    """Answer a redelivery: finish what was begun, say what was not said yet, and nothing twice."""
    match known.state:
        case State.APPROVED:
            return ChangeShown(execute(world, known))
        case State.APPLYING:
            return NothingMore()  # its worker lives, or the tick takes over: both tell the channel
        case _:
            return NothingMore() if known.card else ChangeShown(known)


def _opened(world: World, asked: Asked, decision: Allowed, under_way: Execution | None) -> Outcome:
    move = lifecycle.opened(asked, decision, world.clock.now())
    try:
        world.ledger.open(move.request, move.fact)
    except DeliveryKnown as known:
        return _carried_on(world, known.existing)
    except JobBusy as busy:
        return JobIsBusy(asked.change.job_name, busy.holder)
    return ChangeShown(execute(world, move.request), under_way)


def _running(world: World, job: Job) -> Execution | None:
    """Find the execution that the change will not reach; not knowing it is no reason to refuse."""
    try:
        return running(world.dataflow.executions(job.id, limit=EXECUTIONS_READ))
    except DataFlowError:
        return None


def _question(asker: Asker, job: Job, command: Scale) -> Question:
    values = asked_values(job, command)
    workers, timeout = job.run_condition.workers or 0, job.run_condition.timeout_minutes or 0
    return replace(
        question(asker, Action.SCALE, job),
        workers=values.get(WORKERS, workers),
        timeout_minutes=values.get(TIMEOUT, timeout),
        workers_before=workers,
        timeout_before_minutes=timeout,
        for_minutes=command.minutes or 0,
        has_reason=bool(command.because),
    )


def _refusal(asker: Asker, wish: Wish, kind: str, because: tuple[str, ...]) -> Refusal:
    before, job = wish.job.run_condition, wish.job
    return Refusal(
        actor=asker.actor,
        delivery=asker.delivery,
        action=Action.SCALE,
        detail=kind,
        policy_version=wish.decision.policy_version,
        because=because,
        job_id=job.id,
        job_name=job.name,
        before=recordable(before),
        after=recordable(before.replaced(asked_values(job, wish.command))),
        reason=wish.command.because,
    )
