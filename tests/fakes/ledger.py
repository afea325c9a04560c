"""A ledger in memory that keeps the same contract suite as the one on DynamoDB (``tests/contract/test_ledger.py``)."""

from __future__ import annotations

import base64
import threading
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from handler.domain.audit import place_of, timestamp
from handler.domain.errors import BadCursor, DeliveryKnown, IdTaken, JobBusy, LedgerUnavailable, Moved
from handler.domain.period import EVER
from handler.domain.request import State
from handler.domain.sealing import SEALS
from handler.ports import ByJob, FactPage
from tests.fakes.seals import FakeSeals
from tests.fakes.sightings import FakeSightings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from handler.domain.audit import Fact
    from handler.domain.model import JobId, RequestId
    from handler.domain.period import Bounds
    from handler.domain.request import Card, Request
    from handler.domain.sealing import Sealing
    from handler.domain.sighting import Seen
    from handler.ports import ByActor, Tick

_NEVER = datetime.max.replace(tzinfo=UTC)
_LATEST = "9999"


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at the next call of this method of the port: LedgerUnavailable, once.

    ``takes_effect`` says whether the call was done all the same, and only the answer to it was lost.
    """

    operation: str
    takes_effect: bool = False
    cause: str = "ReadTimeoutError"


@dataclass(slots=True)
class FakeLedger:
    """Remembers requests, locks and facts, the seals beside those of requests.

    ``faults`` are used up one by one, each at a call of its method.
    """

    requests: dict[RequestId, Request] = field(default_factory=dict)
    locks: dict[JobId, RequestId] = field(default_factory=dict)
    facts: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    tick: Tick | None = None
    faults: list[Fault] = field(default_factory=list)
    tops: dict[JobId, RequestId] = field(default_factory=dict)
    sealing: Sealing | None = None
    sealed: list[dict[str, object]] = field(default_factory=list)
    seen: dict[str, Seen] = field(default_factory=dict)
    _one_at_a_time: threading.RLock = field(default_factory=threading.RLock)

    @property
    def seals(self) -> FakeSeals:
        """The seals of the days."""
        return FakeSeals(self)

    @property
    def sightings(self) -> FakeSightings:
        """Each job as it was last seen."""
        return FakeSightings(self)

    def open(self, request: Request, fact: Fact) -> None:
        """Record a new request, its fact and its lock: all or nothing."""
        with self.call("open"):
            existing = self.requests.get(request.id)
            if existing is not None:
                if existing.head == request.head:
                    return
                raise DeliveryKnown(existing) if existing.delivery == request.delivery else IdTaken
            if request.id in self.facts:
                raise IdTaken
            if request.state.holds_job:
                self._take_lock(request)
            self.requests[request.id] = request
            self._append(fact)

    def advance(self, before: Request, after: Request, fact: Fact) -> None:
        """Record a request's next state; the card stays as it is stored."""
        with self.call("advance"):
            current = self.requests.get(before.id)
            if current is not None and current.head == after.head:
                return
            if current is None or (current.state, current.head) != (before.state, before.head):
                raise Moved(current)
            if any(known["seq"] == fact.seq for known in self.facts.get(before.id, ())):
                raise LedgerUnavailable("advance", f"fact {fact.seq} exists, though the request does not know it")
            self._move_lock(before, after)
            if after.state is State.APPLIED and before.state is not State.APPLIED:
                self.tops[after.change.job_id] = after.id
            self.requests[before.id] = replace(after, card=current.card)
            self._append(fact)

    def record(self, fact: Fact) -> None:
        """Record a chain of one fact, once for each delivery."""
        with self.call("record"):
            if fact.request_id not in self.facts:
                self._append(fact)
                return
            first = self.facts[fact.request_id][0]
            is_ours = fact.delivery is not None and first.get("delivery") == fact.delivery
            if not is_ours and first["hash"] != fact.hash:
                raise IdTaken

    def remember_card(self, request_id: RequestId, card: Card) -> None:
        """Keep where the request's message stands. Raises Moved with None when there is no such request."""
        with self.call("remember_card"):
            if request_id not in self.requests:
                raise Moved(None)
            self.requests[request_id] = self.requests[request_id].with_card(card)

    def told(self, request: Request) -> None:
        """Keep that people have been told everything, when the request is as it was read."""
        with self.call("told"):
            if self._is_as_read(request):
                stored = self.requests[request.id]
                self.requests[request.id] = replace(stored, untold=(), tell_at=None)

    def claim_telling(self, request: Request, until: datetime) -> Request:
        """Take over what is untold. Raises Moved when the request or its telling is no longer as it was read."""
        with self.call("claim_telling"):
            if not self._is_as_read(request):
                raise Moved(None)
            self.requests[request.id] = replace(self.requests[request.id], tell_at=until)
            return replace(request, tell_at=until)

    def put_off(self, request: Request, until: datetime) -> None:
        """Turn to what it owes later. Raises Moved when the request or its telling is no longer as it was read."""
        with self.call("put_off"):
            if not self._is_as_read(request):
                raise Moved(None)
            self.requests[request.id] = replace(self.requests[request.id], due_at=until)

    def request(self, request_id: RequestId) -> Request | None:
        """Read one request."""
        with self.call("request"):
            return self.requests.get(request_id)

    def newest_applied(self, job_id: JobId) -> RequestId | None:
        """Return the request that was applied to this job last."""
        with self.call("newest_applied"):
            return self.tops.get(job_id)

    def open_requests(self, *, limit: int) -> tuple[Request, ...]:
        """Read the requests that need something still, the first due first."""
        with self.call("open_requests"):
            return self._listed(limit, [each for each in self.requests.values() if each.is_open])

    def due_requests(self, now: datetime, *, limit: int) -> tuple[Request, ...]:
        """Read the requests to which the tick must turn by now, the first due first."""
        with self.call("due_requests"):
            return self._listed(limit, [each for each in self.requests.values() if (each.wakes_at or _NEVER) <= now])

    def chain(self, request_id: RequestId) -> tuple[Mapping[str, object], ...]:
        """Read all facts of one request in their order."""
        with self.call("chain"):
            return tuple(deepcopy(self.sealed if request_id == SEALS else self.facts.get(request_id, [])))

    def history(
        self, query: ByJob | ByActor, *, limit: int, cursor: str | None = None, bounds: Bounds = EVER
    ) -> FactPage:
        """Read facts by job or person within the bounds, newest first. Raises BadCursor for a cursor that is none."""
        with self.call("history"):
            name, value = ("job_id", query.job_id) if isinstance(query, ByJob) else ("actor", query.user_id)
            since = "" if bounds.since is None else timestamp(bounds.since)
            until = _LATEST if bounds.until is None else timestamp(bounds.until)
            after = None if cursor is None else _place_in(cursor)
            if after is not None and not since <= after <= until and not bounds.is_empty:
                raise BadCursor
            places = {place_of(fact): fact for fact in self.every_fact() if fact.get(name) == value}
            meant = (place for place in places if since <= place < min(until, after or _LATEST))
            newest_first = sorted(meant, reverse=True)
            shown = newest_first[:limit]
            cursors = tuple(_cursor(place) for place in shown)
            more = cursors[-1] if len(newest_first) > limit else None
            return FactPage(tuple(deepcopy(places[place]) for place in shown), more, cursors)

    def ticked(self, tick: Tick) -> None:
        """Keep that a tick came to its end."""
        with self.call("ticked"):
            self.tick = tick

    def last_tick(self) -> Tick | None:
        """Read the tick that came to its end last."""
        with self.call("last_tick"):
            return self.tick

    def all_facts(self) -> tuple[dict[str, Any], ...]:
        """Return every fact of requests, for tests to look at."""
        return tuple(fact for chain in self.facts.values() for fact in chain)

    def every_fact(self) -> tuple[dict[str, Any], ...]:
        """Return every fact there is, the seals too."""
        return (*self.all_facts(), *self.sealed)

    @contextmanager
    def call(self, operation: str) -> Iterator[None]:
        """Carry out a call of the port, with the fault that is set up for it if there is one."""
        fault = next((fault for fault in self.faults if fault.operation == operation), None)
        if fault is not None:
            self.faults.remove(fault)
        if fault is not None and not fault.takes_effect:
            raise LedgerUnavailable(operation, fault.cause)
        with self._one_at_a_time:
            yield
        if fault is not None:
            raise LedgerUnavailable(operation, fault.cause)

    def _is_as_read(self, request: Request) -> bool:
        stored = self.requests.get(request.id)
        return stored is not None and (stored.head, stored.tell_at) == (request.head, request.tell_at)

    def _listed(self, limit: int, requests: list[Request]) -> tuple[Request, ...]:
        return tuple(sorted(requests, key=lambda request: request.wakes_at or _NEVER)[:limit])

    def _append(self, fact: Fact) -> None:
        self.facts.setdefault(fact.request_id, []).append(deepcopy(fact.attributes()))

    def _move_lock(self, before: Request, after: Request) -> None:
        job_id = before.change.job_id
        match before.state.holds_job, after.state.holds_job:
            case False, True:
                self._take_lock(after)
            case True, True if self.locks.get(job_id) != before.id:
                raise JobBusy(self._holder(job_id))
            case True, False:
                self._take_lock(before)
                del self.locks[job_id]
            case False, False if after.ending.is_over and not before.ending.is_over and job_id in self.locks:
                raise JobBusy(self._holder(job_id))
            case _:
                pass

    def _take_lock(self, request: Request) -> None:
        """Hold the job from now on. Raises JobBusy when another request does."""
        if self.locks.setdefault(request.change.job_id, request.id) != request.id:
            raise JobBusy(self._holder(request.change.job_id))

    def _holder(self, job_id: JobId) -> Request | None:
        owner = self.locks.get(job_id)
        holder = None if owner is None else self.requests.get(owner)
        return holder if holder is not None and holder.state.holds_job else None


def _cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode()


def _place_in(cursor: str) -> str:
    try:
        place = base64.b64decode(cursor, altchars="-_", validate=True).decode()
    except ValueError:
        place = ""
    if place.count("#") < len("##"):
        raise BadCursor
    return place
