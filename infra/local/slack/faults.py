"""What is to go wrong next in the Web API: planned by a test, used up call by call. Pure."""

from dataclasses import dataclass, field, replace
from typing import Literal

FaultKind = Literal["ratelimited", "error", "slow", "reset", "html"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which the next calls of a method fail.

    `ratelimited`: 429 with `Retry-After`; `error`: `{"ok": false, "error": code}`; `slow`: done at once, answered
    `delay_seconds` later; `reset`: the connection breaks without an answer; `html`: a 500 with a page of HTML.
    """

    method: str
    """A Web API method, `response_url`, or `*` for whatever comes next."""
    kind: FaultKind
    times: int = 1
    code: str = "internal_error"
    retry_after_seconds: int = 1
    delay_seconds: float = 0.0
    applied: bool = False
    """For `reset` and `html`: whether Slack did what was asked before it failed."""


@dataclass(slots=True)
class Faults:
    """Faults still to come, in the order they were planned."""

    planned: list[Fault] = field(default_factory=list)

    def plan(self, fault: Fault) -> None:
        """Let the next `fault.times` calls fail."""
        self.planned.append(fault)

    def take(self, method: str) -> Fault | None:
        """Take the first fault planned for this method; None when it is to work."""
        for index, fault in enumerate(self.planned):
            if fault.method in (method, "*"):
                if fault.times > 1:
                    self.planned[index] = replace(fault, times=fault.times - 1)
                else:
                    del self.planned[index]
                return fault
        return None

    def clear(self) -> None:
        """Let everything work again."""
        self.planned.clear()
