"""From what a person typed to the job that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.dataflow_errors import BadParameter, NotFound
from handler.domain.errors import JobAmbiguous, JobNotFound, LedgerUnavailable
from handler.domain.finding import find, looks_like_id
from handler.domain.sighting import Seen
from handler.flows.access import Asker, viewable

if TYPE_CHECKING:
    from handler.domain.model import Job
    from handler.ports import World


def find_job(world: World, asker: Asker, asked: str) -> Job:
    """Read the job with this id or name.

    Raises JobNotFound or JobAmbiguous, which name only jobs that this person may view, and any DataFlowError.
    """
    if looks_like_id(asked):
        try:
            return read_job(world, asked)
        except (NotFound, BadParameter):
            pass  # some names look like ids
    jobs = world.dataflow.jobs()
    try:
        found = find(asked, jobs)
    except (JobNotFound, JobAmbiguous):
        found = find(asked, viewable(world, asker, jobs))
    try:
        return read_job(world, found.id)
    except NotFound as error:
        raise JobNotFound(asked) from error


def read_job(world: World, job_id: str) -> Job:
    """Read the job with this id, and note it for the time when the API does not answer. Raises any DataFlowError."""
    job = world.dataflow.job(job_id)
    world.noted.note(Seen(job, world.clock.now()))
    return job


def last_seen(world: World, asked: str) -> Seen | None:
    """Return what is known of a job from before; None also when that is too long ago, or cannot be read."""
    try:
        seen = world.ledger.sightings.last(asked)
    except LedgerUnavailable:
        return None
    return None if seen is None or seen.is_forgotten(world.clock.now()) else seen
