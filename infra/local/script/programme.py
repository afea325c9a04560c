"""The scenes in their order, and whether everything came out as it must."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.local.script import approvals, circumstances, everyday
from infra.local.script.audit_report import report
from infra.local.script.player import Player, Unmet
from infra.local.script.record import Record
from infra.local.script.stage import Stage
from infra.local.script.time_boxed import TimeBoxed

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.playground import Playground

TIME_BOXED: Final = TimeBoxed()
SCENES: Final = (
    everyday.looking,
    everyday.refused,
    everyday.straight_away,
    TIME_BOXED.beginning,
    TIME_BOXED.deciding,
    approvals.one_approval,
    approvals.two_approvals,
    approvals.denied,
    approvals.withdrawn,
    circumstances.stale,
    circumstances.emergency,
    circumstances.expired,
    TIME_BOXED.ending,
    everyday.looking_back,
)


def run(playground: Playground, say: Callable[[str], None]) -> bool:
    """Play every scene, print the audit table, and return whether all came out right."""
    play = Player(playground, say)
    record = Record(playground.deployment)
    for scene in SCENES:
        _play(scene, Stage(play, record))
    report(play)
    for failure in play.failures:
        say(f"FAILED: {failure}")
    say("\neverything came out as it must" if not play.failures else f"\n{len(play.failures)} things went wrong")
    return not play.failures


def _play(scene: Callable[[Stage], None], stage: Stage) -> None:
    title = (scene.__doc__ or "").strip().rstrip(".")
    stage.play.say(f"\n── {title} ──")
    try:
        scene(stage)
    except Unmet as unmet:
        stage.play.checks(f"{title}: {unmet}", holds=False)
