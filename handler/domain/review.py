"""Others decide about a request: approve, deny, withdraw; and what time does when nobody decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from handler.domain.audit import Event
from handler.domain.moves import SLUICE, Move, Note, by_rule, moved
from handler.domain.news import WORKER_IS_GONE_AFTER
from handler.domain.request import Approval, Request, Review, State

if TYPE_CHECKING:
    from datetime import datetime

    from handler.domain.authority import Allowed, Decision
    from handler.domain.model import Actor, RunCondition

LONGEST_REMINDER_PAUSE: Final = timedelta(hours=4)
REVIEW_AGAIN_AFTER: Final = timedelta(hours=1)
CALL_AFTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How approvals run, emergencies, and the record (``settings.toml``).

    ``escalate_to`` are Slack ids of user groups, people or channels. ``audit_channel`` is where each day's seal is
    posted, None when it is not.
    """

    expires_after: timedelta = timedelta(minutes=30)
    remind_after: timedelta = timedelta(minutes=10)
    escalate_after: timedelta | None = None
    escalate_to: tuple[str, ...] = ()
    channel: str | None = None
    review_within: timedelta = timedelta(days=1)
    longest_emergency: timedelta = timedelta(hours=2)

    @property
    def longest_emergency_minutes(self) -> int:
        """How many minutes an emergency change may last, whole ones."""
        return int(self.longest_emergency.total_seconds() // 60)

    audit_channel: str | None = None

    @property
    def call_after(self) -> timedelta:
        """How long nobody may know what became of a write until somebody is called to look."""
        return CALL_AFTER if self.escalate_after is None else self.escalate_after


class Objection(StrEnum):
    """Why a click decides nothing; each has a sentence for the one who clicked."""

    UNKNOWN_REQUEST = "unknown_request"
    ALTERED = "altered"
    EXPIRED = "expired"
    CLOSED = "closed"
    OWN_REQUEST = "own_request"
    APPROVED_BEFORE = "approved_before"
    NOT_REQUESTER = "not_requester"
    NOT_ALLOWED = "not_allowed"
    STRANGER = "stranger"
    NOTHING_TO_REVIEW = "nothing_to_review"
    EXTENDED_BEFORE = "extended_before"
    HAS_NO_END = "has_no_end"
    TOO_LONG = "too_long"
    NOT_ENTITLED = "not_entitled"
    NEEDS_APPROVAL = "needs_approval"
    NOT_YET_APPLIED = "not_yet_applied"
    UNDER_WAY = "under_way"
    NEVER_APPLIED = "never_applied"
    WAS_REFUSED = "was_refused"
    UNDONE_BEFORE = "undone_before"
    MOVED_SINCE = "moved_since"
    OVERLAID = "overlaid"
    GONE = "gone"
    NOTHING_TO_PUT_BACK = "nothing_to_put_back"

    @property
    def is_attempt(self) -> bool:
        """Whether somebody tried what they may not, which the record keeps."""
        return self in {
            Objection.ALTERED,
            Objection.OWN_REQUEST,
            Objection.NOT_REQUESTER,
            Objection.NOT_ALLOWED,
            Objection.STRANGER,
            Objection.TOO_LONG,
            Objection.NOT_ENTITLED,
            Objection.NEEDS_APPROVAL,
        }


def review_of(terms: Terms, needed: int, now: datetime) -> Review:
    """Return the review a new request begins with."""
    expires_at = now + terms.expires_after
    remind_at = now + terms.remind_after
    escalate_at = None if terms.escalate_after is None else now + terms.escalate_after
    return Review(
        needed=needed,
        expires_at=expires_at,
        remind_at=remind_at if remind_at < expires_at else None,
        escalate_at=escalate_at if escalate_at and escalate_at < expires_at else None,
    )


def objection(request: Request, digest: str, user_id: str, now: datetime) -> Objection | None:
    """Return why nobody, or not this person, can decide about this request any more; None when the policy may say."""
    review = request.review
    if digest != request.digest:
        return Objection.ALTERED
    if request.state is not State.PENDING or review is None:
        return Objection.CLOSED
    if now >= review.expires_at:
        return Objection.EXPIRED
    if any(approval.user_id == user_id for approval in review.approvals):
        return Objection.APPROVED_BEFORE
    return None


def is_last(request: Request) -> bool:
    """Whether one more approval decides."""
    return request.review is not None and len(request.review.approvals) + 1 >= request.review.needed


def approved(request: Request, review: Review, actor: Actor, decision: Allowed, now: datetime) -> Move:
    """Count a person's yes; with the last one the request is approved."""
    approvals = (*review.approvals, Approval(actor.user_id, now))
    after = replace(request, review=replace(review, approvals=approvals))
    if len(approvals) >= review.needed:
        after = replace(after, state=State.APPROVED, due_at=now + WORKER_IS_GONE_AFTER)
    note = Note(
        event=Event.APPROVED,
        actor=actor.user_id,
        channel=actor.channel_id,
        detail=f"{len(approvals)} of {review.needed}",
    )
    return moved(request, after, by_rule(note, decision), now)


def denied(  # noqa: PLR0913 - everything that is on record of it
    request: Request, review: Review, actor: Actor, reason: str, now: datetime, *, decision: Allowed | None = None
) -> Move:
    """End a request by a no, with its reason; ``decision`` is what lets them."""
    decided = replace(review, decided_by=actor.user_id, decided_reason=reason)
    after = replace(request, state=State.DENIED, due_at=None, review=decided)
    note = Note(event=Event.DENIED, actor=actor.user_id, channel=actor.channel_id, reason=reason)
    return moved(request, after, by_rule(note, decision), now)


def withdrawn(request: Request, review: Review, actor: Actor, now: datetime) -> Move:
    """End a request because the one who asked takes it back."""
    decided = replace(review, decided_by=actor.user_id)
    after = replace(request, state=State.WITHDRAWN, due_at=None, review=decided)
    return moved(request, after, Note(event=Event.WITHDRAWN, actor=actor.user_id, channel=actor.channel_id), now)


def given_up(request: Request, problem: str, now: datetime) -> Move:
    """End a request whose card nobody can see; ``problem`` is Slack's word."""
    after = replace(request, state=State.WITHDRAWN, due_at=None, problem=problem)
    return moved(request, after, Note(event=Event.WITHDRAWN, actor=SLUICE, detail=problem), now)


def expired(request: Request, now: datetime) -> Move:
    """End a request that nobody decided in time."""
    after = replace(request, state=State.EXPIRED, due_at=None)
    return moved(request, after, Note(event=Event.EXPIRED, actor=SLUICE), now)


def overtaken(request: Request, found: RunCondition | None, problem: str | None, now: datetime) -> Move:
    """End a request whose job, or whose policy, is not as it was when it was asked."""
    after = replace(request, state=State.STALE, due_at=None, found=found, problem=problem)
    return moved(request, after, Note(event=Event.STALE, actor=SLUICE, after=found, detail=problem), now)


def reminded(request: Request, review: Review, pause: timedelta, now: datetime) -> Move:
    """Record that people are asked again; the pauses double."""
    reminders = review.reminders + 1
    again = now + min(pause * 2 ** min(reminders, 10), LONGEST_REMINDER_PAUSE)
    asked = replace(review, reminders=reminders, remind_at=again if again < review.expires_at else None)
    after = replace(request, review=asked, due_at=asked.due_at)
    return moved(request, after, Note(event=Event.REMINDED, actor=SLUICE), now)


def escalated(request: Request, review: Review, to: tuple[str, ...], now: datetime) -> Move:
    """Record that somebody else is turned to."""
    asked = replace(review, escalate_at=None)
    after = replace(request, review=asked, due_at=asked.due_at)
    return moved(request, after, Note(event=Event.ESCALATED, actor=SLUICE, detail=" ".join(to)), now)


def click_refused(  # noqa: PLR0913 - everything that is on record of it
    request: Request,
    actor: Actor,
    why: Objection,
    now: datetime,
    *,
    delivery: str | None = None,
    decision: Decision | None = None,
) -> Move:
    """Record that somebody tried what they may not; ``delivery`` is the digest of the click's, to know it again.

    ``decision`` is the policy's, when it was the policy that does not let them.
    """
    note = Note(
        event=Event.CLICK_REFUSED,
        actor=actor.user_id,
        channel=actor.channel_id,
        detail=why.value,
        delivery=delivery,
    )
    return moved(request, request, by_rule(note, decision), now)
