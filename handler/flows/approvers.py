"""Who may approve a change: what the policy is asked about somebody who would, and whom it lets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handler.domain.authority import Action
from handler.domain.errors import GroupUndetermined
from handler.domain.model import ChannelId, JobSummary
from handler.flows.access import Asker, about_change, question
from handler.flows.lookup import last_seen

if TYPE_CHECKING:
    from handler.domain.authority import Question
    from handler.domain.model import Actor, Change, Job, UserId
    from handler.domain.request import Card, Request
    from handler.ports import World


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change as it is put to who may approve it; ``minutes`` 0 is until it is undone.

    ``job`` is as it was read last; of one that nobody has seen for long only id and name are known.
    """

    change: Change
    requester: Actor
    job: Job | JobSummary
    minutes: int = 0
    has_reason: bool = False
    is_emergency: bool = False

    def question(self, asker: Asker) -> Question:
        """Ask whether this person may approve it."""
        return replace(
            about_change(question(asker, Action.APPROVE, self.job), self.change),
            requester=self.requester.user_id,
            for_minutes=self.minutes,
            has_reason=self.has_reason,
            break_glass=self.is_emergency,
        )


def proposed(world: World, request: Request, job: Job | None = None) -> Proposal:
    """Return a request as it is put to people; the job as it was seen last, unless it was just read."""
    change = request.change
    seen = None if job is not None else last_seen(world, change.job_id)
    return Proposal(
        change,
        request.requester,
        job or (seen.job if seen else JobSummary(change.job_id, change.job_name)),
        request.minutes or 0,
        has_reason=bool(request.reason),
        is_emergency=request.emergency is not None,
    )


def approvers_of(world: World, proposal: Proposal, card: Card | None = None) -> tuple[UserId, ...] | None:
    """Return who could approve a change now, never the requester; None when it could not be found out.

    They are asked about where they would click: where the card is or, before there is one, is to be.
    """
    try:
        people = world.directory.people()
    except GroupUndetermined:
        return None
    requester = proposal.requester
    candidates = sorted(user_id for user_id in people if user_id != requester.user_id)
    place = card.channel_id if card else ChannelId(world.policy.terms.channel or requester.channel_id)
    there = replace(requester, channel_id=place)
    askers = [Asker(replace(there, user_id=user_id), "", people[user_id]) for user_id in candidates]
    permitted = world.policy.permitted([proposal.question(each) for each in askers])
    return tuple(user_id for user_id, allowed in zip(candidates, permitted, strict=True) if allowed)


def deciders_of(world: World, request: Request) -> tuple[UserId, ...] | None:
    """Return who could approve a request now, which nobody can twice; None when it could not be found out."""
    approvers = approvers_of(world, proposed(world, request), request.card)
    said_yes = {each.user_id for each in request.review.approvals} if request.review else set()
    return None if approvers is None else tuple(user_id for user_id in approvers if user_id not in said_yes)
