"""Audit facts as the table holds them, of every kind that a history may meet: a part of the gallery."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handler.domain.audit import BEFORE_FIRST, Event, chained, recordable, timestamp
from tests.makers import at, change, fact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.domain.model import Change


def told_of(made: Change, event: Event, request_id: str, minutes: int, **fields: object) -> Mapping[str, object]:
    """Make a fact about a change as the audit table holds it."""
    whole = fact(request_id, event)
    after = recordable(made.after)
    named = replace(whole, at=timestamp(at(minutes)), before=recordable(made.before), after=after, detail=None)
    return chained(BEFORE_FIRST, replace(named, **fields)).attributes()  # type: ignore[arg-type] # any of its fields


def _reviewed() -> tuple[Mapping[str, object], ...]:
    """Make the facts of a request that was approved by two, of one that was denied, and of an emergency."""
    made = change()
    lee, han, kim = {"actor": "U0LEE"}, {"actor": "U0HAN"}, {"actor": "U0KIM"}
    return (
        told_of(made, Event.REVIEWED, "2b6t-w9kc", -5, **lee),
        told_of(made, Event.REVIEW_REMINDED, "2b6t-w9kc", -6, actor="sluice"),
        told_of(made, Event.APPLIED, "2b6t-w9kc", -7, **kim),
        told_of(made, Event.BROKE_GLASS, "2b6t-w9kc", -8, reason="production is down", **kim),
        told_of(made, Event.REQUESTED, "2b6t-w9kc", -8, reason="production is down", **kim),
        told_of(made, Event.APPROVED, "4q7n-m3xp", -11, detail="2 of 2", **han),
        told_of(made, Event.CLICK_REFUSED, "4q7n-m3xp", -12, detail="own_request", **kim),
        told_of(made, Event.APPROVED, "4q7n-m3xp", -13, detail="1 of 2", **lee),
        told_of(made, Event.REQUESTED, "4q7n-m3xp", -14, **kim),
        told_of(made, Event.DENIED, "8d3v-h5rj", -15, reason="freeze", **lee),
        told_of(made, Event.REQUESTED, "8d3v-h5rj", -16, **kim),
        told_of(made, Event.KEPT, "6z1f-t8wb", -17, detail="moved_since", actor="sluice"),
        told_of(made, Event.REMINDED, "0k5s-c2yg", -18, actor="sluice"),
    )


def whole_record() -> tuple[Mapping[str, object], ...]:
    """Make facts of many requests, newest first: changes, refusals, decisions, and one that nobody knows yet."""
    made, both = change(), change(values={"numWorker": 4, "timeout": 720})
    kim = {"actor": "U0KIM"}
    return (
        told_of(made, Event.APPLIED, "7k3m-q2xd", -3, **kim),
        told_of(made, Event.APPLYING, "7k3m-q2xd", -3, **kim),
        told_of(made, Event.REQUESTED, "7k3m-q2xd", -3, reason="backlog since 3am", **kim),
        told_of(made, Event.REFUSED, "2m9p-x4tb", -20, detail="denied", reason="please"),
        told_of(both, Event.UNKNOWN, "5w8c-k1rz", -60, detail="DataFlowTimedOut", **kim),
        told_of(both, Event.REQUESTED, "5w8c-k1rz", -60, **kim),
        told_of(made, Event.REFUSED, "9h2d-v6ns", -70, action="view", detail="denied", before=None, after=None),
        told_of(
            made, Event.REFUSED, "6p4s-d2hc", -80, action="scale", detail="nothing_to_change", after=None, before=None
        ),
        told_of(made, Event.STALE, "3j7f-b5qw", -99, detail="out_of_bounds", **kim),
        *_reviewed(),
        {"request_id": "1a4g-y8ml", "event": "from_a_later_version", "at": "some day", "detail": "new kind"},
    )
