"""What a ledger makes of the rare answers: clauses that fail while things change, items that it did not write."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from handler.adapters.ledger.items import fact_attributes, request_attributes, wire
from handler.domain.errors import IdTaken, JobBusy, LedgerUnavailable
from handler.domain.period import Bounds
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


UNREADABLE = {"schema": 3}
CAUSE = "request item of schema 3, this version reads up to 2"


def test_an_item_of_another_make_is_not_guessed_at() -> None:
    """Who asks for the very request is told that it cannot be read, and what is wrong with it, without values."""
    client = ScriptedClient({"get_item": [{"Item": item(OPENING.request, **UNREADABLE)}]})
    with pytest.raises(LedgerUnavailable) as unavailable:
        ledger_on(client).request(OPENING.request.id)
    assert f"request: {CAUSE}" == str(unavailable.value)


def test_a_job_whose_holder_cannot_be_read_is_not_given_away() -> None:
    """When the request that holds a job is of another make, the next one is not opened, and nobody is guessed at."""
    client = ScriptedClient(
        {
            "transact_write_items": [cancelled("None", "None", UNMET)],
            "get_item": [
                {},
                {"Item": wire({"pk": "lock", "owner": "9vwx-00ab"})},
                {"Item": item(OPENING.request, **UNREADABLE)},
            ],
        }
    )
    with pytest.raises(LedgerUnavailable, match=CAUSE):
        ledger_on(client).open(OPENING.request, OPENING.fact)


def test_items_that_cannot_be_read_use_up_no_place(caplog: pytest.LogCaptureFixture) -> None:
    """However many stand before it, the one that can be read is found, on the next page too; the log names the rest."""
    stuck = [item(makers.request(f"stuck-{number}"), **UNREADABLE) for number in range(3)]
    more = {"LastEvaluatedKey": {"pk": {"S": "stuck-2"}}}
    client = ScriptedClient({"query": [{"Items": stuck, **more}, {"Items": [item(OPENING.request)]}]})
    with caplog.at_level(logging.WARNING, "handler.adapters.ledger"):
        assert (OPENING.request,) == ledger_on(client).open_requests(limit=1)
    told = [(record.levelname, vars(record)["pk"], vars(record)["reason"]) for record in caplog.records]
    assert told == [("WARNING", f"stuck-{number}", CAUSE) for number in range(3)]


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


@pytest.mark.parametrize(
    ("bounds", "condition"),
    [
        (Bounds(), "#key = :key"),
        (Bounds(since=makers.at(1)), "#key = :key AND #at >= :since"),
        (Bounds(until=makers.at(1)), "#key = :key AND #at < :until"),
        (Bounds(makers.at(1), makers.at(2)), "#key = :key AND #at BETWEEN :since AND :until"),
    ],
)
def test_a_time_is_part_of_the_key_and_nothing_is_filtered(bounds: Bounds, condition: str) -> None:
    """What is not in the time asked for is not read either."""
    client = ScriptedClient({"query": [{"Items": []}]})
    ledger_on(client).history(ByJob(makers.JOB_ID), limit=2, bounds=bounds)
    (asked,) = client.calls["query"]
    assert asked["KeyConditionExpression"] == condition
    assert "FilterExpression" not in asked
