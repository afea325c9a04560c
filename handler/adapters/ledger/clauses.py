"""The named clauses of every conditional write: what must be true of an item for the write to happen at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handler.adapters.ledger.items import wire
from handler.adapters.ledger.scalars import moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NotRequired, TypedDict

    from types_boto3_dynamodb.literals import ReturnValuesOnConditionCheckFailureType
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from handler.domain.model import RequestId
    from handler.domain.request import Request
    from handler.domain.sealing import Sealing

    class Expressions(TypedDict):
        """The arguments of a DynamoDB write that carry its expressions."""

        ConditionExpression: str
        ExpressionAttributeNames: dict[str, str]
        ExpressionAttributeValues: NotRequired[dict[str, AttributeValueTypeDef]]
        ReturnValuesOnConditionCheckFailure: NotRequired[ReturnValuesOnConditionCheckFailureType]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its name, and what it says to DynamoDB.

    Attributes are always named through placeholders, as ``state`` and ``owner`` are reserved words.
    """

    name: str
    expression: str
    names: Mapping[str, str]
    values: Mapping[str, object] = field(default_factory=dict)


REQUEST_IS_NEW = Clause("request is new", "attribute_not_exists(#pk)", {"#pk": "pk"})
REQUEST_EXISTS = Clause("request exists", "attribute_exists(#pk)", {"#pk": "pk"})
JOB_IS_FREE = Clause("job is free", "attribute_not_exists(#pk)", {"#pk": "pk"})
FACT_IS_NEW = Clause("fact is new", "attribute_not_exists(#id)", {"#id": "request_id"})


def state_is_as_read(before: Request) -> Clause:
    """Nobody has moved the request on."""
    return Clause("state is as read", "#state = :state_read", {"#state": "state"}, {":state_read": before.state.value})


def head_is_as_read(before: Request) -> Clause:
    """No fact was added to the request's chain, so that the one to be added follows the last."""
    return Clause(
        "head is as read",
        "#head_seq = :seq_read AND #head_hash = :hash_read",
        {"#head_seq": "head_seq", "#head_hash": "head_hash"},
        {":seq_read": before.head.seq, ":hash_read": before.head.hash},
    )


def telling_is_as_read(before: Request) -> Clause:
    """Nobody has told it, or taken the telling over."""
    if before.tell_at is None:
        return Clause("telling is as read", "attribute_not_exists(#tell_at)", {"#tell_at": "tell_at"})
    read = {":tell_at_read": moment(before.tell_at)}
    return Clause("telling is as read", "#tell_at = :tell_at_read", {"#tell_at": "tell_at"}, read)


def job_is_free_or_mine(request_id: RequestId) -> Clause:
    """No other request holds the job."""
    return Clause(
        "job is free or mine",
        "(attribute_not_exists(#pk) OR #owner = :me)",
        {"#pk": "pk", "#owner": "owner"},
        {":me": request_id},
    )


def seen_before(at: str) -> Clause:
    """Nobody has looked at the job as late as this; ``at`` as ``scalars.moment`` writes it."""
    return Clause("seen before", "(attribute_not_exists(#pk) OR #at < :at)", {"#pk": "pk", "#at": "at"}, {":at": at})


def job_is_mine(request_id: RequestId) -> Clause:
    """This very request holds the job."""
    return Clause("job is mine", "#owner = :me", {"#owner": "owner"}, {":me": request_id})


def sealing_is_as_read(before: Sealing | None) -> Clause:
    """Nobody has gone on with sealing, or begun it."""
    if before is None:
        return Clause("sealing is new", "attribute_not_exists(#pk)", {"#pk": "pk"})
    values = {":revision_read": before.revision}
    return Clause("sealing is as read", "#revision = :revision_read", {"#revision": "revision"}, values)


def on(*clauses: Clause) -> Expressions:
    """Return the condition that all these clauses hold, as arguments of a write."""
    expressions: Expressions = {
        "ConditionExpression": " AND ".join(clause.expression for clause in clauses),
        "ExpressionAttributeNames": {name: each for clause in clauses for name, each in clause.names.items()},
    }
    values = {name: value for clause in clauses for name, value in clause.values.items()}
    if values:  # DynamoDB refuses an empty map of values
        expressions["ExpressionAttributeValues"] = wire(values)
    return expressions
