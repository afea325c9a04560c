"""`python -m infra.advisories`: are holes known in what the locks pin? Asked where the advisories can be reached.

What is deployed is the Python lock: a hole in it fails the check. npm's packages deploy the stack and build the
playground's page, and never run for anybody else: what is known of them is told and fails nothing.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = "requirements.lock"
# Offline, both tools try again and again; a check that is run all day must not wait for them.
LONGEST_SECONDS = 25


@dataclass(frozen=True, slots=True)
class Answer:
    """What the advisories say.

    Args:
        told: lines for a person.
        fails: whether the check fails.
    """

    told: tuple[str, ...]
    fails: bool = False


def judge_python(document: object) -> Answer:
    """What `pip-audit --format json` found (its README, "Usage"); anything else counts as not reached."""
    packages = document.get("dependencies") if isinstance(document, dict) else None
    if not packages:
        return _unreached("PyPI")
    holes = tuple(_hole(package, hole) for package in packages for hole in package.get("vulns", ()))
    skipped = sum("skip_reason" in package for package in packages)
    if skipped == len(packages):
        return _unreached("PyPI")
    unknown = (f"PyPI's advisories know nothing of {skipped} of {len(packages)} packages.",) if skipped else ()
    if holes:
        return Answer((*holes, *unknown, f"Known holes in {LOCK}: run `make lock`, then `make test`."), fails=True)
    return Answer((*unknown, f"PyPI's advisories: no known hole in the {len(packages) - skipped} packages of {LOCK}."))


def _hole(package: Mapping[str, Any], hole: Mapping[str, Any]) -> str:
    mended = " or ".join(hole["fix_versions"]) or "none yet"
    return f"{package['name']} {package['version']}: {hole['id']}, mended in {mended}"


def judge_npm(document: object) -> Answer:
    """What `npm audit --json` found (npm's documentation, "npm-audit"); anything else counts as not reached."""
    found = document.get("vulnerabilities") if isinstance(document, dict) else None
    if not isinstance(found, dict):
        return _unreached("npm")
    holes = tuple(f"npm {name}: {hole['severity']}" for name, hole in sorted(found.items()))
    if holes:
        return Answer((*holes, "Known holes in tools of npm, none of which is deployed: see `npm audit`."))
    return Answer(("npm's advisories: no known hole in package-lock.json.",))


def _unreached(whose: str) -> Answer:
    return Answer((f"{whose}'s advisories could not be reached from here: nothing was checked.",))


def ask(words: Sequence[str], environ: Mapping[str, str], *, longest_seconds: float = LONGEST_SECONDS) -> object:
    """Run a tool that prints JSON; None when it is not there, takes too long or prints something else.

    Args:
        words: the tool and its arguments.
        environ: its environment, with the user's own settings of the registries.
        longest_seconds: after which it is ended.
    """
    try:
        run = subprocess.run(  # noqa: S603 - two tools with our own arguments, no shell
            words, cwd=ROOT, env=dict(environ), capture_output=True, text=True, timeout=longest_seconds, check=False
        )
        document: Any = json.loads(run.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return document


def main() -> int:
    """Ask both; 1 when a hole is known in what is deployed, else 0."""
    audit = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--timeout", "5"]
    audit += ["--disable-pip", "--no-deps", "--require-hashes", "--requirement", LOCK]
    answers = [
        judge_python(ask(audit, os.environ)),
        judge_npm(ask(["npm", "audit", "--json", "--fetch-retries=0"], os.environ)),
    ]
    for line in (line for answer in answers for line in answer.told):
        sys.stdout.write(f"{line}\n")
    return int(any(answer.fails for answer in answers))


if __name__ == "__main__":
    raise SystemExit(main())
