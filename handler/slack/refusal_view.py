"""A change, or a look, that was not begun: what speaks against it, and what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.model import WORKERS
from handler.domain.preview import (
    NeverSetUp,
    NothingToAddTo,
    NothingToChange,
    NoTimeLimitYet,
    OutOfBounds,
    Problem,
    WrongStatus,
)
from handler.slack.blocks import told
from handler.slack.change_view import what
from handler.slack.mrkdwn import LONGEST_WORD, Mrkdwn, bare, code, mention, moment
from handler.slack.quantities import timeout, workers

if TYPE_CHECKING:
    from handler.domain.model import RequestId
    from handler.domain.outcomes import ApprovalNeeded, ChangeImpossible, JobIsBusy, Refused
    from handler.ports import Message
    from handler.slack.voice import Voice


def impossible_message(say: Voice, outcome: ChangeImpossible) -> Message:
    """Say why a change cannot be asked of this job, and what to do instead."""
    return told(_impossible(say, outcome.problem, code(outcome.job.name)), _recorded(say, outcome.request_id))


def _impossible(say: Voice, problem: Problem, name: Mrkdwn) -> list[Mrkdwn]:
    match problem:
        case OutOfBounds():
            return _out_of_bounds(say, problem, name)
        case NothingToChange(number, minutes):
            has = say("impossible.has", workers=workers(say, number), timeout=timeout(say, minutes))
            return [say("impossible.nothing_to_change", name=name), has]
        case NothingToAddTo(field):
            if field == WORKERS:
                return [say("impossible.no_workers", name=name), say("impossible.no_workers_next")]
            return [say("impossible.no_timeout", name=name), say("impossible.no_timeout_next")]
        case NeverSetUp():
            return [say("impossible.never_set_up", name=name), say("impossible.never_set_up_next")]
        case WrongStatus(status):
            title = say("impossible.wrong_status", name=name, status=code(status, LONGEST_WORD))
            return [title, say("impossible.wrong_status_next")]
        case NoTimeLimitYet():
            return [say("impossible.no_time_limit_yet", name=name), say("impossible.no_time_limit_yet_next")]


def _out_of_bounds(say: Voice, problem: OutOfBounds, name: Mrkdwn) -> list[Mrkdwn]:
    least, most = problem.least, problem.most
    if problem.field == WORKERS:
        return [
            say("impossible.workers", name=name, asked=workers(say, problem.asked)),
            say("impossible.workers_bounds", least=least, most=most, now=workers(say, problem.now)),
        ]
    return [
        say("impossible.timeout", name=name, asked=timeout(say, problem.asked)),
        say("impossible.timeout_bounds", least=least, most=timeout(say, most), now=timeout(say, problem.now)),
    ]


def refused_message(say: Voice, refused: Refused) -> Message:
    """Say that the policy does not let this person do this, and which rule says so."""
    name = code(refused.job_name) if refused.job_name else say("refused.jobs")
    title = say("refused.title", verb=say(f"verb.{refused.action.value}"), name=name)
    rules = refused.because
    why = say("refused.forbidden", rules=say.listed(rules)) if rules else say("refused.not_permitted")
    return told([title, why], _recorded(say, refused.request_id))


def approval_message(say: Voice, needed: ApprovalNeeded) -> Message:
    """Say how many approvals a change needs, which cannot be given yet."""
    name, change = code(needed.change.job_name), what(say, needed.change)
    if needed.approvals == 1:
        title = say("refused.approval", name=name, what=change)
    else:
        title = say("refused.approvals", approvals=needed.approvals, name=name, what=change)
    rules = [say("refused.rules", rules=say.listed(needed.because))] if needed.because else []
    return told([title, say("refused.approvals_next"), *rules], _recorded(say, needed.request_id))


def busy_message(say: Voice, busy: JobIsBusy) -> Message:
    """Say who else is changing this job."""
    title = say("busy.title", name=code(busy.job_name))
    if busy.holder is None:
        return told([title, say("busy.gone", job=bare(busy.job_name))])
    holder = busy.holder
    held = say(
        "busy.holder",
        who=mention(holder.requester.user_id),
        what=what(say, holder.change),
        at=moment(holder.created_at),
        id=code(holder.id),
        state=say(f"state.{holder.state.value}"),
    )
    return told([title, held, say("busy.next")])


def _recorded(say: Voice, request_id: RequestId) -> Mrkdwn:
    return say("refused.footer", id=code(request_id))
