"""What may happen: people ask and press, the minute ticks, somebody edits a job in the console, a worker dies.

The program and the model are given the same values; neither sees what the other makes of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

Button = Literal["approve", "deny", "form", "withdraw", "ask_again", "reviewed", "extend", "keep", "revert"]
"""``deny`` opens the form that ``form`` sends."""

CHANNEL: Final = "C0INCIDENT"
PEOPLE: Final = ("U0KIM", "U0LEE", "U0HAN", "U0PARK", "U0CHOI")
GROUPS: Final = ("oncall", "leads", "viewers")
WORDCOUNT, ORDERS, SETTLEMENT = "Wc7RtQ2mLx9B", "Od4KpZ8vNs1Y", "Sc6BqF1xDm8U"
NAMES: Final = {WORDCOUNT: "wordcount", ORDERS: "orders-daily", SETTLEMENT: "settlement-close"}


@dataclass(frozen=True, slots=True)
class Ask:
    """A command is typed. The same ``delivery`` again is a redelivery."""

    who: str
    job_id: str
    workers: int
    minutes: int | None
    is_emergency: bool
    delivery: str
    can_post: bool = True
    again: str = ""

    @property
    def text(self) -> str:
        """What is typed."""
        word = "break-glass scale" if self.is_emergency else "scale"
        span = "" if self.minutes is None else f" for {self.minutes}m"
        return f"{word} {self.job_id} workers={self.workers}{span} because backlog"

    @property
    def heard(self) -> str:
        """What is the same in each delivery of it, and in nothing else; of what is asked again, what the press is."""
        return self.again or f"{self.delivery} {self.who} {CHANNEL} {self.text}"


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a request is pressed, or its form sent; ``is_genuine`` when it carries the request's own digest.

    ``end`` is the end that the card showed, where it showed one.
    """

    who: str
    button: Button
    request_id: str
    is_genuine: bool
    is_stranger: bool
    delivery: str
    end: datetime | None = None

    @property
    def heard(self) -> str:
        """What is the same in each delivery of it, and in nothing else."""
        return f"{self.delivery} {self.who} {CHANNEL} {self.button} {self.request_id}"


@dataclass(frozen=True, slots=True)
class Undo:
    """Somebody types ``undo``."""

    who: str
    request_id: str
    delivery: str

    @property
    def text(self) -> str:
        """What is typed."""
        return f"undo {self.request_id} because too much"

    @property
    def heard(self) -> str:
        """What is the same in each delivery of it, and in nothing else."""
        return f"{self.delivery} {self.who} {CHANNEL} {self.text}"


@dataclass(frozen=True, slots=True)
class Tick:
    """The schedule's minute."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Somebody changes a job in the console."""

    job_id: str
    name: Literal["numWorker", "timeout"]
    value: int


@dataclass(frozen=True, slots=True)
class Death:
    """The worker is gone at this very moment."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The database does not answer to the very next move; ``is_done`` when it has recorded it all the same."""

    is_done: bool


Happening = Ask | Press | Undo | Tick | Edit | Death | Silence


class DiedError(Exception):
    """What a worker's death looks like from outside: nothing after it was done."""


class UnansweredError(Exception):
    """What the model raises where the program hears nothing from the database."""


class Write(Enum):
    """What becomes of the next write to the API."""

    DONE = auto()
    UNHEARD = auto()
    """Done, but no answer came."""
    LOST = auto()
    """Neither done nor answered."""
    LATE = auto()
    """Not answered, and done when somebody lets it arrive."""
    REFUSED = auto()
    DARK = auto()
    """Done, and then the API is down."""


@dataclass(slots=True)
class Turns:
    """Counts the moves a story puts on record; just before one of them something else may happen."""

    taken: int = 0
    at: int = 0
    other: Callable[[], None] | None = field(default=None, repr=False)
    silence: Silence | None = None

    def begin(self, at: int = 0, other: Callable[[], None] | None = None) -> None:
        """Count anew; let ``other`` happen before the turn ``at``."""
        self.taken, self.at, self.other, self.silence = 0, at, other, None

    def take(self) -> Silence | None:
        """Be called before each move is put on record; return what the database does to this one."""
        self.taken += 1
        if self.other is not None and self.taken == self.at:
            other, self.other = self.other, None
            other()
        silence, self.silence = self.silence, None
        return silence
