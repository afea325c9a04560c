"""Who may end a change, or let it go on: whoever may have that change straight away, or may approve it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handler.domain.authority import Action, Allowed
from handler.domain.errors import GroupUndetermined
from handler.flows.access import Asker, about_change, question, recognised_afresh
from handler.flows.approvers import Proposal

if TYPE_CHECKING:
    from handler.domain.authority import Decision, Question
    from handler.domain.model import Change, Job, UserId
    from handler.domain.request import Request
    from handler.ports import World


@dataclass(frozen=True, slots=True)
class Wish:
    """A change of this job that would last so many minutes in all (0: until it is undone), on account of a request."""

    request: Request
    job: Job
    change: Change
    minutes: int = 0
    because: str | None = None

    def scale_question(self, asker: Asker) -> Question:
        """Ask whether this person may have it; of an emergency, for a time, as an emergency."""
        return replace(
            about_change(question(asker, Action.SCALE, self.job), self.change),
            for_minutes=self.minutes,
            has_reason=bool(self.because or self.request.reason),
            break_glass=self.request.emergency is not None and self.minutes > 0,  # what stays is no emergency's
        )

    def approve_question(self, asker: Asker) -> Question:
        """Ask whether this person may approve it."""
        asked = self.scale_question(asker)
        proposal = Proposal(
            self.change,
            self.request.requester,
            self.job,
            self.minutes,
            has_reason=asked.has_reason,
            is_emergency=asked.break_glass,
        )
        return proposal.question(asker)


def decided(world: World, asker: Asker, wish: Wish) -> Decision:
    """Ask the policy of now; nobody approves what they asked for themselves. Raises GroupUndetermined."""
    known = recognised_afresh(world, asker)
    straight_away = world.policy.decide(wish.scale_question(known))
    if isinstance(straight_away, Allowed) or asker.actor.user_id == wish.request.requester.user_id:
        return straight_away
    approving = world.policy.decide(wish.approve_question(known))
    return approving if isinstance(approving, Allowed) else straight_away


def could(world: World, asker: Asker, wish: Wish) -> tuple[UserId, ...] | None:
    """Return who could do it now, in the channel of who asks; None when that could not be found out."""
    try:
        people = world.directory.people()
    except GroupUndetermined:
        return None
    ids = sorted(people)
    askers = [Asker(replace(asker.actor, user_id=user_id), "", people[user_id]) for user_id in ids]
    scaling = world.policy.permitted([wish.scale_question(each) for each in askers])
    approving = world.policy.permitted([wish.approve_question(each) for each in askers])
    requester = wish.request.requester.user_id
    able = zip(ids, scaling, approving, strict=True)
    return tuple(user_id for user_id, may, approves in able if may or (approves and user_id != requester))
