"""A request: everything true about one asked change (architecture, rule 1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from handler.domain.audit import canonical, recordable, timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handler.domain.model import Actor, Change, ChannelId, Head, RequestId, RunCondition, UserId
    from handler.domain.news import News


class State(StrEnum):
    """Where a request stands; stored by these words (contract, "Request states")."""

    PENDING = "pending"
    APPROVED = "approved"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REVERTING = "reverting"
    REVERTED = "reverted"
    DENIED = "denied"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    STALE = "stale"

    @property
    def holds_job(self) -> bool:
        """Whether a request in this state owns its job's lock, so that no other change may start."""
        return self in {State.PENDING, State.APPROVED, State.APPLYING, State.UNKNOWN, State.REVERTING}


@dataclass(frozen=True, slots=True)
class Card:
    """The Slack message that shows a request; ``seq`` is the newest fact that it told of when it was posted."""

    channel_id: ChannelId
    ts: str
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's yes, and when."""

    user_id: UserId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """How a request is decided by others, and what came of it.

    ``needed`` different people must approve before ``expires_at``. ``remind_at`` and ``escalate_at`` are when the tick
    turns to people again, None when it will not. ``decided_by`` ended it by a denial or a withdrawal.
    """

    needed: int
    expires_at: datetime
    remind_at: datetime | None = None
    escalate_at: datetime | None = None
    reminders: int = 0
    approvals: tuple[Approval, ...] = ()
    decided_by: UserId | None = None
    decided_reason: str | None = None

    @property
    def due_at(self) -> datetime:
        """When the tick must look next."""
        return min(at for at in (self.expires_at, self.remind_at, self.escalate_at) if at is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """A change that went past the approvals: somebody must look at it afterwards, at the latest at ``review_at``."""

    review_at: datetime
    reviewed_by: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a change that was applied comes to its end.

    ``notice_at`` is when people are asked whether it shall go on, None once they were, or if they are from the start.
    ``extra_minutes`` is what ``extended_by``, the last of them, and others before added to its time. ``kept_by`` took
    its end away, ``undone_by`` wanted it put back. ``is_over`` says that its time is over although it was not put back,
    as the job had other values by then. ``former`` are the values that the write under way puts back, by field.
    ``failures`` counts the writes of them that came to nothing, one after the other.
    """

    notice_at: datetime | None = None
    extra_minutes: int = 0
    extended_by: UserId | None = None
    kept_by: UserId | None = None
    undone_by: UserId | None = None
    is_over: bool = False
    former: Mapping[str, int] = field(default_factory=dict)
    failures: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "former", MappingProxyType(dict(self.former)))


@dataclass(frozen=True, slots=True)
class Request:
    """One asked change.

    ``delivery`` is the digest of the Slack delivery that opened it. ``minutes`` is how long the change is to last, None
    until it is undone; ``revert_at`` is when it is put back, or when that is tried again, ``undoing`` says that the
    write is or was to put it back. ``over`` names, for each field, the change in effect that had set it last when this
    one was asked.
    ``due_at`` is when the minute tick must look at it next; ``untold`` is what people have not been told yet, and
    ``tell_at`` when the tick takes that over. ``started_at`` is when the intent to write was recorded,
    ``called_at`` when somebody was called last because nobody knew what became of it,
    ``checks`` counts the looks at an unknown outcome, ``found`` is the last run condition read back, ``problem`` the
    name of what stands in the way.
    """

    id: RequestId
    state: State
    change: Change
    requester: Actor
    delivery: str
    created_at: datetime
    updated_at: datetime
    policy_version: str
    because: tuple[str, ...]
    head: Head
    reason: str | None = None
    due_at: datetime | None = None
    tell_at: datetime | None = None
    untold: tuple[News, ...] = ()
    card: Card | None = None
    found: RunCondition | None = None
    problem: str | None = None
    checks: int = 0
    started_at: datetime | None = None
    called_at: datetime | None = None
    minutes: int | None = None
    revert_at: datetime | None = None
    undoing: bool = False
    review: Review | None = None
    emergency: Emergency | None = None
    over: Mapping[str, RequestId] = field(default_factory=dict)
    ending: Ending = Ending()

    def __post_init__(self) -> None:
        object.__setattr__(self, "over", MappingProxyType(dict(self.over)))

    @property
    def wanted(self) -> Mapping[str, object]:
        """What the write under way is to give the job: the asked values or, when undoing, the former ones."""
        if not self.undoing:
            return self.change.values
        # A write that was begun by a version which kept no ``former`` puts back what the change itself replaced.
        return self.ending.former or {name: self.change.before.fields.get(name) for name in self.change.values}

    @property
    def replaced(self) -> Mapping[str, object]:
        """What the fields of the write under way had before it.

        Of a write that puts back, those that it wants: what it did in part is tried again whole.
        """
        return self.wanted if self.undoing else self.change.before.fields

    @property
    def can_be_put_back(self) -> bool:
        """Whether it was applied, and putting it back is not under way or done."""
        return self.state is State.APPLIED or (self.state is State.FAILED and self.undoing)

    @property
    def lasts(self) -> bool:
        """Whether, once applied, its values are to stay: neither put back, nor over while others lay on top."""
        return self.state is not State.REVERTED and not self.ending.is_over

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it, be it at no certain time."""
        return self.state.holds_job or self.due_at is not None

    @property
    def wakes_at(self) -> datetime | None:
        """When the tick must turn to it next, to do something or to tell people."""
        return min((at for at in (self.due_at, self.tell_at) if at is not None), default=None)

    @property
    def next_due_at(self) -> datetime | None:
        """When something is owed to what was applied: its end, the question before it, a look at an emergency."""
        review_at = self.emergency.review_at if self.emergency and not self.emergency.reviewed_by else None
        owed = (self.revert_at, self.ending.notice_at, review_at)
        return min((at for at in owed if at is not None), default=None)

    @property
    def digest(self) -> str:
        """The digest of the exact arguments that people decide about, as their buttons carry it."""
        return digest_of(self)

    def with_card(self, card: Card) -> Request:
        """Return the same request that remembers its message."""
        return replace(self, card=card)


DIGEST_LENGTH: Final = 32


def digest_of(request: Request) -> str:
    """Return the digest of job, before, after, duration, expiry and policy version: 32 hex digits of SHA-256."""
    arguments = {
        "request_id": request.id,
        "job_id": request.change.job_id,
        "before": recordable(request.change.before),
        "after": recordable(request.change.after),
        "minutes": request.minutes,
        "expires_at": None if request.review is None else timestamp(request.review.expires_at),
        "policy_version": request.policy_version,
    }
    return hashlib.sha256(canonical(arguments).encode()).hexdigest()[:DIGEST_LENGTH]
