"""A change past the approvals: at once, within bounds, loud, and looked at afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handler.domain.audit import Event
from handler.domain.moves import SLUICE, Move, Note, by_rule, moved

if TYPE_CHECKING:
    from datetime import datetime

    from handler.domain.authority import Allowed
    from handler.domain.model import Actor
    from handler.domain.request import Emergency, Request

ASKED_AGAIN_AFTER: Final = timedelta(hours=1)


def broke_glass(request: Request, now: datetime) -> Move:
    """Record that approvals were passed by, before anything is written."""
    note = Note(
        event=Event.BROKE_GLASS,
        actor=request.requester.user_id,
        after=request.change.after,
        reason=request.reason,
        because=request.because,
    )
    return moved(request, request, note, now)


def reviewed(
    request: Request, emergency: Emergency, actor: Actor, now: datetime, *, decision: Allowed | None = None
) -> Move:
    """Record that somebody who may approve, as ``decision`` says, has looked at it; nobody is reminded any more."""
    done = replace(emergency, reviewed_by=actor.user_id)
    seen = replace(request, emergency=done)
    after = replace(seen, due_at=request.due_at if request.state.holds_job else seen.next_due_at)
    note = Note(event=Event.REVIEWED, actor=actor.user_id, channel=actor.channel_id)
    return moved(request, after, by_rule(note, decision), now)


def review_reminded(request: Request, emergency: Emergency, now: datetime) -> Move:
    """Record that nobody has looked yet, and that people are asked again."""
    later = replace(emergency, review_at=now + ASKED_AGAIN_AFTER)
    asked = replace(request, emergency=later)
    after = replace(asked, due_at=asked.next_due_at)
    return moved(request, after, Note(event=Event.REVIEW_REMINDED, actor=SLUICE), now)
