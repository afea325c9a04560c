"""Who asks, and what the policy answers; a refusal is recorded before anybody is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from handler.domain import lifecycle
from handler.domain.authority import Action, Allowed, Decision, Question, Target
from handler.domain.errors import IdTaken
from handler.domain.identity import request_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handler.domain.lifecycle import Refusal
    from handler.domain.model import Actor, GroupName, Job, JobSummary, RequestId
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


def question(asker: Asker, action: Action, job: Job | JobSummary | None = None) -> Question:
    """Ask about a job; without one, about a job that has neither id nor name."""
    target = Target("", "") if job is None else Target(job.id, job.name, job.type, job.status)
    return Question(asker.actor, asker.groups, action, target)


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
            world.ledger.record(lifecycle.refused(refusal, candidate, now))
        except IdTaken:
            continue
        return candidate
    raise IdTaken
