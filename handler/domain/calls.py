"""What people are called to a card for: a closed union, each kind of which has its message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handler.domain.pager import EndOverdue, LookWanted

if TYPE_CHECKING:
    from handler.domain.model import UserId
    from handler.domain.request import Request


@dataclass(frozen=True, slots=True)
class PeopleReminded:
    """A request nobody has decided is shown to people again; ``escalated_to`` are Slack ids turned to next."""

    request: Request
    approvers: tuple[UserId, ...] | None
    escalated_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewWanted:
    """An emergency that nobody has looked at yet."""

    request: Request
    approvers: tuple[UserId, ...] | None


@dataclass(frozen=True, slots=True)
class EndNear:
    """The time of a change is soon over, and its card asks whether it shall go on."""

    request: Request


@dataclass(frozen=True, slots=True)
class NotPutBack:
    """Putting a change back has failed too often; ``escalated_to`` are Slack ids turned to."""

    request: Request
    escalated_to: tuple[str, ...]


Call = PeopleReminded | ReviewWanted | EndNear | NotPutBack | LookWanted | EndOverdue
"""What calls people to a card, at the tick's own time."""
