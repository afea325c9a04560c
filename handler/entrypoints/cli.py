"""``sluice``: the operator's command line."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from handler.adapters.policy.cases import check_cases, parse_cases
from handler.adapters.policy.cedar import CedarPolicy
from handler.adapters.policy.folder import read_texts
from handler.domain.errors import SettingsInvalid
from handler.settings import PACKAGED_POLICY

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code: 0 all is well, 1 something is not, 2 it was called wrongly."""
    parser = argparse.ArgumentParser(prog="sluice", description="Look after Sluice.")
    topics = parser.add_subparsers(dest="topic", required=True, metavar="TOPIC")
    policy = topics.add_parser("policy", help="who may do what").add_subparsers(
        dest="what", required=True, metavar="COMMAND"
    )
    check = policy.add_parser("check", help="validate the policy and run its cases")
    check.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path(os.environ.get("POLICY_DIR") or PACKAGED_POLICY),
        help="the folder with policy.cedar, settings.toml and cases.toml (default: POLICY_DIR, else the shipped one)",
    )
    return _check_policy(parser.parse_args(words).folder)


def _check_policy(folder: Path) -> int:
    try:
        texts = read_texts(folder)
        policy = CedarPolicy.from_texts(texts)
        cases = parse_cases(texts.cases or "", policy.settings.groups)
    except SettingsInvalid as error:
        print(*error.problems, sep="\n", file=sys.stderr)
        return 1
    failures = check_cases(policy, cases)
    print(*policy.warnings, *failures, sep="\n", file=sys.stderr, end="\n" if policy.warnings or failures else "")
    if failures:
        print(f"{len(failures)} of {len(cases)} cases came out otherwise.", file=sys.stderr)
        return 1
    print(f"The policy is valid (version {policy.version}); all {len(cases)} cases came out as expected.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
