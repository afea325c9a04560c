"""What the shipped policy says to a change of workers, told a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.model.happenings import NAMES, Ask

if TYPE_CHECKING:
    from tests.model.expected import Expected

EMERGENCY_MINUTES: Final = 120
AT_ONCE: Final = 6
AT_ONCE_IN_AN_EMERGENCY: Final = 8
WITH_ONE: Final = 8


def approvals_needed(groups: frozenset[str], ask: Ask | Expected) -> int | None:
    """Say what the shipped policy says to a change of workers: so many approvals, None is never."""
    if not is_on_call(groups):
        return None
    at_once = AT_ONCE
    if isinstance(ask, Ask) and ask.is_emergency and (ask.minutes or EMERGENCY_MINUTES) <= EMERGENCY_MINUTES:
        at_once = AT_ONCE_IN_AN_EMERGENCY
    needed = 0 if ask.workers <= at_once else 1 if ask.workers <= WITH_ONE else 2
    return max(needed, 1) if NAMES[ask.job_id].startswith("settlement-") else needed


def is_on_call(groups: frozenset[str]) -> bool:
    """Whether somebody may have changes at all."""
    return bool(groups & {"oncall", "leads"})


def is_free_to(groups: frozenset[str], job_id: str, workers: object, *, is_emergency: bool = False) -> bool:
    """Whether somebody may have so many workers straight away."""
    at_once = AT_ONCE_IN_AN_EMERGENCY if is_emergency else AT_ONCE
    return is_on_call(groups) and int(str(workers)) <= at_once and not NAMES[job_id].startswith("settlement-")
