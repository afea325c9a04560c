"""What is asked of the policy, and what it may answer (contract, "Policy")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handler.domain.model import Actor, GroupName, UserId

MOST_APPROVALS = 3


class Action(StrEnum):
    """What a person may want to do to a job; Cedar's action names."""

    VIEW = "view"
    SCALE = "scale"
    RUN = "run"
    CANCEL = "cancel"
    APPROVE = "approve"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Target:
    """The job as the policy sees it."""

    id: str
    name: str
    type: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """May this person do this to this job? Numbers that do not apply are 0; ``for_minutes`` 0 means until undone."""

    actor: Actor
    groups: frozenset[GroupName]
    action: Action
    target: Target
    workers: int = 0
    timeout_minutes: int = 0
    workers_before: int = 0
    timeout_before_minutes: int = 0
    for_minutes: int = 0
    has_reason: bool = False
    break_glass: bool = False
    requester: UserId | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """Straight away; ``because`` are the ``@id``s of the determining policies."""

    because: tuple[str, ...]
    policy_version: str


@dataclass(frozen=True, slots=True)
class NeedsApproval:
    """Once ``approvals`` people (1 to 3) have approved."""

    approvals: int
    because: tuple[str, ...]
    policy_version: str


@dataclass(frozen=True, slots=True)
class Denied:
    """Never; ``because`` are the forbidding policies' ``@id``s, empty when simply none permits it."""

    because: tuple[str, ...]
    policy_version: str


Decision = Allowed | NeedsApproval | Denied
