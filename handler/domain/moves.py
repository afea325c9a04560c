"""How a request gets from one state to the next: only along these arrows, and never without a fact.

pending ─▶ approved ─▶ applying ─▶ applied | failed | unknown ─▶ applied | failed | unknown
   │          └─▶ stale              └─▶ reverting ─▶ reverted | failed | unknown ─▶ reverted | failed | unknown
   │                                        └──────────── failed, and to be tried again ◀───────────────┘
   └─▶ denied | expired | withdrawn | stale
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from handler.domain.audit import Event, Fact, chained, recordable, timestamp
from handler.domain.errors import IllegalMove
from handler.domain.news import News, untold
from handler.domain.request import Request, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handler.domain.authority import Decision
    from handler.domain.model import RunCondition

MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.PENDING: frozenset({State.APPROVED, State.DENIED, State.EXPIRED, State.WITHDRAWN, State.STALE}),
    State.APPROVED: frozenset({State.APPLYING, State.STALE}),
    State.APPLYING: frozenset({State.APPLIED, State.FAILED, State.UNKNOWN}),
    State.UNKNOWN: frozenset({State.APPLIED, State.REVERTED, State.FAILED, State.UNKNOWN}),
    State.APPLIED: frozenset({State.REVERTING}),
    State.FAILED: frozenset({State.REVERTING}),
    State.REVERTING: frozenset({State.REVERTED, State.FAILED, State.UNKNOWN}),
}

SLUICE: Final = "sluice"
"""The actor of what nobody did: the tick."""


@dataclass(frozen=True, slots=True)
class Move:
    """A request after a move, and the fact that records it."""

    request: Request
    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a fact says of a move: who did what, where, and the run condition that was there after it.

    ``before`` is the run condition that a putting back replaces; else it is the request's.
    ``policy_version`` is that of the policy that let them, when it was asked again; else it is the request's.
    """

    event: Event
    actor: str
    channel: str | None = None
    before: RunCondition | None = None
    after: RunCondition | None = None
    reason: str | None = None
    because: tuple[str, ...] | None = None
    policy_version: str | None = None
    detail: str | None = None
    writer: str | None = None
    delivery: str | None = None
    minutes: int | None = None


def by_rule(note: Note, decision: Decision | None) -> Note:
    """Return the note with the rules that let somebody do it, and the policy they are of."""
    if decision is None:
        return note
    return replace(note, because=decision.because, policy_version=decision.policy_version)


def moved(before: Request, after: Request, note: Note, now: datetime) -> Move:
    """Check the move, chain its fact and note what people are to be told.

    Raises IllegalMove; what enters no state may be recorded in any. From a change that was never made nothing leads to
    putting it back.
    """
    enters = after.state is not before.state or note.event.value == after.state.value
    legal = MOVES.get(before.state, frozenset())
    never_made = before.state is State.FAILED and not before.undoing
    if enters and (after.state not in legal or never_made):
        raise IllegalMove(before.state, after.state)
    fact = chained(
        before.head,
        Fact(
            request_id=before.id,
            at=timestamp(now),
            event=note.event,
            actor=note.actor,
            channel=note.channel or before.requester.channel_id,
            job_id=before.change.job_id,
            job_name=before.change.job_name,
            before=recordable(note.before or before.change.before),
            after=None if note.after is None else recordable(note.after),
            reason=note.reason,
            policy_version=note.policy_version or before.policy_version,
            because=note.because,
            delivery=note.delivery,
            detail=note.detail,
            writer=note.writer,
            minutes=note.minutes,
        ),
    )
    if after == before:
        # What only puts something on record leaves the request as old as it was: people are told when it was decided.
        return Move(replace(after, head=fact.head), fact)
    request = replace(after, updated_at=now, head=fact.head)
    is_still_unknown = before.state is after.state is State.UNKNOWN and note.event is Event.UNKNOWN
    return Move(request if is_still_unknown else untold(request, News(note.event, fact.seq), now), fact)
