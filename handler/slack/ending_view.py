"""The end of a change: how long it lasts, how it ended, and who is called to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handler.domain.model import TIMEOUT, WORKERS
from handler.domain.overlay import Why
from handler.domain.request import State
from handler.slack.blocks import told
from handler.slack.card_view import end_of
from handler.slack.mrkdwn import Mrkdwn, bare, call, code, mention, moment
from handler.slack.quantities import difference, lasting, timeout, workers

if TYPE_CHECKING:
    from handler.domain.calls import EndNear, NotPutBack
    from handler.domain.request import Request
    from handler.ports import Message
    from handler.slack.voice import Voice

# Where a change is, once it was applied and its time is over.
ENDED: Final = frozenset({State.APPLIED, State.FAILED})


def terms(say: Voice, request: Request) -> list[Mrkdwn]:
    """Say for how long the change is, and that it passes the approvals by."""
    lines = [say("card.broke_glass")] if request.emergency else []
    ending = request.ending
    if request.undoing:
        return [*lines, _undone_by(say, request, ending.undone_by)] if ending.undone_by else lines
    if request.minutes is None:
        return lines
    span = lasting(say, request.minutes + ending.extra_minutes)
    if request.revert_at is not None and request.state is not State.APPLYING:
        at, by = moment(request.revert_at), ending.extended_by
        ends = say("ending.extended", span=span, at=at, who=mention(by)) if by else say("card.until", span=span, at=at)
        return [*lines, ends, *_earlier(say, request)]
    if ending.kept_by is not None:
        return [*lines, say("ending.kept_by", span=span, who=mention(ending.kept_by))]
    return lines if is_over(request) else [*lines, say("card.span", span=span)]


def _earlier(say: Voice, request: Request) -> list[Mrkdwn]:
    """Say how to end it earlier, as long as the card has no button for that."""
    if request.state is not State.APPLIED or end_of(request):
        return []
    return [say("ending.earlier", id=bare(request.id))]


def _undone_by(say: Voice, request: Request, undoer: str) -> Mrkdwn:
    is_done = request.state is State.REVERTED
    return say("ending.undone_by" if is_done else "ending.undo_wanted", who=mention(undoer))


def is_over(request: Request) -> bool:
    """Whether the time of a change is over without its values having been put back."""
    return request.state in ENDED and request.ending.is_over


def standing(say: Voice, request: Request) -> Mrkdwn:
    """Say where a request stands, in a word or two."""
    if is_over(request):
        return say("ending.stands_over")
    if request.state is State.APPLIED and request.ending.kept_by is not None:
        return say("ending.stands_kept", who=mention(request.ending.kept_by))
    if request.state is State.REVERTED and request.ending.undone_by is not None:
        return say("ending.stands_put_back_by", who=mention(request.ending.undone_by))
    if request.state is State.FAILED and request.undoing:
        return say("ending.stands_not_put_back")
    return say(f"state.{request.state.value}")


def open_standing(say: Voice, request: Request) -> Mrkdwn:
    """Say what is still to come of a request that is open, in a few words."""
    at = None if request.revert_at is None else moment(request.revert_at)
    if request.state is State.APPLIED and at:
        stands = say("ending.stands_until", at=at)
    elif request.state is State.FAILED and at:
        stands = say("ending.stands_next_try", at=at)
    else:
        stands = standing(say, request)
    is_unreviewed = request.emergency is not None and request.emergency.reviewed_by is None
    is_waiting = is_unreviewed and not request.state.holds_job
    return say("ending.stands_unreviewed", state=stands) if is_waiting else stands


def over_lines(say: Voice, request: Request) -> list[Mrkdwn]:
    """Say why nothing was put back, and what the job has."""
    match request.problem:
        case Why.OVERLAID:
            return [say("ending.overlaid"), found_line(say, request)]
        case Why.GONE:
            return [say("ending.gone")]
        case Why.NOTHING_TO_PUT_BACK:
            return [say("ending.nothing_to_put_back"), found_line(say, request)]
        case _:
            return [say("ending.moved_since"), found_line(say, request)]


def found_line(say: Voice, request: Request) -> Mrkdwn:
    """Say what the job was found to have."""
    if request.found is None:
        return say("change.found_nothing")
    if not request.found.fields:
        return say("change.found_gone")
    found = request.found
    return say("change.found", workers=workers(say, found.workers), timeout=timeout(say, found.timeout_minutes))


def reverted_lines(say: Voice, request: Request) -> list[Mrkdwn]:
    """Say what was put back."""
    values, set_before = request.ending.former, request.change.values
    if not values:
        return [say("change.reverted_next")]
    said = []
    if WORKERS in values:
        said.append(workers(say, values[WORKERS]))
    if TIMEOUT in values:
        said.append(say("ending.timeout", timeout=timeout(say, values[TIMEOUT])))
    lines = [say("ending.put_back", values=Mrkdwn(", ".join(said)))]
    return lines if values.keys() == set_before.keys() else [*lines, say("ending.rest_overlaid")]


def not_sent(say: Voice, request: Request) -> Mrkdwn:
    """Say why the former values were not even sent; empty when they were."""
    match request.problem:
        case "moved_meanwhile":
            return say("ending.moved_meanwhile")
        case "unread":
            return say("ending.unread")
        case _:
            return Mrkdwn("")


def retry_lines(say: Voice, request: Request) -> list[Mrkdwn]:
    """Say when putting it back is tried again, or that it is not."""
    if request.revert_at is not None:
        return [say("ending.tries_again", at=moment(request.revert_at))]
    return [say("ending.given_up", count=request.ending.failures, id=bare(request.id))]


def end_near_message(say: Voice, near: EndNear) -> Message:
    """Call the one who asked: its time is soon over."""
    request = near.request
    at = moment(request.revert_at or request.updated_at)
    name, what = code(request.change.job_name), _what(say, request)
    return told([say("ending.near", who=mention(request.requester.user_id), at=at, name=name, what=what)])


def not_put_back_message(say: Voice, failed: NotPutBack) -> Message:
    """Call those who are to look at what could not be put back."""
    request = failed.request
    to = Mrkdwn(" ".join(call(each) for each in failed.escalated_to))
    name, count = code(request.change.job_name), request.ending.failures
    title = say("ending.escalated", to=to, count=count, name=name, what=_what(say, request))
    look = say("ending.escalated_next", job=bare(request.change.job_name), id=bare(request.id))
    return told([title, found_line(say, request), look])


def _what(say: Voice, request: Request) -> Mrkdwn:
    return difference(say, request.change.before.fields, request.change.after.fields)
