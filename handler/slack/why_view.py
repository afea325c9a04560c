"""What the policy says to a change, which rule, what would make it pass, and who could approve it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.authority import Allowed, NeedsApproval
from handler.domain.model import Change
from handler.domain.preview import OutOfBounds
from handler.slack.blocks import told
from handler.slack.card_view import who_could
from handler.slack.change_view import what
from handler.slack.mrkdwn import Mrkdwn, call, code
from handler.slack.quantities import workers
from handler.slack.refusal_view import impossible_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handler.domain.outcomes import WhyShown
    from handler.ports import Message
    from handler.slack.voice import Voice


def why_message(say: Voice, shown: WhyShown) -> Message:
    """Say what the policy says; of what is not possible whatever it says, only why that is."""
    if isinstance(shown.plan, Change):
        lines = _decided(say, shown, shown.plan)
    else:
        lines = [say("policy.impossible"), *impossible_lines(say, shown.plan, code(shown.job.name))]
    if shown.straight_away_workers is not None and isinstance(shown.plan, Change | OutOfBounds):
        most = workers(say, shown.straight_away_workers)
        is_emergency = shown.command.is_emergency
        lines.append(say("policy.fewer_as_emergency" if is_emergency else "policy.fewer", workers=most))
    if shown.channel is not None and isinstance(shown.plan, Change):
        lines.append(say("policy.channel", channel=call(shown.channel)))
    if isinstance(shown.plan, Change) and isinstance(shown.plain or shown.decision, NeedsApproval):
        lines.append(who_could(say, shown.approvers))
    return told(lines)


def rules_line(say: Voice, because: Sequence[str]) -> Mrkdwn:
    """Name the rules that decided."""
    rules = say.listed(because)
    return say("policy.rule", rules=rules) if len(because) == 1 else say("policy.rules", rules=rules)


def _decided(say: Voice, shown: WhyShown, plan: Change) -> list[Mrkdwn]:
    name, change, is_emergency = code(shown.job.name), what(say, plan), shown.command.is_emergency
    decision = shown.plain or shown.decision
    match decision:
        case Allowed() | NeedsApproval() if shown.plain is not None:
            lines = [say("policy.not_as_emergency", name=name, what=change), _plainly(say, decision)]
        case Allowed() if is_emergency and not shown.command.because:
            lines = [say("policy.allowed", name=name, what=change), say("policy.needs_reason")]
        case Allowed():
            lines = [say("policy.allowed", name=name, what=change)]
        case NeedsApproval(1):
            lines = [say("policy.one", name=name, what=change)]
        case NeedsApproval(approvals):
            lines = [say("policy.several", name=name, what=change, approvals=approvals)]
        case _:
            lines = [say("policy.denied", name=name, what=change)]
    return [*lines, rules_line(say, decision.because) if decision.because else say("policy.no_rule")]


def _plainly(say: Voice, decision: Allowed | NeedsApproval) -> Mrkdwn:
    """Say what the same needs without break-glass."""
    if isinstance(decision, Allowed):
        return say("policy.plain_allowed")
    if decision.approvals == 1:
        return say("policy.plain_one")
    return say("policy.plain_several", approvals=decision.approvals)
