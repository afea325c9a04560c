"""How changes end, and what people are told before and afterwards: a part of the gallery."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from handler.domain.calls import EndNear, NotPutBack
from handler.domain.model import RunCondition, UserId
from handler.domain.outcomes import ChangeShown, ClickRefused, Undone
from handler.domain.overlay import PutBack, StandDown, Why
from handler.domain.pager import EndOverdue, LookWanted
from handler.domain.request import Ending, State
from handler.domain.review import Objection
from handler.domain.sighting import Seen
from tests.makers import NOW, at, change, emergency, job, request, run_condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handler.domain.outcomes import Outcome

LEE: Final = UserId("U0LEE")
BOTH: Final = change(values={"numWorker": 4, "timeout": 720})


def endings() -> Iterator[tuple[str, Outcome]]:
    """Make each outcome that has to do with the end of a change, by name."""
    yield from _before()
    yield from _over()
    yield from _undone()
    yield from _refused()
    yield from _looks()


def _before() -> Iterator[tuple[str, Outcome]]:
    applied = request(state=State.APPLIED, minutes=120, revert_at=at(120), ending=Ending(notice_at=at(110)))
    yield "end, not yet", ChangeShown(applied)
    near = replace(applied, ending=Ending())
    yield "end, near", ChangeShown(near)
    yield "end, near, break-glass", ChangeShown(replace(near, emergency=emergency()))
    longer = Ending(notice_at=at(170), extra_minutes=60, extended_by=LEE)
    yield "end, extended", ChangeShown(replace(near, revert_at=at(180), ending=longer))
    yield "end, kept", ChangeShown(replace(near, revert_at=None, ending=Ending(kept_by=LEE)))
    yield "end, called", EndNear(near)
    yield "end, called, unsaid", EndNear(replace(near, revert_at=None))


def _over() -> Iterator[tuple[str, Outcome]]:
    over = request(state=State.APPLIED, minutes=120, found=run_condition(numWorker=8), ending=Ending(is_over=True))
    for why in ("moved_since", "overlaid", "gone", "nothing_to_put_back"):
        yield f"end, over, {why}", ChangeShown(replace(over, problem=why))
    yield "end, over, unread", ChangeShown(replace(over, problem="moved_since", found=None))
    tried = replace(over, state=State.FAILED, undoing=True, problem="overlaid", found=RunCondition())
    yield "end, over, tried before", ChangeShown(tried)


def _undone() -> Iterator[tuple[str, Outcome]]:
    back = {"workers": {"numWorker": 2}, "timeout": {"timeout": 360}, "both": {"numWorker": 2, "timeout": 360}}
    for name, former in back.items():
        undone = Ending(former=former, undone_by=LEE)
        yield (
            f"end, undone, {name}",
            ChangeShown(request(state=State.REVERTED, undoing=True, asked=BOTH, ending=undone)),
        )
    timed = request(state=State.REVERTED, undoing=True, minutes=120, ending=Ending(former={"numWorker": 2}))
    yield "end, put back in time", ChangeShown(timed)
    failed = replace(
        timed, state=State.FAILED, problem="Throttled", found=run_condition(numWorker=4), ending=Ending(failures=2)
    )
    yield "end, tried again", ChangeShown(replace(failed, revert_at=at(4)))
    for why in ("moved_meanwhile", "unread"):
        yield f"end, tried again, {why}", ChangeShown(replace(failed, revert_at=at(4), problem=why))
    yield "undo, done", Undone(timed)
    yield "undo, failed", Undone(replace(failed, revert_at=at(4)))
    yield "undo, unknown", Undone(replace(failed, state=State.UNKNOWN))
    yield (
        "end, tried again, undone",
        ChangeShown(replace(failed, minutes=None, ending=Ending(undone_by=LEE, failures=6))),
    )
    yield "end, left to people", ChangeShown(replace(failed, ending=Ending(failures=6)))
    yield "end, called to look", NotPutBack(replace(failed, ending=Ending(failures=6)), ("S0LEADS", "U0KIM"))


def _refused() -> Iterator[tuple[str, Outcome]]:
    applied = request(state=State.APPLIED, minutes=120, revert_at=at(120))
    for could in ((LEE, UserId("U0HAN")), (), None):
        yield f"end refused, not entitled, {could}", ClickRefused(Objection.NOT_ENTITLED, applied, could=could)
    frozen = ClickRefused(Objection.NOT_ENTITLED, applied, could=(), because=("freeze", "no-nights"))
    yield "end refused, forbidden", frozen
    found = run_condition(numWorker=4)
    way = PutBack(found, {"numWorker": 2})
    yield "undo, needs approval", ClickRefused(Objection.NEEDS_APPROVAL, applied, could=(LEE,), way=way)
    odd = request(state=State.APPLIED, asked=change(job_name="nightly `load` <1>", values={"timeout": 30}))
    way = PutBack(found, {"numWorker": 2, "timeout": 360})
    yield "undo, needs approval, odd name", ClickRefused(Objection.NEEDS_APPROVAL, odd, could=(), way=way)
    yield "undo, needs approval, unsaid", ClickRefused(Objection.NEEDS_APPROVAL, odd)
    longer = replace(applied, revert_at=at(180), ending=Ending(notice_at=at(170), extra_minutes=60, extended_by=LEE))
    yield "end refused, extended before", ClickRefused(Objection.EXTENDED_BEFORE, longer)
    kept = replace(applied, revert_at=None, ending=Ending(kept_by=LEE))
    yield "end refused, kept before", ClickRefused(Objection.HAS_NO_END, kept)
    undone = request(state=State.REVERTED, undoing=True, ending=Ending(undone_by=LEE))
    yield "end refused, undone before", ClickRefused(Objection.HAS_NO_END, undone)
    yield "undo, undone before", ClickRefused(Objection.UNDONE_BEFORE, replace(undone, ending=Ending()))
    yield "undo, waits for approval", ClickRefused(Objection.NOT_YET_APPLIED, request(state=State.PENDING))
    yield "undo, never applied", ClickRefused(Objection.NEVER_APPLIED, request(state=State.DENIED))
    yield "undo, moved", ClickRefused(Objection.MOVED_SINCE, applied, way=StandDown(Why.MOVED_SINCE, found))
    as_before = StandDown(Why.MOVED_SINCE, run_condition())
    yield "undo, moved back", ClickRefused(Objection.MOVED_SINCE, applied, way=as_before)
    both = request(state=State.APPLIED, asked=BOTH)
    yield "undo, moved, both", ClickRefused(Objection.MOVED_SINCE, both, way=StandDown(Why.MOVED_SINCE, found))
    upper = request("9vwx-00ab", state=State.APPLIED)
    yield "undo, overlaid", ClickRefused(Objection.OVERLAID, applied, way=StandDown(Why.OVERLAID, found, upper))
    yield "undo, gone", ClickRefused(Objection.GONE, applied, way=StandDown(Why.GONE, RunCondition()))


def _looks() -> Iterator[tuple[str, Outcome]]:
    to, seen = ("S0LEADS", "U0KIM"), Seen(job(condition=run_condition(numWorker=3)), at(4))
    lost = request(state=State.UNKNOWN, asked=BOTH, started_at=NOW)
    yield "look, asked for", LookWanted(lost, to, seen)
    yield "look, not read since", LookWanted(lost, to, replace(seen, at=at(-1)))
    yield "look, never read", LookWanted(replace(lost, started_at=None), to, None)
    undone = replace(lost, undoing=True, ending=Ending(former={"numWorker": 2}))
    yield "look, undoing", LookWanted(undone, ("U0KIM",), seen)
    yield "look, unrecorded", LookWanted(replace(lost, state=State.APPLYING), to, seen)
    kept_on = request(state=State.APPLIED, revert_at=at(60))
    yield "look, not put back", EndOverdue(kept_on, to)
    yield "look, not put back, nobody knows when it was to be", EndOverdue(replace(kept_on, revert_at=None), to)
    over = request(state=State.APPLIED, ending=Ending(is_over=True))
    yield "undo, moved since its end", ClickRefused(Objection.MOVED_SINCE, over)
    failed = request(state=State.FAILED, undoing=True)
    yield "undo, moved since it failed", ClickRefused(Objection.MOVED_SINCE, failed)
