"""What a worker left untold, as it died or Slack was away, is taken over by one other worker at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.errors import Moved
from handler.domain.news import WORKER_IS_GONE_AFTER

if TYPE_CHECKING:
    from handler.domain.model import RequestId
    from handler.domain.request import Request
    from handler.ports import World


def take_over(world: World, request_id: RequestId) -> Request | None:
    """Return a request of which this worker is to tell what is untold; None when nothing is, or another worker tells.

    It is left to this worker for as long as one may live.
    """
    request, now = world.ledger.request(request_id), world.clock.now()
    if request is None or request.tell_at is None or request.tell_at > now:
        return None
    try:
        return world.ledger.claim_telling(request, now + WORKER_IS_GONE_AFTER)
    except Moved:
        return None
