"""What the tests of moves expect: the whole request afterwards and the whole fact, spelled out once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from handler.domain.audit import Event, Fact, chained, recordable
from handler.domain.authority import Allowed
from handler.domain.model import Head
from handler.domain.moves import Move
from handler.domain.news import News
from handler.domain.request import State
from tests.makers import JOB_ID, REQUEST_ID, actor, at, card, request, run_condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.domain.model import RunCondition
    from handler.domain.request import Request

    class Said(TypedDict, total=False):
        """What a fact may say beyond what every fact of a move says."""

        channel: str
        before: Mapping[str, object]
        reason: str
        because: tuple[str, ...]
        policy_version: str
        detail: str
        writer: str
        delivery: str
        minutes: int


HEAD: Final = Head(2, "cd" * 32)
FOUR: Final = run_condition(numWorker=4)
SIX: Final = run_condition(numWorker=6)
LEE: Final = actor("U0LEE", "C0DATA")
# The policy may have changed since the request was opened.
BY_LEADS: Final = Allowed(("leads-approve",), "sha256:77aa")


def waiting(state: State, **fields: object) -> Request:
    """Make a request in the middle of its life, with a message and two facts."""
    made = request(state=state, head=HEAD, card=card())
    return replace(made, **fields)  # type: ignore[arg-type] # tests name fields of a request


def recorded(by: str, event: Event, after: RunCondition | None = None, **said: Unpack[Said]) -> Fact:
    """Make the third fact of a request that waits, a minute after now."""
    plain: Fact = Fact(
        request_id=REQUEST_ID,
        at="2026-11-23T03:05:05.678Z",
        event=event,
        actor=by,
        channel="C0INCIDENT",
        job_id=JOB_ID,
        job_name="wordcount",
        before=recordable(run_condition()),
        after=None if after is None else recordable(after),
        policy_version="sha256:4f1d",
    )
    return chained(HEAD, replace(plain, **said))


def move(before: Request, fact: Fact, **changed: object) -> Move:
    """Make the move that ends with this fact and changes these fields, and no others; without any, it only notes.

    What changes anything is to be told, unless it is only that the outcome is still not known.
    """
    after = replace(before, updated_at=at(1) if changed else before.updated_at, head=Head(3, fact.hash))
    if changed and (before.state, fact.event) != (State.UNKNOWN, Event.UNKNOWN):
        after = replace(after, untold=(News(fact.event, 3),), tell_at=at(3))
    return Move(replace(after, **changed), fact)  # type: ignore[arg-type] # tests name fields of a request
