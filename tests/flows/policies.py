"""The shipped policy with other terms, and policies of a few rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handler.adapters.policy.validation import validate

if TYPE_CHECKING:
    from handler.adapters.policy.cedar import CedarPolicy

SCALE_STRAIGHT_AWAY = """
@id("anybody-scales") permit(principal, action == Action::"scale", resource);
"""
SCALE_WITH_ONE = """
@id("with-one") permit(principal, action == Action::"scale", resource) when { context.approvals >= 1 };
"""
SCALE_WITH_THREE = """
@id("with-three") permit(principal, action == Action::"scale", resource) when { context.approvals >= 3 };
"""
ANYBODY_APPROVES = """
@id("anybody-approves") permit(principal, action == Action::"approve", resource);
"""
LEADS_APPROVE = """
@id("leads-approve") permit(principal in Group::"leads", action == Action::"approve", resource);
"""


def ruled(policy: CedarPolicy, *rules: str) -> CedarPolicy:
    """Return a policy with the same settings and these rules alone."""
    return replace(policy, valid=validate("".join(rules), policy.settings.groups), version="other")


def with_approvals(policy: CedarPolicy, **terms: Any) -> CedarPolicy:
    """Return a policy whose approvals run on other terms."""
    return _with(policy, "approvals", terms)


def with_break_glass(policy: CedarPolicy, **terms: Any) -> CedarPolicy:
    """Return a policy whose emergencies run on other terms."""
    return _with(policy, "break_glass", terms)


def _with(policy: CedarPolicy, table: str, terms: dict[str, Any]) -> CedarPolicy:
    settings = policy.settings
    changed = getattr(settings, table).model_copy(update=terms)
    return replace(policy, settings=settings.model_copy(update={table: changed}))
