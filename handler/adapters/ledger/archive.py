"""The record as an operator reads it: whole tables, page after page. Nothing here runs in a function."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handler.adapters.ledger.items import INDEX_PREFIX, can_be_key, names_request, plain, wire
from handler.domain.errors import LedgerUnavailable
from handler.domain.model import Head
from handler.domain.proof import Absent
from handler.domain.sealing import SEALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from types_boto3_dynamodb.client import DynamoDBClient

    from handler.audit_ports import Span, Stored
    from handler.domain.model import JobId, UserId
    from handler.domain.proof import End

_DAY: Final = f"{INDEX_PREFIX}day"
_AT: Final = f"{INDEX_PREFIX}at"
_END: Final = {"#pk": "pk", "#seq": "head_seq", "#hash": "head_hash"}


def archive_config() -> Config:
    """Return how an operator's client is to be set up: patient, as nobody waits for an answer within seconds."""
    return Config(connect_timeout=5, read_timeout=30, retries={"mode": "adaptive", "total_max_attempts": 10})


class DynamoArchive:
    """The port ``Archive``, on the tables of ``infra/aws/tables.yml``; ``client`` has ``archive_config()``."""

    def __init__(self, client: DynamoDBClient, *, requests_table: str, audit_table: str) -> None:
        self._client: Any = client
        self._requests = requests_table
        self._audit = audit_table

    def chains(self) -> Iterator[tuple[str, Sequence[Stored]]]:
        """Read all facts; DynamoDB keeps those of one request together, and a page may end between them."""
        facts = self._pages("scan", TableName=self._audit, ConsistentRead=True)
        for request_id, chain in groupby(facts, key=lambda fact: str(fact["request_id"])):
            yield request_id, list(chain)

    def chain(self, request_id: str) -> Sequence[Stored]:
        """Read one request's facts; what cannot be a request's id has none."""
        return list(self._query("request_id", request_id, ConsistentRead=True))

    def ends(self, request_ids: Sequence[str]) -> Mapping[str, End]:
        """Read where chains are to end; a request without its item is not in the answer."""
        keys = [{"pk": request_id} for request_id in dict.fromkeys(request_ids) if can_be_key(request_id)]
        found = self._batch(
            self._requests, keys, ProjectionExpression="#pk, #seq, #hash", ExpressionAttributeNames=_END
        )
        return {str(item["pk"]): _end(item) for item in found}

    def requests(self) -> Iterator[tuple[str, End]]:
        """Read all requests, and the item of the seals; locks and the like are none."""
        what = {"ProjectionExpression": "#pk, #seq, #hash", "ExpressionAttributeNames": _END}
        for item in self._pages("scan", TableName=self._requests, ConsistentRead=True, **what):
            if names_request(str(item["pk"])) or item["pk"] == SEALS:
                yield str(item["pk"]), _end(item)

    def without(self, facts: Sequence[tuple[str, int]]) -> Sequence[str]:
        """Look for facts by their keys alone."""
        keys = [{"request_id": request_id, "seq": seq} for request_id, seq in facts]
        names = {"#id": "request_id"}
        found = self._batch(self._audit, keys, ProjectionExpression="#id", ExpressionAttributeNames=names)
        there = {str(item["request_id"]) for item in found}
        return [request_id for request_id, _ in facts if request_id not in there]

    def day(self, day: date, span: Span) -> Iterator[Stored]:
        """Read a day's facts by the index."""
        return self._query(_DAY, day.isoformat(), index="by_day", span=span)

    def job(self, job_id: JobId, span: Span) -> Iterator[Stored]:
        """Read a job's facts by the index."""
        return self._query("job_id", job_id, index="by_job", span=span)

    def person(self, user_id: UserId, span: Span) -> Iterator[Stored]:
        """Read a person's facts by the index."""
        return self._query("actor", user_id, index="by_actor", span=span)

    def _query(
        self, name: str, value: str, *, index: str | None = None, span: Span | None = None, **how: object
    ) -> Iterator[dict[str, Any]]:
        if not can_be_key(value):
            return iter(())
        asked = {"TableName": self._audit, "KeyConditionExpression": "#key = :key", **how}
        names, values = {"#key": name}, {":key": value}
        if index is not None:
            asked["IndexName"] = index
        if span is not None:
            asked["KeyConditionExpression"] = "#key = :key AND #at BETWEEN :since AND :until"
            names["#at"] = _AT
            values |= {":since": span.since or "0", ":until": span.until}
        return self._pages("query", ExpressionAttributeNames=names, ExpressionAttributeValues=wire(values), **asked)

    def _pages(self, operation: str, **asked: object) -> Iterator[dict[str, Any]]:
        pages = iter(self._client.get_paginator(operation).paginate(**asked))
        while True:
            try:
                page = next(pages, None)
            except (BotoCoreError, ClientError) as error:
                raise _unavailable(operation, error) from error
            if page is None:
                return
            yield from map(plain, page["Items"])

    def _batch(self, table: str, keys: Sequence[Mapping[str, object]], **what: object) -> Iterator[dict[str, Any]]:
        left = {table: {"Keys": [wire(key) for key in keys], "ConsistentRead": True, **what}} if keys else {}
        while left:
            try:
                answer = self._client.batch_get_item(RequestItems=left)
            except (BotoCoreError, ClientError) as error:
                raise _unavailable("batch_get_item", error) from error
            yield from map(plain, answer["Responses"].get(table, []))
            left = answer.get("UnprocessedKeys", {})


def _end(item: Mapping[str, Any]) -> End:
    seq, hashed = item.get("head_seq"), item.get("head_hash")
    is_head = isinstance(seq, int) and not isinstance(seq, bool) and isinstance(hashed, str)
    return Head(int(str(seq)), str(hashed)) if is_head else Absent.NO_HEAD


def _unavailable(operation: str, error: BotoCoreError | ClientError) -> LedgerUnavailable:
    code = str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__
    return LedgerUnavailable(operation, code)
