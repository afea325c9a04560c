"""How approvals and emergencies run, as the flows get it from the settings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handler.domain.review import Terms
from tests.unit.adapters.policy.examples import CONTRACT, GROUPS, policy_of

WHOLE = """
[approvals]
channel = "C0DATA"
expires = "2h"
remind = "15m"

[approvals.escalate]
after = "1h"
to = "S0DUTY"

[break_glass]
review_within = "4h"
max_for = "45m"

[audit]
channel = "C0AUDIT"
"""


def test_settings_that_say_nothing_give_the_domains_own_terms() -> None:
    """What a team leaves out is as the domain has it, so that there is one default and not two."""
    assert Terms() == policy_of(CONTRACT).terms


def test_every_setting_reaches_the_terms() -> None:
    """Each setting on approvals and emergencies is one of the terms."""
    expected = Terms(
        expires_after=timedelta(hours=2),
        remind_after=timedelta(minutes=15),
        escalate_after=timedelta(hours=1),
        escalate_to=("S0DUTY",),
        channel="C0DATA",
        review_within=timedelta(hours=4),
        longest_emergency=timedelta(minutes=45),
        audit_channel="C0AUDIT",
    )

    assert expected == policy_of(CONTRACT, GROUPS + WHOLE).terms


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("leads", ("S0LEADS",)),
        ("seniors", ("U0LEE", "U0HAN")),
        ("U0LEE", ("U0LEE",)),
        ("C0DATA", ("C0DATA",)),
    ],
)
def test_a_group_to_turn_to_is_told_by_slacks_ids(to: str, expected: tuple[str, ...]) -> None:
    """Whom to turn to is named as in the policy, and told as Slack can be told: a user group, people, a channel."""
    groups = GROUPS + 'seniors = ["U0LEE", "U0HAN"]\n'
    terms = policy_of(CONTRACT, groups + WHOLE.replace("S0DUTY", to)).terms

    assert expected == terms.escalate_to
