"""What a ledger makes of the rare answers: clauses that fail while things change, items that it did not write."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from boto3.dynamodb.types import Binary

from handler.adapters.ledger.items import fact_attributes, plain, request_attributes, stored_fact, wire
from handler.domain.audit import breaks
from handler.domain.errors import IdTaken, JobBusy, LedgerUnavailable
from handler.domain.request import State
from handler.ports import ByJob
from tests import makers
from tests.unit.adapters.ledger.scripted import ScriptedClient, cancelled, ledger_on

if TYPE_CHECKING:
    from handler.domain.request import Request

UNMET = "ConditionalCheckFailed"
OPENING = makers.opening()


def item(request: Request, **changed: object) -> dict[str, Any]:
    """Make the item of a request; what is None is not there."""
    attributes = {"pk": request.id, **request_attributes(request), **changed}
    return wire({name: value for name, value in attributes.items() if value is not None})


def test_a_request_that_was_there_and_is_gone_has_taken_the_id() -> None:
    """When the item that kept a request from being opened is deleted while one looks, the id is not used again."""
    client = ScriptedClient({"transact_write_items": [cancelled(UNMET, UNMET, "None")], "get_item": [{}]})
    with pytest.raises(IdTaken):
        ledger_on(client).open(OPENING.request, OPENING.fact)


def test_a_lock_that_was_there_and_is_gone_has_no_holder() -> None:
    """When the holder lets go while one looks, the job was busy all the same; trying again is a person's decision."""
    client = ScriptedClient({"transact_write_items": [cancelled("None", "None", UNMET)], "get_item": [{}]})
    with pytest.raises(JobBusy) as busy:
        ledger_on(client).open(OPENING.request, OPENING.fact)
    assert busy.value.holder is None


def test_a_clause_that_failed_counts_more_than_a_conflict() -> None:
    """What is both in conflict and not allowed is not tried again."""
    client = ScriptedClient(
        {"transact_write_items": [cancelled("TransactionConflict", "None", UNMET)], "get_item": [{}]}
    )
    with pytest.raises(JobBusy):
        ledger_on(client).open(OPENING.request, OPENING.fact)
    assert len(client.calls["transact_write_items"]) == 1


def test_requests_are_read_consistently() -> None:
    """One request, a job's holder and a chain are read as they are, not as they were a moment ago."""
    client = ScriptedClient(
        {
            "transact_write_items": [cancelled("None", "None", UNMET)],
            "get_item": [{}, {"Item": wire({"pk": "lock", "owner": "9vwx-00ab"})}, {}],
            "query": [{"Items": []}],
        }
    )
    ledger = ledger_on(client)
    with pytest.raises(JobBusy):
        ledger.open(OPENING.request, OPENING.fact)
    ledger.chain(makers.REQUEST_ID)
    reads = [*client.calls["get_item"], *client.calls["query"]]
    assert [read["ConsistentRead"] for read in reads] == [True] * 4


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"schema": 2}, "request item of schema 2, this version reads 1"),
        ({"schema": None}, "request item of schema None, this version reads 1"),
        ({"state": "confused"}, "request item cannot be read: ValueError"),
        ({"head_hash": None}, "request item cannot be read: KeyError"),
        ({"before": "{"}, "request item cannot be read: JSONDecodeError"),
        ({"because": 7}, "request item cannot be read: TypeError"),
    ],
    ids=str,
)
def test_an_item_of_another_make_is_not_guessed_at(changed: dict[str, object], cause: str) -> None:
    """An item of another schema, or edited by hand, is an error that says what is wrong with it, without values."""
    stored = item(OPENING.request, **changed)
    client = ScriptedClient({"get_item": [{"Item": stored}], "query": [{"Items": [stored]}]})
    ledger = ledger_on(client)
    with pytest.raises(LedgerUnavailable) as one:
        ledger.request(OPENING.request.id)
    with pytest.raises(LedgerUnavailable) as many:
        ledger.open_requests(limit=1)
    assert (f"request: {cause}", f"open_requests: {cause}") == (str(one.value), str(many.value))


def test_the_open_requests_are_asked_for_no_more_than_needed() -> None:
    """When DynamoDB returns fewer than asked and says that there are more, the rest is read, and not one page more."""
    first, second, third = (
        makers.opening(f"req-{number}", State.APPROVED, due_at=makers.at(number)).request for number in range(3)
    )
    more = {"LastEvaluatedKey": {"pk": {"S": "req-0"}}}
    client = ScriptedClient(
        {"query": [{"Items": [item(first)], **more}, {"Items": [item(second), item(third)], **more}, {"Items": []}]}
    )
    assert (first, second) == ledger_on(client).open_requests(limit=2)
    assert len(client.calls["query"]) == 2


def test_a_page_shown_costs_a_page_read() -> None:
    """However long a history is, one question reads what is shown and one fact more, to know whether there is more."""
    facts = [makers.fact(f"r-{number}") for number in range(3)]
    items = [wire(fact_attributes(fact)) for fact in facts]
    client = ScriptedClient({"query": [{"Items": items, "LastEvaluatedKey": {"request_id": {"S": "r-2"}}}]})
    page = ledger_on(client).history(ByJob(makers.JOB_ID), limit=2)
    assert [fact.attributes() for fact in facts[:2]] == list(page.facts)
    assert page.cursor is not None
    assert [call["Limit"] for call in client.calls["query"]] == [3]


def test_a_fact_edited_by_hand_can_be_read_and_is_found_out() -> None:
    """Values that we never write come back as text or float, so that the check of the chain can name the fact."""
    fact = makers.fact()
    edited = {"before": {"a": Decimal("1.5"), "b": {"x", "y"}, "c": Binary(b"z")}, "gsi_at": "x", "gsi_new": "y"}
    read = stored_fact(wire({**fact.attributes(), **edited}))
    before = read["before"]
    assert isinstance(before, dict)
    assert before["a"] == 1.5
    assert isinstance(before["b"], str)
    assert "gsi_new" not in read
    assert breaks([read]) == ("7k3m-q2xd#1: was changed after it was written",)


@pytest.mark.parametrize(
    ("written", "expected"), [(Decimal(100), 100), (Decimal("1E+2"), 100), (Decimal("-0"), 0), (2**53 - 1, 2**53 - 1)]
)
def test_whole_numbers_are_read_as_integers(written: object, expected: int) -> None:
    """DynamoDB's numbers are integers when they are whole, however they are written, and never Decimal."""
    read = plain(wire({"n": written}))["n"]
    assert expected == read
    assert isinstance(read, int)
