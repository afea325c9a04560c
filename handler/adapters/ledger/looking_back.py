"""How a history is asked of the audit table: by one of its indexes, between two moments, from where a page ended.

The moments are part of the key condition, so that DynamoDB reads what is returned and nothing beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.adapters.ledger.cursor import start_key
from handler.adapters.ledger.items import can_be_key, wire
from handler.domain.audit import timestamp
from handler.domain.errors import BadCursor
from handler.ports import ByJob

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

    from handler.domain.period import Bounds
    from handler.ports import ByActor


def history_query(
    audit_table: str, query: ByJob | ByActor, bounds: Bounds, cursor: str | None
) -> QueryInputTypeDef | None:
    """Return the query for a history, newest first; None when it can have nothing to return.

    Raises BadCursor when ``cursor`` is none, or leads out of the bounds: DynamoDB would refuse it with an error.
    """
    index, name, value = (
        ("by_job", "job_id", query.job_id) if isinstance(query, ByJob) else ("by_actor", "actor", query.user_id)
    )
    if not can_be_key(value) or bounds.is_empty:
        return None
    condition, moments = _between(bounds)
    asked: QueryInputTypeDef = {
        "TableName": audit_table,
        "IndexName": index,
        "ScanIndexForward": False,
        "KeyConditionExpression": " AND ".join(("#key = :key", *condition)),
        "ExpressionAttributeNames": {"#key": name, **({"#at": "gsi_at"} if condition else {})},
        "ExpressionAttributeValues": wire({":key": value, **moments}),
    }
    if cursor is not None:
        place = start_key(cursor, {name: value})
        if not _is_within(str(place["gsi_at"]["S"]), moments):
            raise BadCursor
        asked["ExclusiveStartKey"] = place
    return asked


def _between(bounds: Bounds) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the condition on ``gsi_at`` and its values.

    A fact's ``gsi_at`` is its time and more, so that it is never equal to a time alone: BETWEEN leaves out what is as
    late as its end.
    """
    moments = {
        name: timestamp(at) for name, at in ((":since", bounds.since), (":until", bounds.until)) if at is not None
    }
    match tuple(moments):
        case (":since", ":until"):
            return ("#at BETWEEN :since AND :until",), moments
        case (":since",):
            return ("#at >= :since",), moments
        case (":until",):
            return ("#at < :until",), moments
        case _:
            return (), moments


def _is_within(gsi_at: str, moments: dict[str, str]) -> bool:
    return moments.get(":since", "") <= gsi_at <= moments.get(":until", gsi_at)
