"""From an outcome to the message that tells it; pure, and exhaustive: an outcome without a message is a type error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.calls import EndNear, NotPutBack, PeopleReminded, ReviewWanted
from handler.domain.outcomes import (
    AskedAlready,
    ChangeImpossible,
    ChangeShown,
    ClickRefused,
    HelpShown,
    HistoryShown,
    JobIsBusy,
    JobRemembered,
    JobShown,
    JobsListed,
    LeftUntold,
    Misunderstood,
    NothingMore,
    Outcome,
    Refused,
    RequestsShown,
    Trouble,
    Undone,
    WhyShown,
)
from handler.domain.pager import EndOverdue, LookWanted
from handler.slack import (
    change_view,
    ending_view,
    job_view,
    mishap_view,
    pager_view,
    record_view,
    refusal_view,
    review_view,
    why_view,
)

if TYPE_CHECKING:
    from handler.domain.calls import Call
    from handler.ports import Message
    from handler.slack.voice import Voice


def render(say: Voice, outcome: Outcome) -> Message | None:
    """Return the message for an outcome, None when there is nothing more to say."""
    match outcome:
        case HelpShown():
            return mishap_view.help_message(say, outcome)
        case JobShown():
            return job_view.job_message(say, outcome)
        case JobRemembered():
            return job_view.remembered_message(say, outcome)
        case JobsListed():
            return job_view.list_message(say, outcome)
        case ChangeShown():
            return change_view.change_message(say, outcome)
        case ChangeImpossible():
            return refusal_view.impossible_message(say, outcome)
        case Refused():
            return refusal_view.refused_message(say, outcome)
        case AskedAlready():
            return review_view.again_message(say, outcome)
        case ClickRefused():
            return review_view.click_message(say, outcome)
        case PeopleReminded() | ReviewWanted() | EndNear() | NotPutBack() | LookWanted() | EndOverdue():
            return render_call(say, outcome)
        case WhyShown():
            return why_view.why_message(say, outcome)
        case JobIsBusy():
            return refusal_view.busy_message(say, outcome)
        case HistoryShown():
            return record_view.history_message(say, outcome)
        case RequestsShown():
            return record_view.requests_message(say, outcome)
        case Misunderstood():
            return mishap_view.misunderstood_message(say, outcome)
        case Trouble():
            return mishap_view.trouble_message(say, outcome)
        case Undone():
            return change_view.undone_message(say, outcome.request)
        case LeftUntold() | NothingMore():
            return None


def render_call(say: Voice, call: Call) -> Message:
    """Return the message that calls people to a card."""
    match call:
        case PeopleReminded():
            return review_view.reminder_message(say, call)
        case ReviewWanted():
            return review_view.review_message(say, call)
        case EndNear():
            return ending_view.end_near_message(say, call)
        case NotPutBack():
            return ending_view.not_put_back_message(say, call)
        case LookWanted():
            return pager_view.look_message(say, call)
        case EndOverdue():
            return pager_view.end_overdue_message(say, call)
