"""What the benchmark of the policy counts, and when it says that a promise is missed."""

from __future__ import annotations

import pytest

from tests.bench.policy import PolicyFigures, Taken, measure, report

FAST, SLOW = Taken((0.4, 0.5, 0.9), (0.4, 0.4, 0.5)), Taken((7.0, 8.0, 9.0), (0.4, 0.4, 0.5))


def test_every_question_is_asked_in_every_round() -> None:
    """Sixty questions on changes and ten on approvers make a round; each has its time by clock and processor."""
    figures = measure(rounds=2)
    counted = [(len(taken.wall_ms), len(taken.processor_ms)) for taken in (figures.scale, figures.approve)]

    assert counted == [(120, 120), (20, 20)]
    assert len(figures.approvers.wall_ms) == 2


@pytest.mark.parametrize(
    ("scale", "approve", "kept"),
    [
        (FAST, FAST, [True, True]),
        (SLOW, FAST, [False, True]),
        (FAST, SLOW, [True, False]),
        (FAST, Taken((0.4, 0.4, 9.0), (0.4, 0.4, 0.4)), [True, True]),
        (Taken((0.4,) * 100, (0.4,) * 97 + (6.0,) * 3), FAST, [False, True]),
    ],
)
def test_the_report_says_which_promise_is_missed(
    capsys: pytest.CaptureFixture[str], scale: Taken, approve: Taken, kept: list[bool]
) -> None:
    """A slow middle misses it, and so does much work; waiting for a busy machine does not. Loading has no bound."""
    said = report(PolicyFigures(scale, approve, SLOW, SLOW))
    rows = [line for line in capsys.readouterr().out.splitlines() if "under 5 ms" in line]

    assert said == all(kept)
    assert kept == [line.endswith(": yes") for line in rows]
