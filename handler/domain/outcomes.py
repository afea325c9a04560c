"""What there is to tell a person: one closed union that the renderer matches exhaustively."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handler.domain.calls import Call
from handler.domain.period import EVER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handler.domain.authority import Action, Decision
    from handler.domain.commands import Scale
    from handler.domain.dataflow_errors import DataFlowUnclear
    from handler.domain.errors import SluiceError, UsageError
    from handler.domain.model import Change, Execution, Job, JobSummary, RequestId, UserId
    from handler.domain.overlay import PutBack, StandDown
    from handler.domain.period import Bounds
    from handler.domain.preview import Problem
    from handler.domain.request import Request
    from handler.domain.review import Objection
    from handler.domain.sighting import Seen


@dataclass(frozen=True, slots=True)
class HelpShown:
    """The words there are; ``actions`` are those the policy can grant this person on some job."""

    actions: frozenset[Action]


@dataclass(frozen=True, slots=True)
class JobShown:
    """One job as it is now, with its newest executions; None when they could not be read."""

    job: Job
    executions: tuple[Execution, ...] | None
    shown_at: datetime


@dataclass(frozen=True, slots=True)
class JobRemembered:
    """One job as it was last seen, while the API does not answer; ``error`` says how."""

    seen: Seen
    error: DataFlowUnclear
    shown_at: datetime


@dataclass(frozen=True, slots=True)
class JobsListed:
    """The jobs this person may view whose name contains ``text``."""

    text: str
    jobs: tuple[JobSummary, ...]


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """A change and what has become of it, as its request says.

    ``running`` is the execution it does not reach; ``approvers`` are who could approve it now, None when that could not
    be found out or does not matter any more. ``is_fresh`` when this very worker opened it: nobody can have told of it.
    """

    request: Request
    running: Execution | None = None
    approvers: tuple[UserId, ...] | None = None
    is_fresh: bool = False


@dataclass(frozen=True, slots=True)
class AskedAlready:
    """The same person asked for the very same just before: this is that request.

    ``meant`` is the step that was not taken once more, when that request has taken it already.
    """

    request: Request
    meant: Change | None = None


@dataclass(frozen=True, slots=True)
class ClickRefused:
    """A click decided nothing; ``request`` is what it was about, as it is now.

    Of what the policy does not let them do, ``could`` are who may now, None when that could not be found out, and
    ``because`` the rules that forbid it. ``way`` is what would have been put back into the job, or why nothing is.
    """

    why: Objection
    request: Request | None = None
    could: tuple[UserId, ...] | None = None
    way: PutBack | StandDown | None = None
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undone:
    """Somebody has typed that a change is to be put back: what became of that. Its card may stand elsewhere."""

    request: Request


@dataclass(frozen=True, slots=True)
class WhyShown:
    """What the policy says to a change, what would make it pass, and who could approve it now (None: not found out).

    ``straight_away_workers`` is the most workers that need no approval, None when no number does; ``command`` is what
    was asked about. Of an emergency that is not allowed straight away, ``plain`` is the decision about the same without
    break-glass.
    """

    job: Job
    plan: Change | Problem
    decision: Decision
    straight_away_workers: int | None
    channel: str | None
    approvers: tuple[UserId, ...] | None
    command: Scale
    plain: Decision | None = None


@dataclass(frozen=True, slots=True)
class ChangeImpossible:
    """The change was not asked of the API, because of the job as it is or the limits."""

    request_id: RequestId
    job: Job
    problem: Problem


@dataclass(frozen=True, slots=True)
class Refused:
    """The policy does not let this person do this; ``is_emergency``: not past the approvals."""

    request_id: RequestId
    action: Action
    job_name: str
    because: tuple[str, ...]
    is_emergency: bool = False


@dataclass(frozen=True, slots=True)
class JobIsBusy:
    """Another open request owns the job, None when it ended while we looked; ``is_own``: of the same person."""

    job_name: str
    holder: Request | None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class HistoryShown:
    """A page of audit facts within ``bounds``, newest first, as stored; ``subject`` is a job's name or a person's id.

    ``key`` is what the same is asked for by again: a job's id or a person's. ``after`` are cursors, each of which leads
    to what comes after the fact at the same place; ``older`` leads to the next page, None when there is none.
    ``is_first`` is False for those pages.
    """

    subject: str
    facts: tuple[Mapping[str, object], ...]
    key: str
    after: tuple[str, ...] = ()
    older: str | None = None
    bounds: Bounds = EVER
    is_user: bool = False
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class RequestsShown:
    """The open requests on jobs this person may view."""

    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """The words typed make no command."""

    error: UsageError


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something this needs did not do its part; ``incident`` is the id that the log has too."""

    error: SluiceError
    incident: str


@dataclass(frozen=True, slots=True)
class LeftUntold:
    """What a worker that is gone did not tell, or only in part; it is this one's to tell now."""

    request: Request


@dataclass(frozen=True, slots=True)
class NothingMore:
    """A redelivery of what has been told already."""


Outcome = (
    HelpShown
    | JobShown
    | JobRemembered
    | JobsListed
    | ChangeShown
    | AskedAlready
    | ClickRefused
    | WhyShown
    | ChangeImpossible
    | Refused
    | JobIsBusy
    | HistoryShown
    | RequestsShown
    | Misunderstood
    | Trouble
    | Call
    | LeftUntold
    | Undone
    | NothingMore
)
