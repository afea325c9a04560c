"""Ports that are watched from outside: what is recorded through them, and what the services behind them did not do.

Watching here, where every call passes, nothing is counted twice or forgotten, and no flow has to think of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, cast

from handler.domain.audit import Event, Fact
from handler.domain.dataflow_errors import DataFlowError, NotFound
from handler.domain.errors import ChatError, LedgerUnavailable, facts_of
from handler.domain.overdue import overdue
from handler.telemetry import count, known

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.request import Request
    from handler.ports import Clock, Ledger

_Port = TypeVar("_Port")

DECISIONS: Final = frozenset(
    {
        Event.REQUESTED,
        Event.REFUSED,
        Event.APPROVED,
        Event.DENIED,
        Event.WITHDRAWN,
        Event.CLICK_REFUSED,
        Event.BROKE_GLASS,
        Event.REVIEWED,
        Event.EXTENDED,
    }
)
OUTCOMES: Final = frozenset(
    {Event.APPLIED, Event.FAILED, Event.UNKNOWN, Event.STALE, Event.EXPIRED, Event.REVERTED, Event.KEPT}
)
# Parts of the record that are ports of their own.
_PARTS: Final = ("seals", "sightings")
# That a job is not there is an answer: most often somebody mistyped its name. Lost races of the ledger are none either.
_NOT_DONE: Final = (DataFlowError, LedgerUnavailable, ChatError)


def watched(port: _Port, dependency: str, clock: Clock | None = None) -> _Port:
    """Return the port, watched. ``dependency`` is what its failures are counted under.

    With a clock, what is overdue of the open requests is measured whenever they are read: each tick reads them.
    """
    return cast("_Port", _Watched(port, dependency, clock))


class _Watched:
    """Passes everything on."""

    def __init__(self, port: object, dependency: str, clock: Clock | None) -> None:
        self._port = port
        self._dependency = dependency
        self._clock = clock

    def __getattr__(self, name: str) -> object:
        member = getattr(self._port, name)
        if name in _PARTS:
            return _Watched(member, self._dependency, self._clock)
        return self._call(member) if callable(member) else member

    def open_requests(self, *, limit: int) -> tuple[Request, ...]:
        """Read them as the ledger does, and measure what is overdue."""
        read = self._call(cast("Ledger", self._port).open_requests)
        requests = cast("tuple[Request, ...]", read(limit=limit))
        if self._clock is not None:
            late = overdue(requests, self._clock.now())
            count("Unknowns", late.unknowns)
            count("UnknownAge", late.unknown_for.total_seconds())
            count("IntentsWithoutOutcome", late.unfinished)
            count("EndsOverdue", late.unended)
        return requests

    def _call(self, method: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            try:
                result = method(*args, **kwargs)
            except _NOT_DONE as error:
                if not isinstance(error, NotFound):
                    facts = {name: str(value) for name, value in facts_of(error).items()}
                    count("ApiErrors", 1, **facts, dependency=self._dependency, error=type(error).__name__)
                raise
            for fact in args:
                if isinstance(fact, Fact):
                    _recorded(fact)
            return result

        return call


def _recorded(fact: Fact) -> None:
    known(request_id=fact.request_id)
    if fact.event in DECISIONS:
        count("Decisions", decision=fact.event, request_id=fact.request_id)
    elif fact.event in OUTCOMES:
        count("Outcomes", state=fact.event, request_id=fact.request_id)
    elif fact.event is Event.SEALED:
        count("Seals")
