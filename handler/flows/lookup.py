"""From what a person typed to the job that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.dataflow_errors import BadParameter, NotFound
from handler.domain.errors import JobAmbiguous, JobNotFound
from handler.domain.finding import find, looks_like_id
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
            return world.dataflow.job(asked)
        except (NotFound, BadParameter):
            pass  # some names look like ids
    jobs = world.dataflow.jobs()
    try:
        found = find(asked, jobs)
    except (JobNotFound, JobAmbiguous):
        found = find(asked, viewable(world, asker, jobs))
    try:
        return world.dataflow.job(found.id)
    except NotFound as error:
        raise JobNotFound(asked) from error
