"""``python -m infra.local.install``: what the playground and the tests need besides Python's own environment."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from infra.local.emulator import ensure_environment, one_at_a_time
from infra.local.node import ensure_node_packages
from infra.local.processes import ProcessError, Processes
from infra.local.stack import ROOT


def main() -> int:
    """Install the local AWS and Node's packages from their locks, unless that was done; return the exit code."""
    home = ROOT / ".playground"
    home.mkdir(exist_ok=True)
    try:
        with Processes() as processes, tempfile.TemporaryDirectory() as logs, one_at_a_time(home / "lock", print):
            lock = ROOT / "requirements-playground.lock"
            ensure_environment(home / "venv", lock, Path(logs), processes, print)
            ensure_node_packages(ROOT, Path(logs), processes, print)
    except ProcessError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
