"""Why a change was not extended, kept or put back, and what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.model import whole
from handler.domain.overlay import PutBack, StandDown
from handler.domain.review import Objection
from handler.slack.card_view import people
from handler.slack.mrkdwn import Mrkdwn, bare, code, mention, moment
from handler.slack.quantities import timeout, typed, typed_job, workers

if TYPE_CHECKING:
    from handler.domain.model import RunCondition
    from handler.domain.outcomes import ClickRefused
    from handler.domain.request import Request
    from handler.slack.voice import Voice


def refusal_lines(say: Voice, refused: ClickRefused) -> list[Mrkdwn]:
    """Return what there is to say beside the reason: who could, who was first, what the job has, what to type."""
    request = refused.request
    if request is None:
        return []
    match refused.why:
        case Objection.NOT_ENTITLED:
            return [_could(say, refused)]
        case Objection.NEEDS_APPROVAL:
            return [*_to_type(say, refused, request), _could(say, refused)]
        case Objection.EXTENDED_BEFORE:
            return _extended(say, request)
        case Objection.HAS_NO_END | Objection.UNDONE_BEFORE:
            return _ended(say, request)
        case Objection.NOT_YET_APPLIED:
            return [say("ending.withdraw")]
        case Objection.MOVED_SINCE:
            return [*_found(say, refused), *_anyway(say, refused, request)]
        case _:
            return _found(say, refused)


def _could(say: Voice, refused: ClickRefused) -> Mrkdwn:
    if refused.could is None:
        return say("ending.could_unknown")
    return say("ending.could", who=people(say, refused.could)) if refused.could else say("ending.could_none")


def _to_type(say: Voice, refused: ClickRefused, request: Request) -> list[Mrkdwn]:
    """Say the line that asks for the former values."""
    if not isinstance(refused.way, PutBack):
        return []
    values = typed(refused.way.values)
    job = typed_job(request.change.job_name, request.change.job_id)
    return [say("ending.ask_for_it", job=job, values=values, id=bare(request.id))]


def _extended(say: Voice, request: Request) -> list[Mrkdwn]:
    by, at = request.ending.extended_by, request.revert_at
    return [say("ending.extended_to", who=mention(by), at=moment(at))] if by and at else []


def _ended(say: Voice, request: Request) -> list[Mrkdwn]:
    ending, at = request.ending, moment(request.updated_at)
    if request.undoing:
        return [say("ending.was_undone_by", who=mention(ending.undone_by), at=at)] if ending.undone_by else []
    return [say("ending.was_kept_by", who=mention(ending.kept_by))] if ending.kept_by else []


def _found(say: Voice, refused: ClickRefused) -> list[Mrkdwn]:
    way = refused.way
    if not isinstance(way, StandDown):
        return []
    lines = [has(say, way.found)] if way.found.fields else []
    return [*lines, say("ending.undo_first", id=code(way.on_top.id))] if way.on_top else lines


def _anyway(say: Voice, refused: ClickRefused, request: Request) -> list[Mrkdwn]:
    """Say what to type to have the former values all the same, as far as the job had any and has others now."""
    change = request.change
    if not isinstance(refused.way, StandDown):
        return []
    found = refused.way.found.fields
    former = {name: whole(change.before.fields.get(name)) for name in change.values}
    values = {name: value for name, value in former.items() if value is not None and value != whole(found.get(name))}
    job = typed_job(change.job_name, change.job_id)
    return [say("ending.have_it_anyway", job=job, values=typed(values))] if values else []


def has(say: Voice, found: RunCondition) -> Mrkdwn:
    """Say what a job has now."""
    return say("ending.has", workers=workers(say, found.workers), timeout=timeout(say, found.timeout_minutes))
