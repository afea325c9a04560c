"""Both tables: keys, indexes, and whether the open requests are of this version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from handler.adapters.ledger.items import OPEN, UnreadableItem, stored_request, wire
from handler.entrypoints.doctor.aws import asked
from handler.entrypoints.doctor.findings import Green, Red

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.entrypoints.doctor.aws import Clients
    from handler.entrypoints.doctor.findings import Verdict

    Keys = Mapping[str, tuple[str, ...]]

REQUESTS_KEYS: Final[Keys] = {"": ("pk",), "open": ("gsi_open", "gsi_due_at")}
AUDIT_KEYS: Final[Keys] = {
    "": ("request_id", "seq"),
    "by_job": ("job_id", "gsi_at"),
    "by_actor": ("actor", "gsi_at"),
    "by_day": ("gsi_day", "gsi_at"),
}
"""Index → its key's attributes, "" for the table itself, as infra/aws/tables.yml makes them."""
MOST_LOOKED_AT: Final = 200


def describe(clients: Clients, table: str, deploy: str) -> Mapping[str, Any] | Red:
    """Read what DynamoDB says of a table."""
    client = asked(f"the table {table}", lambda: clients("dynamodb"))
    if isinstance(client, Red):
        return client
    missing = Red(f"There is no table {table} in the region {client.meta.region_name} of this account.", deploy)
    return asked(f"the table {table}", lambda: dict(client.describe_table(TableName=table)["Table"]), missing)


def check_keys(table: Mapping[str, Any], keys: Keys, deploy: str) -> Verdict:
    """Compare keys and indexes with those that the ledger reads and writes."""
    name = table["TableName"]
    if table["TableStatus"] not in {"ACTIVE", "UPDATING"}:
        return Red(f"The table {name} cannot be used: it is {table['TableStatus']}.", "run this again in a minute")
    if _key(table) != keys[""]:
        key = ", ".join(keys[""])
        wrong = f"The table {name} has another key than {key}: it is not one of Sluice's."
        return Red(wrong, f"name another table, or: {deploy}")
    indexes = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", ())}
    expected = {index: key for index, key in keys.items() if index}
    if lacking := [index for index, key in expected.items() if _key(indexes.get(index, {})) != key]:
        return Red(f"The table {name} is of an older version: it lacks the index {', '.join(lacking)}.", deploy)
    if building := [index for index in expected if indexes[index].get("IndexStatus", "ACTIVE") != "ACTIVE"]:
        return Red(f"The index {', '.join(building)} of {name} is not ready yet.", "run this again in a few minutes")
    return Green(f"{name}, with {len(expected)} index{'es' if len(expected) > 1 else ''}")


def check_open_requests(clients: Clients, table: str) -> Verdict:
    """Read the open requests as the worker would: one of another version would be left out by it."""
    query = {
        "TableName": table,
        "IndexName": "open",
        "KeyConditionExpression": "gsi_open = :open",
        "ExpressionAttributeValues": wire({":open": OPEN}),
        "Limit": MOST_LOOKED_AT,
    }
    items = asked("the open requests", lambda: clients("dynamodb").query(**query)["Items"])
    if isinstance(items, Red):
        return items
    unreadable = [problem for item in items if (problem := _problem(item))]
    if unreadable:
        wrong = f"{len(unreadable)} of {len(items)} open requests cannot be read by this version: {unreadable[0]}."
        return Red(wrong, "deploy the version that wrote them until they are closed; CHANGELOG.md says which")
    return Green(f"{len(items)}, and each can be read")


def _key(described: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(part["AttributeName"] for part in described.get("KeySchema", ()))


def _problem(item: Mapping[str, Any]) -> str:
    try:
        stored_request(item)
    except UnreadableItem as problem:
        return str(problem)
    return ""
