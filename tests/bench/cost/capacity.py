"""DynamoDB's capacity units, computed from the items that were read and written.

Amazon DynamoDB developer guide: "DynamoDB item sizes and formats", "DynamoDB on-demand capacity mode" (what a read and
a write request unit are), "Global secondary indexes", "Provisioned throughput considerations" (what a write does to an
index). A transaction doubles the units of its items; of what follows in the indexes the guide says nothing, so that is
counted once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from types_boto3_dynamodb.client import DynamoDBClient

    Item = Mapping[str, Any]

WRITE_BYTES = 1024
READ_BYTES = 4096
WRITES = {"PutItem": "Item", "UpdateItem": "Key", "DeleteItem": "Key"}
PARTS = {"Put": "Item", "Update": "Key", "Delete": "Key", "ConditionCheck": "Key"}


def item_bytes(item: Item) -> int:
    """The size of an item for billing: names and values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "N":
            return math.ceil(len(held.lstrip("-0.").replace(".", "")) / 2) + 1
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + _value_bytes(each) for each in held)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_bytes(each) for name, each in held.items())
        case _:
            raise ValueError(f"no item of ours holds a {kind}")


def write_units(size_bytes: int) -> int:
    """Units of one standard write of an item of this size."""
    return max(1, math.ceil(size_bytes / WRITE_BYTES))


def read_units(size_bytes: int, *, consistent: bool) -> float:
    """Units of one read of that much, eventually or strongly consistent."""
    return max(1, math.ceil(size_bytes / READ_BYTES)) * (1.0 if consistent else 0.5)


def index_units(keys: Iterable[tuple[str, str]], old: Item, new: Item) -> int:
    """Units that a write costs in the table's indexes, each of which holds whole items.

    Args:
        keys: partition and sort attribute of each index.
        old: the item before, empty when there was none.
        new: the item after, empty when it was deleted.
    """
    total = 0
    for pair in keys:
        was, now = (all(name in item for name in pair) for item in (old, new))
        if was and now and all(old[name] == new[name] for name in pair):
            total += write_units(max(item_bytes(old), item_bytes(new))) if old != new else 0
        else:
            total += (write_units(item_bytes(old)) if was else 0) + (write_units(item_bytes(new)) if now else 0)
    return total


@dataclass(slots=True)
class Meter:
    """Listens to a client and adds up what its calls cost; `plain` is another client of the same tables.

    Args:
        plain: reads the items as they lie in the tables; its own calls are not counted.
        calls: how many calls were made.
        reads: read request units.
        writes: write request units.
        stored_bytes: by how much the tables and their indexes have grown.
    """

    plain: DynamoDBClient
    calls: int = 0
    reads: float = 0.0
    writes: float = 0.0
    stored_bytes: int = 0
    _before: list[tuple[str, Item, Item]] = field(default_factory=list)
    _asked: Mapping[str, Any] = field(default_factory=dict)
    _schemas: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = field(default_factory=dict)

    def listen(self, client: DynamoDBClient) -> None:
        """Begin to count this client's calls."""
        client.meta.events.register("provide-client-params.dynamodb", self._begin)
        client.meta.events.register("after-call.dynamodb", self._end)

    def reset(self) -> None:
        """Begin anew from nothing."""
        self.calls, self.reads, self.writes, self.stored_bytes = 0, 0.0, 0.0, 0

    def _begin(self, params: Mapping[str, Any], model: Any, **_: object) -> None:
        self._asked = params
        self._before = [(table, key, self._look(table, key)) for table, key in self._written(str(model.name), params)]

    def _end(self, model: Any, parsed: Mapping[str, Any], **_: object) -> None:
        if model.name in {"CreateTable", "DescribeTable"}:
            return
        self.calls += 1
        consistent = bool(self._asked.get("ConsistentRead"))
        if model.name == "GetItem":
            self.reads += read_units(item_bytes(parsed.get("Item", {})), consistent=consistent)
        elif model.name == "Query":
            self.reads += read_units(sum(map(item_bytes, parsed.get("Items", ()))), consistent=consistent)
        factor = 2 if model.name == "TransactWriteItems" else 1
        for table, key, old in self._before:
            self._wrote(table, old, self._look(table, key), factor)

    def _wrote(self, table: str, old: Item, new: Item, factor: int) -> None:
        _, indexes = self._schema(table)
        self.writes += factor * write_units(max(item_bytes(old), item_bytes(new)))
        self.writes += index_units(indexes, old, new)
        self.stored_bytes += sum(
            sign * item_bytes(item) * (1 + sum(all(name in item for name in pair) for pair in indexes))
            for sign, item in ((1, new), (-1, old))
        )

    def _written(self, operation: str, params: Mapping[str, Any]) -> Iterable[tuple[str, Item]]:
        if operation in WRITES:
            yield params["TableName"], self._key(params["TableName"], params[WRITES[operation]])
        for part in params.get("TransactItems", ()):
            ((kind, write),) = part.items()
            yield write["TableName"], self._key(write["TableName"], write[PARTS[kind]])

    def _key(self, table: str, item: Item) -> Item:
        return {name: item[name] for name in self._schema(table)[0]}

    def _look(self, table: str, key: Item) -> Item:
        return self.plain.get_item(TableName=table, Key=dict(key), ConsistentRead=True).get("Item", {})

    def _schema(self, table: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        if table not in self._schemas:
            described = self.plain.describe_table(TableName=table)["Table"]
            own = tuple(part["AttributeName"] for part in described["KeySchema"])
            indexes = tuple(
                (index["KeySchema"][0]["AttributeName"], index["KeySchema"][1]["AttributeName"])
                for index in described.get("GlobalSecondaryIndexes", ())
            )
            self._schemas[table] = own, indexes
        return self._schemas[table]
