"""The only caller of PUT: intent, one write, read back; then applied, failed or unknown (architecture, rules 2-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handler.domain import emergency, lifecycle
from handler.domain.audit import Event
from handler.domain.dataflow_errors import DataFlowError, NotFound
from handler.domain.errors import JobBusy, LedgerUnavailable, Moved
from handler.domain.model import RunCondition, whole
from handler.domain.request import State
from handler.domain.verdict import Answer, NotKnown, Took, Verdict, judge

if TYPE_CHECKING:
    from datetime import timedelta

    from handler.domain.moves import Move
    from handler.domain.request import Request
    from handler.ports import World

# How long to wait before each look at a write that was accepted but does not show yet.
LOOKS_AFTER_SECONDS: Final = (0.0, 0.5, 1.0, 2.0)


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
        return _recorded(world, request, lifecycle.outdated(request, None, now, type(error).__name__))
    if request.change.before.differences(found) or lifecycle.is_too_late(request, now):
        return _recorded(world, request, lifecycle.outdated(request, found, now))
    start = lifecycle.started(request, now, writer=world.new_id())
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
        return _recorded(world, request, lifecycle.stood_down(request, found, "nothing_to_put_back", now))
    if not isinstance(judge(request.change.values, Answer.ACCEPTED, found, now - now), Took):
        return _recorded(world, request, lifecycle.stood_down(request, found, "moved_since", now))
    condition = found.replaced(values)
    start = lifecycle.put_back(request, condition, now, writer=world.new_id())
    return _carried_out(world, request, start, condition)


def reconcile(world: World, request: Request) -> Request:
    """Look once more at a change whose outcome is not known; never write it again."""
    now = world.clock.now()
    verdict = judge(request.wanted, Answer.UNCLEAR, _look(world, request), _since(world, request))
    return _recorded(world, request, lifecycle.settled(request, verdict, now))


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
    move = emergency.broke_glass(request, world.clock.now())
    recorded = _recorded(world, request, move)
    return recorded, recorded.head == move.request.head


def _carried_out(world: World, request: Request, start: Move, condition: RunCondition) -> Request:
    """Record the intent, write once, read back, record the result."""
    intent = _recorded(world, request, start)
    if intent.head != start.request.head:
        return intent  # not recorded, or another worker was first
    answer, problem = _write(world, intent, condition)
    verdict = _read_back(world, intent, answer)
    return _recorded(world, intent, lifecycle.settled(intent, verdict, world.clock.now(), problem))


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


def _recorded(world: World, before: Request, move: Move) -> Request:
    try:
        world.ledger.advance(before, move.request, move.fact)
    except Moved as moved:
        return moved.current or before
    except (LedgerUnavailable, JobBusy):
        return before
    return move.request
