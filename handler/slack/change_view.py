"""A change: what became of it, or why it was not begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.model import WORKERS, Request, RunCondition, State
from handler.domain.preview import (
    NeverSetUp,
    NothingToAddTo,
    NothingToChange,
    NoTimeLimitYet,
    OutOfBounds,
    Problem,
    WrongStatus,
)
from handler.ports import Message
from handler.slack.blocks import as_blocks, context, section
from handler.slack.mrkdwn import Mrkdwn, bare, code, mention, moment

if TYPE_CHECKING:
    from handler.domain.model import Change, Execution
    from handler.domain.outcomes import ApprovalNeeded, ChangeImpossible, ChangeShown, JobIsBusy, Refused
    from handler.slack.voice import Voice


def what(say: Voice, change: Change) -> Mrkdwn:
    """Say a change: ``workers 2 → 4``."""
    return say.difference(change.before.fields, change.after.fields)


def change_message(say: Voice, shown: ChangeShown) -> Message:
    """Show what became of a change, as its request says."""
    request = shown.request
    known = {
        "name": code(request.change.job_name),
        "what": what(say, request.change),
        "who": mention(request.requester.user_id),
    }
    key = f"change.{request.state.value}"
    title = (
        say(key, **known)
        if key in say.words.keys
        else say("change.other", **known, state=say(f"state.{request.state}"))
    )
    lines = [title, *_next(say, request)]
    if request.state is State.APPLIED and shown.running:
        lines.append(_running(say, shown.running))
    if request.reason:
        lines.append(say("change.reason", reason=request.reason))
    rules = say("change.rules", rules=say.listed(request.because))
    footer = say("change.footer", id=code(request.id), rules=rules, at=moment(request.updated_at))
    return _message(lines, footer)


def _next(say: Voice, request: Request) -> list[Mrkdwn]:
    found, problem = request.found, say.problem(request.problem)
    match request.state:
        case State.APPROVED:
            return [say("change.approved_next")]
        case State.APPLYING:
            return [say("change.applying_next")]
        case State.APPLIED:
            drift = request.change.after.differences(found) if found else ()
            if not drift:
                return [say("change.applied_next")]
            return [say("change.applied_drift", fields=Mrkdwn(", ".join(code(each.name) for each in drift)))]
        case State.FAILED:
            return [say("change.failed_next", found=_found(say, found), problem=problem)]
        case State.UNKNOWN:
            last = [say("change.unknown_found", found=_found(say, found))] if found else []
            return [say("change.unknown_next", problem=problem), *last]
        case State.STALE:
            return [_why_stale(say, request, problem)]
        case _:
            return []


def _why_stale(say: Voice, request: Request, problem: Mrkdwn) -> Mrkdwn:
    if request.found is None:
        return say("change.stale_unread", problem=problem)
    moved = request.change.before.differences(request.found)
    if not moved:
        return say("change.stale_late")
    fields = [
        say("change.drift", field=code(each.name), before=say.number(each.expected), after=say.number(each.found))
        for each in moved
    ]
    return say("change.stale_moved", fields=Mrkdwn(", ".join(fields)), job=bare(request.change.job_name))


def _found(say: Voice, found: RunCondition | None) -> Mrkdwn:
    return say("status.unsaid") if found is None else say.settings(found)


def _running(say: Voice, run: Execution) -> Mrkdwn:
    return say("change.running_plain") if run.workers is None else say("change.running", workers=run.workers)


def impossible_message(say: Voice, outcome: ChangeImpossible) -> Message:
    """Say why a change cannot be asked of this job, and what to do instead."""
    name = code(outcome.job.name)
    lines = [say("impossible.intro", name=name), _why_impossible(say, outcome.problem)]
    return _message(lines, say("impossible.footer", id=code(outcome.request_id)))


def _why_impossible(say: Voice, problem: Problem) -> Mrkdwn:
    match problem:
        case OutOfBounds(field, asked, least, most, now):
            key = "impossible.out_of_bounds_workers" if field == WORKERS else "impossible.out_of_bounds_timeout"
            return say(key, asked=asked, least=least, most=most, now=say.number(now))
        case NothingToChange(workers, timeout):
            return say("impossible.nothing_to_change", workers=say.number(workers), timeout=say.number(timeout))
        case NothingToAddTo(field):
            workers = field == WORKERS
            return say("impossible.nothing_to_add_to_workers" if workers else "impossible.nothing_to_add_to_timeout")
        case NeverSetUp():
            return say("impossible.never_set_up")
        case WrongStatus(status):
            return say("impossible.wrong_status", status=status)
        case NoTimeLimitYet():
            return say("impossible.no_time_limit_yet")


def refused_message(say: Voice, refused: Refused) -> Message:
    """Say that the policy does not let this person do this, and which rule says so."""
    action = say(f"refused.{refused.action.value}")
    if refused.job_name:
        title = say("refused.title_job", action=action, name=code(refused.job_name))
    else:
        title = say("refused.title", action=say(f"refused.{refused.action.value}_any"))
    rules = say.listed(refused.because)
    why = say("refused.forbidden", rules=rules) if rules else say("refused.not_permitted")
    return _message([title, why], say("refused.footer", id=code(refused.request_id)))


def approval_message(say: Voice, needed: ApprovalNeeded) -> Message:
    """Say how many approvals a change needs, which cannot be given yet."""
    key = "refused.approval" if needed.approvals == 1 else "refused.approvals"
    name, change = code(needed.change.job_name), what(say, needed.change)
    title = say(key, approvals=needed.approvals, name=name, what=change)
    lines = [title, say("refused.approvals_next", rules=say.listed(needed.because))]
    return _message(lines, say("refused.footer", id=code(needed.request_id)))


def busy_message(say: Voice, busy: JobIsBusy) -> Message:
    """Say who else is changing this job."""
    title = say("busy.title", name=code(busy.job_name))
    if busy.holder is None:
        return _message([title, say("busy.gone", job=bare(busy.job_name))])
    held = say(
        "busy.holder",
        who=mention(busy.holder.requester.user_id),
        what=what(say, busy.holder.change),
        at=moment(busy.holder.created_at),
        id=code(busy.holder.id),
        state=say(f"state.{busy.holder.state.value}"),
    )
    return _message([title, held])


def _message(lines: list[Mrkdwn], footer: Mrkdwn | None = None) -> Message:
    blocks = [section(Mrkdwn("\n".join(lines)))]
    if footer:
        blocks.append(context(footer))
    return Message("\n".join(lines), as_blocks(blocks))
