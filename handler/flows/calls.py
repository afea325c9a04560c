"""What people are called to a card for: an item of news, and who it concerns now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handler.domain.audit import Event
from handler.domain.calls import EndNear, NotPutBack, PeopleReminded, ReviewWanted
from handler.domain.pager import EndOverdue, LookWanted
from handler.domain.request import State
from handler.flows.approvers import deciders_of
from handler.flows.lookup import last_seen

if TYPE_CHECKING:
    from handler.domain.calls import Call
    from handler.domain.news import News
    from handler.domain.request import Request
    from handler.ports import World

UNSETTLED: Final = frozenset({State.APPLYING, State.REVERTING, State.UNKNOWN})


def call_of(world: World, request: Request, news: News) -> Call | None:
    """Return the call that an item of news is; None when it tells an outcome, to the one who asked."""
    is_pending = request.state is State.PENDING
    to = world.policy.terms.escalate_to
    match news.event:
        case Event.REMINDED:
            return PeopleReminded(request, deciders_of(world, request)) if is_pending else EndNear(request)
        case Event.ESCALATED if is_pending:
            return PeopleReminded(request, deciders_of(world, request), to)
        case Event.ESCALATED if request.state in UNSETTLED:
            return LookWanted(request, to or (request.requester.user_id,), last_seen(world, request.change.job_id))
        case Event.ESCALATED if request.revert_at is not None:
            return EndOverdue(request, to or (request.requester.user_id,))
        case Event.ESCALATED:
            return NotPutBack(request, to or (request.requester.user_id,))
        case Event.REVIEW_REMINDED:
            return ReviewWanted(request, deciders_of(world, request))
        case _:
            return None
