"""A change, or a look, that was not begun: what speaks against it, and what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.model import WORKERS
from handler.domain.preview import (
    NeverSetUp,
    NothingToAddTo,
    NothingToChange,
    OutOfBounds,
    Problem,
    TooLong,
    WrongStatus,
)
from handler.domain.request import State
from handler.slack.blocks import told
from handler.slack.change_view import what
from handler.slack.mrkdwn import LONGEST_WORD, Mrkdwn, bare, code, mention, moment
from handler.slack.quantities import lasting, timeout, workers

if TYPE_CHECKING:
    from handler.domain.model import RequestId
    from handler.domain.outcomes import ChangeImpossible, JobIsBusy, Refused
    from handler.domain.request import Request
    from handler.ports import Message
    from handler.slack.voice import Voice


def impossible_message(say: Voice, outcome: ChangeImpossible) -> Message:
    """Say why a change cannot be asked of this job, and what to do instead."""
    return told(impossible_lines(say, outcome.problem, code(outcome.job.name)), _recorded(say, outcome.request_id))


def impossible_lines(say: Voice, problem: Problem, name: Mrkdwn) -> list[Mrkdwn]:
    """Say why, and what to do instead."""
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
        case TooLong(asked, most):
            title = say("impossible.too_long", name=name, asked=lasting(say, asked))
            return [title, say("impossible.too_long_next", most=lasting(say, most))]


def _out_of_bounds(say: Voice, problem: OutOfBounds, name: Mrkdwn) -> list[Mrkdwn]:
    least, most, now = problem.least, problem.most, problem.now
    if problem.field == WORKERS:
        has = [] if now is None else [say("impossible.has_workers", workers=workers(say, now))]
        title = say("impossible.workers", name=name, asked=workers(say, problem.asked))
        return [title, say("impossible.workers_bounds", least=least, most=most), *has]
    has = [] if now is None else [say("impossible.has_timeout", timeout=timeout(say, now))]
    title = say("impossible.timeout", name=name, asked=timeout(say, problem.asked))
    return [title, say("impossible.timeout_bounds", least=least, most=timeout(say, most)), *has]


def refused_message(say: Voice, refused: Refused) -> Message:
    """Say that the policy does not let this person do this, and which rule says so."""
    name = code(refused.job_name) if refused.job_name else say("refused.jobs")
    if refused.is_emergency:
        title = say("refused.title_emergency", name=name)
    else:
        title = say("refused.title", verb=say(f"verb.{refused.action.value}"), name=name)
    rules = refused.because
    if rules:
        why = say("refused.forbidden", rules=say.listed(rules))
    else:
        why = say("refused.no_emergency" if refused.is_emergency else "refused.not_permitted")
    return told([title, why], _recorded(say, refused.request_id))


def busy_message(say: Voice, busy: JobIsBusy) -> Message:
    """Say who else is changing this job."""
    name, holder = code(busy.job_name), busy.holder
    if holder is None:
        return told([say("busy.title_gone", name=name), say("change.look_and_ask", job=bare(busy.job_name))])
    who, at = mention(holder.requester.user_id), moment(holder.created_at)
    lines = [
        say("busy.title", name=name),
        say("busy.holder", who=who, what=what(say, holder.change), at=at),
        say("busy.state", id=code(holder.id), state=say(f"state.{holder.state.value}")),
        _busy_next(say, busy, holder),
    ]
    return told(lines)


def _busy_next(say: Voice, busy: JobIsBusy, holder: Request) -> Mrkdwn:
    if not busy.is_own:
        return say("busy.next")
    return say("busy.next_own_card") if holder.state is State.PENDING else say("busy.next_own")


def _recorded(say: Voice, request_id: RequestId) -> Mrkdwn:
    return say("refused.footer", id=code(request_id))
