"""What the history says of how changes ended: by whom, and what stood in the way."""

from __future__ import annotations

from typing import Final

import pytest

from handler.domain.audit import Event
from handler.domain.outcomes import HistoryShown
from handler.slack.catalogue import load_words
from handler.slack.messages import render
from handler.slack.voice import Voice
from tests.makers import JOB_ID, change
from tests.unit.slack.gallery_of_facts import told_of

ID: Final = "7k3m-q2xd"
SAY: Final = Voice(load_words(), "/dataflow")
APPLIED: Final = (
    told_of(change(), Event.APPLIED, ID, -9, actor="U0KIM"),
    told_of(change(), Event.REQUESTED, ID, -9, actor="U0KIM"),
)


@pytest.mark.parametrize(
    ("event", "fields", "stands", "note"),
    [
        (Event.EXTENDED, {"actor": "U0LEE", "detail": "2026-11-23T05:04:05.678Z"}, "applied", "extended by <@U0LEE>"),
        (Event.KEPT, {"actor": "U0LEE"}, "not put back", "kept by <@U0LEE>"),
        (Event.KEPT, {"actor": "sluice", "detail": "overlaid"}, "not put back", "a later change lay on top of it"),
        (Event.KEPT, {"actor": "sluice", "detail": "gone"}, "not put back", "the job was gone"),
        (Event.REVERTING, {"actor": "U0LEE", "reason": "over"}, "being put back", "put back for <@U0LEE>: over"),
        (Event.REVERTING, {"actor": "sluice"}, "being put back", None),
        (Event.REMINDED, {"actor": "sluice", "detail": "ends_soon"}, "applied", None),
        (Event.ESCALATED, {"actor": "sluice", "detail": "not_put_back"}, "applied", None),
        (
            Event.FAILED,
            {"actor": "U0KIM", "detail": "moved_meanwhile"},
            "failed",
            "just before the write",
        ),
    ],
)
def test_an_end_is_told_with_who_had_a_part_in_it(
    event: Event, fields: dict[str, object], stands: str, note: str | None
) -> None:
    """What a person did is a note with their name; what time did is where the request stands, and why."""
    message = render(SAY, HistoryShown("wordcount", (told_of(change(), event, ID, -1, **fields), *APPLIED), JOB_ID))
    assert message is not None
    _, row, *notes = message.text.splitlines()
    assert row.startswith(stands)
    assert (note is None and notes == []) or (note is not None and len(notes) == 1 and note in notes[0])
