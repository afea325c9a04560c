"""What the history says of how changes ended: by whom, and what stood in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from handler.domain.audit import Event
from handler.domain.outcomes import HistoryShown
from handler.slack.catalogue import load_words
from handler.slack.messages import render
from handler.slack.voice import Voice
from tests.makers import JOB_ID, change
from tests.unit.slack.gallery_of_facts import told_of

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        (Event.KEPT, {"actor": "U0LEE"}, "kept", "kept by <@U0LEE>"),
        (Event.KEPT, {"actor": "sluice", "detail": "overlaid"}, "not put back", "a later change lay on top of it"),
        (Event.KEPT, {"actor": "sluice", "detail": "gone"}, "not put back", "the job was gone"),
        (Event.REVERTING, {"actor": "U0LEE", "reason": "over"}, "being put back", "undo by <@U0LEE>: over"),
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


@pytest.mark.parametrize(
    ("newest_first", "stands"),
    [
        ((Event.FAILED, Event.REVERTING, Event.APPLIED), "could not be put back"),
        ((Event.FAILED, Event.UNKNOWN, Event.REVERTING), "could not be put back"),
        ((Event.FAILED, Event.APPLYING, Event.REQUESTED), "failed"),
        ((Event.REVERTED, Event.FAILED, Event.REVERTING), "put back"),
    ],
)
def test_a_write_that_failed_is_told_from_a_change_that_could_not_be_put_back(
    newest_first: tuple[Event, ...], stands: str
) -> None:
    """By what was to be written: whether it was being put back."""
    facts = tuple(told_of(change(), event, ID, -number, actor="sluice") for number, event in enumerate(newest_first))
    assert _first_row(facts).startswith(f"{stands} · ")


@pytest.mark.parametrize(("detail", "stands"), [("1 of 2", "waiting for approval"), ("2 of 2", "approved")])
def test_a_yes_of_several_leaves_a_request_waiting(detail: str, stands: str) -> None:
    """Only the last yes makes it approved."""
    yes = told_of(change(), Event.APPROVED, ID, -1, actor="U0LEE", detail=detail)
    assert _first_row((yes, APPLIED[-1])).startswith(f"{stands} · ")


def test_what_was_only_wanted_is_said_so() -> None:
    """A refusal without values says what somebody wanted to do."""
    look = told_of(change(), Event.REFUSED, ID, -1, actor="U0PARK", action="view", before=None, after=None)
    assert _first_row((look,)).startswith("refused · wanted to look at it · <@U0PARK>")


def _first_row(facts: tuple[Mapping[str, object], ...]) -> str:
    message = render(SAY, HistoryShown("wordcount", facts, JOB_ID))
    assert message is not None
    return message.text.splitlines()[1]
