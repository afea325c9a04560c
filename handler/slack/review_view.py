"""What people are told about decisions beside the card: refused clicks, reminders, the last word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.request import State
from handler.domain.review import Objection
from handler.slack.blocks import told
from handler.slack.card_view import people
from handler.slack.change_view import what
from handler.slack.ending_refusal import has, refusal_lines
from handler.slack.ending_view import standing
from handler.slack.mrkdwn import Mrkdwn, bare, call, code, escape, mention, moment
from handler.slack.quantities import typed
from handler.slack.why_view import rules_line

if TYPE_CHECKING:
    from handler.domain.calls import PeopleReminded, ReviewWanted
    from handler.domain.outcomes import AskedAlready, ClickRefused
    from handler.domain.request import Request
    from handler.ports import Message
    from handler.slack.voice import Voice


def click_message(say: Voice, refused: ClickRefused) -> Message:
    """Say why a click decided nothing; who was first, and when, where somebody was."""
    request = refused.request
    lines = [_why(say, refused)]
    if refused.because:
        lines.append(rules_line(say, refused.because))
    lines += refusal_lines(say, refused)
    if request is not None:
        if refused.why is Objection.OWN_REQUEST and request.state is State.PENDING:
            lines.append(say("click.may_withdraw"))
        lines += _who_was_first(say, request)
        lines.append(say("click.stands", id=code(request.id), state=standing(say, request)))
    return told(lines)


def _why(say: Voice, refused: ClickRefused) -> Mrkdwn:
    """Say why. An emergency waits for nobody: who may not decide about it wanted to review it."""
    is_review = refused.request is not None and refused.request.emergency is not None
    if is_review and refused.why is Objection.OWN_REQUEST:
        return say("click.own_review")
    if is_review and refused.why is Objection.NOT_ALLOWED:
        return say("click.no_review")
    return say(f"click.{refused.why.value}")


def _who_was_first(say: Voice, request: Request) -> list[Mrkdwn]:
    review = request.review
    if review is None or request.state is State.PENDING:
        return []
    if review.decided_by is not None:
        who, at = mention(review.decided_by), moment(request.updated_at)
        denied = request.state is State.DENIED
        return [say("click.denied_by" if denied else "click.withdrawn_by", who=who, at=at)]
    if review.approvals and len(review.approvals) >= review.needed:
        last = review.approvals[-1]
        who = people(say, [each.user_id for each in review.approvals])
        return [say("click.approved_by", who=who, at=moment(last.at))]
    return []


def again_message(say: Voice, asked: AskedAlready) -> Message:
    """Say that this very change was asked for already; of one that is done, what to type if it was meant."""
    request, meant = asked.request, asked.meant
    name, change = code(request.change.job_name), what(say, request.change)
    state, known = say(f"state.{request.state.value}"), code(request.id)
    if meant is None:
        return told([say("click.asked_already", name=name, what=change, id=known, state=state)])
    done = say("click.done_already", name=name, what=change, id=known, state=state)
    return told([done, has(say, meant.before), say("click.once_more", values=typed(meant.values))])


def waiting_message(say: Voice, request: Request, channel_id: str) -> Message:
    """Tell the one who asked where their request waits."""
    name, change = code(request.change.job_name), what(say, request.change)
    channel = call(channel_id)
    return told([say("click.waiting", name=name, what=change, channel=channel, id=code(request.id))])


def unposted_message(say: Voice, request: Request, channel_id: str, problem: str) -> Message:
    """Tell the one who asked that nobody can see their request, and how that is mended."""
    name, change = code(request.change.job_name), what(say, request.change)
    mend = say.known("mend", problem) or say("mend.other", problem=code(problem))
    lines = [
        say("click.unposted", name=name, what=change),
        say("click.unposted_where", channel=call(channel_id), problem=code(problem)),
        mend,
    ]
    return told(lines)


def last_word(say: Voice, request: Request) -> Message:
    """Call the one who asked: the card above says how it ended."""
    who, name = mention(request.requester.user_id), code(request.change.job_name)
    change, state = what(say, request.change), standing(say, request)
    return told([say("click.last_word", who=who, name=name, what=change, state=state)])


def reminder_message(say: Voice, reminded: PeopleReminded) -> Message:
    """Call the people who can decide; or, when it is time, those who are turned to next."""
    request = reminded.request
    name, change = code(request.change.job_name), what(say, request.change)
    if reminded.escalated_to:
        to = Mrkdwn(" ".join(call(each) for each in reminded.escalated_to))
        return told([say("click.escalated", to=to, name=name, what=change)])
    approvers = reminded.approvers
    whom = people(say, approvers) if approvers else say("click.somebody")
    ends = moment(request.review.expires_at) if request.review else Mrkdwn("-")
    return told([say("click.reminded", who=whom, name=name, what=change, at=ends)])


def review_message(say: Voice, wanted: ReviewWanted) -> Message:
    """Call the people who can look at an emergency."""
    request = wanted.request
    whom = people(say, wanted.approvers) if wanted.approvers else say("click.somebody")
    name, change = code(request.change.job_name), what(say, request.change)
    return told([say("click.review_wanted", who=whom, name=name, what=change)])


def skipped_message(say: Voice, request: Request, channel_id: str) -> Message:
    """Tell somebody whose approval was passed by."""
    name, change = code(request.change.job_name), what(say, request.change)
    who, channel = mention(request.requester.user_id), call(channel_id)
    reason = escape(request.reason or "") or bare("")
    return told([say("click.skipped", who=who, name=name, what=change, channel=channel, reason=reason)])
