"""The parts of a request's item that say how people decide about it: the review, and the emergency."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from handler.domain.model import UserId
from handler.domain.request import Approval, Emergency, Review

if TYPE_CHECKING:
    from collections.abc import Mapping


def moment(at: datetime | None) -> str | None:
    """Write an aware moment in UTC with microseconds, so that it is read back exactly."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


def read_moment(text: str | None) -> datetime | None:
    """Read what ``moment`` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def review_attributes(review: Review) -> dict[str, object]:
    """Return a review as the map that is kept of it, without what does not apply."""
    attributes = {
        "needed": review.needed,
        "expires_at": moment(review.expires_at),
        "remind_at": moment(review.remind_at),
        "escalate_at": moment(review.escalate_at),
        "reminders": review.reminders,
        "approvals": [{"user_id": each.user_id, "at": moment(each.at)} for each in review.approvals],
        "decided_by": review.decided_by,
        "decided_reason": review.decided_reason,
    }
    return {name: value for name, value in attributes.items() if value is not None}


def stored_review(stored: Mapping[str, Any]) -> Review:
    """Read a review."""
    decided_by = stored.get("decided_by")
    return Review(
        needed=stored["needed"],
        expires_at=datetime.fromisoformat(stored["expires_at"]),
        remind_at=read_moment(stored.get("remind_at")),
        escalate_at=read_moment(stored.get("escalate_at")),
        reminders=stored["reminders"],
        approvals=tuple(
            Approval(UserId(each["user_id"]), datetime.fromisoformat(each["at"])) for each in stored["approvals"]
        ),
        decided_by=None if decided_by is None else UserId(decided_by),
        decided_reason=stored.get("decided_reason"),
    )


def emergency_attributes(emergency: Emergency) -> dict[str, object]:
    """Return an emergency as the map that is kept of it, without what does not apply."""
    attributes = {"review_at": moment(emergency.review_at), "reviewed_by": emergency.reviewed_by}
    return {name: value for name, value in attributes.items() if value is not None}


def stored_emergency(stored: Mapping[str, Any]) -> Emergency:
    """Read an emergency."""
    reviewed_by = stored.get("reviewed_by")
    return Emergency(
        review_at=datetime.fromisoformat(stored["review_at"]),
        reviewed_by=None if reviewed_by is None else UserId(reviewed_by),
    )
