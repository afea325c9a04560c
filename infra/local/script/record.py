"""The two tables as an auditor with read access sees them, and the log of writes that reached Data Flow."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

from handler.domain.audit import breaks
from handler.domain.model import Head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.deploy import Deployment

LOCK = "lock#"
REFUSED = "refused"
Fact = dict[str, Any]


class Record:
    """Reads the deployed tables; every reading is fresh."""

    def __init__(self, deployment: Deployment) -> None:
        self._dynamodb = deployment.client("dynamodb")
        self._audit, self._requests = deployment.audit_table, deployment.requests_table

    def events(self, request_id: str) -> list[str]:
        """List what happened to a request, oldest first."""
        answer = self._dynamodb.query(
            TableName=self._audit,
            KeyConditionExpression="request_id = :id",
            ExpressionAttributeValues={":id": {"S": request_id}},
            ConsistentRead=True,
        )
        return [fact["event"] for fact in map(_plain, answer["Items"])]

    def chains(self) -> dict[str, list[Fact]]:
        """Return every request's facts in their order; the requests by when they began."""
        chains: dict[str, list[Fact]] = {}
        for fact in sorted(self._all(self._audit), key=lambda fact: (fact["request_id"], fact["seq"])):
            chains.setdefault(fact["request_id"], []).append(fact)
        return dict(sorted(chains.items(), key=lambda chain: str(chain[1][0]["at"])))

    def heads(self) -> dict[str, Head]:
        """Return where each request's item says that its chain ends."""
        items = [item for item in self._all(self._requests) if not item["pk"].startswith(LOCK)]
        return {item["pk"]: Head(item["head_seq"], item["head_hash"]) for item in items}

    def _all(self, table: str) -> list[dict[str, Any]]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [_plain(item) for page in pages for item in page["Items"]]


def problems(chains: Mapping[str, list[Fact]], heads: Mapping[str, Head]) -> dict[str, tuple[str, ...]]:
    """Recompute every chain and hold it against its request's head; return what is wrong, by request.

    A refusal has no request, and so no head. Facts without their request are wrong, as is a request without any fact.
    """
    found = {request_id: breaks(facts, heads.get(request_id)) for request_id, facts in chains.items()}
    for request_id in chains.keys() - heads.keys():
        if chains[request_id][0]["event"] != REFUSED:
            found[request_id] = (*found[request_id], "there is no request")
    return found | dict.fromkeys(heads.keys() - chains.keys(), ("there is no fact",))


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    reader = TypeDeserializer()
    return {name: _integers(reader.deserialize(value)) for name, value in item.items()}


def _integers(value: Any) -> Any:  # noqa: ANN401 - whatever DynamoDB holds
    match value:
        case dict():
            return {name: _integers(each) for name, each in value.items()}
        case list():
            return [_integers(each) for each in value]
        case Decimal():
            return int(value)
        case _:
            return value
