"""`make demo ARGS=--script`, as a user runs it: the real stack on the local AWS, from command to audit table."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SECONDS = 400


def test_the_scripted_conversation_comes_out_as_it_must() -> None:
    """The script exits 0, and its transcript shows every story of a change, each with what the record holds of it.

    Each function may do no more than its IAM role grants, as on AWS.
    """
    played = subprocess.run(
        [sys.executable, "-m", "infra.local", "--script", "--enforce-roles"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert (played.returncode, played.stderr) == (0, ""), played.stdout[-4000:] + played.stderr[-2000:]
    for said in (
        "job001 workers 2 → 4",
        "[Approve] [Deny …] [Withdraw]",
        "✓ the record: requested, applying, applied",
        "✓ the record: requested, applying, applied, reverting, reverted",
        "✓ the record: requested, applying, applied, click_refused, extended, reverting, reverted",
        "✓ the record: requested, applying, applied, reminded, kept",
        "✓ the record: requested, click_refused, click_refused, click_refused, approved, applying, applied",
        "✓ the record: requested, approved, approved, applying, applied",
        "✓ the record: requested, denied",
        "✓ the record: requested, click_refused, withdrawn",
        "✓ the record: requested, stale",
        "✓ the record: requested, broke_glass, applying, applied, click_refused, review_reminded, reviewed",
        "✓ the record: requested, reminded, escalated, expired",
        "✓ job001 has numWorker 8, and all else as before",
        "✓ no writes of settlement-close reached the API",
        "every hash, chain and seal is right",
        "everything came out as it must",
    ):
        assert said in played.stdout
