"""What a person asked for: one closed union that every router matches exhaustively."""

from __future__ import annotations

from dataclasses import dataclass

from handler.domain.period import ALL_TIME, EVER, Bounds, Period


@dataclass(frozen=True, slots=True)
class To:
    """Set a number to this value."""

    value: int


@dataclass(frozen=True, slots=True)
class By:
    """Raise a number by this much."""

    delta: int


Setting = To | By


@dataclass(frozen=True, slots=True)
class Help:
    """What may I do here?"""


@dataclass(frozen=True, slots=True)
class ShowStatus:
    """Show one job; ``job`` is an id or a name as typed."""

    job: str


@dataclass(frozen=True, slots=True)
class ListJobs:
    """List jobs whose name contains ``text``; empty means all."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Change a job's workers, its timeout (minutes), or both; at least one is given.

    ``minutes`` is how long the change shall last, None until it is undone. ``is_emergency`` asks to pass the approvals
    by (``break-glass``); such a change has a reason.
    """

    job: str
    workers: Setting | None = None
    timeout: Setting | None = None
    minutes: int | None = None
    because: str | None = None
    is_emergency: bool = False


@dataclass(frozen=True, slots=True)
class Undo:
    """Put the former values of a change back; ``request`` is its id as typed."""

    request: str
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """What would the policy say to this change, and who could approve it now?"""

    scale: Scale


@dataclass(frozen=True, slots=True)
class ShowJobHistory:
    """Who changed this job in this time; ``job`` is an id or a name as typed."""

    job: str
    period: Period = ALL_TIME


@dataclass(frozen=True, slots=True)
class ShowUserHistory:
    """What this person asked for in this time; ``user_id`` is a Slack user id."""

    user_id: str
    period: Period = ALL_TIME


@dataclass(frozen=True, slots=True)
class ShowOlder:
    """Go on with a history after ``cursor``; ``subject`` is a job's id, or a Slack user id in a person's history."""

    subject: str
    cursor: str
    bounds: Bounds = EVER
    is_user: bool = False


@dataclass(frozen=True, slots=True)
class ListRequests:
    """Which requests are open?"""


Command = (
    Help | ShowStatus | ListJobs | Scale | Why | ShowJobHistory | ShowUserHistory | ShowOlder | ListRequests | Undo
)
