"""Facts as text: exact for machines, harmless for spreadsheets and terminals, plain for people."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.adapters.ledger.items import index_attributes
from handler.domain.audit import Event, Fact, breaks, digest, place_of
from handler.entrypoints.audit_lines import COLUMNS, FORMULAS, as_cells, as_json, as_line
from tests import makers
from tests.unit.domain.strategies import chains, valid_text

SPOKEN = makers.fact(reason="=1+1", actor="U0PARK").attributes()


@given(chains)
def test_a_line_of_json_keeps_the_hash(chain: list[Fact]) -> None:
    """Whatever a fact says, its line is one line of printable text, and its hash can be recomputed from it."""
    items = [{**fact.attributes(), **index_attributes(fact.attributes())} for fact in chain]
    lines = [as_json(item) for item in items]
    assert all(line.isprintable() for line in lines)
    read = [json.loads(line) for line in lines]
    assert read == [json.loads(json.dumps(fact.attributes())) for fact in chain]
    assert [digest(fact) for fact in read] == [fact.hash for fact in chain]
    assert breaks(read, chain[-1].head) == ()


@given(valid_text, valid_text, st.none() | st.lists(valid_text, max_size=2).map(tuple))
def test_a_row_gives_every_value_back(reason: str, actor: str, because: tuple[str, ...] | None) -> None:
    """Read as CSV and with one apostrophe taken away, the cells are the fact."""
    fact = makers.fact(reason=reason, actor=actor, because=because).attributes()
    file = io.StringIO(newline="")
    csv.writer(file).writerow(as_cells(fact))
    file.seek(0)
    (row,) = csv.reader(file)
    cells = {name: cell.removeprefix("'") for name, cell in zip(COLUMNS, row, strict=True)}
    texts = {name: value for name, value in fact.items() if isinstance(value, str)}
    assert texts == {name: cells[name] for name in texts}
    lists = {name: value for name, value in fact.items() if isinstance(value, list | dict)}
    assert lists == {name: json.loads(cells[name]) for name in lists}
    assert (cells["seq"], cells["minutes"]) == ("1", "")


@pytest.mark.parametrize("begins", FORMULAS)
def test_no_text_is_a_formula(begins: str) -> None:
    """A spreadsheet shows it and does nothing."""
    cells = dict(zip(COLUMNS, as_cells({"reason": f"{begins}HYPERLINK(1)", "count": -1}), strict=True))
    assert cells["reason"] == f"'{begins}HYPERLINK(1)"
    assert cells["count"] == "-1"


def test_values_that_were_edited_by_hand_are_written_as_what_they_are() -> None:
    """A truth value, a fraction, a word where there was a number."""
    cells = dict(zip(COLUMNS, as_cells({"minutes": True, "count": -1.5, "seq": "-2"}), strict=True))
    assert (cells["minutes"], cells["count"], cells["seq"]) == ("true", "-1.5", "'-2")


def test_the_columns_are_the_attributes_of_a_fact() -> None:
    """None is left out, and the request comes first."""
    assert COLUMNS[0] == "request_id"
    assert set(makers.fact().attributes()) <= set(COLUMNS)


def test_a_person_reads_what_happened() -> None:
    """When, what, who, which job, what changed, why, and the fact's name."""
    fact = makers.fact(reason="backlog", event=Event.APPLIED, detail=None).attributes()
    assert as_line(fact) == (
        "2026-11-23 03:04:05Z  applied          U0PARK        wordcount  numWorker 2 → 10  because backlog  7k3m-q2xd#1"
    )


def test_a_person_reads_what_there_is() -> None:
    """A seal has no job, and what was edited away is not guessed."""
    seal = {"event": "sealed", "actor": "sluice", "at": "2026-11-23T00:10:00.000Z", "day": "2026-11-22"}
    assert as_line({**seal, "request_id": "seals", "seq": 7}) == (
        "2026-11-23 00:10:00Z  sealed           sluice        2026-11-22  seals#7"
    )
    assert as_line({}) == "None Z  None             None          -  None#None"


@given(valid_text)
def test_a_terminal_obeys_nothing(text: str) -> None:
    """Names and reasons are other people's text: what is not printable is shown by its number."""
    line = as_line(makers.fact(reason=text, job_name=text).attributes())
    assert line.isprintable()


def test_places_are_not_part_of_a_line() -> None:
    """What serves the indexes is left out."""
    assert "gsi" not in as_json({**SPOKEN, "gsi_at": place_of(SPOKEN), "gsi_day": "2026-11-23"})
