"""The record is read as an operator would, after somebody did to it what nobody may."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.adapters.ledger.items import index_attributes
from handler.domain.audit import BEFORE_FIRST, Event, Fact, chained, digest, timestamp
from handler.domain.model import Head, JobId
from handler.domain.proof import Absent
from handler.domain.request import State
from handler.domain.sealing import SEALS
from handler.flows.prove import BATCH, MOST_LOOKS, Examiner
from tests import makers
from tests.fakes.archive import FakeArchive
from tests.fakes.ledger import FakeLedger
from tests.records import FIRST_DAY, applied, days, recorded, refused, seal_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

REQUEST = "aaaa-0002"  # five facts, two of them on the second day


def archive() -> FakeArchive:
    """Return the record of three days as an operator finds it."""
    ledger = FakeLedger()
    recorded(ledger)
    return FakeArchive.of(ledger)


def faults(found: FakeArchive) -> list[str]:
    """Examine everything."""
    return list(Examiner(found, lambda _: None).everything())


def put(found: FakeArchive, fact: Fact) -> None:
    """Put a fact among the others, as DynamoDB keeps it."""
    attributes = fact.attributes()
    found.facts[fact.request_id, fact.seq] = {**attributes, **index_attributes(attributes)}


def rewrite(found: FakeArchive, request_id: str, **edited: object) -> None:
    """Edit a request's first fact and compute all hashes of its chain, and its request's head, anew."""
    head = BEFORE_FIRST
    for key in sorted(key for key in found.facts if key[0] == request_id):
        fact = {**found.facts[key], **(edited if key[1] == 1 else {}), "prev_hash": head.hash}
        fact = {**fact, "hash": digest(fact), **index_attributes(fact)}
        found.facts[key], head = fact, Head(key[1], str(fact["hash"]))
    if request_id in found.heads:
        found.heads[request_id] = head


def test_a_record_that_nobody_touched_is_right() -> None:
    """Requests, refusals, seals and days are as they were recorded, and counted."""
    examiner = Examiner(archive(), lambda _: None)
    assert list(examiner.everything()) == []
    tally = examiner.tally
    assert (tally.facts, tally.chains, tally.requests) == (19, 8, 5)
    assert [str(seal.day) for seal in tally.seals] == ["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"]


def _removed(found: FakeArchive) -> None:
    del found.facts[REQUEST, 2]


def _tail_removed(found: FakeArchive) -> None:
    del found.facts[REQUEST, 5]


def _changed(found: FakeArchive) -> None:
    found.facts[REQUEST, 3]["actor"] = "U0MALLORY"


def _attribute_added(found: FakeArchive) -> None:
    found.facts[REQUEST, 3]["note"] = "nothing to see here"


def _reordered(found: FakeArchive) -> None:
    one, other = found.facts[REQUEST, 2], found.facts[REQUEST, 3]
    found.facts[REQUEST, 2], found.facts[REQUEST, 3] = {**other, "seq": 2}, {**one, "seq": 3}


def _inserted_at_the_end(found: FakeArchive) -> None:
    last = found.facts[REQUEST, 5]
    put(found, chained(Head(5, last["hash"]), makers.fact(REQUEST, Event.KEPT, at=last["at"])))


def _last_replaced(found: FakeArchive) -> None:
    before = found.facts[REQUEST, 4]
    put(found, chained(Head(4, before["hash"]), makers.fact(REQUEST, Event.KEPT, at=before["at"])))


def _head_missing(found: FakeArchive) -> None:
    del found.heads[REQUEST]


def _head_unreadable(found: FakeArchive) -> None:
    found.heads[REQUEST] = Absent.NO_HEAD


def _head_changed(found: FakeArchive) -> None:
    found.heads[REQUEST] = Head(5, "f" * 64)


def _chain_missing(found: FakeArchive) -> None:
    found.facts = {key: fact for key, fact in found.facts.items() if key[0] != REQUEST}


def _chain_missing_head_unreadable(found: FakeArchive) -> None:
    _chain_missing(found)
    _head_unreadable(found)


def _request_and_chain_missing(found: FakeArchive) -> None:
    _chain_missing(found)
    _head_missing(found)


def _rewritten_with_its_request(found: FakeArchive) -> None:
    rewrite(found, "aaaa-0003", actor="U0MALLORY")


def _refusal_changed_and_hashed_anew(found: FakeArchive) -> None:
    rewrite(found, "rrrr-0002", reason="never said")


def _refusal_inserted(found: FakeArchive) -> None:
    put(found, makers.fact("zzzz-9999", at=timestamp(FIRST_DAY + timedelta(hours=15))))


def _request_inserted(found: FakeArchive) -> None:
    forged = FakeLedger()
    request = applied(forged, "zzzz-9999", FIRST_DAY + timedelta(hours=15), 2)
    for fact in forged.all_facts():
        found.facts[fact["request_id"], fact["seq"]] = {**fact, **index_attributes(fact)}
    found.heads[request.id] = request.head


def _hidden_from_its_day(found: FakeArchive) -> None:
    del found.facts[REQUEST, 1]["gsi_day"]


def _moved_within_its_day(found: FakeArchive) -> None:
    found.facts[REQUEST, 1]["gsi_at"] = "2026-11-20T00:00:00.000Z#aaaa-0002#000001"


def _seal_removed(found: FakeArchive) -> None:
    del found.facts[SEALS, 2]


def _last_seal_removed(found: FakeArchive) -> None:
    del found.facts[SEALS, 4]


def _seal_changed(found: FakeArchive) -> None:
    found.facts[SEALS, 3]["root"] = "0" * 64


def _seal_garbled(found: FakeArchive) -> None:
    found.facts[SEALS, 3]["day"] = "yesterday"


def _seal_without_a_count(found: FakeArchive) -> None:
    del found.facts[SEALS, 3]["count"]


def _seals_rewritten_without_a_day(found: FakeArchive) -> None:
    kept = [fact for key, fact in sorted(found.facts.items()) if key[0] == SEALS and key[1] != 2]
    found.facts = {key: fact for key, fact in found.facts.items() if key[0] != SEALS}
    for seq, fact in enumerate(kept, start=1):
        found.facts[SEALS, seq] = {**fact, "seq": seq}
    rewrite(found, SEALS)


def _progress_of_the_seals_missing(found: FakeArchive) -> None:
    del found.heads[SEALS]


def _all_seals_missing(found: FakeArchive) -> None:
    found.facts = {key: fact for key, fact in found.facts.items() if key[0] != SEALS}


TAMPERINGS: dict[Callable[[FakeArchive], None], str] = {
    _removed: "aaaa-0002#3: fact 2 is missing or out of order",
    _tail_removed: "aaaa-0002: its request's last fact is number 5, the last that is there aaaa-0002#4",
    _changed: "aaaa-0002#3: was changed after it was written",
    _attribute_added: "aaaa-0002#3: was changed after it was written",
    _reordered: "aaaa-0002#2: does not follow the fact before it",
    _inserted_at_the_end: "aaaa-0002#6: was added, the request's last fact is number 5",
    _last_replaced: "aaaa-0002#5: is not the fact that the request names as its last",
    _head_missing: "aaaa-0002: its request is missing (facts: 5)",
    _head_unreadable: "aaaa-0002: the request does not say where its facts end",
    _head_changed: "aaaa-0002#5: is not the fact that the request names as its last",
    _chain_missing: "aaaa-0002: all of its facts are missing (there were 5)",
    _chain_missing_head_unreadable: "aaaa-0002: the request does not say where its facts end",
    _request_and_chain_missing: "2026-11-20: 7 facts were sealed (seals#2), 5 are there",
    _rewritten_with_its_request: (
        "2026-11-21: 5 facts were sealed (seals#3), and not all of those that are there: "
        "some were rewritten, their request too"
    ),
    _refusal_changed_and_hashed_anew: (
        "2026-11-22: 4 facts were sealed (seals#4), and not all of those that are there: "
        "some were rewritten, their request too"
    ),
    _refusal_inserted: (
        "zzzz-9999#1: is dated 2026-11-20, which was sealed without it; it was put there later, by hand or by a clock"
        " that was behind"
    ),
    _request_inserted: (
        "zzzz-9999#2: is dated 2026-11-20, which was sealed without it; it was put there later, by hand or by a clock"
        " that was behind"
    ),
    _hidden_from_its_day: "aaaa-0002#1: was moved in the indexes, out of its place or its day",
    _moved_within_its_day: "aaaa-0002#1: was moved in the indexes, out of its place or its day",
    _seal_removed: "seals#3: fact 2 is missing or out of order",
    _last_seal_removed: "seals: its request's last fact is number 4, the last that is there seals#3",
    _seal_changed: "seals#3: was changed after it was written",
    _seal_garbled: "seals#3: is not a seal that can be read",
    _seal_without_a_count: "seals#3: is not a seal that can be read",
    _seals_rewritten_without_a_day: "seals#2: seals 2026-11-21, when 2026-11-20 was to be sealed",
    _progress_of_the_seals_missing: "seals: its request is missing (facts: 4)",
    _all_seals_missing: "seals: all of its facts are missing (there were 4)",
}


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__.strip("_"))
def test_each_way_to_tamper_is_found_and_named(tamper: Callable[[FakeArchive], None]) -> None:
    """A changed, removed, inserted or reordered fact, a head, a whole request, a seal: told by name."""
    found = archive()
    tamper(found)
    assert TAMPERINGS[tamper] in faults(found)


# Any single change


@st.composite
def records(draw: st.DrawFn) -> FakeArchive:
    """Draw a record of a few days, all sealed but the last."""
    ledger = FakeLedger()
    seal_days(ledger, FIRST_DAY)
    plans = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(0, 9)), min_size=1, max_size=6))
    for number, day in enumerate(days(3)):
        for place, (on, count, hour) in enumerate(plans):
            if on == number and count:
                applied(ledger, f"aaaa-{place:04}", day + timedelta(hours=13 + hour / 10), count)
            elif on == number:
                refused(ledger, f"rrrr-{place:04}", day + timedelta(hours=13 + hour / 10))
        seal_days(ledger, day + timedelta(days=1))
    return FakeArchive.of(ledger)


@settings(max_examples=60, deadline=None)
@given(records())
def test_no_record_is_wrong_by_itself(found: FakeArchive) -> None:
    """Whatever was recorded on whichever days, nothing is told of it."""
    assert faults(found) == []


@settings(max_examples=150, deadline=None)
@given(records(), st.data())
def test_any_single_edit_is_named(found: FakeArchive, data: st.DataObject) -> None:
    """Any attribute of any fact, seals too, set to something else, added or taken away: that fact is named."""
    key = data.draw(st.sampled_from(sorted(found.facts)))
    fact = found.facts[key]
    name = data.draw(st.sampled_from(sorted({*fact, "note"} - {"request_id", "seq"})))
    edits: list[object] = [None, "edited", 7, *(["gone"] if name in fact else [])]
    value = data.draw(st.sampled_from(edits).filter(lambda value: value != fact.get(name, "absent")))
    if value == "gone":
        del fact[name]
    else:
        fact[name] = value
    assert any(fault.startswith(f"{key[0]}#{key[1]}:") for fault in faults(found))


@settings(max_examples=100, deadline=None)
@given(records(), st.data())
def test_any_single_removal_is_named(found: FakeArchive, data: st.DataObject) -> None:
    """Any fact taken away: its request is named, or the day if it was all there was of a refusal."""
    key = data.draw(st.sampled_from(sorted(found.facts)))
    gone = found.facts.pop(key)
    told = faults(found)
    is_refusal = gone["event"] == Event.REFUSED
    assert any(fault.startswith(gone["at"][:10] if is_refusal else key[0]) for fault in told)


@settings(max_examples=100, deadline=None)
@given(records(), st.data())
def test_any_two_facts_that_change_places_are_named(found: FakeArchive, data: st.DataObject) -> None:
    """Two facts with each other's keys, and the places in the indexes that go with them: both are named."""
    keys = sorted(found.facts)
    one = data.draw(st.sampled_from(keys))
    other = data.draw(st.sampled_from(keys).filter(lambda key: key != one))
    moved = {}
    for key, source in ((one, other), (other, one)):
        fact = {**found.facts[source], "request_id": key[0], "seq": key[1]}
        moved[key] = {**fact, **index_attributes(fact)}
    found.facts |= moved
    told = faults(found)
    assert all(any(fault.startswith(f"{key[0]}#{key[1]}:") for fault in told) for key in (one, other))


@settings(max_examples=100, deadline=None)
@given(records(), st.data())
def test_any_single_insertion_into_a_sealed_day_is_named(found: FakeArchive, data: st.DataObject) -> None:
    """A forged refusal, which needs no request and is rightly chained, is named as in no seal."""
    day = data.draw(st.sampled_from([0, 1, 2]))
    at = FIRST_DAY + timedelta(days=day, hours=data.draw(st.integers(0, 23)))
    put(found, makers.fact("zzzz-9999", at=timestamp(at)))
    (told,) = faults(found)
    assert told.startswith(f"zzzz-9999#1: is dated {at:%Y-%m-%d}, which was sealed without it")


@settings(max_examples=60, deadline=None)
@given(records(), st.data())
def test_any_rewritten_request_is_found_by_its_day(found: FakeArchive, data: st.DataObject) -> None:
    """A request that was edited with all its hashes, and its head, does not fit the seals of its days."""
    request_id = data.draw(st.sampled_from(sorted({key[0] for key in found.facts} - {SEALS})))
    at = str(found.facts[request_id, 1]["at"])
    rewrite(found, request_id, actor="U0MALLORY")
    assert any(fault.startswith(at[:10]) for fault in faults(found))


# What is not tampering


def test_facts_of_a_clock_that_was_behind_are_named() -> None:
    """A worker whose clock jumped back a day goes on with a request: two facts of it are on a day without them."""
    ledger = FakeLedger()
    first, second, third = days(3)
    seal_days(ledger, first)
    refused(ledger, "rrrr-0001", first + timedelta(hours=15))
    seal_days(ledger, second)
    request = applied(ledger, "aaaa-0001", second + timedelta(hours=13), 1)
    for number, move_to in enumerate(("applying", "applied")):
        late = first + timedelta(hours=14, minutes=number)
        move = makers.step(request, State(move_to), updated_at=late)
        ledger.advance(request, move.request, move.fact)
        request = move.request
    seal_days(ledger, third)
    told = faults(FakeArchive.of(ledger))
    assert [fault.partition(":")[0] for fault in told] == ["aaaa-0001#2", "aaaa-0001#3"]
    assert all("a clock that was behind" in fault for fault in told)


def test_more_facts_than_can_be_told_apart_are_counted() -> None:
    """Facts of several requests that were put on a sealed day are too many to be named; the day is."""
    found = archive()
    for number in range(3):
        put(found, makers.fact(f"zzzz-000{number}", at=timestamp(FIRST_DAY + timedelta(hours=15))))
    assert faults(found) == ["2026-11-20: 7 facts were sealed (seals#2), 10 are there"]


def test_a_request_that_moves_on_while_the_record_is_read_is_no_fault() -> None:
    """Its chain is longer than the head that was read with it: it is read again, as often as it moves."""
    ledger = FakeLedger()
    request = applied(ledger, "aaaa-0001", FIRST_DAY, 1)
    found = FakeArchive.of(ledger)
    found.heads["aaaa-0001"] = Head(2, "the head is read after the facts")

    def move_on() -> None:
        move = makers.step(ledger.requests[request.id], State.APPLYING)
        ledger.advance(ledger.requests[request.id], move.request, move.fact)
        found.catch_up(ledger)

    found.between = [move_on]
    assert faults(found) == []


def test_a_request_that_never_stands_still_is_looked_at_a_few_times() -> None:
    """What is wrong is told all the same."""
    found = archive()
    _changed(found)

    def move(number: int) -> None:
        found.heads[REQUEST] = Head(5 + number, "moving")

    found.between = [lambda number=number: move(number) for number in range(9)]  # type: ignore[misc]
    assert any(fault.startswith("aaaa-0002#3") for fault in faults(found))
    assert len(found.between) == 9 - MOST_LOOKS - len(["without its last fact, so that it may have none", "the seals"])


def test_sealing_that_has_only_begun_is_no_fault() -> None:
    """There is progress, and no seal yet."""
    found = FakeArchive(heads={SEALS: BEFORE_FIRST})
    assert faults(found) == []


def test_an_empty_record_is_right() -> None:
    """Before the first tick there is nothing."""
    assert faults(FakeArchive()) == []


def test_more_than_a_batch_is_looked_at_whole() -> None:
    """Requests are looked up by the hundred, the last as well as the first; the tally is shown on the way."""
    ledger = FakeLedger()
    for number in range(2 * BATCH + 1):
        applied(ledger, f"aaaa-{number:04}", FIRST_DAY, 1)
    found = FakeArchive.of(ledger)
    found.heads["aaaa-0000"] = found.heads[f"aaaa-{2 * BATCH:04}"] = Head(1, "f" * 64)
    seen: list[int] = []
    told = list(Examiner(found, lambda tally: seen.append(tally.facts)).everything())
    assert [fault.partition(":")[0] for fault in told] == ["aaaa-0000#1", "aaaa-0200#1"]
    assert seen == [100, 200, 201]


class ScatteredArchive(FakeArchive):
    """An archive whose table does not keep the facts of a request together."""

    def chains(self) -> Iterator[tuple[str, Sequence[Any]]]:
        """Read one fact after the other, those of a request far from each other."""
        for request_id, seq in sorted(self.facts, key=lambda key: (-key[1], key[0])):
            yield request_id, [self.facts[request_id, seq]]


def test_facts_that_are_not_together_are_looked_at_as_if_they_were() -> None:
    """What seems to be a part of a chain is read again as a whole; each fact is counted once, and faults are told."""
    together = archive()
    scattered = ScatteredArchive(together.facts, together.heads)
    examiner = Examiner(scattered, lambda _: None)
    assert list(examiner.everything()) == []
    assert (examiner.tally.facts, examiner.tally.chains) == (19, 8)
    _changed(scattered)
    assert "aaaa-0002#3: was changed after it was written" in faults(scattered)


class Chain(list[Any]):
    """A list of which one can know whether it is still there."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # a list has none; this one is known by its identity


@dataclass(slots=True)
class LongArchive(FakeArchive):
    """An archive of many refusals, which notes how many chains somebody holds at the same time."""

    held: WeakSet[Chain] = field(default_factory=WeakSet)
    most_held: int = 0

    def chains(self) -> Iterator[tuple[str, Sequence[Any]]]:
        """Make one chain after the other."""
        for number in range(20 * BATCH):
            attributes = makers.fact(f"r-{number:05}").attributes()
            chain = Chain([{**attributes, **index_attributes(attributes)}])
            self.held.add(chain)
            self.most_held = max(self.most_held, len(self.held))
            yield f"r-{number:05}", chain


def test_more_facts_take_no_more_memory() -> None:
    """Of twenty batches of chains, never more than two are held."""
    long = LongArchive()
    examiner = Examiner(long, lambda _: None)
    assert list(examiner.everything()) == []
    assert examiner.tally.facts == 20 * BATCH
    assert long.most_held <= 2 * BATCH + 1


# A part of the record


def part(found: FakeArchive) -> Examiner:
    """Examine a part."""
    return Examiner(found, lambda _: None)


def test_one_request_is_looked_at_alone() -> None:
    """Another's fault is not told, its own is, and one that is not there is said to be none."""
    found = archive()
    _changed(found)
    assert list(part(found).request("aaaa-0001")) == []
    assert list(part(found).request(REQUEST)) == ["aaaa-0002#3: was changed after it was written"]
    assert list(part(found).request("none-0000")) == ["none-0000: there is no such request, nor any fact of it"]
    _chain_missing(found)
    assert list(part(found).request(REQUEST)) == ["aaaa-0002: all of its facts are missing (there were 5)"]


def test_one_jobs_requests_are_looked_at_alone() -> None:
    """Those that have a fact about the job, whole."""
    found = archive()
    _changed(found)
    examiner = part(found)
    assert list(examiner.job(JobId("job-aaaa-0001"))) == []
    assert examiner.tally.facts == 3
    assert len(list(part(found).job(JobId("job-aaaa-0002")))) == 1


@pytest.mark.parametrize(("day", "facts"), [(20, 3 + 1 + 5 + 4), (21, 5 + 1 + 4), (22, 1 + 2 + 4)])
def test_one_day_is_looked_at_alone(day: int, facts: int) -> None:
    """Its seal, and every request with a fact on it, whole; the seal of the day before is such a fact."""
    examiner = part(archive())
    assert list(examiner.day(date(2026, 11, day))) == []
    assert (examiner.tally.facts, len(examiner.tally.seals), examiner.tally.unsealed) == (facts, 1, [])


def test_a_day_that_is_not_sealed_yet_is_said_to_be_so() -> None:
    """Today's facts are chained all the same."""
    examiner = part(archive())
    assert list(examiner.day(date(2026, 11, 23))) == []
    assert (examiner.tally.facts, examiner.tally.unsealed) == (2 + 4, ["2026-11-23"])


def test_a_posted_seal_is_found_by_its_hash() -> None:
    """What the channel was told is among the seals, unless the record was rewritten since."""
    found = archive()
    posted: dict[str, Any] = found.facts[SEALS, 3]
    seal = part(found).posted(posted["hash"])
    assert seal is not None
    assert (seal.number, str(seal.day), seal.root) == (3, "2026-11-21", posted["root"])
    rewrite(found, SEALS, at="2026-11-20T12:00:00.001Z")
    assert part(found).posted(posted["hash"]) is None


def test_a_rewrite_of_both_tables_is_found_by_the_posted_seal_alone() -> None:
    """Who rewrites a request, its day's seal and all seals after it, leaves a record that is right by itself."""
    found = archive()
    posted = str(found.facts[SEALS, 3]["hash"])
    forged = FakeLedger()
    seal_days(forged, *days(1))
    applied(forged, "aaaa-0001", FIRST_DAY + timedelta(hours=13), 2)
    seal_days(forged, *days(5)[1:4])
    rewritten = FakeArchive.of(forged)
    assert faults(rewritten) == []
    assert part(rewritten).posted(posted) is None
