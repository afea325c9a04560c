"""What is written, as DynamoDB wants it said; above all the transactions that move a request on.

A transaction is of request, audit fact and job lock, all or nothing (architecture, rule 4). DynamoDB answers one that
failed by position, so each step says which part stands there:

    part      opens a request        moves it on                    clauses                 the loser is told
    REQUEST   put                    update, card left alone        request is new |        DeliveryKnown, IdTaken |
                                                                    state, head as read     Moved
    FACT      put                    put                            fact is new             IdTaken
    LOCK      put, if its state      put, check or delete, as the   job is free or mine |   JobBusy
              holds the job          states before and after say    job is mine | free
    TOP                              put, when it is applied        none, as it holds the lock

Two workers that want to move the same request on:

    A ── read: approved, head 1 ── transaction ─────── done
    B ── read: approved, head 1 ───────── transaction: "state is as read" fails ── read ── Moved(A's applying)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from handler.adapters.ledger import clauses
from handler.adapters.ledger.items import (
    LOCK_PREFIX,
    SCHEMA,
    TOP_PREFIX,
    card_attributes,
    fact_attributes,
    request_attributes,
    telling_attributes,
    wire,
)
from handler.adapters.ledger.scalars import present
from handler.domain.request import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef, UpdateTypeDef

    from handler.adapters.ledger.clauses import Clause
    from handler.domain.audit import Fact
    from handler.domain.model import JobId, RequestId
    from handler.domain.request import Card, Request


WRITTEN_BY: Final = "written_by"


class Part(Enum):
    """What one write of a transaction is about."""

    REQUEST = auto()
    FACT = auto()
    LOCK = auto()
    TOP = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One write of a transaction."""

    part: Part
    write: TransactWriteItemTypeDef


@dataclass(frozen=True, slots=True)
class Writes:
    """Makes the writes for a pair of tables; a request's item names the ``worker`` that moved it last."""

    requests_table: str
    audit_table: str
    worker: str = ""

    def opening(self, request: Request, fact: Fact) -> tuple[Step, ...]:
        """Record a new request with its first fact, and take the job's lock when its state holds the job."""
        attributes = {"pk": request.id, **request_attributes(request), WRITTEN_BY: self.worker or None}
        put = self._put(self.requests_table, attributes, clauses.REQUEST_IS_NEW)
        opening = (Step(Part.REQUEST, {"Put": put}), Step(Part.FACT, {"Put": self.recording(fact)}))
        return (*opening, self._take_lock(request)) if request.state.holds_job else opening

    def moving(self, before: Request, after: Request, fact: Fact) -> tuple[Step, ...]:
        """Record a request's next state with its fact; the card is not touched, as it is remembered on its own."""
        attributes = {name: value for name, value in request_attributes(after).items() if name != "card"}
        attributes[WRITTEN_BY] = self.worker or None
        as_read = (clauses.state_is_as_read(before), clauses.head_is_as_read(before))
        update = self._update(before.id, attributes, *as_read)
        moving: tuple[Step, ...] = (
            Step(Part.REQUEST, {"Update": update}),
            Step(Part.FACT, {"Put": self.recording(fact)}),
        )
        if after.state is State.APPLIED and before.state is not State.APPLIED:
            moving = (*moving, self._put_on_top(after))
        match before.state.holds_job, after.state.holds_job:
            case False, True:
                return (*moving, self._take_lock(after))
            case True, True:
                return (*moving, self._check_lock(after, clauses.job_is_mine(after.id)))
            case True, False:
                return (*moving, self._release_lock(after))
            case _ if after.ending.is_over and not before.ending.is_over:
                return (*moving, self._check_lock(after, clauses.JOB_IS_FREE))
            case _:
                return moving

    def recording(self, fact: Fact) -> PutTypeDef:
        """Append a fact."""
        return self._put(self.audit_table, fact_attributes(fact), clauses.FACT_IS_NEW)

    def remembering(self, request_id: RequestId, card: Card) -> UpdateTypeDef:
        """Keep a request's card and leave all else as it is."""
        return self._update(request_id, {"card": card_attributes(card)}, clauses.REQUEST_EXISTS)

    def telling(self, before: Request, after: Request) -> UpdateTypeDef:
        """Keep what is untold, and when the tick turns to it; nothing else of the request has changed."""
        as_read = (clauses.head_is_as_read(before), clauses.telling_is_as_read(before))
        return self._update(before.id, {"schema": SCHEMA, **telling_attributes(after)}, *as_read)

    def _take_lock(self, request: Request) -> Step:
        lock = {"pk": lock_key(request.change.job_id), "owner": request.id}
        put = self._put(self.requests_table, lock, clauses.job_is_free_or_mine(request.id))
        return Step(Part.LOCK, {"Put": put})

    def _check_lock(self, request: Request, clause: Clause) -> Step:
        key = wire({"pk": lock_key(request.change.job_id)})
        check = clauses.on(clause)
        return Step(Part.LOCK, {"ConditionCheck": {"TableName": self.requests_table, "Key": key, **check}})

    def _release_lock(self, request: Request) -> Step:
        key = wire({"pk": lock_key(request.change.job_id)})
        is_mine = clauses.on(clauses.job_is_free_or_mine(request.id))
        return Step(Part.LOCK, {"Delete": {"TableName": self.requests_table, "Key": key, **is_mine}})

    def _put_on_top(self, request: Request) -> Step:
        top = {"pk": top_key(request.change.job_id), "newest": request.id}
        return Step(Part.TOP, {"Put": {"TableName": self.requests_table, "Item": wire(top)}})

    def _put(self, table: str, attributes: Mapping[str, object], *conditions: Clause) -> PutTypeDef:
        return {"TableName": table, "Item": wire(present(attributes)), **clauses.on(*conditions)}

    def _update(self, request_id: RequestId, attributes: Mapping[str, object], *conditions: Clause) -> UpdateTypeDef:
        """Set each attribute, remove those that are None."""
        kept = present(attributes)
        setting = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        removing = ", ".join(f"#{name}" for name in attributes if name not in kept)
        expressions = clauses.on(*conditions)
        return {
            "TableName": self.requests_table,
            "Key": wire({"pk": request_id}),
            "UpdateExpression": f"{setting} REMOVE {removing}" if removing else setting,
            "ConditionExpression": expressions["ConditionExpression"],
            "ExpressionAttributeNames": {
                **expressions["ExpressionAttributeNames"],
                **{f"#{name}": name for name in attributes},
            },
            "ExpressionAttributeValues": {
                **expressions.get("ExpressionAttributeValues", {}),
                **wire({f":{name}": value for name, value in kept.items()}),
            },
        }


def lock_key(job_id: JobId) -> str:
    """Return the partition key of a job's lock; no request's id looks like it."""
    return f"{LOCK_PREFIX}{job_id}"


def top_key(job_id: JobId) -> str:
    """Return the partition key of the item that names the request applied to a job last."""
    return f"{TOP_PREFIX}{job_id}"
