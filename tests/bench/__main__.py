"""``make bench``: every benchmark, with the comparison columns; exits 1 when one is over its bound."""

from __future__ import annotations

import argparse
import sys

from tests.bench import front, policy, window, worker


def main() -> int:
    """Print all reports; return 1 when something promised is not kept."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="cold starts of each contender")
    parser.add_argument("--events", type=int, default=60, help="warm events of the worker")
    asked = parser.parse_args()
    doors = front.run(asked.rounds)
    print(doors)
    print()
    works = worker.report(worker.measure(asked.events))
    print()
    decides = policy.report(policy.measure())
    print()
    window.report(window.measure())
    return 0 if works and decides and "MISSED" not in doors else 1


if __name__ == "__main__":
    sys.exit(main())
