"""One line of JSON for each event: what became of it and how long it took.

Never in it: bodies, header values, signatures, tokens, secrets, or the text of an exception, which may quote them.
"""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from handler.front.replies import Reply

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Visit:
    """What is known so far of the event in hand. `sent_at` is Slack's timestamp, `started` and `ends` monotonic.

    `is_genuine` is whether Slack signed it; until then `sent_at` is what anybody may claim.
    """

    def __init__(self, short_id: str, started: float, budget_seconds: float) -> None:
        self.short_id = short_id
        self.started = started
        self.ends = started + budget_seconds
        self.kind = ""
        self.name = ""
        self.sent_at: int | None = None
        self.is_genuine = False


def is_wanted(reply: Reply, log_level: str) -> bool:
    """Tell whether `reply` is worth a line at this LOG_LEVEL."""
    return LEVELS.index(reply.level) >= LEVELS.index(log_level)


def line(visit: Visit, reply: Reply, context: object, *, now: float, elapsed_seconds: float) -> dict[str, object]:
    """Return the line; what does not apply is left out. `ack_age_seconds` counts from Slack's timestamp to `now`."""
    fields: dict[str, object] = {
        "level": reply.level,
        "message": f"front {reply.outcome}",
        "outcome": reply.outcome,
        "reason": reply.reason,
        "detail": reply.detail,
        "status": reply.status,
        "kind": visit.kind,
        "name": visit.name,
        **ids(visit, context),
        "duration_ms": round(elapsed_seconds * 1000, 1),
        "ack_age_seconds": None if visit.sent_at is None else round(now - visit.sent_at, 3),
    }
    return {name: value for name, value in fields.items() if value not in ("", None)}


def ids(visit: Visit, context: object) -> dict[str, object]:
    """Return what every line has: our id of the event, which the worker's lines have too, and Lambda's."""
    found: dict[str, object] = {"id": visit.short_id}
    request_id = getattr(context, "aws_request_id", None)
    if isinstance(request_id, str):
        found["lambda_request_id"] = request_id
    return found


def whereabouts(error: BaseException) -> str:
    """Name the kind of an unforeseen error and the line it came from."""
    place = _innermost(error.__traceback__)
    return f"{type(error).__name__} at {place}"


def _innermost(trace: TracebackType | None) -> str:
    place = "?"
    while trace is not None:
        place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119 - pathlib is a heavy import
        trace = trace.tb_next
    return place
