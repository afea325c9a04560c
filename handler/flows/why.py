"""What the policy would say to a change, and what would make it pass; nothing is asked for and nothing recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handler.domain.authority import Action, Allowed
from handler.domain.model import Change, ChannelId
from handler.domain.outcomes import Refused, WhyShown
from handler.flows.access import Asker, is_allowed, refuse
from handler.flows.approvers import Proposal, approvers_of
from handler.flows.change import Wish, change_question, wished

if TYPE_CHECKING:
    from handler.domain.authority import Decision, Question
    from handler.domain.commands import Scale, Why
    from handler.ports import World


def explain(world: World, asker: Asker, command: Why) -> WhyShown | Refused:
    """Explain the policy's answer to a change. Who may not look at the job is refused."""
    wish = wished(world, asker, command.scale)
    if refusal := is_allowed(world, asker, Action.VIEW, wish.job):
        return refuse(world, asker, Action.VIEW, wish.job, refusal)
    asked = change_question(asker, wish.job, wish.command)
    change = wish.plan if isinstance(wish.plan, Change) else None
    return WhyShown(
        job=wish.job,
        plan=wish.plan,
        decision=wish.decision,
        straight_away_workers=None if isinstance(wish.decision, Allowed) else _most_workers(world, asked),
        channel=_other_channel(world, wish, asked),
        approvers=None if change is None else approvers_of(world, _proposal(asker, wish, change)),
        command=command.scale,
        plain=_without_break_glass(world, asker, wish, command.scale),
    )


def _proposal(asker: Asker, wish: Wish, change: Change) -> Proposal:
    minutes, reason = wish.command.minutes or 0, wish.command.because
    return Proposal(change, asker.actor, wish.job, minutes, has_reason=bool(reason))


def _without_break_glass(world: World, asker: Asker, wish: Wish, command: Scale) -> Decision | None:
    """Decide about the same as no emergency, when it is one that is not allowed."""
    if not command.is_emergency or isinstance(wish.decision, Allowed):
        return None
    return world.policy.decide(change_question(asker, wish.job, replace(command, is_emergency=False)))


def _most_workers(world: World, asked: Question) -> int | None:
    """Return the most workers below the asked that need no approval, with all else as asked."""
    least, most = world.policy.limits.workers
    fewer = [replace(asked, workers=workers) for workers in range(least, min(most, asked.workers - 1) + 1)]
    permitted = world.policy.permitted(fewer)
    return max((each.workers for each, allowed in zip(fewer, permitted, strict=True) if allowed), default=None)


def _other_channel(world: World, wish: Wish, asked: Question) -> str | None:
    """Return the approvals channel when the same would be allowed straight away if it were typed there."""
    channel = world.policy.terms.channel
    if channel is None or isinstance(wish.decision, Allowed) or channel == asked.actor.channel_id:
        return None
    there = replace(asked, actor=replace(asked.actor, channel_id=ChannelId(channel)))
    return channel if isinstance(world.policy.decide(there), Allowed) else None
