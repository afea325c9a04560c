"""The only caller of PUT: intent, one write, read back; then applied, failed or unknown (architecture, rules 2-6)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from handler.domain import emergency, lifecycle
from handler.domain.audit import Event
from handler.domain.dataflow_errors import DataFlowError, NotFound
from handler.domain.errors import JobBusy, LedgerUnavailable, Moved
from handler.domain.model import RunCondition
from handler.domain.news import told_by_another
from handler.domain.overlay import PutBack, StandDown
from handler.domain.request import State
from handler.domain.verdict import Answer, DidNotTake, NotKnown, Verdict, judge
from handler.flows.lookup import read_job
from handler.flows.overlays import find_way_back

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from handler.domain.lifecycle import Undoer
    from handler.domain.moves import Move
    from handler.domain.request import Request
    from handler.ports import World

# How long to wait before each look at a write that was accepted but does not show yet.
LOOKS_AFTER_SECONDS: Final = (0.0, 0.5, 1.0, 2.0)
# A write that comes too late comes after another's, and each click writes once: as many may click at the same moment.
TRIES: Final = 100
# Why the former values were not even sent.
MOVED_MEANWHILE: Final = "moved_meanwhile"
UNREAD: Final = "unread"


def execute(world: World, request: Request) -> Request:
    """Write an allowed change, once, and return the request as it stands on record afterwards.

    A request that is not ``approved`` any more is returned as it is. When the record cannot be written, the request is
    returned as last recorded: the tick carries on from there.
    """
    if request.state is not State.APPROVED:
        return request
    request, is_loud = _loudly(world, request)
    if not is_loud:
        return request
    now = world.clock.now()
    try:
        found = world.dataflow.job(request.change.job_id).run_condition
    except DataFlowError as error:
        return _recorded(world, request, partial(lifecycle.outdated, found=None, now=now, problem=type(error).__name__))
    if request.change.before.differences(found) or lifecycle.is_too_late(request, now):
        return _recorded(world, request, partial(lifecycle.outdated, found=found, now=now))
    intent, is_ours = _tried(world, request, partial(lifecycle.started, now=now, writer=world.new_id()))
    if not is_ours:
        return intent  # not recorded, or another worker was first
    return _written(world, intent, request.change.after)


def revert(world: World, request: Request) -> Request:
    """Give the fields of an applied change their former values, once, if the job still has the ones that were set.

    Otherwise the record says what was found, and that the change is over. A job that is busy or cannot be read stays
    due. Raises JobBusy, Moved, and LedgerUnavailable when the intent could not be recorded.
    """
    if not request.can_be_put_back:
        return request
    match find_way_back(world, request):
        case None:
            return request
        case PutBack() as way:
            return put_back(world, request, way)[0]
        case StandDown(why, found):
            stand_down = partial(lifecycle.stood_down, found=found, why=why.value, now=world.clock.now())
            return _moved_on(world, request, stand_down)[0]


def put_back(world: World, request: Request, way: PutBack, undoer: Undoer | None = None) -> tuple[Request, bool]:
    """Write the former values, once, if they are the right ones still when the job is ours.

    Return the request as it stands then, and whether this very worker began to write. Raises as ``revert``.
    """
    start = partial(lifecycle.put_back, way=way, now=world.clock.now(), writer=world.new_id(), undoer=undoer)
    intent, is_ours = _moved_on(world, request, start)
    if not is_ours:
        return intent, False
    # From here on nobody else changes the job or what lies on it: what was seen before may have been changed since.
    seen = find_way_back(world, intent)
    if seen != way:
        found, problem = (way.found, UNREAD) if seen is None else (seen.found, MOVED_MEANWHILE)
        not_written = partial(lifecycle.settled, verdict=DidNotTake(found), now=world.clock.now(), problem=problem)
        return _recorded(world, intent, not_written), True
    return _written(world, intent, way.condition), True


def reconcile(world: World, request: Request) -> Request:
    """Look once more at a change whose outcome is not known; never write it again."""
    now = world.clock.now()
    verdict = judge(request.wanted, request.replaced, Answer.UNCLEAR, _look(world, request), _since(world, request))
    return _recorded(world, request, partial(lifecycle.settled, verdict=verdict, now=now))


def _loudly(world: World, request: Request) -> tuple[Request, bool]:
    """Have the passing-by of the approvals on record, once; False when it is not, or when another worker was first."""
    if request.emergency is None:
        return request, True
    try:
        chain = world.ledger.chain(request.id)
    except LedgerUnavailable:
        return request, False
    if any(fact.get("event") == Event.BROKE_GLASS for fact in chain):
        return request, True  # by a worker that went no further
    return _tried(world, request, partial(emergency.broke_glass, now=world.clock.now()))


def _written(world: World, intent: Request, condition: RunCondition) -> Request:
    """Write once, read back, record the result."""
    answer, problem = _write(world, intent, condition)
    verdict = _read_back(world, intent, answer)
    settle = partial(lifecycle.settled, verdict=verdict, now=world.clock.now(), problem=problem)
    return _recorded(world, intent, settle)


def _write(world: World, intent: Request, condition: RunCondition) -> tuple[Answer, str | None]:
    try:
        world.dataflow.put_run_condition(intent.change.job_id, condition)
    except DataFlowError as error:
        return (Answer.UNCLEAR if error.may_have_changed else Answer.REFUSED), type(error).__name__
    return Answer.ACCEPTED, None


def _read_back(world: World, intent: Request, answer: Answer) -> Verdict:
    verdict: Verdict = NotKnown(None)
    for seconds in LOOKS_AFTER_SECONDS:
        world.clock.sleep(seconds)
        verdict = judge(intent.wanted, intent.replaced, answer, _look(world, intent), _since(world, intent))
        if not isinstance(verdict, NotKnown):
            break
    return verdict


def _since(world: World, intent: Request) -> timedelta:
    return world.clock.now() - (intent.started_at or intent.created_at)


def _look(world: World, request: Request) -> RunCondition | None:
    try:
        return read_job(world, request.change.job_id).run_condition
    except NotFound:
        return RunCondition()  # the job is gone, and with it every value
    except DataFlowError:
        return None


def _recorded(world: World, before: Request, move: Callable[[Request], Move]) -> Request:
    return _tried(world, before, move)[0]


def _tried(world: World, before: Request, move: Callable[[Request], Move]) -> tuple[Request, bool]:
    """Record a move if the record can be written; else the tick carries on from there."""
    try:
        return _moved_on(world, before, move)
    except Moved as moved:
        return moved.current or before, False
    except (LedgerUnavailable, JobBusy):
        return before, False


def _moved_on(world: World, before: Request, move: Callable[[Request], Move]) -> tuple[Request, bool]:
    """Record a move; return the request as it stands then, and whether it is by this very move.

    Who has only put something on record meanwhile, as a refused click or a review is, does not stand in the way. Who
    has moved it tells of it, too. Raises JobBusy, LedgerUnavailable, and Moved when others are faster for too long.
    """
    for _ in range(TRIES):
        moving = move(before)
        try:
            world.ledger.advance(before, moving.request, moving.fact)
        except Moved as moved:
            if moved.current is None or not _stands_as(before, moved.current):
                return told_by_another(moved.current) if moved.current else before, False
            before = moved.current
        else:
            return moving.request, True
    raise Moved(before)


def _stands_as(before: Request, current: Request) -> bool:
    """Whether a request waits for the very same step still, whatever else was put on record."""
    as_before = replace(
        current,
        head=before.head,
        updated_at=before.updated_at,
        due_at=before.due_at,
        tell_at=before.tell_at,
        untold=before.untold,
        card=before.card,
        emergency=before.emergency,
        called_at=before.called_at,
    )
    return as_before == before
