"""`make check-aws`: cfn-lint and checkov on the generated template, both in an environment of their own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.local.emulator import ensure_environment, one_at_a_time
from infra.local.processes import ProcessError, Processes
from infra.local.stack import ROOT
from infra.local.template import NAME, generate_template
from infra.scan.findings import exceptions, judge, of_cfn_lint, of_checkov

STAGE = "prod"
EXCEPTIONS = "infra/scan/exceptions.toml"
# A resource type is judged as the region that the stack is made for has it.
REGION = "ap-northeast-2"
LONGEST_SECONDS = 300


def main() -> int:
    """Say what was found; return 0 when each finding has its exception and each exception its finding."""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            generate_template(ROOT, STAGE, folder, print)
            template = folder / STAGE / NAME
            tools = _tools(folder)
            found = of_cfn_lint(_run(tools / "cfn-lint", "--regions", REGION, "--format", "json", "--", str(template)))
            words = ("--file", str(template), "--framework", "cloudformation", "--output", "json", "--skip-download")
            found |= of_checkov(_run(tools / "checkov", *words))
        excepted = exceptions((ROOT / EXCEPTIONS).read_text(encoding="utf-8"))
        verdict = judge(found, excepted)
    except (ProcessError, ValueError, subprocess.TimeoutExpired) as error:
        print(f"The template could not be judged: {error}", file=sys.stderr)
        return 1
    for finding in verdict.unexpected:
        print(
            f"{finding.tool} {finding.rule} {finding.resource or 'template'}: mend it, or say why not in {EXCEPTIONS}"
        )
    for finding in verdict.unneeded:
        print(
            f"{finding.tool} {finding.rule} {finding.resource}: found no more; take its exception out of {EXCEPTIONS}"
        )
    if verdict.is_clean:
        print(f"cfn-lint and checkov: nothing but the {len(excepted)} findings that have a reason")
    return 0 if verdict.is_clean else 1


def _tools(logs: Path) -> Path:
    """The folder with both tools, in the environment that their lock describes."""
    home = ROOT / ".playground"
    with Processes() as processes, one_at_a_time(home / "lock", print):
        lock, what = ROOT / "requirements-scan.lock", "cfn-lint and checkov"
        return ensure_environment(home / "scan-venv", lock, logs, processes, print, what=what).parent


def _run(*words: str | Path) -> str:
    """What a tool printed; its exit code only repeats whether it found something."""
    quiet = {**os.environ, "LOG_LEVEL": "ERROR", "NO_COLOR": "1"}
    done = subprocess.run(  # noqa: S603 - the tools of our own lock
        words, env=quiet, capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS
    )
    if not done.stdout.strip():
        raise ValueError(done.stderr.strip()[-500:] or f"{words[0]} printed nothing")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
