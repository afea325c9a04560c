"""What the tests with a browser share."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

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
