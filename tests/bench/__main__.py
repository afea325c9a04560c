"""``make bench``: every benchmark, with the comparison columns; exits 1 when one is over its bound."""

from __future__ import annotations

import sys

from tests.bench import worker

if __name__ == "__main__":
    ok = worker.report(worker.measure())
    sys.exit(0 if ok else 1)
