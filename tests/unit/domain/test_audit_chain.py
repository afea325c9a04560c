"""The hash chain: silent as long as nobody touched it, and loud about every edit."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from handler.domain.audit import BEFORE_FIRST, Event, Fact, breaks, chained, digest
from handler.domain.model import Head
from tests.makers import fact
from tests.unit.domain.strategies import any_text, as_written, chains, exact_json, facts, linked, plain_chains

Attributes = dict[str, object]
ID = "7k3m-q2xd"


def stored(chain: list[Fact]) -> list[Attributes]:
    """Return the chain as its items."""
    return [each.attributes() for each in chain]


def three() -> list[Fact]:
    """Make the chain of a change that was applied."""
    events = (Event.REQUESTED, Event.APPLYING, Event.APPLIED)
    return linked([fact(ID, event) for event in events])


def test_a_stranger_can_recompute_a_hash() -> None:
    """The hash of a small fact is the SHA-256 of the JSON that one writes by hand."""
    made = chained(
        BEFORE_FIRST,
        Fact(
            request_id=ID,
            at="2026-11-23T03:04:05.678Z",
            event=Event.REFUSED,
            actor="U0PARK",
            before={"numWorker": 2, "nrn": None},
            because=("oncall-small",),
        ),
    )
    by_hand = (
        '{"actor":"U0PARK","at":"2026-11-23T03:04:05.678Z","because":["oncall-small"],"before":{"nrn":null,'
        f'"numWorker":2}},"event":"refused","prev_hash":"{"0" * 64}","request_id":"7k3m-q2xd","seq":1}}'
    )
    assert (made.seq, made.hash) == (1, hashlib.sha256(by_hand.encode()).hexdigest())


def test_each_fact_holds_its_number_and_the_hash_before() -> None:
    """Three facts are numbered from 1; the first follows 64 zeros, the head is the last."""
    first, second, third = three()
    assert [(each.seq, each.prev_hash) for each in (first, second, third)] == [
        (1, "0" * 64),
        (2, first.hash),
        (3, second.hash),
    ]
    assert third.head == Head(3, third.hash)


def test_what_a_fact_said_before_it_was_chained_stays() -> None:
    """Chaining sets the number, the link and the hash, and nothing else."""
    loose = fact(ID, reason="backlog")
    tied = chained(Head(7, "ab" * 32), loose)
    assert tied == replace(loose, seq=8, prev_hash="ab" * 32, hash=digest(tied.attributes()))


@given(chains)
def test_an_untouched_chain_is_silent(chain: list[Fact]) -> None:
    """Whatever facts are recorded, with the head of the request's item or without."""
    assert breaks(stored(chain)) == ()
    assert breaks(stored(chain), chain[-1].head) == ()


@given(chains, st.data())
def test_an_edited_attribute_is_named(chain: list[Fact], data: st.DataObject) -> None:
    """Any attribute of any fact set to anything else, or added: that very fact was changed."""
    items = stored(chain)
    edited = data.draw(st.sampled_from(items))
    name = data.draw(st.sampled_from(sorted(edited)) | any_text)
    value = data.draw(exact_json)
    assume(not name.startswith("gsi_") and name.isprintable())
    assume(name not in edited or as_written(edited[name]) != as_written(value))
    edited[name] = value
    named = f"{edited['request_id']}#{edited['seq']}: was changed after it was written"
    assert named in breaks(items, chain[-1].head)
    assert named in breaks(items)


@given(chains, st.data())
def test_a_removed_attribute_is_named(chain: list[Fact], data: st.DataObject) -> None:
    """Any attribute of any fact taken away: that very fact was changed."""
    items = stored(chain)
    edited = data.draw(st.sampled_from(items))
    del edited[data.draw(st.sampled_from(sorted(edited)))]
    named = f"{edited.get('request_id')}#{edited.get('seq')}: was changed after it was written"
    assert named in breaks(items)


@given(plain_chains, st.data())
def test_an_inserted_fact_is_named(chain: list[Fact], data: st.DataObject) -> None:
    """A fact put between others or at the end, well linked to the one before it, is found out."""
    at = data.draw(st.integers(0, len(chain)))
    before = chain[at - 1].head if at else BEFORE_FIRST
    items = stored([*chain[:at], chained(before, data.draw(facts)), *chain[at:]])
    found = breaks(items, chain[-1].head)
    if at == len(chain):
        assert found == (f"the request says {at} facts, the table holds {at + 1} or another last one",)
    else:
        assert found[0] == f"{ID}#{at + 1}: fact {at + 2} is missing or out of order"


@given(plain_chains, st.data())
def test_a_removed_fact_is_named(chain: list[Fact], data: st.DataObject) -> None:
    """A fact taken out of the middle leaves a gap before the next one."""
    chain.append(chained(chain[-1].head, fact(ID)))
    at = data.draw(st.integers(0, len(chain) - 2))
    items = stored([*chain[:at], *chain[at + 1 :]])
    assert breaks(items, chain[-1].head) == (
        f"{ID}#{at + 2}: fact {at + 1} is missing or out of order",
        f"{ID}#{at + 2}: does not follow the fact before it",
    )


@given(plain_chains, st.data())
def test_a_cut_tail_is_named_by_the_head(chain: list[Fact], data: st.DataObject) -> None:
    """Facts missing at the end leave a sound chain; the request's item says that there were more."""
    kept = data.draw(st.integers(0, len(chain) - 1))
    assert breaks(stored(chain[:kept]), chain[-1].head) == (
        f"the request says {len(chain)} facts, the table holds {kept} or another last one",
    )


@given(plain_chains, st.data())
def test_another_order_is_named(chain: list[Fact], data: st.DataObject) -> None:
    """Facts in any other order than they were written in break the chain."""
    chain.append(chained(chain[-1].head, fact(ID)))
    order = data.draw(st.permutations(range(len(chain))).filter(lambda order: order != list(range(len(chain)))))
    first = next(place for place, seq in enumerate(order) if place != seq)
    items = stored([chain[place] for place in order])
    named = f"{ID}#{order[first] + 1}: fact {first + 1} is missing or out of order"
    assert named in breaks(items, chain[-1].head)


@given(plain_chains, st.data())
def test_a_rewritten_chain_is_named_by_the_head(chain: list[Fact], data: st.DataObject) -> None:
    """Who may write the table can compute every hash anew after an edit; the request's item does not agree."""
    at = data.draw(st.integers(0, len(chain) - 1))
    forged = linked([*chain[:at], replace(chain[at], actor=chain[at].actor + "?"), *chain[at + 1 :]])
    assert breaks(stored(forged)) == ()
    assert breaks(stored(forged), chain[-1].head) == (
        f"the request says {len(chain)} facts, the table holds {len(chain)} or another last one",
    )


@given(plain_chains, st.dictionaries(any_text.map("gsi_".__add__), exact_json, max_size=3))
def test_attributes_of_an_index_do_not_matter(chain: list[Fact], index: Attributes) -> None:
    """Whatever begins with gsi_ may come, change and go."""
    items = [{**each, **index} for each in stored(chain)]
    assert breaks(items, chain[-1].head) == ()


def test_only_the_facts_own_hash_and_index_attributes_are_left_out() -> None:
    """A run condition's field named hash or gsi_at is covered like any other."""
    for name in ("hash", "gsi_at"):
        one, other = ({"before": {name: value}} for value in (1, 2))
        assert digest(one) != digest(other)
        assert digest({name: 1}) == digest({name: 2}) == digest({})
    assert digest({"gsi": 1}) != digest({})


@pytest.mark.parametrize("seq", [None, "2", 1.5, "two"])
def test_a_number_that_is_none_is_named_and_the_rest_still_checked(seq: object) -> None:
    """A fact whose number was made unreadable is named; the fact after it is in its place."""
    items = stored(three())
    items[1]["seq"] = seq
    assert breaks(items) == (
        f"{ID}#{seq}: fact 2 is missing or out of order",
        f"{ID}#{seq}: was changed after it was written",
    )


def test_every_wrong_fact_is_named() -> None:
    """Two edits are two findings, in the order of the chain."""
    items = stored(three())
    items[0]["actor"], items[2]["actor"] = "U0LEE", "U0LEE"
    assert breaks(items) == (f"{ID}#1: was changed after it was written", f"{ID}#3: was changed after it was written")


def test_an_edited_hash_breaks_the_link_to_the_next() -> None:
    """The fact after it no longer follows."""
    items = stored(three())
    items[0]["hash"] = "f" * 64
    assert breaks(items) == (
        f"{ID}#1: was changed after it was written",
        f"{ID}#2: does not follow the fact before it",
    )


def test_no_facts_are_no_break_unless_the_request_says_otherwise() -> None:
    """A chain of nothing is sound by itself."""
    assert breaks([]) == ()
    assert breaks([], Head(1, "ab" * 32)) == ("the request says 1 facts, the table holds 0 or another last one",)
