"""Two of a kind: the same command sent again within moments, and a second change of a job that has one under way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handler.domain.audit import Event, timestamp
from handler.domain.commands import By
from handler.domain.model import RequestId, whole
from handler.domain.outcomes import AskedAlready, JobIsBusy
from handler.domain.request import State
from handler.ports import ByJob

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.domain.commands import Scale
    from handler.domain.model import Change
    from handler.domain.request import Request
    from handler.flows.access import Asker
    from handler.ports import World

# Slack shows a time-out after three seconds although the command arrived; people press Enter again.
SAME_AGAIN_WITHIN: Final = timedelta(minutes=2)
FACTS_READ: Final = 20


def met(world: World, mine: Request, holder: Request | None) -> AskedAlready | JobIsBusy:
    """Tell a second request about the first, which has the job; the very same again within moments is the first."""
    if holder is None:
        return JobIsBusy(mine.change.job_name, None)
    is_same = (holder.requester, holder.change, holder.minutes) == (mine.requester, mine.change, mine.minutes)
    is_same = is_same and (holder.emergency is None) == (mine.emergency is None)
    if is_same and world.clock.now() - holder.created_at <= SAME_AGAIN_WITHIN:
        return AskedAlready(holder)
    is_own = holder.requester.user_id == mine.requester.user_id
    return JobIsBusy(mine.change.job_name, holder, is_own=is_own)


def carried_out_before(world: World, asker: Asker, command: Scale, change: Change) -> AskedAlready | None:
    """Find the same step by the same person that was carried out moments ago.

    An absolute value asked twice finds nothing to change; ``workers=+2`` would add two once more. A request keeps
    values and not how they were typed, so that ``workers=4`` with two workers counts as a step of two as well.
    """
    if not isinstance(command.workers, By) and not isinstance(command.timeout, By):
        return None
    since = timestamp(world.clock.now() - SAME_AGAIN_WITHIN)
    for fact in world.ledger.history(ByJob(change.job_id), limit=FACTS_READ).facts:
        if fact.get("event") != Event.APPLIED or str(fact.get("at")) < since:
            continue
        first = world.ledger.request(RequestId(str(fact.get("request_id"))))
        if first is None or first.state is not State.APPLIED or first.delivery == asker.delivery:
            continue
        mine = (asker.actor, command.minutes, command.is_emergency, _steps(change))
        if mine == (first.requester, first.minutes, first.emergency is not None, _steps(first.change)):
            return AskedAlready(first, change)
    return None


def _steps(change: Change) -> Mapping[str, int]:
    return {name: value - (whole(change.before.fields.get(name)) or 0) for name, value in change.values.items()}
