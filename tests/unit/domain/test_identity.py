"""Ids derived from deliveries: the same again for a redelivery, short, sayable and far apart."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.identity import ALPHABET, delivery_digest, read_request_id, request_id
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


@pytest.mark.parametrize("typed", ["7k3m-q2xd", "7K3M-Q2XD", "7k3mq2xd", "7k3m--q2xd", "-7K3M-q2xd-", "7k3-mq2xd"])
def test_an_id_is_read_however_it_is_typed(typed: str) -> None:
    """In capitals, without its dash, or with another one that a phone made of it."""
    assert read_request_id(typed) == "7k3m-q2xd"


def test_letters_that_are_no_digits_are_read_as_those_they_look_like() -> None:
    """O for 0, I and L for 1, as Crockford has it."""
    assert read_request_id("OIL0-abcd") == "0110-abcd"


@pytest.mark.parametrize(
    "typed", ["", "-", "wordcount", "7k3m-q2x", "7k3m-q2xd1", "7k3m-q2xu", "7k3m q2xd", "lock#7k3", "\u0667k3m-q2xd"]
)
def test_what_can_be_no_id_is_none(typed: str) -> None:
    """Too short, too long, or with a letter that no id has."""
    assert read_request_id(typed) is None


@given(any_text, st.integers(0, 9))
def test_every_id_reads_as_itself(delivery: str, attempt: int) -> None:
    """Whatever Slack delivered."""
    made = request_id(delivery_digest(delivery), attempt)
    assert read_request_id(made) == read_request_id(made.upper().replace("-", "")) == made
