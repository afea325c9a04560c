"""The only caller of PUT: intent, one write, read back; then applied, failed or unknown (architecture, rules 2-6)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from handler.domain import emergency, lifecycle
from handler.domain.audit import Event
from handler.domain.dataflow_errors import DataFlowError, NotFound
from handler.domain.errors import JobBusy, LedgerUnavailable, Moved
from handler.domain.model import RunCondition, whole
from handler.domain.request import State
from handler.domain.verdict import Answer, NotKnown, Took, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from handler.domain.moves import Move
    from handler.domain.request import Request
    from handler.ports import World

# How long to wait before each look at a write that was accepted but does not show yet.
LOOKS_AFTER_SECONDS: Final = (0.0, 0.5, 1.0, 2.0)
# A write that comes too late comes after another's, and each click writes once: as many may click at the same moment.
TRIES: Final = 100


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
    start = partial(lifecycle.started, now=now, writer=world.new_id())
    return _carried_out(world, request, start, request.change.after)


def revert(world: World, request: Request) -> Request:
    """Give the fields of an applied change their former values, once, if the job still has the ones that were set.

    Otherwise the change stays, and the record says what was found. A job that is busy or cannot be read stays due.
    """
    if request.state is not State.APPLIED:
        return request
    found = _look(world, request)
    if found is None:
        return request
    now = world.clock.now()
    former = {name: whole(request.change.before.fields.get(name)) for name in request.change.values}
    values = {name: value for name, value in former.items() if value is not None}
    if len(values) < len(former):
        return _recorded(world, request, partial(lifecycle.stood_down, found=found, why="nothing_to_put_back", now=now))
    if not isinstance(judge(request.change.values, Answer.ACCEPTED, found, now - now), Took):
        return _recorded(world, request, partial(lifecycle.stood_down, found=found, why="moved_since", now=now))
    condition = found.replaced(values)
    start = partial(lifecycle.put_back, former=condition, now=now, writer=world.new_id())
    return _carried_out(world, request, start, condition)


def reconcile(world: World, request: Request) -> Request:
    """Look once more at a change whose outcome is not known; never write it again."""
    now = world.clock.now()
    verdict = judge(request.wanted, Answer.UNCLEAR, _look(world, request), _since(world, request))
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
    return _moved_on(world, request, partial(emergency.broke_glass, now=world.clock.now()))


def _carried_out(world: World, request: Request, start: Callable[[Request], Move], condition: RunCondition) -> Request:
    """Record the intent, write once, read back, record the result."""
    intent, is_ours = _moved_on(world, request, start)
    if not is_ours:
        return intent  # not recorded, or another worker was first
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
        verdict = judge(intent.wanted, answer, _look(world, intent), _since(world, intent))
        if not isinstance(verdict, NotKnown):
            break
    return verdict


def _since(world: World, intent: Request) -> timedelta:
    return world.clock.now() - (intent.started_at or intent.created_at)


def _look(world: World, request: Request) -> RunCondition | None:
    try:
        return world.dataflow.job(request.change.job_id).run_condition
    except NotFound:
        return RunCondition()  # the job is gone, and with it every value
    except DataFlowError:
        return None


def _recorded(world: World, before: Request, move: Callable[[Request], Move]) -> Request:
    request, _ = _moved_on(world, before, move)
    return request


def _moved_on(world: World, before: Request, move: Callable[[Request], Move]) -> tuple[Request, bool]:
    """Record a move; return the request as it stands then, and whether it is by this very move.

    Who has only put something on record meanwhile, as a refused click or a review is, does not stand in the way.
    """
    for _ in range(TRIES):
        moving = move(before)
        try:
            world.ledger.advance(before, moving.request, moving.fact)
        except Moved as moved:
            if moved.current is None or not _stands_as(before, moved.current):
                return moved.current or before, False
            before = moved.current
        except (LedgerUnavailable, JobBusy):
            break
        else:
            return moving.request, True
    return before, False


def _stands_as(before: Request, current: Request) -> bool:
    """Whether a request waits for the very same step still, whatever else was put on record."""
    as_before = replace(
        current,
        head=before.head,
        updated_at=before.updated_at,
        due_at=before.due_at,
        card=before.card,
        emergency=before.emergency,
    )
    return as_before == before
