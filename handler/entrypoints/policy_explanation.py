"""What the policy says to one change, in plain sentences: the answer, what would make it pass, and the rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Final, assert_never

from handler.adapters.policy.cedar import UNEVALUATED
from handler.adapters.policy.folder import POLICY_FILE, SETTINGS_FILE
from handler.domain.authority import Allowed, Denied, NeedsApproval
from handler.domain.model import TIMEOUT, WORKERS, Change, UserId
from handler.domain.preview import NothingToChange, OutOfBounds, TooLong, preview
from handler.flows.access import Asker
from handler.flows.approvers import Proposal
from handler.flows.change import change_question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from handler.adapters.policy.cedar import CedarPolicy
    from handler.adapters.policy.folder import PolicyTexts
    from handler.adapters.policy.validation import Rule
    from handler.domain.authority import Decision, Question
    from handler.domain.commands import Scale
    from handler.domain.model import Job
    from handler.domain.preview import Problem

SOMEBODY: Final = UserId("U0SOMEBODY")
SOMEBODY_ELSE: Final = UserId("U0SOMEBODYELSE")
MOST_TRIED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asks for what; the job as it is said to be."""

    asker: Asker
    job: Job
    command: Scale


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether it may be done straight away, and what to tell."""

    is_allowed: bool
    lines: tuple[str, ...]


def explain(policy: CedarPolicy, texts: PolicyTexts, wish: Wish) -> Explanation:
    """Explain what the product would answer to a wish; ``texts`` are those that the policy was made of."""
    longest = policy.terms.longest_emergency_minutes
    if wish.command.is_emergency and wish.command.minutes is None:
        wish = replace(wish, command=replace(wish.command, minutes=longest))
    asked = change_question(wish.asker, wish.job, wish.command)
    plan = preview(wish.job, wish.command, policy.limits)
    if wish.command.is_emergency and isinstance(plan, Change) and asked.for_minutes > longest:
        plan = TooLong(asked.for_minutes, longest)
    if not isinstance(plan, Change):
        return Explanation(is_allowed=False, lines=(f"Not possible: {_impossible(plan)}", _asked(asked)))
    decision = policy.decide(asked)
    lines = [_answer(decision, wish.command), _asked(asked)]
    if not isinstance(decision, Allowed):
        lines += _nearest(policy, asked, plan)
    if isinstance(decision, NeedsApproval) and not wish.command.is_emergency:
        lines.append(_approvers(policy, wish, plan))
    lines += _rules(policy, texts, decision)
    lines.append(f"Policy version {policy.version}.")
    return Explanation(isinstance(decision, Allowed), tuple(lines))


def _impossible(problem: Problem) -> str:
    match problem:
        case OutOfBounds(field, asked, least, most):
            name, unit = ("workers", "") if field == WORKERS else ("timeout", " minutes")
            return f"{name} may be {least} to {most}{unit} ([limits] of {SETTINGS_FILE}), not {asked}."
        case NothingToChange():
            return "the job has these values already. --workers-now and --timeout-now say what it has."
        case TooLong(asked, most):
            return f"an emergency lasts {most} minutes at the most ([break_glass] of {SETTINGS_FILE}), not {asked}."
        case _:
            return f"the job does not allow any change ({problem.slug})."


def _answer(decision: Decision, command: Scale) -> str:
    match decision:
        case Allowed():
            return "Allowed straight away."
        case NeedsApproval(approvals):
            needs = f"{approvals} approval{'s by different people' if approvals > 1 else ''}"
            if command.is_emergency:
                return f"Denied: it needs {needs}, and an emergency waits for none. Ask without break-glass."
            return f"Needs {needs}."
        case Denied(because) if any(UNEVALUATED in each for each in because):
            return "Denied: " + ", ".join(because) + "."
        case Denied(because):
            return "Denied: the policy forbids it." if because else "Denied: no rule permits it."
        case _:
            assert_never(decision)


def _asked(asked: Question) -> str:
    groups = ", ".join(sorted(asked.groups)) or "no group"
    who, where = asked.actor.user_id, asked.actor.channel_id
    parts = (
        f"{'somebody' if who == SOMEBODY else who} ({groups})" + (f" in {where}" if where else ""),
        f"job {asked.target.name}",
        _moved("workers", asked.workers_before, asked.workers),
        _moved("timeout", asked.timeout_before_minutes, asked.timeout_minutes, " min"),
        f"for {asked.for_minutes} min" if asked.for_minutes else "until undone",
        "with a reason" if asked.has_reason else "without a reason",
        *(["as an emergency"] if asked.break_glass else []),
    )
    return f"Asked: {', '.join(parts)}."


def _moved(name: str, before: int, after: int, unit: str = "") -> str:
    return f"{name} {before} → {after}{unit}" if after != before else f"{name} {after}{unit} as before"


def _nearest(policy: CedarPolicy, asked: Question, change: Change) -> Iterator[str]:
    """Say the most of each asked value that passes straight away, with all else as asked; not of very wide limits."""
    workers, timeout = (
        range(least, most + 1) for least, most in (policy.limits.workers, policy.limits.timeout_minutes)
    )
    if WORKERS in change.values and len(workers) <= MOST_TRIED:
        yield _passing("workers", policy, {number: replace(asked, workers=number) for number in workers})
    if TIMEOUT in change.values and len(timeout) <= MOST_TRIED:
        shorter = {number: replace(asked, timeout_minutes=number) for number in timeout}
        yield _passing("minutes of timeout", policy, shorter)


def _passing(what: str, policy: CedarPolicy, asked: Mapping[int, Question]) -> str:
    permitted = policy.permitted(tuple(asked.values()))
    passing = [number for number, passes in zip(asked, permitted, strict=True) if passes]
    if not passing:
        return f"No number of {what} passes straight away, all else as asked."
    return f"{max(passing)} {what} are the most that pass straight away, all else as asked."


def _approvers(policy: CedarPolicy, wish: Wish, change: Change) -> str:
    names, actor, command = list(policy.settings.groups), wish.asker.actor, wish.command
    others = [Asker(replace(actor, user_id=SOMEBODY_ELSE), "", frozenset({name})) for name in names]
    proposal = Proposal(change, actor, wish.job, command.minutes or 0, has_reason=bool(command.because))
    permitted = policy.permitted([proposal.question(each) for each in others])
    found = [name for name, allowed in zip(names, permitted, strict=True) if allowed]
    return f"May approve: {', '.join(found)}; nobody their own." if found else "No group may approve it."


def _rules(policy: CedarPolicy, texts: PolicyTexts, decision: Decision) -> Iterator[str]:
    """Show each deciding rule as it is written, with the comment right above it."""
    written = texts.policy.split("\n")
    for name in decision.because:
        rule = policy.valid.rules.get(name.removesuffix(f" ({UNEVALUATED})"))
        if rule is None:
            continue
        above = tuple(takewhile(lambda line: line.startswith("//"), reversed(written[: rule.line - 1])))
        yield f"{POLICY_FILE}, line {rule.line}: {name}{_effect(rule, decision)}"
        yield from (f"    {line}" for line in (*reversed(above), *rule.text.split("\n")))


def _effect(rule: Rule, decision: Decision) -> str:
    match decision:
        case NeedsApproval(approvals):
            counted = f" with {approvals} approval{'s' if approvals > 1 else ''}"
            return f" permits it{counted}" if rule.effect == "permit" else " forbids it with fewer"
        case Allowed():
            return " permits it"
        case Denied(because):
            return "" if any(UNEVALUATED in each for each in because) else " forbids it"
        case _:
            assert_never(decision)
