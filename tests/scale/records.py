"""Records of any length: all facts on one day, about one job, by one person, which is the worst an index can meet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from moto.dynamodb.models import dynamodb_backends

from handler.adapters.ledger.items import fact_attributes, wire
from handler.domain.audit import timestamp
from handler.domain.model import RequestId
from handler.domain.request import State
from tests import makers
from tests.bench.cost.capacity import item_bytes

if TYPE_CHECKING:
    from tests.contract.ledgers import Dynamo

MOTOS_ACCOUNT: Final = "123456789012"
DAY: Final = timedelta(hours=23)
PAGE_BYTES: Final = 1_000_000
"""Most that a page holds (Developer Guide, "Paginating table query results"), as moto counts a megabyte."""


@dataclass(frozen=True, slots=True)
class Facts:
    """So many facts of yesterday; each is made when it is asked for."""

    count: int

    def item(self, number: int) -> dict[str, Any]:
        """Make a fact's item, as it is written."""
        yesterday = datetime.combine(makers.NOW.date() - timedelta(days=1), datetime.min.time(), makers.NOW.tzinfo)
        at = timestamp(yesterday + DAY * number / self.count)
        return wire(fact_attributes(makers.fact(f"r-{number:07}", at=at)))


def filled(dynamo: Dynamo, facts: Facts) -> None:
    """Put facts and closed requests into tables of moto's, past its front, which would take its time."""
    backend = dynamodb_backends[MOTOS_ACCOUNT][dynamo.client.meta.region_name]
    audit, requests = backend.get_table(dynamo.audit_table), backend.get_table(dynamo.requests_table)
    for number in range(facts.count):
        audit.put_item(facts.item(number))
    dynamo.ledger.open(*_closed("c-0000000"))
    closed = dynamo.request_item(RequestId("c-0000000"))
    for number in range(facts.count // 10):
        requests.put_item({**closed, "pk": {"S": f"c-{number:07}"}})


def _closed(request_id: str) -> tuple[Any, Any]:
    move = makers.opening(request_id, State.DENIED, asked=makers.change(job_id="job-closed"))
    return move.request, move.fact


@dataclass(frozen=True, slots=True)
class Endless:
    """Stands in for the indexes of the audit table, with more facts than any emulator holds in memory.

    It does what DynamoDB documents of a Query: one partition in the order of its sort key, either way, from after a key
    on, until the limit or the page is full, with the last key if it stopped there.
    """

    table: str
    facts: Facts

    def answer(self, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]] | None:
        """Answer a query of an index in DynamoDB's place; None leaves a call to whoever else is there."""
        asked = json.loads(params["body"])
        if asked.get("TableName") != self.table or "IndexName" not in asked:
            return None
        after = asked.get("ExclusiveStartKey", {}).get("request_id") or asked["ExpressionAttributeValues"].get(":after")
        number = None if after is None else int(after["S"].partition("r-")[2][:7])
        if asked.get("ScanIndexForward", True):
            numbers = range(0 if number is None else number + 1, self.facts.count)
        else:
            numbers = range(self.facts.count - 1 if number is None else number - 1, -1, -1)
        return _Done(), self._page(numbers[: asked["Limit"]])

    def _page(self, numbers: range) -> dict[str, Any]:
        items: list[dict[str, Any]] = []
        size = 0
        for number in numbers:
            item = self.facts.item(number)
            size += item_bytes(item)
            if size > PAGE_BYTES:
                break
            items.append(item)
        page: dict[str, Any] = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
        is_at_an_end = not items or items[-1]["request_id"]["S"] in {"r-0000000", f"r-{self.facts.count - 1:07}"}
        return page if is_at_an_end else {**page, "LastEvaluatedKey": {"request_id": items[-1]["request_id"]}}


class _Done:
    """What botocore looks at of an answer over HTTP."""

    status_code = 200
