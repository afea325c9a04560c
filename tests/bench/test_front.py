"""What the public door promises of its cold start, as far as a test may: counts of instructions, not seconds."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.bench.front import (
    EMPTY,
    EMPTY_WITH_CALL,
    FRONT,
    IMPORT_FRONT,
    IMPORTS,
    MOST_IMPORT_INSTRUCTIONS,
    NAIVE,
    ROOT,
    Figures,
    instructions,
    measure,
    ratios,
    report,
)


def test_import_stays_light() -> None:
    """Importing the door, with TLS and all that the hand-over needs, takes fewer than 220 million instructions."""
    count = instructions(IMPORTS[IMPORT_FRONT])
    if count is None:
        pytest.skip("valgrind is not installed: instructions cannot be counted")
    assert 0 < count < MOST_IMPORT_INSTRUCTIONS


def test_imports_are_of_the_standard_library_only() -> None:
    """In a fresh process the door brings in nothing but the standard library and itself."""
    code = "import sys, json; import handler.front.door; print(json.dumps(sorted(sys.modules)))"
    shown = subprocess.run(  # noqa: S603 - our own interpreter, our own statement
        [sys.executable, "-S", "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    foreign = [
        name
        for name in json.loads(shown.stdout)
        if name.partition(".")[0] not in {"handler", "__main__", *sys.stdlib_module_names}
        or (name.startswith("handler.") and not name.startswith("handler.front"))
    ]
    assert foreign == []


def test_every_contender_is_measured_by_the_same_work() -> None:
    """One round starts each contender once, under Lambda's runtime client, and each acknowledges."""
    figures = measure(rounds=1, warm_events=2)
    assert list(figures) == [EMPTY, EMPTY_WITH_CALL, FRONT, NAIVE]
    assert {(1, 2)} == {(len(held.cold_ms), len(held.warm_ms)) for held in figures.values()}


FIGURES = {
    EMPTY: Figures([30, 30, 30], [1]),
    EMPTY_WITH_CALL: Figures([45, 50, 40], [2]),
    FRONT: Figures([45, 60, 50], [3]),
    NAIVE: Figures([300, 300, 200], [4]),
}


def test_ratios_are_taken_round_by_round() -> None:
    """A slow round of both is no outlier of their ratio."""
    assert ratios(FIGURES, FRONT, NAIVE) == [0.15, 0.2, 0.25]


def test_report_says_which_promise_is_missed() -> None:
    """Each promise stands beside what was measured, also when it is not kept."""
    text = report(FIGURES, {"front": 170_000_000, IMPORT_FRONT: 230_000_000})
    promises = [line.split() for line in text.splitlines() if " at most " in line]
    assert [[words[words.index("at") - 1], words[-1]] for words in promises] == [
        ["0.200", "holds"],
        ["1.200", "holds"],
        ["1.613", "holds"],
        ["230.000", "MISSED"],
    ]


def test_report_without_valgrind_leaves_the_count_open() -> None:
    """Without valgrind the report says so, and promises nothing about instructions."""
    text = report(FIGURES, {IMPORT_FRONT: None})
    assert "no valgrind" in text
    assert "million instructions" not in text
