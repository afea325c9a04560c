"""How a request begins, or does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handler.domain.audit import BEFORE_FIRST, Event, Fact, chained, recordable, timestamp
from handler.domain.authority import Action, NeedsApproval
from handler.domain.moves import Move
from handler.domain.news import WORKER_IS_GONE_AFTER, News, untold
from handler.domain.request import Emergency, Request, State
from handler.domain.review import review_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handler.domain.authority import Allowed
    from handler.domain.model import Actor, Change, RequestId
    from handler.domain.review import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a delivery asked for; ``minutes`` None means until it is undone, ``over`` is what the change lies over."""

    id: RequestId
    actor: Actor
    change: Change
    delivery: str
    reason: str | None = None
    minutes: int | None = None
    is_emergency: bool = False
    over: Mapping[str, RequestId] = field(default_factory=dict)


def opened(asked: Asked, decision: Allowed | NeedsApproval, terms: Terms, now: datetime) -> Move:
    """Open a request: approved when the policy allows it straight away, else pending until enough have approved."""
    change = asked.change
    fact = chained(
        BEFORE_FIRST,
        Fact(
            request_id=asked.id,
            at=timestamp(now),
            event=Event.REQUESTED,
            actor=asked.actor.user_id,
            action=Action.SCALE.value,
            channel=asked.actor.channel_id,
            job_id=change.job_id,
            job_name=change.job_name,
            before=recordable(change.before),
            after=recordable(change.after),
            reason=asked.reason,
            minutes=asked.minutes,
            policy_version=decision.policy_version,
            because=decision.because,
            delivery=asked.delivery,
        ),
    )
    review = review_of(terms, decision.approvals, now) if isinstance(decision, NeedsApproval) else None
    request = Request(
        id=asked.id,
        state=State.PENDING if review else State.APPROVED,
        change=change,
        requester=asked.actor,
        delivery=asked.delivery,
        created_at=now,
        updated_at=now,
        policy_version=decision.policy_version,
        because=decision.because,
        head=fact.head,
        reason=asked.reason,
        minutes=asked.minutes,
        due_at=review.due_at if review else now + WORKER_IS_GONE_AFTER,
        review=review,
        emergency=Emergency(review_at=now + terms.review_within) if asked.is_emergency else None,
        over=asked.over,
    )
    return Move(untold(request, News(Event.REQUESTED, fact.seq), now), fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What was asked and why it was refused; ``detail`` is the kind of refusal in a word."""

    actor: Actor
    delivery: str
    action: Action
    detail: str
    policy_version: str
    because: tuple[str, ...]
    job_id: str | None = None
    job_name: str | None = None
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None
    reason: str | None = None


def refused(asked: Refusal, request_id: RequestId, now: datetime) -> Fact:
    """Record that somebody asked for what they may not have: a chain of one fact."""
    return chained(
        BEFORE_FIRST,
        Fact(
            request_id=request_id,
            at=timestamp(now),
            event=Event.REFUSED,
            actor=asked.actor.user_id,
            action=asked.action.value,
            channel=asked.actor.channel_id,
            job_id=asked.job_id,
            job_name=asked.job_name,
            before=asked.before,
            after=asked.after,
            reason=asked.reason,
            policy_version=asked.policy_version,
            because=asked.because,
            delivery=asked.delivery,
            detail=asked.detail,
        ),
    )
