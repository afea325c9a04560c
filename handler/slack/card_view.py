"""The card of a request: what it still needs, who decided what, and the buttons that can be pressed now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handler.domain.audit import timestamp
from handler.domain.model import TIMEOUT, WORKERS
from handler.domain.request import State
from handler.slack.blocks import Block, actions, button
from handler.slack.mrkdwn import Mrkdwn, bare, escape, mention, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handler.domain.outcomes import ChangeShown
    from handler.domain.request import Request, Review
    from handler.slack.voice import Voice

MOST_PEOPLE: Final = 10
LONGEST_IN_LABEL: Final = 40


def people(say: Voice, user_ids: Sequence[str]) -> Mrkdwn:
    """Name people one after the other, at most ten of them."""
    shown = Mrkdwn(", ".join(mention(user_id) for user_id in user_ids[:MOST_PEOPLE]))
    more = len(user_ids) - MOST_PEOPLE
    return say("amount.more", shown=shown, count=more) if more > 0 else shown


def size(say: Voice, request: Request) -> Mrkdwn:
    """Say how big the change is, in signed numbers; empty when the job does not say what it has now."""
    before, values = request.change.before, request.change.values
    said = []
    if WORKERS in values and before.workers is not None:
        said.append(say("card.size_workers", change=f"{values[WORKERS] - before.workers:+d}"))
    if TIMEOUT in values and before.timeout_minutes is not None:
        said.append(say("card.size_timeout", change=f"{values[TIMEOUT] - before.timeout_minutes:+d}"))
    return say("card.size", size=Mrkdwn(", ".join(said))) if said else Mrkdwn("")


def review_lines(say: Voice, shown: ChangeShown) -> list[Mrkdwn]:
    """Say who has decided what, what is needed still, and who could give it."""
    request = shown.request
    review = request.review
    if review is None:
        return _emergency(say, request)
    lines = [_approved(say, review)] if review.approvals else []
    if request.state is State.PENDING:
        lines.append(_needed(say, review))
        lines.append(who_could(say, shown.approvers))
        lines.append(say("card.expires", at=moment(review.expires_at)))
    elif request.state is State.DENIED and review.decided_by:
        reason = escape(review.decided_reason or "") or bare("")
        lines.append(say("card.denied_by", who=mention(review.decided_by), reason=reason))
    elif request.state is State.WITHDRAWN:
        by = review.decided_by
        lines.append(say("card.withdrawn_by", who=mention(by)) if by else say("card.given_up"))
    elif request.state is State.EXPIRED:
        lines.append(say("card.expired"))
    return lines


def _emergency(say: Voice, request: Request) -> list[Mrkdwn]:
    wanted = request.emergency
    if wanted is None:
        return []
    if wanted.reviewed_by is None:
        return [say("card.review_wanted", at=moment(wanted.review_at))]
    return [say("card.reviewed_by", who=mention(wanted.reviewed_by))]


def _approved(say: Voice, review: Review) -> Mrkdwn:
    who = people(say, [each.user_id for each in review.approvals])
    if review.needed == 1:
        return say("card.approved_by", who=who)
    return say("card.approved_of", who=who, count=len(review.approvals), needed=review.needed)


def _needed(say: Voice, review: Review) -> Mrkdwn:
    missing = review.needed - len(review.approvals)
    return say("card.needs_one") if missing == 1 else say("card.needs", count=missing)


def who_could(say: Voice, approvers: Sequence[str] | None) -> Mrkdwn:
    """Name who could approve now."""
    if approvers is None:
        return say("card.approvers_unknown")
    return say("card.approvers", who=people(say, approvers)) if approvers else say("card.approvers_none")


def buttons(say: Voice, request: Request) -> list[Block]:
    """Return the row of buttons that mean something in this state; a closed card has none but the next step."""
    value = f"{request.id} {request.digest}"
    job = escape(request.change.job_name, LONGEST_IN_LABEL)
    at_end = end_of(request)
    if request.state is State.PENDING:
        names: tuple[str, ...] = ("approve", "deny", "withdraw")
    elif request.state in {State.STALE, State.EXPIRED}:
        names = ("ask_again",)
    else:
        is_unseen = request.emergency is not None and request.emergency.reviewed_by is None
        names = (*(("reviewed",) if is_unseen else ()), *(AT_ITS_END if at_end else ()))
    if not names:
        return []
    made = [
        button(
            name,
            say(f"button.{name}"),
            f"{value} {at_end}" if name in AT_ITS_END else value,
            say(f"button_label.{name}", name=job),
        )
        for name in names
    ]
    styled = [
        {**each, "style": STYLES[name]} if name in STYLES else each for name, each in zip(names, made, strict=True)
    ]
    return [actions(styled)]


def end_of(request: Request) -> str:
    """Return the end that people may decide about now, as its buttons carry it; empty when there is none."""
    is_asked = request.state is State.APPLIED and request.ending.notice_at is None
    return timestamp(request.revert_at) if is_asked and request.revert_at is not None else ""


AT_ITS_END: Final = ("extend", "keep", "revert")
STYLES: Final = {"approve": "primary", "deny": "danger", "reviewed": "primary", "revert": "danger"}
