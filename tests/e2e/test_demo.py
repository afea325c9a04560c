"""`make demo ARGS=--script`, as a user runs it: the real stack on the local AWS, from command to audit table."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SECONDS = 400


def test_the_scripted_conversation_comes_out_as_it_must() -> None:
    """The script exits 0, and its transcript shows the seed's job scaled 2 to 4, a refusal, and a verified record."""
    played = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "infra.local", "--script"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert (played.returncode, played.stderr) == (0, ""), played.stdout[-4000:] + played.stderr[-2000:]
    for said in (
        "`job001` workers 2 → 4",
        "✓ only numWorker changed",
        "✓ one write reached the API",
        "*Not allowed:*",
        "✓ the record has the whole change",
        "✓ the record has the refusals",
        "everything came out as it must",
    ):
        assert said in played.stdout
