"""What is read: single items, pages of queries, and the index of requests that need something still."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from handler.adapters.ledger.items import INDEX_PREFIX, OPEN, UnreadableItem, plain, stored_request, wire
from handler.adapters.ledger.scalars import moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

    from handler.adapters.ledger.calls import Calls
    from handler.adapters.ledger.items import Item
    from handler.domain.request import Request

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reads:
    """Reads of the table of requests, and pages of any query."""

    client: DynamoDBClient
    calls: Calls
    requests_table: str

    def item(self, operation: str, key: str) -> Item | None:
        """Read one item of the table of requests, consistently."""
        answer = self.calls.do(
            operation,
            lambda: self.client.get_item(TableName=self.requests_table, Key=wire({"pk": key}), ConsistentRead=True),
        )
        return answer.get("Item")

    def pages(self, operation: str, query: QueryInputTypeDef) -> Iterator[Item]:
        """Read page after page, as far as the caller takes items."""
        asked = query
        while True:
            page = self.calls.do(operation, partial(self.client.query, **asked))
            yield from page["Items"]
            if not page.get("LastEvaluatedKey"):
                return
            asked = {**query, "ExclusiveStartKey": page["LastEvaluatedKey"]}

    def requests(self, operation: str, *, page: int, by: datetime | None = None) -> Iterator[Request]:
        """Read the requests that need something, the first due first: all, or those that need it ``by`` then.

        An item that cannot be read is left out with a warning, so that it keeps no other request waiting.
        """
        query = partition(self.requests_table, f"{INDEX_PREFIX}open", OPEN)
        query["IndexName"] = "open"
        query["Limit"] = page
        if by is not None:
            query["KeyConditionExpression"] = "#key = :key AND #due_at <= :by"
            query["ExpressionAttributeNames"] = {"#key": f"{INDEX_PREFIX}open", "#due_at": f"{INDEX_PREFIX}due_at"}
            query["ExpressionAttributeValues"] = wire({":key": OPEN, ":by": moment(by)})
        for item in self.pages(operation, query):
            try:
                yield stored_request(item)
            except UnreadableItem as problem:
                log.warning("request left out", extra={"pk": plain(item)["pk"], "reason": str(problem)})


def partition(table: str, name: str, value: str) -> QueryInputTypeDef:
    """Return the query for everything of one partition."""
    return {
        "TableName": table,
        "KeyConditionExpression": "#key = :key",
        "ExpressionAttributeNames": {"#key": name},
        "ExpressionAttributeValues": wire({":key": value}),
    }
