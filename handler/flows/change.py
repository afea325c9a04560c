"""The story of a change: gather the job and who asks, decide, then record and, when allowed, execute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from handler.domain import opening
from handler.domain.audit import recordable
from handler.domain.authority import Action, Denied, NeedsApproval
from handler.domain.dataflow_errors import DataFlowError
from handler.domain.errors import DeliveryKnown, IdTaken, JobBusy
from handler.domain.identity import request_id
from handler.domain.model import TIMEOUT, WORKERS, Change, RequestId
from handler.domain.opening import Asked, Refusal
from handler.domain.outcomes import ChangeImpossible, ChangeShown, LeftUntold, NothingMore, Refused
from handler.domain.preview import TooLong, asked_values, preview, running
from handler.domain.request import State
from handler.flows.access import (
    ID_ATTEMPTS,
    Asker,
    question,
    recognised,
    record_refusal,
)
from handler.flows.approvers import approvers_of, proposed
from handler.flows.execute import execute
from handler.flows.lookup import find_job
from handler.flows.overlays import newest_in_effect
from handler.flows.takeover import take_over
from handler.flows.twice import carried_out_before, met

if TYPE_CHECKING:
    from handler.domain.authority import Allowed, Decision, Question
    from handler.domain.commands import Scale
    from handler.domain.model import Execution, Job
    from handler.domain.outcomes import Outcome
    from handler.domain.preview import Problem
    from handler.domain.request import Request
    from handler.ports import World

EXECUTIONS_READ: Final = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked of which job, what it would mean, and what the policy says to it."""

    job: Job
    command: Scale
    plan: Change | Problem
    decision: Decision


def scale(world: World, asker: Asker, command: Scale) -> Outcome:
    """Change a job's workers or timeout, as far as the policy and the limits let this person."""
    fresh, known = _identified(world, asker.delivery)
    if known is not None:
        return _carried_on(world, known)
    asker = recognised(world, asker)
    wish = wished(world, asker, command)
    if isinstance(wish.plan, Change) and not isinstance(wish.decision, Denied) and not _is_refused(wish):
        if again := carried_out_before(world, asker, wish.command, wish.plan):
            return again
        asked = _asked(fresh, asker, wish.command, wish.plan)
        asked = replace(asked, over=newest_in_effect(world, wish.job.id))
        return _opened(world, wish.job, asked, wish.decision)
    _, known = _identified(world, asker.delivery)
    if known is not None:  # another worker with this delivery was faster, and the job is as it left it
        return _carried_on(world, known)
    return _declined(world, asker, wish)


def wished(world: World, asker: Asker, command: Scale) -> Wish:
    """Read the job, and find out what the change would mean and what the policy says to it."""
    job = find_job(world, asker, command.job)
    if command.is_emergency and command.minutes is None:
        command = replace(command, minutes=world.policy.terms.longest_emergency_minutes)
    plan = preview(job, command, world.policy.limits)
    if (
        command.is_emergency
        and isinstance(plan, Change)
        and (command.minutes or 0) > world.policy.terms.longest_emergency_minutes
    ):
        plan = TooLong(command.minutes or 0, world.policy.terms.longest_emergency_minutes)
    decision = world.policy.decide(change_question(asker, job, command))
    return Wish(job, command, plan, decision)


def _is_refused(wish: Wish) -> bool:
    """Whether the policy says no. An emergency cannot wait for approvals: needing one is a no.

    One that is asked for too long may need one for that alone, so it is told how long it may be.
    """
    must_wait = wish.command.is_emergency and isinstance(wish.decision, NeedsApproval)
    return isinstance(wish.decision, Denied) or (must_wait and not isinstance(wish.plan, TooLong))


def _declined(world: World, asker: Asker, wish: Wish) -> Outcome:
    """Record why nothing is begun, then say so. Who may not ask at all learns nothing about the job."""
    job, decision = wish.job, wish.decision
    if _is_refused(wish) or isinstance(wish.plan, Change):
        because = decision.because if isinstance(decision, Denied) else ()
        kind = "no_emergency" if wish.command.is_emergency else "denied"
        recorded = record_refusal(world, _refusal(asker, wish, kind, because))
        return Refused(recorded, Action.SCALE, job.name, because, is_emergency=wish.command.is_emergency)
    recorded = record_refusal(world, _refusal(asker, wish, wish.plan.slug, ()))
    return ChangeImpossible(recorded, job, wish.plan)


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
    if known.state is State.APPROVED:
        return ChangeShown(execute(world, known))
    left = take_over(world, known.id)
    return NothingMore() if left is None else LeftUntold(left)


def _asked(fresh: RequestId, asker: Asker, command: Scale, change: Change) -> Asked:
    return Asked(
        id=fresh,
        actor=asker.actor,
        change=change,
        delivery=asker.delivery,
        reason=command.because,
        minutes=command.minutes,
        is_emergency=command.is_emergency,
    )


def _opened(world: World, job: Job, asked: Asked, decision: Allowed | NeedsApproval) -> Outcome:
    """Record the request; carry it out when nobody has to approve it."""
    move = opening.opened(asked, decision, world.policy.terms, world.clock.now())
    try:
        world.ledger.open(move.request, move.fact)
    except DeliveryKnown as known:
        return _carried_on(world, known.existing)
    except JobBusy as busy:
        return met(world, move.request, busy.holder)
    if move.request.state is State.PENDING:
        approvers = approvers_of(world, proposed(world, move.request, job))
        return ChangeShown(move.request, approvers=approvers, is_fresh=True)
    return ChangeShown(execute(world, move.request), _running(world, job), is_fresh=True)


def _running(world: World, job: Job) -> Execution | None:
    """Find the execution that the change will not reach; not knowing it is no reason to refuse."""
    try:
        return running(world.dataflow.executions(job.id, limit=EXECUTIONS_READ))
    except DataFlowError:
        return None


def change_question(asker: Asker, job: Job, command: Scale) -> Question:
    """Ask whether this person may have this change of this job, whether possible or not."""
    values = asked_values(job, command)
    workers, timeout = job.run_condition.workers or 0, job.run_condition.timeout_minutes or 0
    return replace(
        question(asker, Action.SCALE, job),
        workers=values.get(WORKERS, workers),
        timeout_minutes=values.get(TIMEOUT, timeout),
        workers_before=workers,
        timeout_before_minutes=timeout,
        for_minutes=command.minutes or 0,
        has_reason=bool(command.because) or command.is_emergency,  # an emergency is not asked without one
        break_glass=command.is_emergency,
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
