"""How sealing goes on from day to day, and who is to post what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handler.domain.audit import breaks, digest
from handler.domain.merkle import Tree
from handler.domain.sealing import Leaves, Sealing, begun, claimed, counted, is_over, owes_post, posted, sealed
from tests.makers import NOW

DAY = date(2026, 11, 22)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


def test_it_begins_with_the_last_day_that_is_over() -> None:
    """The first tick turns to yesterday; within the first ten minutes of a day, to the day before that."""
    assert begun(MIDNIGHT + timedelta(minutes=10)) == Sealing(day=DAY)
    assert begun(MIDNIGHT + timedelta(minutes=9, seconds=59)) == Sealing(day=date(2026, 11, 21))


def test_a_day_is_over_ten_minutes_after_its_midnight() -> None:
    """By then no fact of it is on its way any more."""
    assert not is_over(DAY, MIDNIGHT + timedelta(minutes=9, seconds=59))
    assert is_over(DAY, MIDNIGHT + timedelta(minutes=10))
    assert not is_over(date(2026, 11, 23), MIDNIGHT + timedelta(hours=23))


def test_a_clock_that_jumps_back_seals_nothing_anew() -> None:
    """What is sealed stays sealed: the next day to seal is not over by such a clock."""
    after, _ = sealed(Sealing(day=DAY), NOW, is_to_be_posted=False)
    assert not is_over(after.day, NOW - timedelta(days=300))


def test_a_day_is_counted_in_pieces() -> None:
    """Each piece goes on where the last ended; a piece of nothing changes neither the tree nor the place."""
    first = counted(Sealing(day=DAY), Leaves(("aa", "bb"), "place 2", has_more=True))
    second = counted(first, Leaves(("cc",), "place 3", has_more=True))
    third = counted(second, Leaves(()))
    tree = Tree().extended(["aa", "bb", "cc"])
    assert Sealing(day=DAY, tree=tree, cursor="place 3", revision=3) == third


def test_a_seal_is_a_fact_that_holds_the_day_its_root_and_its_count() -> None:
    """All of it is covered by the hash, and the next day is begun from nothing."""
    at_the_end = counted(Sealing(day=DAY), Leaves(("aa",), "place 1"))
    after, fact = sealed(at_the_end, NOW, is_to_be_posted=True)
    expected = {
        "request_id": "seals",
        "seq": 1,
        "at": "2026-11-23T03:04:05.678Z",
        "event": "sealed",
        "actor": "sluice",
        "day": "2026-11-22",
        "root": Tree().extended(["aa"]).root,
        "count": 1,
        "prev_hash": "0" * 64,
    }
    assert {**expected, "hash": digest(expected)} == fact.attributes()
    assert Sealing(day=date(2026, 11, 23), head=fact.head, revision=1) == after


@given(st.lists(st.lists(st.sampled_from(["aa", "bb"]), max_size=3), min_size=1, max_size=5))
def test_seals_are_a_chain(days: list[list[str]]) -> None:
    """Each seal follows that of the day before, those of days on which nothing happened too."""
    so_far, chain = Sealing(day=DAY), []
    for hashes in days:
        so_far, fact = sealed(counted(so_far, Leaves(tuple(hashes))), NOW, is_to_be_posted=False)
        chain.append(fact.attributes())
    assert breaks(chain, so_far.head) == ()
    assert [fact["count"] for fact in chain] == [len(hashes) for hashes in days]
    assert so_far.day - DAY == timedelta(days=len(days))


def test_a_seal_is_owed_to_the_channel_until_it_was_posted() -> None:
    """Two seals are owed one after the other."""
    one, _ = sealed(Sealing(day=DAY), NOW, is_to_be_posted=True)
    two, _ = sealed(one, NOW, is_to_be_posted=True)
    assert not owes_post(Sealing(day=DAY), NOW)
    assert owes_post(two, NOW)
    assert owes_post(posted(two), NOW)
    assert not owes_post(posted(posted(two)), NOW)


def test_without_a_channel_nothing_is_owed() -> None:
    """A channel that is named later is not flooded with the seals of the past."""
    after, _ = sealed(Sealing(day=DAY), NOW, is_to_be_posted=False)
    assert not owes_post(after, NOW)


def test_where_no_channel_is_named_any_more_a_claim_is_forgotten() -> None:
    """Nobody is about to post anything; when a channel is named again, the next seal is owed at once."""
    owing, _ = sealed(Sealing(day=DAY), NOW, is_to_be_posted=True)
    after, _ = sealed(claimed(owing, NOW), NOW, is_to_be_posted=False)
    assert (after.posted, after.post_at) == (2, None)


def test_who_claims_a_post_has_two_minutes() -> None:
    """Meanwhile nobody else posts it; after that, whoever claimed it is gone."""
    owing, _ = sealed(Sealing(day=DAY), NOW, is_to_be_posted=True)
    claim = claimed(owing, NOW)
    assert not owes_post(claim, NOW + timedelta(minutes=1, seconds=59))
    assert owes_post(claim, NOW + timedelta(minutes=2))
    assert posted(claim).post_at is None


def test_a_claim_outlives_the_next_seal() -> None:
    """A day that is sealed while somebody posts the seal before does not let another post it too."""
    owing, _ = sealed(Sealing(day=DAY), NOW, is_to_be_posted=True)
    after, _ = sealed(claimed(owing, NOW), NOW, is_to_be_posted=True)
    assert not owes_post(after, NOW)


def test_each_step_is_a_revision_of_its_own() -> None:
    """Whoever read the progress before a step sees that it was taken."""
    before = Sealing(day=DAY, revision=7)
    assert [claimed(before, NOW).revision, posted(before).revision, counted(before, Leaves(())).revision] == [8, 8, 8]
