"""What a month costs, from calls that were counted, not guessed: `python -m tests.bench.cost`."""
