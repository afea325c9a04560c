"""How changes end, and what people are told before and afterwards: a part of the gallery."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from handler.domain.model import RunCondition, UserId
from handler.domain.outcomes import ChangeShown, EndNear, NotPutBack
from handler.domain.request import Ending, State
from tests.makers import at, change, emergency, request, run_condition

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
    yield "end, left to people", ChangeShown(replace(failed, ending=Ending(failures=6)))
    yield "end, called to look", NotPutBack(replace(failed, ending=Ending(failures=6)), ("S0LEADS", "U0KIM"))
