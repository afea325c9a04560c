"""``sluice policy check``: is the policy valid, and does it say what its cases expect?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from handler.adapters.policy.cases import check_cases, parse_cases
from handler.adapters.policy.cedar import CedarPolicy
from handler.adapters.policy.folder import CASES_FILE, read_texts
from handler.domain.errors import PolicyInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER_HELP: Final = (
    "the folder with policy.cedar, settings.toml and cases.toml (default: POLICY_DIR, else the shipped one)"
)
EXIT_CODES: Final = """\
exit codes:
  0  the policy is valid, permits something, and every case came out as expected
  1  it is not, or a case came out otherwise; each problem is told with its file and, where there is one, its line
  2  the command was called wrongly
"""


def add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser], folder: Path) -> None:
    """Teach the command to a parser; ``folder`` is what it looks at unless told."""
    check = commands.add_parser(
        "check",
        help="validate the policy and run its cases",
        description="Validate the policy and run its cases. Nobody is asked and nothing is changed.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = check.add_mutually_exclusive_group()
    where.add_argument("folder", nargs="?", type=Path, default=folder, help=FOLDER_HELP)
    where.add_argument("--policy", type=Path, metavar="FOLDER", help="the same, as `sluice policy why` takes it")
    check.set_defaults(run=lambda args: check_policy(args.policy or args.folder))


def check_policy(folder: Path) -> int:
    """Print what is wrong with the policy of a folder, or that nothing is; return the exit code."""
    try:
        texts = read_texts(folder)
        policy = CedarPolicy.from_texts(texts)
        cases = parse_cases(texts.cases or "", policy.settings.groups)
    except PolicyInvalid as error:
        return _refused(error.problems, "The policy is not valid: Sluice would not start with it.")
    failures = check_cases(policy, cases)
    if policy.warnings or failures:
        end = (f"{len(failures)} of {len(cases)} cases came out otherwise.",) if failures else ()
        return _refused((*policy.warnings, *failures), *end)
    tried = f"all {len(cases)} cases came out as expected" if cases else f"there are no cases in {CASES_FILE} to try"
    print(f"The policy is valid (version {policy.version}); {tried}.")
    return 0


def _refused(problems: Iterable[str], *end: str) -> int:
    print(*problems, *end, sep="\n", file=sys.stderr)
    return 1
