"""A change that was begun: what became of it, as its request says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from handler.domain.request import State
from handler.slack.blocks import told
from handler.slack.card_view import buttons, review_lines, size
from handler.slack.ending_view import found_line, is_over, not_sent, over_lines, retry_lines, reverted_lines, terms
from handler.slack.faults import problem, problem_next
from handler.slack.mrkdwn import Mrkdwn, bare, code, dotted, escape, mention, moment
from handler.slack.quantities import difference, drift, workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handler.domain.model import Change, Execution
    from handler.domain.outcomes import ChangeShown
    from handler.domain.request import Request
    from handler.ports import Message
    from handler.slack.voice import Voice


UNDECIDED: Final = frozenset({State.PENDING, State.DENIED, State.EXPIRED, State.WITHDRAWN})
NOT_UNDONE: Final = frozenset({State.FAILED, State.UNKNOWN})


def what(say: Voice, change: Change) -> Mrkdwn:
    """Say a change: ``workers 2 → 4``."""
    return difference(say, change.before.fields, change.after.fields)


def change_message(say: Voice, shown: ChangeShown) -> Message:
    """Show what became of a change, as its request says."""
    request = shown.request
    lines = [_title(say, request), *terms(say, request), *_next(say, request)]
    if request.state is State.APPLIED and shown.running:
        lines.append(_running(say, shown.running))
    who, reason = mention(request.requester.user_id), escape(request.reason or "")
    lines.append(say("change.asked_because", who=who, reason=reason) if reason else say("change.asked", who=who))
    lines += review_lines(say, shown)
    footer = dotted((say("change.footer", id=code(request.id)), _rules(say, request), moment(request.updated_at)))
    message = told(lines, footer)
    return replace(message, blocks=(*message.blocks, *buttons(say, request)))


def undone_message(say: Voice, request: Request) -> Message:
    """Tell who typed `undo` what came of it; the card tells everybody else."""
    return told([_title(say, request), *_next(say, request)], say("change.footer", id=code(request.id)))


def _title(say: Voice, request: Request) -> Mrkdwn:
    name, change = code(request.change.job_name), what(say, request.change)
    if _is_partly(request):
        return say("became.partly", name=name, what=change)
    if request.undoing and request.state in NOT_UNDONE:
        return say(f"undoing.{request.state.value}", name=name, what=change)
    return say(f"became.{request.state.value}", name=name, what=change)


def _rules(say: Voice, request: Request) -> Mrkdwn:
    if not request.because:
        return Mrkdwn("")
    rules = say.listed(request.because)
    if request.state not in UNDECIDED:
        return say("change.rules", rules=rules)
    return say("change.asked_rule" if len(request.because) == 1 else "change.asked_rules", rules=rules)


def _next(say: Voice, request: Request) -> Sequence[Mrkdwn]:
    match request.state:
        case State.APPROVED:
            return say("change.approved_next"), say("change.look_first")
        case State.APPLYING:
            return say("change.applying_next"), say("change.do_not_repeat")
        case State.APPLIED | State.FAILED if is_over(request):
            return over_lines(say, request)
        case State.APPLIED:
            return _proof(say, request)
        case State.FAILED:
            return _failed(say, request)
        case State.UNKNOWN:
            return _unknown(say, request)
        case State.STALE:
            return _stale(say, request)
        case State.PENDING if moved := size(say, request):
            return (moved,)
        case State.REVERTED:
            return reverted_lines(say, request)
        case _:
            return ()


def _proof(say: Voice, request: Request) -> Sequence[Mrkdwn]:
    moved = request.change.after.differences(request.found) if request.found else ()
    if not moved:
        return (say("change.applied_next"),)
    if _is_partly(request):
        return say("change.applied_partly"), *drift(say, moved), say("change.drift_next")
    return say("change.applied_drift"), *drift(say, moved), say("change.drift_next")


def _is_partly(request: Request) -> bool:
    """Whether the job has some of the values that were asked for, and not all."""
    if request.state is not State.APPLIED or request.found is None or is_over(request):
        return False
    return any(each.name in request.change.values for each in request.change.after.differences(request.found))


def _failed(say: Voice, request: Request) -> Sequence[Mrkdwn]:
    why = problem(say, request.problem) or not_sent(say, request) or say("change.failed_plain")
    then = retry_lines(say, request) if request.undoing else [problem_next(say, request.problem)]
    return why, found_line(say, request), *then


def _unknown(say: Voice, request: Request) -> Sequence[Mrkdwn]:
    if not (why := problem(say, request.problem)):
        why = say("change.unknown_unread") if request.found is None else say("change.unknown_unseen")
    last = [found_line(say, request)] if request.found else []
    return why, *last, say("change.unknown_next"), say("change.do_not_repeat")


def _stale(say: Voice, request: Request) -> Sequence[Mrkdwn]:
    if request.problem == "policy_moved":
        return say("change.stale_policy"), say("change.ask_again")
    if request.found is None:
        why = [problem(say, request.problem)] if request.problem else []
        return say("change.stale_unread"), *why, problem_next(say, request.problem)
    moved = request.change.before.differences(request.found)
    if not moved:
        return say("change.stale_late"), say("change.ask_again")
    look = say("change.look_and_ask", job=bare(request.change.job_name))
    return say("change.stale_moved"), *drift(say, moved), look


def _running(say: Voice, run: Execution) -> Mrkdwn:
    if run.workers is None:
        return say("change.running_plain")
    return say("change.running", workers=workers(say, run.workers))
