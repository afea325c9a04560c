"""Which job a person means by an id, a name or the beginning of one."""

from __future__ import annotations

import re
from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from handler.domain.errors import JobAmbiguous, JobNotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handler.domain.model import JobSummary

MOST_NEAR_NAMES: Final = 5
MOST_CANDIDATES: Final = 10
LONGEST_NAME: Final = 100
DELETED: Final = "DELETED"
# Every id in the API documents has 12 characters; the examples mask some of theirs with asterisks.
_ID: Final = re.compile(r"[A-Za-z0-9*]{12}")


def looks_like_id(asked: str) -> bool:
    """Say whether this could be a job's id, so that it is worth asking for it directly; some names look the same."""
    return _ID.fullmatch(asked) is not None


def find(asked: str, jobs: Sequence[JobSummary]) -> JobSummary:
    """Return the job with this id or name, else the one whose name begins so; letter case matters only if it must.

    A job that was deleted stands in nobody's way: it is found only when no other fits as well.

    Raises JobAmbiguous with names that tell the fitting jobs apart (ids, where the names are the same), or JobNotFound
    with names that are close.
    """
    folded = asked.casefold()
    for fitting in (
        [job for job in jobs if job.id == asked],
        [job for job in jobs if job.name == asked],
        [job for job in jobs if job.name.casefold() == folded],
        [job for job in jobs if asked and job.name.casefold().startswith(folded)],
    ):
        meant = [job for job in fitting if job.status != DELETED] or fitting
        if len(meant) == 1:
            return meant[0]
        if meant:
            raise JobAmbiguous(asked, _told_apart(meant)[:MOST_CANDIDATES], len(meant))
    raise JobNotFound(asked, _near(folded, jobs))


def _told_apart(jobs: Sequence[JobSummary]) -> tuple[str, ...]:
    namesakes = Counter(job.name for job in jobs)
    return tuple(sorted(job.name if namesakes[job.name] == 1 else job.id for job in jobs))


def _near(folded: str, jobs: Sequence[JobSummary]) -> tuple[str, ...]:
    names = {job.name.casefold(): job.name for job in jobs}
    # a name has no more characters, and comparing takes the square of their number
    close = get_close_matches(folded[:LONGEST_NAME], names, n=MOST_NEAR_NAMES)
    return tuple(names[each] for each in close)
