"""Single values of an item: written so that they are read back exactly, and read strictly.

Somebody may have edited the table. What the domain could not compute with is refused where it is read, not later in the
middle of a tick that has other requests to look after.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def present(attributes: Mapping[str, object]) -> dict[str, object]:
    """Return the attributes that apply: those that are not None."""
    return {name: value for name, value in attributes.items() if value is not None}


def moment(at: datetime | None) -> str | None:
    """Write an aware moment in UTC with microseconds, so that it is read back exactly and text order is time order."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


def stored_moment(text: str) -> datetime:
    """Read what ``moment`` wrote. Raises TypeError or ValueError for anything but an aware moment."""
    at = datetime.fromisoformat(text)
    if at.utcoffset() is None:
        raise ValueError("a moment without an offset from UTC")
    return at


def stored_moment_or_none(text: str | None) -> datetime | None:
    """Read what ``moment`` wrote of a moment that may be absent."""
    return None if text is None else stored_moment(text)


def stored_count(value: object) -> int:
    """Read a whole number. Raises TypeError for anything else, as text, true and 2.5 are."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    return value
