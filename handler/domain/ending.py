"""The end of a change for a time: people are asked before it, and may put it off, take it away or have it at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handler.domain.audit import Event, timestamp
from handler.domain.lifecycle import notice_before
from handler.domain.moves import SLUICE, Move, Note, by_rule, moved

if TYPE_CHECKING:
    from datetime import datetime

    from handler.domain.authority import Decision
    from handler.domain.model import Actor
    from handler.domain.request import Request

EXTENSION: Final = timedelta(hours=1)
ENDS_SOON: Final = "ends_soon"
NOT_PUT_BACK: Final = "not_put_back"
_MINUTE: Final = timedelta(minutes=1)


def noticed(request: Request, now: datetime) -> Move:
    """Record that people are asked whether a change shall go on."""
    asked = replace(request, ending=replace(request.ending, notice_at=None))
    after = replace(asked, due_at=asked.next_due_at)
    return moved(request, after, Note(event=Event.REMINDED, actor=SLUICE, detail=ENDS_SOON), now)


def extended_end(request: Request, revert_at: datetime, now: datetime) -> tuple[datetime, int]:
    """Return when an extended change would end, and how many minutes it would last then, begun ones counted."""
    end, start = max(revert_at, now) + EXTENSION, request.started_at or request.created_at
    return end, -((start - end) // _MINUTE)


def extended(request: Request, revert_at: datetime, actor: Actor, now: datetime, *, decision: Decision) -> Move:
    """Put the end off by an hour; people are asked again before the new one."""
    end, total = extended_end(request, revert_at, now)
    ending = replace(
        request.ending,
        notice_at=notice_before(end, now),
        extra_minutes=total - (request.minutes or 0),
        extended_by=actor.user_id,
    )
    later = replace(request, revert_at=end, ending=ending)
    after = replace(later, due_at=later.next_due_at)
    note = Note(
        event=Event.EXTENDED,
        actor=actor.user_id,
        channel=actor.channel_id,
        minutes=total,
        detail=timestamp(end),
    )
    return moved(request, after, by_rule(note, decision), now)


def kept(request: Request, actor: Actor, now: datetime, *, decision: Decision) -> Move:
    """Take the end away: the change stays until it is undone."""
    ending = replace(request.ending, notice_at=None, kept_by=actor.user_id)
    lasting = replace(request, revert_at=None, ending=ending)
    after = replace(lasting, due_at=lasting.next_due_at)
    note = Note(event=Event.KEPT, actor=actor.user_id, channel=actor.channel_id, after=request.change.after)
    return moved(request, after, by_rule(note, decision), now)


def left_to_people(request: Request, now: datetime) -> Move:
    """Record that putting it back is not tried any more, and that somebody is called to look."""
    ended = replace(request, revert_at=None)
    after = replace(ended, due_at=ended.next_due_at)
    return moved(request, after, Note(event=Event.ESCALATED, actor=SLUICE, detail=NOT_PUT_BACK), now)
