"""The story of a decision: a click, the policy with groups read afresh, and one conditional write that decides."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from handler.domain import review
from handler.domain.authority import Action, Allowed, Denied, NeedsApproval
from handler.domain.errors import Moved
from handler.domain.outcomes import ChangeShown, ClickRefused
from handler.domain.request import Request, State
from handler.domain.review import Objection
from handler.flows.access import (
    Asker,
    about_change,
    question,
    recognised,
    recognised_afresh,
)
from handler.flows.approvers import deciders_of, proposed
from handler.flows.click import Barred, acted_on, is_recorded, refused_click
from handler.flows.execute import TRIES, execute

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.model import Job, RequestId
    from handler.domain.moves import Move
    from handler.domain.outcomes import Outcome
    from handler.domain.request import Review
    from handler.flows.click import Click
    from handler.ports import World


def approve(world: World, click: Click) -> Outcome:
    """Count a yes; with the last one the job is read again, and the change carried out."""
    return _decided(world, click, _approve)


def deny(world: World, click: Click, reason: str) -> Outcome:
    """End the request with a no and its reason."""
    storable = reason.encode("utf-8", "replace").decode()  # DynamoDB takes no half of a surrogate pair

    def say_no(world: World, click: Click, request: Request, asked: Review) -> Outcome | Move:
        decision = may_decide(world, click, request)
        if isinstance(decision, Barred):
            return refused_click(world, click, request, decision)
        now = world.clock.now()
        return review.denied(request, asked, click.asker.actor, storable, now, decision=decision)

    return _decided(world, click, say_no)


def may_deny(world: World, click: Click) -> Outcome:
    """Say before the form opens why this click could not deny, or show the request that it could."""

    def look(request: Request) -> Outcome | None:
        why = _objection(world, click, request)
        if why is Objection.EXPIRED:
            return _ended(world, request)
        # Slack takes the form for three seconds only, so who was in a group a minute ago is believed to be: what they
        # send is decided afresh.
        barred = may_decide(world, click, request, recognised) if why is None else Barred(why)
        if isinstance(barred, Barred) and barred.decision is not None:
            barred = may_decide(world, click, request)
        return refused_click(world, click, request, barred) if isinstance(barred, Barred) else ChangeShown(request)

    return acted_on(world, click, look)


def withdraw(world: World, click: Click) -> Outcome:
    """End the request for the one who asked."""

    def take_back(world: World, click: Click, request: Request, asked: Review) -> Outcome | Move:
        if click.asker.actor.user_id != request.requester.user_id:
            return refused_click(world, click, request, Barred(Objection.NOT_REQUESTER))
        return review.withdrawn(request, asked, click.asker.actor, world.clock.now())

    return _decided(world, click, take_back)


def give_up(world: World, request_id: RequestId, problem: str) -> Request | None:
    """End a request whose card could not be posted; return it as it is then, None when there is none."""
    for _ in range(TRIES):
        request = world.ledger.request(request_id)
        if request is None or request.state is not State.PENDING:
            return request
        move = review.given_up(request, problem, world.clock.now())
        if is_recorded(world, request, move):
            return move.request
    raise Moved(None)


def _approve(world: World, click: Click, request: Request, asked: Review) -> Outcome | Move:
    if _has_approved(click, asked):
        return ClickRefused(Objection.APPROVED_BEFORE, request)
    decision = may_decide(world, click, request)
    if isinstance(decision, Barred):
        return refused_click(world, click, request, decision)
    now = world.clock.now()
    if review.is_last(request):
        job = world.dataflow.job(request.change.job_id)
        if request.change.before.differences(job.run_condition):
            return review.overtaken(request, job.run_condition, None, now)
        if not _is_still_wanted(world, request, job, asked.needed):
            return review.overtaken(request, job.run_condition, POLICY_MOVED, now)
    return review.approved(request, asked, click.asker.actor, decision, now)


POLICY_MOVED: Final = "policy_moved"


def _is_still_wanted(world: World, request: Request, job: Job, approvals: int) -> bool:
    """Whether the one who asked may still have this change with these approvals, by the policy and groups of now."""
    # Who approves was looked up afresh a moment ago, and with them all groups (ports, "Directory").
    asker = recognised(world, Asker(request.requester, request.delivery))
    asked = about_change(question(asker, Action.SCALE, job), request.change)
    asked = replace(asked, for_minutes=request.minutes or 0, has_reason=bool(request.reason))
    match world.policy.decide(asked):
        case Allowed():
            return True
        case NeedsApproval(needed):
            return needed <= approvals
        case Denied():
            return False


def may_decide(
    world: World, click: Click, request: Request, known: Callable[[World, Asker], Asker] = recognised_afresh
) -> Allowed | Barred:
    """Whether this person may decide now; never about their own request, whatever the policy says."""
    if click.asker.actor.user_id == request.requester.user_id:
        return Barred(Objection.OWN_REQUEST)
    asker = known(world, click.asker)
    decision = world.policy.decide(proposed(world, request).question(asker))
    return decision if isinstance(decision, Allowed) else Barred(Objection.NOT_ALLOWED, decision)


def _decided(world: World, click: Click, decide: Callable[[World, Click, Request, Review], Outcome | Move]) -> Outcome:
    def act(request: Request) -> Outcome | Move | None:
        problem = _objection(world, click, request)
        if problem is Objection.EXPIRED:
            return _ended(world, request)
        if problem is Objection.CLOSED and decide is _approve and _is_left_to_us(click, request):
            return ChangeShown(execute(world, request))
        if problem is not None or request.review is None:
            return refused_click(world, click, request, Barred(problem or Objection.CLOSED))
        return decide(world, click, request, request.review)

    return acted_on(world, click, act, partial(_carried_out, world))


def _carried_out(world: World, request: Request) -> ChangeShown:
    if request.state is State.APPROVED:
        return ChangeShown(execute(world, request))
    if request.state is not State.PENDING:
        return ChangeShown(request)
    return ChangeShown(request, approvers=deciders_of(world, request))


def _ended(world: World, request: Request) -> ClickRefused | None:
    """Expire what the tick has not expired yet; None when it was no longer as it was looked at."""
    move = review.expired(request, world.clock.now())
    return ClickRefused(Objection.EXPIRED, move.request) if is_recorded(world, request, move) else None


def _is_left_to_us(click: Click, request: Request) -> bool:
    """Whether this is our own decisive click again, whose worker died before the change was begun."""
    return request.state is State.APPROVED and request.review is not None and _has_approved(click, request.review)


def _has_approved(click: Click, asked: Review) -> bool:
    return any(approval.user_id == click.asker.actor.user_id for approval in asked.approvals)


def _objection(world: World, click: Click, request: Request) -> Objection | None:
    """Return why nobody, or no stranger, can decide. Who has approved may still change their mind, and deny."""
    if click.is_stranger:
        return Objection.STRANGER
    why = review.objection(request, click.ref.digest, click.asker.actor.user_id, world.clock.now())
    return None if why is Objection.APPROVED_BEFORE else why
