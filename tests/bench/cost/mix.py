"""What people type in a month, as stories to play, and how often each comes among a hundred commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.cost.stories import Stage

APPROVED = "scale wordcount workers=8 because backlog"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of story.

    Args:
        name: what it is called in the table.
        of_a_hundred: how many commands of a hundred begin such a story; an assumption.
        story: plays it once.
    """

    name: str
    of_a_hundred: int
    story: Callable[[Stage], None]


def looking(text: str) -> Callable[[Stage], None]:
    """A question that changes nothing, asked ten minutes after a change: nothing is remembered of the groups."""

    def story(stage: Stage) -> None:
        stage.types("scale wordcount workers=4 because backlog")
        stage.clock.move_on(minutes=10)
        stage.begin_to_count()
        stage.types(text)

    return story


def straight_away(stage: Stage) -> None:
    """A change that the policy allows at once."""
    stage.types("scale wordcount workers=4 because backlog")


def for_a_time(stage: Stage) -> None:
    """A change for half an hour, which the tick puts back."""
    stage.types("scale wordcount workers=4 for 30m because backlog")
    stage.ticks_after(minutes=20)
    stage.ticks_after(minutes=10)


def approved(stage: Stage) -> None:
    """A change that one lead approves."""
    stage.types(APPROVED)
    stage.presses("approve")


def denied(stage: Stage) -> None:
    """A change that nobody approves: reminded of, turned to others, expired."""
    stage.types(APPROVED)
    for _ in range(3):
        stage.ticks_after(minutes=10)


def refused(stage: Stage) -> None:
    """A change that the policy does not allow to the one who asks."""
    stage.types(APPROVED, user="U0PARK")


def emergency(stage: Stage) -> None:
    """A change that passes an approval by, is put back by the tick, and is looked at afterwards."""
    stage.types("break-glass scale wordcount workers=8 because the queue is full")
    stage.ticks_after(minutes=110)
    stage.ticks_after(minutes=10)
    stage.presses("reviewed")


def nothing_to_do(stage: Stage) -> None:
    """The minute's tick when there is no request."""
    stage.ticks_after(minutes=0)
    stage.begin_to_count()
    stage.ticks_after(minutes=1)


KINDS = (
    Kind("`status`", 55, looking("status wordcount")),
    Kind("`list`", 8, looking("list")),
    Kind("`help`", 4, looking("help")),
    Kind("`requests`", 6, looking("requests")),
    Kind("`history`", 4, looking("history wordcount")),
    Kind("`why`", 3, looking("why scale wordcount workers=8")),
    Kind("`scale`, straight away", 8, straight_away),
    Kind("`scale … for 30m`, put back", 3, for_a_time),
    Kind("`scale`, approved by one", 5, approved),
    Kind("`scale`, left to expire", 1, denied),
    Kind("`scale`, refused by the policy", 2, refused),
    Kind("`break-glass`, put back, reviewed", 1, emergency),
)
