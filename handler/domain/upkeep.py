"""What the minute tick owes to which request; read from the requests alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handler.domain.request import Request, State

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Resume:
    """An allowed change that was never started: its worker is gone."""

    request: Request


@dataclass(frozen=True, slots=True)
class Reconcile:
    """A change whose outcome is not known: read the job and say what became of it."""

    request: Request


Duty = Resume | Reconcile


def plan(requests: Iterable[Request], now: datetime) -> tuple[Duty, ...]:
    """Return what is due now, in the order given."""
    duties: list[Duty] = []
    for request in requests:
        if request.due_at is None or request.due_at > now:
            continue
        match request.state:
            case State.APPROVED:
                duties.append(Resume(request))
            case State.APPLYING | State.UNKNOWN:
                duties.append(Reconcile(request))
            case _:
                continue
    return tuple(duties)
