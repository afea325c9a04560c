"""How many calls of DynamoDB a story makes, and how many items it makes DynamoDB read: counted, never timed."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_dynamodb.client import DynamoDBClient


@contextmanager
def counted(client: DynamoDBClient) -> Iterator[Counter[str]]:
    """Count calls by verb and index, the items that a query evaluated, and those that it returned."""
    cost: Counter[str] = Counter()

    def note_call(model: Any, params: dict[str, Any], **_: Any) -> None:
        index = params.get("IndexName", "")
        cost[f"{model.name} {index}".strip()] += 1

    def note_answer(parsed: dict[str, Any], **_: Any) -> None:
        cost["items evaluated"] += parsed.get("ScannedCount", int("Item" in parsed))
        cost["items returned"] += parsed.get("Count", int("Item" in parsed))

    events = client.meta.events
    events.register("provide-client-params.dynamodb", note_call)
    events.register("after-call.dynamodb", note_answer)
    try:
        yield cost
    finally:
        events.unregister("provide-client-params.dynamodb", note_call)
        events.unregister("after-call.dynamodb", note_answer)
