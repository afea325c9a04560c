"""Seals on DynamoDB: each is a fact of the audit table, how far sealing has come is an item of the requests table."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

from handler.adapters.ledger import clauses
from handler.adapters.ledger.calls import ConditionUnmet
from handler.adapters.ledger.items import INDEX_PREFIX, plain, wire
from handler.adapters.ledger.scalars import moment, present, stored_count, stored_moment_or_none
from handler.domain.errors import LedgerUnavailable, Moved
from handler.domain.merkle import Tree
from handler.domain.model import Head
from handler.domain.sealing import SEALS, Leaves, Seal, Sealing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import PutTypeDef, QueryInputTypeDef

    from handler.adapters.ledger.calls import Calls
    from handler.adapters.ledger.items import Item
    from handler.adapters.ledger.writes import Writes
    from handler.domain.audit import Fact

_Value = TypeVar("_Value")

SCHEMA: Final = 1


class DynamoSeals:
    """The port ``Seals``. It never scans."""

    def __init__(self, client: DynamoDBClient, writes: Writes, calls: Calls) -> None:
        self._client = client
        self._writes = writes
        self._calls = calls

    def progress(self) -> Sealing | None:
        """Read how far sealing has come; see the port."""
        table, key = self._writes.requests_table, wire({"pk": SEALS})
        answer = self._calls.do("sealing", lambda: self._client.get_item(TableName=table, Key=key, ConsistentRead=True))
        return _read("sealing", answer["Item"], _sealing) if "Item" in answer else None

    def keep(self, before: Sealing | None, after: Sealing) -> None:
        """Record the progress; see the port."""
        put = self._progress(before, after)
        self._on_condition(lambda: self._client.put_item(**put))

    def seal(self, before: Sealing, after: Sealing, fact: Fact) -> None:
        """Record a seal and the progress; see the port. LedgerUnavailable also when there is such a seal already."""
        writes = (self._progress(before, after), self._writes.recording(fact))
        self._on_condition(lambda: self._client.transact_write_items(TransactItems=[{"Put": put} for put in writes]))

    def leaves(self, day: date, *, limit: int, after: str | None = None) -> Leaves:
        """Read a piece of a day; see the port. A new fact shows after a moment, long before its day is over."""
        query: QueryInputTypeDef = {
            "TableName": self._writes.audit_table,
            "IndexName": "by_day",
            "KeyConditionExpression": "#day = :day" if after is None else "#day = :day AND #at > :after",
            "ProjectionExpression": "#at, #hash",
            "ExpressionAttributeNames": {"#day": f"{INDEX_PREFIX}day", "#at": f"{INDEX_PREFIX}at", "#hash": "hash"},
            "ExpressionAttributeValues": wire(present({":day": day.isoformat(), ":after": after})),
            "Limit": limit,
        }
        page = self._calls.do("leaves", lambda: self._client.query(**query))
        facts = [plain(item) for item in page["Items"]]
        cursor = str(facts[-1][f"{INDEX_PREFIX}at"]) if facts else None
        return Leaves(tuple(str(fact.get("hash")) for fact in facts), cursor, has_more="LastEvaluatedKey" in page)

    def numbered(self, number: int) -> Seal | None:
        """Read one seal; see the port."""
        query: QueryInputTypeDef = {
            "TableName": self._writes.audit_table,
            "KeyConditionExpression": "#id = :id AND #seq = :seq",
            "ExpressionAttributeNames": {"#id": "request_id", "#seq": "seq"},
            "ExpressionAttributeValues": wire({":id": SEALS, ":seq": number}),
            "ConsistentRead": True,
        }
        found = self._calls.do("seal", lambda: self._client.query(**query))["Items"]
        return _read("seal", found[0], _seal) if found else None

    def _progress(self, before: Sealing | None, after: Sealing) -> PutTypeDef:
        as_read = clauses.on(clauses.sealing_is_as_read(before))
        return {"TableName": self._writes.requests_table, "Item": sealing_item(after), **as_read}

    def _on_condition(self, write: Callable[[], object]) -> None:
        try:
            self._calls.do("seal", write)
        except ConditionUnmet as unmet:
            if 0 in unmet.positions:
                raise Moved(None) from unmet
            raise LedgerUnavailable("seal", "there is such a seal already, though the progress says no") from unmet


def sealing_item(sealing: Sealing) -> Item:
    """Return the item that says how far sealing has come."""
    return wire(
        present(
            {
                "pk": SEALS,
                "schema": SCHEMA,
                "day": sealing.day.isoformat(),
                "head_seq": sealing.head.seq,
                "head_hash": sealing.head.hash,
                "count": sealing.tree.count,
                "peaks": list(sealing.tree.peaks),
                "cursor": sealing.cursor,
                "posted": sealing.posted,
                "post_at": moment(sealing.post_at),
                "revision": sealing.revision,
            }
        )
    )


def _read(operation: str, item: Item, read: Callable[[Mapping[str, Any]], _Value]) -> _Value:
    try:
        return read(plain(item))
    except (KeyError, TypeError, ValueError) as problem:
        raise LedgerUnavailable(operation, f"the item cannot be read: {type(problem).__name__}") from problem


def _sealing(stored: Mapping[str, Any]) -> Sealing:
    return Sealing(
        day=date.fromisoformat(stored["day"]),
        head=Head(stored_count(stored["head_seq"]), str(stored["head_hash"])),
        tree=Tree(stored_count(stored["count"]), tuple(bytes.fromhex(peak).hex() for peak in stored["peaks"])),
        cursor=stored.get("cursor"),
        posted=stored_count(stored["posted"]),
        post_at=stored_moment_or_none(stored.get("post_at")),
        revision=stored_count(stored["revision"]),
    )


def _seal(stored: Mapping[str, Any]) -> Seal:
    number, count = stored_count(stored["seq"]), stored_count(stored["count"])
    return Seal(number, date.fromisoformat(stored["day"]), str(stored["root"]), count, str(stored["hash"]))
