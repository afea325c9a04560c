"""Who asks, and what the policy answers; a refusal is recorded before anybody is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from handler.domain import opening
from handler.domain.authority import Action, Allowed, Decision, Question, Target
from handler.domain.errors import IdTaken
from handler.domain.identity import request_id
from handler.domain.opening import Refusal
from handler.domain.outcomes import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handler.domain.model import Actor, Change, GroupName, Job, JobSummary, RequestId
    from handler.ports import World

# Each try has a fresh 40-bit id: three in a row that belong to other deliveries will not be seen.
ID_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Asker:
    """The person, the delivery's digest, and the groups they were found to be in."""

    actor: Actor
    delivery: str
    groups: frozenset[GroupName] = frozenset()


def recognised(world: World, asker: Asker) -> Asker:
    """Find out the person's groups. Raises GroupUndetermined: then nothing is allowed."""
    return replace(asker, groups=world.directory.groups_of(asker.actor.user_id))


def recognised_afresh(world: World, asker: Asker) -> Asker:
    """Find out the person's groups without believing anything read before. Raises GroupUndetermined."""
    return replace(asker, groups=world.directory.groups_of(asker.actor.user_id, afresh=True))


def question(asker: Asker, action: Action, job: Job | JobSummary | None = None) -> Question:
    """Ask about a job; without one, about a job that has neither id nor name."""
    target = Target("", "") if job is None else Target(job.id, job.name, job.type, job.status)
    return Question(asker.actor, asker.groups, action, target)


def about_change(asked: Question, change: Change) -> Question:
    """Return the question with a change's numbers in it; what the job does not say is 0."""
    before, after = change.before, change.after
    return replace(
        asked,
        workers=after.workers or 0,
        timeout_minutes=after.timeout_minutes or 0,
        workers_before=before.workers or 0,
        timeout_before_minutes=before.timeout_minutes or 0,
    )


def is_allowed(world: World, asker: Asker, action: Action, job: Job | JobSummary | None = None) -> Decision | None:
    """Return None when this is allowed straight away, else the decision that says why not."""
    decision = world.policy.decide(question(asker, action, job))
    return None if isinstance(decision, Allowed) else decision


def viewable(world: World, asker: Asker, jobs: Iterable[JobSummary]) -> tuple[JobSummary, ...]:
    """Return the jobs this person may view."""
    listed: Sequence[JobSummary] = tuple(jobs)
    permitted = world.policy.permitted([question(asker, Action.VIEW, each) for each in listed])
    return tuple(job for job, allowed in zip(listed, permitted, strict=True) if allowed)


def record_refusal(world: World, refusal: Refusal) -> RequestId:
    """Put the refusal into the audit table, once for each delivery; return the id it is recorded under."""
    now = world.clock.now()
    for attempt in range(ID_ATTEMPTS):
        candidate = request_id(refusal.delivery, attempt)
        try:
            world.ledger.record(opening.refused(refusal, candidate, now))
        except IdTaken:
            continue
        return candidate
    raise IdTaken


def refuse(world: World, asker: Asker, action: Action, job: Job | JobSummary | None, decision: Decision) -> Refused:
    """Record that the policy said no, and say so. Looking cannot be approved, so a need for approvals is a no too."""
    recorded = record_refusal(
        world,
        Refusal(
            actor=asker.actor,
            delivery=asker.delivery,
            action=action,
            detail="denied",
            policy_version=decision.policy_version,
            because=decision.because,
            job_id=job.id if job else None,
            job_name=job.name if job else None,
        ),
    )
    return Refused(recorded, action, job.name if job else "", decision.because)
