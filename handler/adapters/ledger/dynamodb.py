"""The ledger on DynamoDB. It never scans, and it never asks for more than it returns."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from handler.adapters.ledger.calls import Calls, ConditionUnmet
from handler.adapters.ledger.cursor import cursor_after
from handler.adapters.ledger.items import (
    UnreadableItem,
    can_be_key,
    names_request,
    plain,
    stored_fact,
    stored_request,
)
from handler.adapters.ledger.looking_back import history_query
from handler.adapters.ledger.pulse import LAST_TICK, stored_tick, tick_item
from handler.adapters.ledger.reads import Reads, partition
from handler.adapters.ledger.seals import DynamoSeals
from handler.adapters.ledger.sightings import DynamoSightings
from handler.adapters.ledger.writes import WRITTEN_BY, Part, Writes, lock_key, top_key
from handler.domain.errors import DeliveryKnown, IdTaken, JobBusy, LedgerUnavailable, Moved
from handler.domain.model import RequestId
from handler.domain.news import told_by_another
from handler.domain.period import EVER
from handler.ports import FactPage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from types_boto3_dynamodb.client import DynamoDBClient

    from handler.adapters.ledger.writes import Step
    from handler.domain.audit import Fact
    from handler.domain.model import JobId
    from handler.domain.period import Bounds
    from handler.domain.request import Card, Request
    from handler.ports import ByActor, ByJob, Clock, Tick


class DynamoLedger:
    """The port ``Ledger``, on the tables of ``infra/aws/tables.yml``.

    ``client`` is set up with ``calls.dynamodb_config()``; ``jitter`` returns a number from 0 to 1, different each time.
    ``worker`` tells this process from all others: two that are delivered the same in the same millisecond record the
    very same move, and only the one whose it is tells people of it.
    """

    def __init__(  # noqa: PLR0913 - what a ledger is made of; all but the first by name
        self,
        client: DynamoDBClient,
        *,
        requests_table: str,
        audit_table: str,
        clock: Clock,
        jitter: Callable[[], float],
        worker: str = "",
    ) -> None:
        self._client = client
        self._writes = Writes(requests_table, audit_table, worker)
        self._calls = Calls(clock, jitter)
        self._reads = Reads(client, self._calls, requests_table)
        self._seals = DynamoSeals(client, self._writes, self._calls)
        self._sightings = DynamoSightings(client, requests_table, self._calls)

    @property
    def seals(self) -> DynamoSeals:
        """The seals of the days."""
        return self._seals

    @property
    def sightings(self) -> DynamoSightings:
        """Each job as it was last seen."""
        return self._sightings

    def open(self, request: Request, fact: Fact) -> None:
        """Record a new request; see the port. IdTaken also when a refusal is recorded under this id."""
        unmet = self._transact("open", self._writes.opening(request, fact))
        if not unmet:
            return
        existing = self.request(request.id)
        if existing is not None:
            if existing.head == request.head and self._is_ours(request.id):
                return  # our own write: the answer to it was lost and the call sent again
            raise DeliveryKnown(existing) if existing.delivery == request.delivery else IdTaken
        if Part.REQUEST in unmet or Part.FACT in unmet:
            raise IdTaken
        raise JobBusy(self._holder(request.change.job_id))

    def advance(self, before: Request, after: Request, fact: Fact) -> None:
        """Record a request's next state; see the port. The card stays as it is stored, whatever ``after`` says."""
        unmet = self._transact("advance", self._writes.moving(before, after, fact))
        if not unmet:
            return
        current = self.request(before.id)
        if current is not None and current.head == after.head and self._is_ours(before.id):
            return  # our own write: the answer to it was lost and the call sent again
        if Part.REQUEST in unmet:
            raise Moved(current)
        if Part.FACT in unmet:
            raise LedgerUnavailable("advance", f"fact {fact.seq} exists, though the request does not know it")
        raise JobBusy(self._holder(before.change.job_id))

    def record(self, fact: Fact) -> None:
        """Record a chain of one fact; see the port."""
        put = self._writes.recording(fact)
        try:
            self._calls.do("record", lambda: self._client.put_item(**put))
        except ConditionUnmet as unmet:
            first = next(iter(self.chain(RequestId(fact.request_id))), {})
            is_ours = fact.delivery is not None and first.get("delivery") == fact.delivery
            if not is_ours and first.get("hash") != fact.hash:
                raise IdTaken from unmet

    def remember_card(self, request_id: RequestId, card: Card) -> None:
        """Keep where the request's message stands. Raises Moved with None when there is no such request."""
        update = self._writes.remembering(request_id, card)
        try:
            self._calls.do("remember_card", lambda: self._client.update_item(**update))
        except ConditionUnmet as unmet:
            raise Moved(None) from unmet

    def told(self, request: Request) -> None:
        """Keep that people have been told everything; see the port."""
        with suppress(Moved):
            self._tell("told", request, told_by_another(request))

    def claim_telling(self, request: Request, until: datetime) -> Request:
        """Take over what is untold; see the port."""
        claimed = replace(request, tell_at=until)
        self._tell("claim_telling", request, claimed)
        return claimed

    def put_off(self, request: Request, until: datetime) -> None:
        """Turn to it later; see the port."""
        self._tell("put_off", request, replace(request, due_at=until))

    def request(self, request_id: RequestId) -> Request | None:
        """Read one request, consistently; what cannot be a request's id names none."""
        if not names_request(request_id):
            return None
        item = self._reads.item("request", request_id)
        try:
            return None if item is None else stored_request(item)
        except UnreadableItem as problem:
            raise LedgerUnavailable("request", str(problem)) from problem

    def newest_applied(self, job_id: JobId) -> RequestId | None:
        """Return the request that was applied to this job last."""
        item = self._reads.item("newest_applied", top_key(job_id))
        return None if item is None else RequestId(plain(item)["newest"])

    def open_requests(self, *, limit: int) -> tuple[Request, ...]:
        """Read the requests that need something still, the first due first; a change shows after a moment."""
        listed = self._reads.requests("open_requests", page=limit)
        return tuple(islice((request for request in listed if request.is_open), limit))

    def due_requests(self, now: datetime, *, limit: int) -> tuple[Request, ...]:
        """Read the requests to which the tick must turn by now; a change shows after a moment."""
        return tuple(islice(self._reads.requests("due_requests", page=limit, by=now), limit))

    def chain(self, request_id: RequestId) -> tuple[Mapping[str, object], ...]:
        """Read all facts of one request in their order, consistently."""
        if not can_be_key(request_id):
            return ()
        query = partition(self._writes.audit_table, "request_id", request_id)
        query["ConsistentRead"] = True
        return tuple(stored_fact(item) for item in self._reads.pages("chain", query))

    def history(
        self, query: ByJob | ByActor, *, limit: int, cursor: str | None = None, bounds: Bounds = EVER
    ) -> FactPage:
        """Read facts by job or person within the bounds, newest first; a new fact shows after a moment.

        Raises BadCursor when ``cursor`` is none that such a history has returned.
        """
        asked = history_query(self._writes.audit_table, query, bounds, cursor)
        if asked is None:
            return FactPage(())
        asked["Limit"] = limit + 1  # one more than is shown tells whether there is a next page
        items = list(islice(self._reads.pages("history", asked), limit + 1))
        shown = items[:limit]
        after = tuple(cursor_after(plain(item)["gsi_at"]) for item in shown)
        return FactPage(tuple(stored_fact(item) for item in shown), after[-1] if len(items) > limit else None, after)

    def ticked(self, tick: Tick) -> None:
        """Keep that a tick came to its end, in place of the one before it."""
        table, item = self._writes.requests_table, tick_item(tick)
        self._calls.do("ticked", lambda: self._client.put_item(TableName=table, Item=item))

    def last_tick(self) -> Tick | None:
        """Read the tick that came to its end last, consistently."""
        item = self._reads.item("last_tick", LAST_TICK)
        try:
            return None if item is None else stored_tick(item)
        except UnreadableItem as problem:
            raise LedgerUnavailable("last_tick", str(problem)) from problem

    def _tell(self, operation: str, before: Request, after: Request) -> None:
        """Keep who tells what, and when. Raises Moved when the request, or who is to tell of it, is not as read."""
        update = self._writes.telling(before, after)
        try:
            self._calls.do(operation, lambda: self._client.update_item(**update))
        except ConditionUnmet as unmet:
            raise Moved(None) from unmet

    def _is_ours(self, request_id: RequestId) -> bool:
        """Whether it was this very worker that moved a request last."""
        item = self._reads.item("request", request_id)
        return item is not None and plain(item).get(WRITTEN_BY, "") == self._writes.worker

    def _transact(self, operation: str, steps: tuple[Step, ...]) -> frozenset[Part]:
        """Do all steps or none; return the parts whose clauses failed, nothing when it is done."""
        writes = [step.write for step in steps]
        try:
            self._calls.do(operation, lambda: self._client.transact_write_items(TransactItems=writes))
        except ConditionUnmet as error:
            return frozenset(steps[position].part for position in error.positions)
        return frozenset()

    def _holder(self, job_id: JobId) -> Request | None:
        """Read the request that holds a job; None when it ended while we looked."""
        lock = self._reads.item("holder", lock_key(job_id))
        holder = None if lock is None else self.request(RequestId(plain(lock)["owner"]))
        return holder if holder is not None and holder.state.holds_job else None
