"""The call to somebody who is to look at a job: nobody knows what became of a change, or it is not put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.model import TIMEOUT, WORKERS, RunCondition
from handler.domain.request import State
from handler.slack.blocks import told
from handler.slack.mrkdwn import Mrkdwn, bare, call, code, mention, moment
from handler.slack.quantities import difference, timeout, workers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.domain.pager import EndOverdue, LookWanted
    from handler.ports import Message
    from handler.slack.voice import Voice


def look_message(say: Voice, wanted: LookWanted) -> Message:
    """Say what was asked, what the job had and what was read last, what to compare, and what not to do."""
    request, change = wanted.request, wanted.request.change
    to = Mrkdwn(" ".join(call(each) for each in wanted.escalated_to))
    name, what = code(change.job_name), difference(say, change.before.fields, change.after.fields)
    who, at = mention(request.requester.user_id), moment(request.started_at or request.updated_at)
    title = (
        say("pager.title_back", to=to, name=name, what=what, who=who, at=at)
        if request.undoing
        else say("pager.title", to=to, name=name, what=what, who=who, at=at)
    )
    before = {field: change.before.fields.get(field) for field in change.values}
    otherwise = change.values if request.undoing else before
    lines = [
        title,
        *([] if request.state is State.UNKNOWN else [say("pager.unrecorded")]),
        say("pager.before", values=_both(say, change.before)),
        _last_read(say, wanted),
        say("pager.compare", id=code(change.job_id)),
        say("pager.done_back" if request.undoing else "pager.done", values=_values(say, request.wanted)),
        say("pager.not_done_back" if request.undoing else "pager.not_done", values=_values(say, otherwise)),
        say("pager.do_not_repeat"),
        say("pager.meanwhile"),
    ]
    return told(lines, say("change.footer", id=code(request.id)))


def end_overdue_message(say: Voice, overdue: EndOverdue) -> Message:
    """Say what is not put back since when, what may stand in the way, and what to do."""
    request, change = overdue.request, overdue.request.change
    to = Mrkdwn(" ".join(call(each) for each in overdue.escalated_to))
    name, what = code(change.job_name), difference(say, change.before.fields, change.after.fields)
    due_at = moment(request.revert_at or request.updated_at)
    lines = [
        say("pager.end", to=to, name=name, what=what, at=due_at),
        say("pager.end_why"),
        say("pager.end_next", job=bare(change.job_name)),
    ]
    return told(lines, say("change.footer", id=code(request.id)))


def _last_read(say: Voice, wanted: LookWanted) -> Mrkdwn:
    seen, since = wanted.seen, wanted.request.started_at
    if seen is None:
        return say("pager.unread")
    values, at = _both(say, seen.job.run_condition), moment(seen.at)
    if since is not None and seen.at <= since:
        return say("pager.unread_since", at=at, values=values)
    return say("pager.read", at=at, values=values)


def _both(say: Voice, condition: RunCondition) -> Mrkdwn:
    return _values(say, {WORKERS: condition.workers, TIMEOUT: condition.timeout_minutes})


def _values(say: Voice, values: Mapping[str, object]) -> Mrkdwn:
    """Say the values of these fields: ``4 workers, timeout 90 min``."""
    condition = RunCondition(values)
    said = []
    if WORKERS in values:
        said.append(workers(say, condition.workers))
    if TIMEOUT in values:
        said.append(say("pager.timeout", timeout=timeout(say, condition.timeout_minutes)))
    return Mrkdwn(", ".join(said))
