"""A short run of the coverage-guided fuzzing; `make test-fuzz` runs it at length."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNS = int(os.environ.get("SLUICE_FUZZ_RUNS", "20000"))
LONGEST_SECONDS = 60 + RUNS / 100


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this machine")
@pytest.mark.parametrize("target", ["grammar", "verifier"])
def test_what_atheris_finds_breaks_nothing(target: str) -> None:
    """No text or bytes that a coverage-guided fuzzer comes upon make the target raise what it must not."""
    ended = subprocess.run(  # noqa: S603 - our own module, with a number of ours
        [
            sys.executable,
            "-m",
            "tests.fuzz.guided",
            target,
            f"-runs={RUNS}",
            "-seed=1",
            "-len_control=0",
            "-max_len=1000",
            "-artifact_prefix=/dev/null.",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert f"Done {RUNS} runs" in ended.stderr
