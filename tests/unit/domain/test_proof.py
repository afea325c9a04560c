"""Is the record what was recorded? Each fault is a sentence that names what it is about."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from handler.domain.audit import Event, place_of, timestamp
from handler.domain.merkle import Tree
from handler.domain.model import Head
from handler.domain.proof import (
    MOST_LATE,
    MOST_TRIED,
    Absent,
    Day,
    backdated,
    chain_faults,
    day_faults,
    seal_faults,
    seal_of,
)
from handler.domain.sealing import Seal
from tests.makers import at, fact
from tests.unit.domain.strategies import linked

Attributes = dict[str, Any]
ID = "7k3m-q2xd"
DAY = date(2026, 11, 22)


def stored(*events: Event) -> list[Attributes]:
    """Return the chain of a request as its items, a minute between two facts."""
    chain = linked([fact(ID, event, at=timestamp(at(number))) for number, event in enumerate(events)])
    return [placed(each.attributes()) for each in chain]


def placed(attributes: Attributes) -> Attributes:
    """Return a fact with what puts it into its place in the indexes."""
    return {**attributes, "gsi_at": place_of(attributes), "gsi_day": attributes["at"][:10]}


def three() -> list[Attributes]:
    """Return the chain of a change that was applied."""
    return stored(Event.REQUESTED, Event.APPLYING, Event.APPLIED)


def head_of(chain: list[Attributes]) -> Head:
    """Return what the request's item says of its chain."""
    return Head(chain[-1]["seq"], chain[-1]["hash"])


def day_of(*hashes: str) -> Day:
    """Return a day of facts; each is of a request of its own that is named as its hash is."""
    day = Day()
    for each in hashes:
        day.add({"request_id": each.partition("#")[0], "seq": each.partition("#")[2] or 1, "hash": each})
    return day


def seal_over(*hashes: str) -> Seal:
    """Return the third seal, over these hashes."""
    return Seal(3, DAY, Tree().extended(hashes).root, len(hashes), "ab" * 32)


def late(*names: str) -> tuple[str, ...]:
    """Return what is told of facts that are not in their day's seal."""
    told = "is dated 2026-11-22, which was sealed without it; it was put there later,"
    told += " by hand or by a clock that was behind"
    return tuple(f"{name}: {told}" for name in names)


# Chains and their requests


def test_a_chain_that_ends_where_its_request_says_is_right() -> None:
    """Nothing is told of it."""
    assert chain_faults(ID, three(), head_of(three())) == ()


def test_a_lone_refusal_needs_no_request() -> None:
    """It opened none; any other fact needs one, and so does a refusal that goes on."""
    assert chain_faults(ID, stored(Event.REFUSED), Absent.NO_ITEM) == ()
    one = stored(Event.APPLIED)
    assert chain_faults(ID, one, Absent.NO_ITEM) == (f"{ID}: its request is missing (facts: 1)",)
    two = stored(Event.REFUSED, Event.APPLIED)
    assert chain_faults(ID, two, Absent.NO_ITEM) == (f"{ID}: its request is missing (facts: 2)",)
    assert chain_faults(ID, [], Absent.NO_ITEM) == ()


def test_a_request_without_a_head_is_named() -> None:
    """Whether it has facts or not."""
    for facts in ([], three()):
        assert chain_faults(ID, facts, Absent.NO_HEAD) == (f"{ID}: the request does not say where its facts end",)


def test_a_request_without_facts_is_named() -> None:
    """With how many there were."""
    assert chain_faults(ID, [], Head(3, "ab" * 32)) == (f"{ID}: all of its facts are missing (there were 3)",)


def test_facts_that_are_missing_at_the_end_are_named_by_the_last_that_is_there() -> None:
    """The request says how many there were."""
    four = stored(Event.REQUESTED, Event.APPLYING, Event.APPLIED, Event.REVERTING)
    assert chain_faults(ID, four[:3], head_of(four)) == (
        f"{ID}: its request's last fact is number 4, the last that is there {ID}#3",
    )


def test_facts_beyond_the_requests_last_are_named() -> None:
    """Each of them."""
    assert chain_faults(ID, three(), head_of(three()[:1])) == (
        f"{ID}#2: was added, the request's last fact is number 1",
        f"{ID}#3: was added, the request's last fact is number 1",
    )


def test_a_last_fact_that_is_another_is_named() -> None:
    """The request has another hash for it."""
    assert chain_faults(ID, three(), Head(3, "ab" * 32)) == (
        f"{ID}#3: is not the fact that the request names as its last",
    )


def test_a_number_that_is_none_is_neither_last_nor_beyond() -> None:
    """It is named by the chain; the request's last fact is found all the same."""
    chain = three()
    chain[1] = placed({**chain[1], "seq": "2"})
    assert chain_faults(ID, chain, head_of(three())) == (
        f"{ID}#2: fact 2 is missing or out of order",
        f"{ID}#2: was changed after it was written",
    )


@pytest.mark.parametrize(("name", "value"), [("gsi_at", "2026"), ("gsi_day", "2026-11-24"), ("gsi_at", None)])
def test_a_fact_that_was_moved_in_the_indexes_is_named(name: str, value: object) -> None:
    """Its hash does not cover its place there, but what it says does give it."""
    chain = three()
    chain[1][name] = value
    assert chain_faults(ID, chain, head_of(chain)) == (
        f"{ID}#2: was moved in the indexes, out of its place or its day",
    )


def test_facts_dated_before_the_day_of_the_fact_they_follow_are_told() -> None:
    """Each one whose day comes before the latest of those before it; within a day, clocks may differ."""
    dates = ["2026-11-22T23:59", "2026-11-23T00:01", "2026-11-22T23:58", "2026-11-22T23:59", "2026-11-23T00:00"]
    chain = [{"request_id": ID, "seq": seq, "at": each} for seq, each in enumerate(dates, start=1)]
    assert backdated(chain) == {f"{ID}#3", f"{ID}#4"}
    assert backdated([]) == set()


# Seals


def sealing(day: str, seq: int = 1) -> Attributes:
    """Return a seal's fact."""
    return {"request_id": "seals", "seq": seq, "day": day, "root": "cd" * 32, "count": 2, "hash": "ab" * 32}


def test_a_seal_is_read_from_its_fact() -> None:
    """Number, day, root, count and hash."""
    assert seal_of(sealing("2026-11-22", 7)) == Seal(7, DAY, "cd" * 32, 2, "ab" * 32)


@pytest.mark.parametrize(
    ("name", "value"), [("day", "x"), ("day", None), ("count", "2"), ("seq", 1.5), ("count", None)]
)
def test_what_was_edited_into_no_seal_is_named(name: str, value: object) -> None:
    """It cannot be compared with anything, and the days after it are checked all the same."""
    edited = {**sealing("2026-11-22"), name: value}
    assert seal_of(edited) is None
    after = [edited, sealing("2026-11-23", 2), sealing("2026-11-25", 3)]
    assert seal_faults(after) == (
        f"seals#{edited['seq']}: is not a seal that can be read",
        "seals#3: seals 2026-11-25, when 2026-11-24 was to be sealed",
    )


def test_every_day_is_sealed_once_in_order() -> None:
    """A day left out, and a day sealed again, are named by the seal that came instead."""
    days = ["2026-11-22", "2026-11-23", "2026-11-25", "2026-11-25", "2026-11-26"]
    seals = [sealing(day, seq) for seq, day in enumerate(days, start=1)]
    assert seal_faults(seals[:2]) == ()
    assert seal_faults(seals) == (
        "seals#3: seals 2026-11-25, when 2026-11-24 was to be sealed",
        "seals#4: seals 2026-11-25, when 2026-11-26 was to be sealed",
    )


# Days


def test_a_day_that_is_as_it_was_sealed_is_right() -> None:
    """With facts or without, and whatever is said to be late."""
    assert day_faults(seal_over("aa", "bb"), day_of("aa", "bb"), {"aa#1"}) == ()
    assert day_faults(seal_over(), day_of(), ()) == ()


def test_facts_that_are_gone_are_counted() -> None:
    """Which ones is told by their chains, if anything is left of them."""
    assert day_faults(seal_over("aa", "bb", "cc"), day_of("aa", "cc"), ()) == (
        "2026-11-22: 3 facts were sealed (seals#3), 2 are there",
    )


def test_facts_that_are_others_are_told_by_their_day() -> None:
    """As many as were sealed, but not the same, or in another order."""
    told = "2026-11-22: 2 facts were sealed (seals#3), and not all of those that are there: "
    told += "some were rewritten, their request too"
    assert day_faults(seal_over("aa", "bb"), day_of("aa", "xx"), ()) == (told,)
    assert day_faults(seal_over("aa", "bb"), day_of("bb", "aa"), ()) == (told,)


@pytest.mark.parametrize("place", range(4))
def test_one_fact_too_many_is_named(place: int) -> None:
    """Wherever in the day it was put."""
    hashes = ["aa", "bb", "cc"]
    assert day_faults(seal_over(*hashes), day_of(*hashes[:place], "xx", *hashes[place:]), ()) == late("xx#1")


def test_one_fact_too_many_of_a_request_with_others_is_named() -> None:
    """The request's other facts of the day were sealed."""
    assert day_faults(seal_over("aa#1", "bb"), day_of("aa#1", "aa#2", "bb"), ()) == late("aa#2")


def test_all_facts_of_a_request_too_many_are_named() -> None:
    """A whole request was put on the day."""
    assert day_faults(seal_over("aa", "bb"), day_of("aa", "xx#1", "bb", "xx#2"), ()) == late("xx#1", "xx#2")


def test_a_request_is_what_stands_before_the_last_number_sign() -> None:
    """Somebody may have put in requests with such names: the facts of one of them are named, not of both."""
    day = Day()
    for request_id, seq in (("x#y", 1), ("x#y", 2), ("x#z", 1), ("aa", 1)):
        day.add({"request_id": request_id, "seq": seq, "hash": f"{request_id} {seq}"})
    assert day_faults(seal_over("x#z 1", "aa 1"), day, ()) == late("x#y#1", "x#y#2")


def test_late_facts_are_named_whichever_of_them_was_sealed() -> None:
    """Of those that may have been late, the ones without which the day is right."""
    day = day_of("aa#1", "aa#2", "bb#1", "bb#2", "bb#3")
    may_be = {"aa#2", "bb#2", "bb#3", "cc#7"}
    assert day_faults(seal_over("aa#1", "aa#2", "bb#1"), day, may_be) == late("bb#2", "bb#3")
    assert day_faults(seal_over("aa#1", "bb#1", "bb#3"), day, may_be) == late("aa#2", "bb#2")


def test_facts_too_many_that_cannot_be_told_apart_are_counted() -> None:
    """Two facts of two requests: any could be meant."""
    assert day_faults(seal_over("aa", "bb"), day_of("aa", "xx", "bb", "yy"), ()) == (
        "2026-11-22: 2 facts were sealed (seals#3), 4 are there",
    )


def test_a_fact_too_many_among_others_that_were_rewritten_is_not_named() -> None:
    """Leaving any one out does not make the day right."""
    assert day_faults(seal_over("aa", "bb"), day_of("aa", "xx", "yy"), ()) == (
        "2026-11-22: 2 facts were sealed (seals#3), 3 are there",
    )


def test_late_facts_are_tried_up_to_a_number() -> None:
    """Pairs of many late facts are too many to try them all; the first are tried."""
    names = [f"r{number:02}#{half}" for number in range(20) for half in (1, 2)]
    first, last = names[:1] + names[2:3], names[-4:-3] + names[-1:]
    assert len(names) * (len(names) - 1) / 2 > MOST_LATE
    for gone, told in ((first, late(*first)), (last, ("2026-11-22: 38 facts were sealed (seals#3), 40 are there",))):
        sealed = [name for name in names if name not in gone]
        assert day_faults(seal_over(*sealed), day_of(*names), set(names)) == told


def test_a_very_busy_day_is_counted_only() -> None:
    """It would take the square of the number of its facts to find the one; at the most so many are tried."""
    hashes = [f"r{number}" for number in range(MOST_TRIED)]
    sealed = hashes[:-1]
    assert day_faults(seal_over(*sealed), day_of(*hashes), ()) == late(f"{hashes[-1]}#1")
    one_more = [*hashes, "xx"]
    assert day_faults(seal_over(*hashes), day_of(*one_more), ()) == (
        f"2026-11-22: {MOST_TRIED} facts were sealed (seals#3), {MOST_TRIED + 1} are there",
    )


def test_a_days_facts_are_kept_as_long_as_they_are_few() -> None:
    """All are under its root, and only as many are remembered as could be tried."""
    day = day_of(*(f"r{number}" for number in range(MOST_TRIED + 5)))
    assert day.tree.count == MOST_TRIED + 5
    assert len(day.facts) == MOST_TRIED + 1


def test_a_fact_without_a_hash_has_a_leaf_all_the_same() -> None:
    """What was edited away is as if it said None, as the seal would have counted it."""
    day = Day()
    day.add({"request_id": ID, "seq": 1})
    assert day.tree == Tree().extended(["None"])
