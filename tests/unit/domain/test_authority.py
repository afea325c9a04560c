"""What is asked of the policy, in the contract's words."""

from __future__ import annotations

from handler.domain.authority import MOST_APPROVALS, Action, Question, Target
from tests.makers import JOB_ID, actor


def test_actions_are_cedars() -> None:
    """The contract, "Policy"."""
    assert [action.value for action in Action] == ["view", "scale", "run", "cancel", "approve", "audit"]


def test_at_most_three_approvals_are_asked_for() -> None:
    """The engine asks with 0, 1, 2 and 3."""
    assert MOST_APPROVALS == 3


def test_what_does_not_apply_to_a_question_is_nothing() -> None:
    """Cedar knows no absent number: 0 stands for it, and for "until undone"."""
    asked = Question(actor(), frozenset(), Action.VIEW, Target(JOB_ID, "wordcount"))
    numbers = (asked.workers, asked.timeout_minutes, asked.workers_before, asked.timeout_before_minutes)
    assert (*numbers, asked.for_minutes) == (0, 0, 0, 0, 0)
    assert (asked.has_reason, asked.break_glass, asked.requester) == (False, False, None)
    assert (asked.target.type, asked.target.status) == ("", "")
