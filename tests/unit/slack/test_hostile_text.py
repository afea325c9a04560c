"""Whatever people, jobs and APIs send, a message mentions nobody, is formatted as meant, and is taken by Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings

from handler.domain.authority import Action
from handler.domain.commands import ShowOlder
from handler.domain.outcomes import ChangeShown, HistoryShown, JobShown, JobsListed, Refused, RequestsShown
from handler.domain.request import State
from handler.slack.catalogue import load_words
from handler.slack.messages import render
from handler.slack.pages import history_of
from handler.slack.voice import Voice
from infra.local.slack.block_kit import text_length
from tests.makers import REQUEST_ID, change, job, job_summary, request
from tests.unit.slack.gallery import EVERYTHING, RUNS
from tests.unit.slack.hostile import PIECES, everywhere, poisoned
from tests.unit.slack.rules import broken, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.domain.outcomes import Outcome
    from handler.ports import Message

SAY: Final = Voice(load_words(), "/dataflow")
CURSORS: Final = tuple(f"cursor-{place}" for place in range(60))


def rendered(outcome: Outcome) -> Message:
    """Render an outcome that has a message."""
    message = render(SAY, outcome)
    assert message is not None
    return message


def _size(outcome: Outcome) -> int:
    return text_length(list(rendered(outcome).blocks))


LONGEST: Final = tuple(
    max((each for each in EVERYTHING.values() if type(each) is kind), key=_size)
    for kind in {type(each): None for each in EVERYTHING.values()}
)


@settings(max_examples=200, deadline=None)
@given(poisoned())
def test_no_text_in_any_place_breaks_a_message(outcome: Outcome) -> None:
    """Every rule of Slack's and ours holds for every outcome, with hostile text wherever it has text."""
    assert broken(rendered(outcome)) == []


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_each_hostile_text_in_all_places_at_once(piece: str) -> None:
    """A message made of nothing but the hostile text is still taken; each piece meets a fifth of all, and each kind."""
    fifth = list(EVERYTHING.values())[PIECES.index(piece) % 5 :: 5]
    for outcome in (*fifth, *LONGEST):
        assert broken(rendered(everywhere(outcome, lambda _: piece, lambda number: number))) == []


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_the_longest_message_of_each_kind_made_of_long_hostile_text(piece: str) -> None:
    """However much there is of it in every place, the message stays within Slack's limits."""
    text = piece * (10_000 // len(piece))
    for outcome in LONGEST:
        assert broken(rendered(everywhere(outcome, lambda _: text, lambda number: number))) == []


def test_a_list_of_the_longest_names_is_cut_at_a_row_and_says_how_many_are_left() -> None:
    """Rows that would not fit are counted, not lost in silence."""
    jobs = tuple(job_summary(f"Job{number:09}", f"{number:03}" + "&" * 200) for number in range(60))
    text = rendered(JobsListed("", jobs)).blocks[-1]
    rows = [line for each in shown(rendered(JobsListed("", jobs)).blocks) for line in each.splitlines() if "`" in line]
    assert list(shown(text)) == [f"{60 - (len(rows) - 1)} more. Narrow it down: `/dataflow list TEXT`"]


def test_forty_requests_with_the_longest_names_say_how_many_are_left() -> None:
    """The same for open requests."""
    made = request(asked=change(job_name="&" * 200))
    message = rendered(RequestsShown((made,) * 60))
    rows = [
        line for each in shown(message.blocks) for line in each.splitlines() if "oncall" in line or "workers" in line
    ]
    assert list(shown(message.blocks[-1])) == [f"{60 - len(rows)} more are not shown."]


def test_facts_with_the_longest_reasons_go_on_on_the_next_page() -> None:
    """The same for the record: the button leads to the first of what did not fit, and to nothing later."""
    facts = tuple({"request_id": str(number), "event": "refused", "reason": "<" * 3000} for number in range(60))
    message = rendered(HistoryShown("wordcount", facts, "Wc7RtQ2mLx9B", CURSORS))
    entries = sum(line.startswith("*refused*") for each in shown(message.blocks) for line in each.splitlines())
    assert 0 < entries < 60
    (older,) = [each for block in message.blocks if block["type"] == "actions" for each in _elements(block)]
    assert history_of(str(older["value"])) == ShowOlder("Wc7RtQ2mLx9B", f"cursor-{entries - 1}")


def _elements(block: Mapping[str, object]) -> list[Mapping[str, object]]:
    elements = block["elements"]
    assert isinstance(elements, list)
    return elements


def test_an_id_that_could_not_be_asked_for_has_no_buttons() -> None:
    """A button carries the whole id or is not there: a shortened id would be another job's."""
    for job_id in ("", "x" * 201, "작업", "a\nb"):
        message = rendered(JobShown(job(job_id), RUNS, request().created_at))
        assert [block["type"] for block in message.blocks if block["type"] == "actions"] == []


def test_a_person_is_mentioned_by_an_id_and_by_nothing_else() -> None:
    """What is no user id is shown letter by letter."""
    facts = ({"request_id": "1", "event": "applied", "actor": "!channel", "at": "2026-11-23T03:04:05.678Z"},)
    text = "\n".join(shown(rendered(HistoryShown("U0KIM> <!here", facts, "U0KIM", CURSORS, is_user=True)).blocks))
    assert "`U0KIM&gt; &lt;!here`" in text
    text = "\n".join(shown(rendered(HistoryShown("wordcount", facts, "Wc7RtQ2mLx9B", CURSORS)).blocks))
    assert "`!channel`" in text


def test_a_reason_reads_as_it_was_typed() -> None:
    """Escaping changes what text does, not what it says."""
    made = request(state=State.APPLIED, reason="*backlog* since <!channel> 새벽 3시 🔥 & _more_ in job_1")
    text = "\n".join(shown(rendered(ChangeShown(made)).blocks))
    shown_as = "because: {0}backlog{0} since &lt;!channel&gt; 새벽 3시 🔥 &amp; {1}more{1} in job_1"
    assert shown_as.format("\N{ASTERISK OPERATOR}", "\N{MODIFIER LETTER LOW MACRON}") in text


def test_a_name_that_cannot_be_seen_is_shown_as_missing() -> None:
    """Nothing in code marks would leave the marks themselves on show."""
    text = rendered(Refused(REQUEST_ID, Action.SCALE, "\u200b\u3164", ())).text
    assert text.startswith("Not allowed: you may not change -. Nothing was changed.")
