"""What the model keeps of a request, and of the jobs: plain values that change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tests.model.happenings import Write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.model.happenings import Edit

HOLDING: Final = frozenset({"pending", "approved", "applying", "unknown", "reverting"})
"""The states in which a request owns its job (contract, "Request states"; architecture, rule 3)."""
MINUTE: Final = timedelta(minutes=1)
STILL_TO_ARRIVE: Final = timedelta(minutes=5)
"""How old a signature may be when the API takes it (data-flow-api.md, section 3)."""

Fields = dict[str, object]


@dataclass(slots=True)
class Expected:
    """A request as it should be; ``log`` is who did what, in order."""

    id: str
    requester: str
    job_id: str
    before: Fields
    workers: int
    minutes: int | None
    is_emergency: bool
    needed: int
    opened_at: datetime
    expires_at: datetime
    remind_at: datetime | None
    escalate_at: datetime | None
    review_at: datetime
    state: str
    log: list[tuple[str, str]] = field(default_factory=list)
    approvals: list[str] = field(default_factory=list)
    refused_deliveries: frozenset[str] = frozenset()
    is_shown: bool = False
    tell_at: datetime | None = None
    is_reviewed: bool = False
    is_undoing: bool = False
    approved_at: datetime | None = None
    started_at: datetime | None = None
    look_at: datetime | None = None
    revert_at: datetime | None = None
    checks: int = 0
    reminders: int = 0
    below: list[Expected] = field(default_factory=list)
    notice_at: datetime | None = None
    is_over: bool = False
    former: object = None
    failures: int = 0
    is_extended: bool = False
    undone_by: str | None = None
    called_at: datetime | None = None
    put_off_to: datetime | None = None

    @property
    def begun_at(self) -> datetime:
        """When the write that counts was begun."""
        return self.started_at or self.opened_at

    @property
    def target(self) -> object:
        """How many workers the write under way is to give the job."""
        return self.former if self.is_undoing else self.workers

    @property
    def lasts(self) -> bool:
        """Whether what it has set, once it was applied, is to stay."""
        return self.state != "reverted" and not self.is_over

    @property
    def holds_job(self) -> bool:
        """Whether the lock of the job is this request's."""
        return self.state in HOLDING

    @property
    def standing(self) -> tuple[object, ...]:
        """Return what a move looks at; a note on record or a review of an emergency leaves it as it is."""
        asked = (self.state, tuple(self.approvals), self.checks, self.reminders)
        return (*asked, self.revert_at, self.started_at, self.notice_at, self.is_over, self.failures)

    @property
    def due_at(self) -> datetime | None:
        """When the tick has something to do here."""
        match self.state:
            case "pending":
                return min(at for at in (self.expires_at, self.remind_at, self.escalate_at) if at)
            case "approved" | "applying" | "reverting" | "unknown":
                return self.look_at
            case "applied" | "failed" | "reverted":
                review_at = self.review_at if self.is_emergency and not self.is_reviewed else None
                owed = [self.revert_at, self.notice_at, review_at]
                return self.put_off_to or min((at for at in owed if at), default=None)
            case _:
                return None


@dataclass(slots=True)
class Jobs:
    """The jobs as they really are, and what the API is about to do to the next who calls."""

    now: dict[str, Fields]
    next_write: Write = Write.DONE
    is_dark: bool = False
    late: list[tuple[str, Fields, datetime]] = field(default_factory=list)

    def edit(self, edit: Edit) -> None:
        """Change a job in the console."""
        self.now[edit.job_id] = {**self.now[edit.job_id], edit.name: edit.value}

    def read(self, job_id: str) -> Mapping[str, object] | None:
        """Return what the API shows; None while it is down."""
        return None if self.is_dark else self.now[job_id]

    def write(self, job_id: str, fields: Fields, at: datetime) -> bool:
        """Write a job's settings; return whether the API refused."""
        what, self.next_write = self.next_write, Write.DONE
        if what in {Write.DONE, Write.UNHEARD, Write.DARK}:
            self.now[job_id] = fields
        if what is Write.LATE:
            self.late.append((job_id, fields, at))
        self.is_dark = self.is_dark or what is Write.DARK
        return what is Write.REFUSED

    def arrive(self, at: datetime) -> None:
        """Let what is late arrive; the API takes no signature that is too old."""
        for job_id, fields, sent_at in self.late:
            if at - sent_at < STILL_TO_ARRIVE:
                self.now[job_id] = fields
        self.late.clear()
