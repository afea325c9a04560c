"""Policies and questions that the tests ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Unpack

from cedarpy import AuthzResult, is_authorized_batch

from handler.adapters.policy.cedar import CedarPolicy
from handler.adapters.policy.folder import PolicyTexts
from handler.domain.authority import Action, Question, Target
from handler.domain.model import GroupName, UserId
from tests.makers import actor

if TYPE_CHECKING:
    from typing import TypedDict

    class QuestionFields(TypedDict, total=False):
        """What a maker of questions may be told; the rest is the default."""

        workers: int
        timeout_minutes: int
        workers_before: int
        timeout_before_minutes: int
        for_minutes: int
        has_reason: bool
        break_glass: bool


CONTRACT: Final = """
@id("oncall-small")         permit(principal in Group::"oncall", action == Action::"scale", resource)
                            when { context.workers <= 6 && context.timeout <= 720 };
@id("oncall-with-approval") permit(principal in Group::"oncall", action == Action::"scale", resource)
                            when { context.approvals >= 1 };
@id("leads-approve")        permit(principal in Group::"leads", action == Action::"approve", resource);
@id("four-eyes")            forbid(principal, action == Action::"approve", resource)
                            when { principal == context.requester };
"""
"""The contract's example, as it stands there."""

GROUPS: Final = '[groups]\noncall = "S0ONCALL"\nleads = "S0LEADS"\nviewers = "S0VIEWERS"\n'


class CountingAsk:
    """cedarpy's batch call that keeps how many requests came in each call."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def __call__(self, requests: list[dict[str, object]], *rest: object) -> list[AuthzResult]:
        """Answer as cedarpy does."""
        self.sizes.append(len(requests))
        answers: list[AuthzResult] = is_authorized_batch(requests, *rest)  # type: ignore[arg-type]  # passed through
        return answers


def policy_of(cedar: str, settings: str = GROUPS) -> CedarPolicy:
    """Load a policy from its texts."""
    return CedarPolicy.from_texts(PolicyTexts(cedar, settings))


def question(
    action: Action = Action.SCALE,
    *groups: str,
    user_id: str = "U0KIM",
    channel_id: str = "C0INCIDENT",
    target: Target | None = None,
    requester: str | None = None,
    **fields: Unpack[QuestionFields],
) -> Question:
    """Ask about a job; by default somebody in these groups asks to leave 2 workers and 360 minutes as they are."""
    told: QuestionFields = {
        "workers": 2,
        "timeout_minutes": 360,
        "workers_before": 2,
        "timeout_before_minutes": 360,
        **fields,
    }
    return Question(
        actor(user_id, channel_id),
        frozenset(GroupName(group) for group in groups),
        action,
        target or Target("Wc7RtQ2mLx9B", "wordcount", "DATAFLOW", "RUNNABLE"),
        requester=UserId(requester) if requester else None,
        **told,
    )
