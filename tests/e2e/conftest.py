"""What the tests with a browser share, and those that look at a playground in this process."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.local.playground import playground
from infra.local.processes import Processes
from infra.local.shell import make_socket_tables
from infra.local.ticks import tick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.local.playground import Playground

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is."""
    found = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium on this machine; with one the page is tried in it")
    if not (ROOT / "node_modules" / "playwright-core").is_dir():
        pytest.skip("what drives the browser is not installed: npm ci")
    return found


@pytest.fixture(scope="session")
def run() -> Callable[..., str]:
    """Run a program of ours in the repository; gives what it printed."""

    def run_to_its_end(*words: str) -> str:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)  # noqa: S603 - words of the tests only
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run_to_its_end


@pytest.fixture(scope="session")
def up() -> Iterator[Playground]:
    """The playground, whose schedule has come once, and the tables for a socket."""
    with Processes() as processes, playground(processes, print) as running:
        tick(running.deployment)
        make_socket_tables(running.deployment)
        yield running
