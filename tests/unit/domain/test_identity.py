"""Ids derived from deliveries: the same again for a redelivery, short, sayable and far apart."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.identity import ALPHABET, delivery_digest, request_id
from tests.unit.domain.strategies import any_text

SAYABLE = re.compile(r"[0-9abcdefghjkmnpqrstvwxyz]{4}-[0-9abcdefghjkmnpqrstvwxyz]{4}")


@given(any_text, st.integers(0, 9))
def test_an_id_is_two_groups_of_four_letters_that_nobody_confuses(delivery: str, attempt: int) -> None:
    """No i, l, o or u; whatever Slack delivered."""
    assert SAYABLE.fullmatch(request_id(delivery_digest(delivery), attempt))


@pytest.mark.parametrize(
    ("digest", "attempt", "expected"), [("", 0, "rge3-g4v0"), ("a", 0, "5rsj-rmzt"), ("a", 1, "9za5-3swe")]
)
def test_an_id_stays_the_same_for_ever(digest: str, attempt: int, expected: str) -> None:
    """Ids in the record were derived like this, and are found again like this."""
    assert request_id(digest, attempt) == expected


def test_an_id_is_forty_bits_of_a_hash() -> None:
    """Read backwards, five bits a letter, the id is the first five bytes of the SHA-256 of digest and attempt."""
    spoken = request_id("ab", 2).replace("-", "")
    number = sum(ALPHABET.index(letter) << (5 * place) for place, letter in enumerate(spoken))
    assert number.to_bytes(5, "big") == hashlib.sha256(b"ab/2").digest()[:5]


def test_without_an_attempt_it_is_the_first() -> None:
    """A redelivery looks for the first candidate first."""
    assert request_id("ab") == request_id("ab", 0)
    assert request_id("ab") != request_id("ab", 1)


def test_every_letter_comes_up_in_every_place() -> None:
    """A thousand deliveries give a thousand ids, spread over the whole alphabet in each place."""
    ids = [request_id(delivery_digest(f"{number}.{number}")) for number in range(1000)]
    assert len(set(ids)) == 1000
    for place in (0, 1, 2, 3, 5, 6, 7, 8):
        seen = Counter(each[place] for each in ids)
        assert set(seen) == set(ALPHABET)
        assert max(seen.values()) < 3 * 1000 / 32


def test_a_delivery_is_kept_as_its_hash() -> None:
    """What is kept of a trigger id is its SHA-256, which opens nothing."""
    assert delivery_digest("13345224609.738474920") == hashlib.sha256(b"13345224609.738474920").hexdigest()
    assert delivery_digest("한\ud800") == hashlib.sha256("한?".encode()).hexdigest()
