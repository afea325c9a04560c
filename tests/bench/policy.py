"""How long the shipped policy takes for one decision, once it is loaded.

    python -m tests.bench.policy [--rounds 100]

Every question is asked of Cedar anew; nothing is kept from one to the next. A laptop's figures are not AWS's.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Final, TypeVar

from handler.adapters.policy.cedar import CedarPolicy
from handler.domain.authority import Action, Question, Target
from handler.domain.model import Actor, ChannelId, GroupName, UserId
from handler.settings import PACKAGED_POLICY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_MS: Final = 5.0
LOADS: Final = 20
CANDIDATES: Final = 50
"""People who are asked about when a card names who could approve: a large team."""

_JOBS: Final = (Target("Wc7RtQ2mLx9B", "wordcount", "DATAFLOW", "RUNNABLE"), Target("Sc3VbN7wKy5T", "settlement-close"))
_GROUPS: Final = tuple(
    frozenset(map(GroupName, names)) for names in ((), ("viewers",), ("oncall",), ("leads",), ("oncall", "leads"))
)

_Asked = TypeVar("_Asked")


@dataclass(frozen=True)
class Taken:
    """Milliseconds of each call: by the clock, and of the processor alone, which a busy machine does not stretch."""

    wall_ms: tuple[float, ...]
    processor_ms: tuple[float, ...]


@dataclass(frozen=True)
class PolicyFigures:
    """What each decision on a change takes, each on an approver, each list of approvers, and each load."""

    scale: Taken
    approve: Taken
    approvers: Taken
    load: Taken


def measure(rounds: int = 100) -> PolicyFigures:
    """Ask each question that many times: every set of groups about every size of change, ordinary and emergency."""
    policy = CedarPolicy.from_folder(PACKAGED_POLICY)
    changes = [
        replace(_question(Action.SCALE, "U0KIM", groups, job), workers=workers, break_glass=is_emergency)
        for groups, job, workers, is_emergency in product(_GROUPS, _JOBS, (4, 8, 10), (False, True))
    ]
    approvals = [_question(Action.APPROVE, "U0LEE", groups, job) for groups, job in product(_GROUPS, _JOBS)]
    people = [
        _question(Action.APPROVE, f"U{number:04}", _GROUPS[number % len(_GROUPS)], _JOBS[0])
        for number in range(CANDIDATES)
    ]
    return PolicyFigures(
        _timed(policy.decide, changes, rounds),
        _timed(policy.decide, approvals, rounds),
        _timed(policy.permitted, [people], rounds),
        _timed(CedarPolicy.from_folder, [PACKAGED_POLICY], LOADS),
    )


def _question(action: Action, user: str, groups: frozenset[GroupName], job: Target) -> Question:
    return Question(
        Actor(UserId(user), ChannelId("C0INCIDENT")),
        groups,
        action,
        job,
        workers=8,
        timeout_minutes=360,
        workers_before=2,
        timeout_before_minutes=360,
        for_minutes=60,
        has_reason=True,
        requester=UserId("U0KIM") if action is Action.APPROVE else None,
    )


def _timed(ask: Callable[[_Asked], object], questions: Sequence[_Asked], rounds: int) -> Taken:
    wall_ms: list[float] = []
    processor_ms: list[float] = []
    for _ in range(rounds):
        for question in questions:
            began, worked = time.perf_counter(), time.process_time()
            ask(question)
            processor_ms.append((time.process_time() - worked) * 1000)
            wall_ms.append((time.perf_counter() - began) * 1000)
    return Taken(tuple(wall_ms), tuple(processor_ms))


def report(figures: PolicyFigures) -> bool:
    """Print the figures beside what they must keep; return whether they do."""
    decisions = {"may this change be?": figures.scale, "may this person approve?": figures.approve}
    print(f"policy, the shipped one, once loaded ({sum(len(each.wall_ms) for each in decisions.values())} decisions)")
    for what, taken in decisions.items():
        print(f"{_row(what, taken)}   under {MOST_MS:.0f} ms: {'yes' if keeps(taken) else 'NO'}")
    print(_row(f"which of {CANDIDATES} may approve?", figures.approvers))
    print(_row("load and validate", figures.load))
    return all(keeps(taken) for taken in decisions.values())


def keeps(taken: Taken) -> bool:
    """Whether decisions are fast enough: the middle one by the clock, and 99 of 100 by the processor."""
    return statistics.median(taken.wall_ms) < MOST_MS and _high(taken.processor_ms) < MOST_MS


def _row(what: str, taken: Taken) -> str:
    wall, processor = taken.wall_ms, taken.processor_ms
    return (
        f"  {what:25} median {statistics.median(wall):6.2f}  99th of 100 {_high(wall):6.2f}"
        f" (processor {_high(processor):6.2f})  max {max(wall):6.2f} ms"
    )


def _high(taken_ms: Sequence[float]) -> float:
    """Return what 99 of 100 calls stay under."""
    return statistics.quantiles(taken_ms, n=100, method="inclusive")[98]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    raise SystemExit(0 if report(measure(parser.parse_args().rounds)) else 1)
