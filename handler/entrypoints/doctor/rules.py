"""The policy: valid, true to its cases, and the one that is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.adapters.policy.cases import check_cases, parse_cases
from handler.adapters.policy.cedar import CedarPolicy
from handler.adapters.policy.folder import read_texts
from handler.domain.errors import PolicyInvalid
from handler.entrypoints.doctor.findings import Green, Red

if TYPE_CHECKING:
    from pathlib import Path

    from handler.entrypoints.doctor.findings import Verdict

CHECK = "sluice policy check"


def read_policy(folder: Path) -> CedarPolicy | Red:
    """Read the policy of a folder."""
    try:
        return CedarPolicy.from_texts(read_texts(folder))
    except PolicyInvalid as error:
        return Red(f"The policy is not valid: {_first(error.problems)}", f"{CHECK} {folder}")


def check_policy_cases(policy: CedarPolicy, folder: Path) -> Verdict:
    """Try every case of the policy."""
    try:
        cases = parse_cases(read_texts(folder).cases or "", policy.settings.groups)
    except PolicyInvalid as error:
        return Red(f"The policy's cases cannot be read: {_first(error.problems)}", f"{CHECK} {folder}")
    if failures := (*policy.warnings, *check_cases(policy, cases)):
        return Red(_first(failures), f"{CHECK} {folder}")
    return Green(f"version {policy.version}, {len(cases)} cases came out as expected")


def _first(problems: tuple[str, ...]) -> str:
    return problems[0] if len(problems) == 1 else f"{problems[0]} ({len(problems) - 1} more)"
