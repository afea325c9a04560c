"""Everybody clicks at the same moment, from different processes: one decides, and all others hear who and when."""

from __future__ import annotations

import os
import random
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from handler.domain.audit import breaks
from handler.domain.request import State
from tests.races.arena import APPROVERS, ASKER, DENIERS, JOB_ID, OUTSIDERS, WORKERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from handler.domain.request import Request
    from tests.races.arena import Arena
    from tests.races.crowd import Event

    Fact = Mapping[str, Any]

# One arena for all of these, whatever else is tested at the same time.
pytestmark = pytest.mark.xdist_group("races")

IS_LONG = bool(os.environ.get("SLUICE_LONG_TESTS"))
ROUNDS = 60 if IS_LONG else 20
ROUNDS_OF_TWO = 15 if IS_LONG else 3
SEED = 20261123
# Approving takes fewer steps than opening a form and sending it, but more than sending it. So the side that is likely
# to win depends on how many have the form open when all set out; with one to three it is an open race.
FORMS_OPEN = (2, 20, 0, 1, 3)


def test_of_fifty_who_approve_and_twenty_who_deny_one_decides(arena: Arena, capsys: pytest.CaptureFixture[str]) -> None:
    """One decision, one write if it was a yes and none if it was a no, and the other 69 are told who won and when."""
    order = random.Random(SEED)  # noqa: S311 - the order of a race, not a secret
    winners, at_first = [], len(arena.dataflow.puts)
    for number in range(ROUNDS):
        request, puts = arena.ask(workers=7), len(arena.dataflow.puts)
        people = _mixed(order, [*APPROVERS, *DENIERS])
        ready = DENIERS[: FORMS_OPEN[number % len(FORMS_OPEN)]]
        assert arena.crowd.act([_decision(arena, request, each, ready) for each in people]) == ()

        after, facts = arena.request(request.id), arena.dynamo.ledger.chain(request.id)
        winner = str(facts[1]["actor"])
        is_yes = winner in APPROVERS
        assert _events(facts) == ["requested", *(["approved", "applying", "applied"] if is_yes else ["denied"])]
        assert after.state is (State.APPLIED if is_yes else State.DENIED)
        assert len(arena.dataflow.puts) - puts == (1 if is_yes else 0)
        assert _workers(arena) == (7 if is_yes else WORKERS)
        _check_the_end(arena, after, facts)
        _check_that_all_others_heard(arena, people, [winner], facts[1], "approved" if is_yes else "denied")
        winners.append("yes" if is_yes else "no")
    written = len(arena.dataflow.puts) - at_first
    with capsys.disabled():
        print(f"\n{ROUNDS} rounds: {' '.join(winners)}; {winners.count('yes')} yes, {written} PUTs")  # noqa: T201 - figures
    assert set(winners) == {"yes", "no"}


def test_of_fifty_who_approve_what_needs_two_two_count(arena: Arena, capsys: pytest.CaptureFixture[str]) -> None:
    """Two approvals by different people and one write; the other 48 are told of both."""
    order = random.Random(SEED)  # noqa: S311 - the order of a race, not a secret
    for _ in range(ROUNDS_OF_TWO):
        request, puts = arena.ask(workers=9), len(arena.dataflow.puts)
        people = _mixed(order, APPROVERS)
        assert arena.crowd.act([[arena.press(each, "approve")] for each in people]) == ()

        after, facts = arena.request(request.id), arena.dynamo.ledger.chain(request.id)
        assert _events(facts) == ["requested", "approved", "approved", "applying", "applied"]
        counted = [str(facts[1]["actor"]), str(facts[2]["actor"])]
        assert after.review is not None
        assert [each.user_id for each in after.review.approvals] == counted
        assert len(set(counted)) == 2
        assert (len(arena.dataflow.puts) - puts, _workers(arena)) == (1, 9)
        _check_the_end(arena, after, facts)
        _check_that_all_others_heard(arena, people, counted, facts[2], "approved")
    with capsys.disabled():
        print(f"\n{ROUNDS_OF_TWO} rounds of two approvals, one PUT each")  # noqa: T201 - figures


def test_attempts_of_many_are_all_on_record_and_stop_nobody(arena: Arena) -> None:
    """Twenty who may not and the one who asked press Approve with two who may: each attempt is a fact, or came late."""
    request, puts = arena.ask(workers=9), len(arena.dataflow.puts)
    deciders = APPROVERS[:2]
    people = _mixed(random.Random(SEED), [*OUTSIDERS, ASKER, *deciders])  # noqa: S311 - the order of a race
    assert arena.crowd.act([[arena.press(each, "approve")] for each in people]) == ()

    after, facts = arena.request(request.id), arena.dynamo.ledger.chain(request.id)
    assert [each for each in _events(facts) if each != "click_refused"] == [
        "requested",
        "approved",
        "approved",
        "applying",
        "applied",
    ]
    assert (len(arena.dataflow.puts) - puts, _workers(arena)) == (1, 9)
    told = {user_id: message.text for user_id, (message,) in arena.whispers().items()}
    assert set(told) == {*OUTSIDERS, ASKER}
    too_late = {user_id for user_id, text in told.items() if "closed already" in text}
    on_record = sorted(str(each["actor"]) for each in facts if each["event"] == "click_refused")
    assert sorted(set(told) - too_late) == on_record
    _check_the_end(arena, after, facts)


def _decision(arena: Arena, request: Request, user_id: str, ready: Sequence[str]) -> list[Event]:
    """What this person does: approve, or say no in a form, which who is ``ready`` has open already."""
    if user_id in APPROVERS:
        return [arena.press(user_id, "approve")]
    sent = arena.form(user_id, request)
    return [sent] if user_id in ready else [arena.press(user_id, "deny"), sent]


def _check_the_end(arena: Arena, after: Request, facts: Sequence[Fact]) -> None:
    """The record verifies, the job is free, the card says how it ended, and the one who asked was called to it once."""
    assert breaks(facts, after.head) == ()
    assert arena.lock() is None
    card = arena.card()
    assert card.text.startswith("Done:" if after.state is State.APPLIED else "Denied:")
    assert [block for block in card.blocks if block["type"] == "actions"] == []
    (last_word,) = arena.thread()
    assert last_word.startswith(f"<@{ASKER}>")


def _check_that_all_others_heard(
    arena: Arena, people: Iterable[str], winners: Sequence[str], decided: Fact, how: str
) -> None:
    """Everybody but the winners was told, alone, by whom and when it was decided, and nothing else."""
    told = arena.whispers()
    assert set(told) == set(people) - set(winners)
    at = datetime.fromisoformat(decided["at"]).strftime("%Y-%m-%d %H:%M UTC")
    truth = f"It was {how} by {', '.join(f'<@{each}>' for each in winners)}, {at}."
    for messages in told.values():
        for message in messages:
            assert message.text.splitlines()[:2] == ["Nothing was decided. The request is closed already.", truth]


def _mixed(order: random.Random, people: Iterable[str]) -> list[str]:
    mixed = list(people)
    order.shuffle(mixed)
    return mixed


def _events(facts: Iterable[Fact]) -> list[str]:
    return [str(fact["event"]) for fact in facts]


def _workers(arena: Arena) -> object:
    return arena.dataflow.job(JOB_ID)["runCondition"]["numWorker"]
