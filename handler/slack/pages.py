"""What the button of a history carries: a job alone, or where a page goes on."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Final

from handler.domain.commands import ShowJobHistory, ShowOlder
from handler.domain.errors import BadCursor
from handler.domain.period import Bounds

if TYPE_CHECKING:
    from collections.abc import Mapping

# docs.slack.dev/reference/block-kit/block-elements/button-element
LONGEST_VALUE: Final = 2000


def page_value(page: ShowOlder) -> str | None:
    """Return a page as the value of a button; None when it is too long for one."""
    carried = {
        "user" if page.is_user else "job": page.subject,
        "since": _text(page.bounds.since),
        "until": _text(page.bounds.until),
        "after": page.cursor,
    }
    present = {name: value for name, value in carried.items() if value is not None}
    value = json.dumps(present, separators=(",", ":"))
    return value if len(value) <= LONGEST_VALUE else None


def history_of(value: str) -> ShowJobHistory | ShowOlder:
    """Read the value of a button; a plain text is a job's id. Raises BadCursor for a page that is none."""
    if not value.startswith("{"):
        return ShowJobHistory(value)
    try:
        carried = json.loads(value)
        bounds = Bounds(_moment(carried, "since"), _moment(carried, "until"))
        is_user = "user" in carried
        subject, cursor = carried["user" if is_user else "job"], carried["after"]
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise BadCursor from error
    if not (isinstance(subject, str) and isinstance(cursor, str)):
        raise BadCursor
    return ShowOlder(subject, cursor, bounds, is_user)


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _moment(carried: Mapping[str, str], name: str) -> datetime | None:
    if name not in carried:
        return None
    at = datetime.fromisoformat(carried[name])
    if at.utcoffset() is None:
        raise ValueError(name)
    return at
