"""The parts of a request's item that people have a part in: the review, the emergency and the end of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handler.adapters.ledger.scalars import moment, present, stored_count, stored_moment, stored_moment_or_none
from handler.domain.model import UserId
from handler.domain.request import Approval, Emergency, Ending, Review

if TYPE_CHECKING:
    from collections.abc import Mapping


def review_attributes(review: Review) -> dict[str, object]:
    """Return a review as the map that is kept of it, without what does not apply."""
    return present(
        {
            "needed": review.needed,
            "expires_at": moment(review.expires_at),
            "remind_at": moment(review.remind_at),
            "escalate_at": moment(review.escalate_at),
            "reminders": review.reminders,
            "approvals": [{"user_id": each.user_id, "at": moment(each.at)} for each in review.approvals],
            "decided_by": review.decided_by,
            "decided_reason": review.decided_reason,
        }
    )


def stored_review(stored: Mapping[str, Any]) -> Review:
    """Read a review. Raises AttributeError, KeyError, TypeError or ValueError for a map that is none."""
    return Review(
        needed=stored_count(stored["needed"]),
        expires_at=stored_moment(stored["expires_at"]),
        remind_at=stored_moment_or_none(stored.get("remind_at")),
        escalate_at=stored_moment_or_none(stored.get("escalate_at")),
        reminders=stored_count(stored["reminders"]),
        approvals=tuple(Approval(UserId(each["user_id"]), stored_moment(each["at"])) for each in stored["approvals"]),
        decided_by=_person(stored.get("decided_by")),
        decided_reason=stored.get("decided_reason"),
    )


def emergency_attributes(emergency: Emergency) -> dict[str, object]:
    """Return an emergency as the map that is kept of it, without what does not apply."""
    return present({"review_at": moment(emergency.review_at), "reviewed_by": emergency.reviewed_by})


def stored_emergency(stored: Mapping[str, Any]) -> Emergency:
    """Read an emergency. Raises AttributeError, KeyError, TypeError or ValueError for a map that is none."""
    return Emergency(
        review_at=stored_moment(stored["review_at"]),
        reviewed_by=_person(stored.get("reviewed_by")),
    )


def ending_attributes(ending: Ending) -> dict[str, object]:
    """Return how a change ends as the map that is kept of it, without what does not apply."""
    return present(
        {
            "notice_at": moment(ending.notice_at),
            "extra_minutes": ending.extra_minutes or None,
            "extended_by": ending.extended_by,
            "kept_by": ending.kept_by,
            "undone_by": ending.undone_by,
            "is_over": ending.is_over or None,
            "former": dict(ending.former) or None,
            "failures": ending.failures or None,
        }
    )


def stored_ending(stored: Mapping[str, Any]) -> Ending:
    """Read how a change ends. Raises AttributeError, TypeError or ValueError for a map that is none."""
    return Ending(
        notice_at=stored_moment_or_none(stored.get("notice_at")),
        extra_minutes=stored_count(stored.get("extra_minutes", 0)),
        extended_by=_person(stored.get("extended_by")),
        kept_by=_person(stored.get("kept_by")),
        undone_by=_person(stored.get("undone_by")),
        is_over=bool(stored.get("is_over")),
        former={name: stored_count(value) for name, value in stored.get("former", {}).items()},
        failures=stored_count(stored.get("failures", 0)),
    )


def _person(user_id: str | None) -> UserId | None:
    return None if user_id is None else UserId(user_id)
