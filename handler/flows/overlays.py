"""What lies over and under a change of a job, read from the record (``domain/overlay.py`` says what it means)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from handler.domain.dataflow_errors import DataFlowError, NotFound
from handler.domain.model import TIMEOUT, WORKERS, RunCondition
from handler.domain.overlay import way_back
from handler.domain.preview import UNCHANGEABLE_STATUSES
from handler.flows.lookup import read_job

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from handler.domain.model import JobId, RequestId
    from handler.domain.overlay import PutBack, StandDown
    from handler.domain.request import Request
    from handler.ports import World

CHANGEABLE: Final = (WORKERS, TIMEOUT)
# Changes that overlap without a gap make a pile that only ever grows; nobody has made one this high.
MOST_LAYERS: Final = 100


def newest_in_effect(world: World, job_id: JobId) -> Mapping[str, RequestId]:
    """Return, for each field, the change in effect that has set it last, as the next change of the job keeps it."""
    found = {}
    for name in CHANGEABLE:
        pile = _pile(world, name, _newest(world, name, job_id))
        if (lasting := next((each for each in pile if each.lasts), None)) is not None:
            found[name] = lasting.id
    return found


def find_way_back(world: World, request: Request) -> PutBack | StandDown | None:
    """Find out what is to be put back at the end of a change; None when the job cannot be read just now."""
    found = _read(world, request)
    if found is None:
        return None
    above, below = {}, {}
    for name in request.change.values:
        above[name] = _above(world, request, name)
        below[name] = _below(world, request, name)
    return way_back(request, found, above, below)


def _read(world: World, request: Request) -> RunCondition | None:
    try:
        job = read_job(world, request.change.job_id)
    except NotFound:
        return RunCondition()
    except DataFlowError:
        return None
    return RunCondition() if job.status in UNCHANGEABLE_STATUSES else job.run_condition


def _above(world: World, request: Request, name: str) -> tuple[Request, ...]:
    """Return the later changes that have set a field, the newest first."""
    later: list[Request] = []
    for each in _pile(world, name, _newest(world, name, request.change.job_id)):
        if each.id == request.id:
            return tuple(later)
        later.append(each)
    # Its end came before, so the pile has closed over it, and only the clocks can tell.
    return tuple(each for each in later if each.created_at >= request.created_at)


def _below(world: World, request: Request, name: str) -> tuple[Request, ...]:
    """Return the earlier changes of a field that lie under this one, down to the first that is in effect still."""
    earlier: list[Request] = []
    for each in _pile(world, name, request.over.get(name)):
        earlier.append(each)
        if each.lasts:
            break
    return tuple(earlier)


def _newest(world: World, name: str, job_id: JobId) -> RequestId | None:
    """Return the change that has set this field of a job last, as far as it is known."""
    newest = world.ledger.newest_applied(job_id)
    top = None if newest is None else world.ledger.request(newest)
    if top is None or name in top.change.values:
        return newest
    return top.over.get(name)


def _pile(world: World, name: str, top: RequestId | None) -> Iterator[Request]:
    """Read from change to change downwards."""
    return islice(_downwards(world, name, top), MOST_LAYERS)


def _downwards(world: World, name: str, top: RequestId | None) -> Iterator[Request]:
    while top is not None and (request := world.ledger.request(top)) is not None:
        yield request
        top = request.over.get(name)
