"""Requests and facts as items, and back: exactly what was written, strictly what was not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pytest
from boto3.dynamodb.types import Binary
from hypothesis import HealthCheck, given, settings

from handler.adapters.ledger.decisions import emergency_attributes, review_attributes
from handler.adapters.ledger.items import (
    UnreadableItem,
    plain,
    request_attributes,
    stored_fact,
    stored_request,
    wire,
)
from handler.adapters.ledger.scalars import present
from handler.domain.audit import breaks
from handler.domain.news import told_by_another
from handler.domain.request import Ending, Request, State
from tests import makers
from tests.makers import NOW
from tests.unit.adapters.ledger.strategies import requests

if TYPE_CHECKING:
    from collections.abc import Mapping

FULL: Final = makers.full_opening().request
REVIEW: Final = review_attributes(makers.review())
EMERGENCY: Final = emergency_attributes(makers.emergency())
# What the first version did not write; it is read with and without.
LATER: Final = (
    "minutes",
    "revert_at",
    "undoing",
    "review",
    "emergency",
    "digest",
    "over",
    "ending",
    "tell_at",
    "untold",
)


def attributes_of(request: Request, **changed: object) -> dict[str, Any]:
    """Return all that is stored of a request, some of it changed by hand; what is None is not there."""
    return present({"pk": request.id, **request_attributes(request), **changed})


def read(attributes: Mapping[str, object]) -> Request:
    """Read a request whose item has these attributes, as they came over the wire."""
    return stored_request(json.loads(json.dumps(wire(attributes))))


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(request=requests)
def test_whatever_a_request_holds_is_read_as_it_was_written(request: Request) -> None:
    """Every part comes back equal: moments to the microsecond, conditions to the last digit, absence as absence.

    So does the digest of what people decide about, which is kept in the item too.
    """
    stored = attributes_of(request)
    again = read(stored)
    assert request == again
    assert stored["digest"] == again.digest
    assert json.dumps(dict(request.change.before.fields)) == json.dumps(dict(again.change.before.fields))


@pytest.mark.parametrize("state", State)
def test_an_item_from_before_reviews_means_none_of_it(state: State) -> None:
    """Schema 1 without the attributes that came later is the same request without those parts."""
    without = {name: value for name, value in attributes_of(replace(FULL, state=state)).items() if name not in LATER}
    expected = replace(FULL, state=state, minutes=None, revert_at=None, undoing=False, review=None, emergency=None)
    expected = replace(told_by_another(expected), over={}, ending=Ending())
    assert expected == read({**without, "schema": 1})


def test_moments_are_stored_in_one_zone() -> None:
    """Whatever the offset they came with, text order is time order: the index of open requests sorts by it."""
    soon, later = NOW.astimezone(timezone(timedelta(hours=9))), NOW + timedelta(microseconds=1)
    stored = [attributes_of(makers.request(due_at=at))["gsi_due_at"] for at in (soon, later)]
    assert stored == ["2026-11-23T03:04:05.678000+00:00", "2026-11-23T03:04:05.678001+00:00"]


def test_what_does_not_apply_is_not_stored() -> None:
    """Of a bare request nothing of what came later is stored but its digest; no attribute is null."""
    bare = attributes_of(makers.request())
    assert {"digest"} == {*LATER} & bare.keys()
    assert "NULL" not in json.dumps(wire(attributes_of(FULL)))


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"schema": 3}, "request item of schema 3, this version reads up to 2"),
        ({"schema": None}, "request item of schema None, this version reads up to 2"),
        ({"state": "confused"}, "ValueError"),
        ({"head_hash": None}, "KeyError"),
        ({"head_seq": "1"}, "TypeError"),
        ({"before": "{"}, "JSONDecodeError"),
        ({"before": "[" * 100_000}, "RecursionError"),
        ({"values": "[]"}, "AttributeError"),
        ({"values": '{"numWorker":"4"}'}, "TypeError"),
        ({"values": '{"numWorker":true}'}, "TypeError"),
        ({"because": 7}, "TypeError"),
        ({"checks": Decimal("2.5")}, "TypeError"),
        ({"minutes": "120"}, "TypeError"),
        ({"created_at": "yesterday"}, "ValueError"),
        ({"updated_at": "2026-11-23T03:04:05"}, "ValueError"),
        ({"due_at": "2026-11-23"}, "ValueError"),
        ({"revert_at": 7}, "TypeError"),
        ({"card": {"ts": "1.1"}}, "KeyError"),
        ({"card": {"channel_id": "C0DATA", "ts": "1.1", "seq": "4"}}, "TypeError"),
        ({"tell_at": "soon"}, "ValueError"),
        ({"untold": [{"event": "applied"}]}, "KeyError"),
        ({"untold": [{"event": "whispered", "seq": 4}]}, "ValueError"),
        ({"untold": [{"event": "applied", "seq": True}]}, "TypeError"),
        ({"review": "by hand"}, "TypeError"),
        ({"review": {**REVIEW, "needed": "2"}}, "TypeError"),
        ({"review": {**REVIEW, "reminders": True}}, "TypeError"),
        ({"review": {**REVIEW, "expires_at": "2026-11-23T03:34:05"}}, "ValueError"),
        ({"review": {**REVIEW, "approvals": None}}, "TypeError"),
        ({"review": {**REVIEW, "approvals": ["U0LEE"]}}, "TypeError"),
        ({"review": {**REVIEW, "approvals": [{"user_id": "U0LEE"}]}}, "KeyError"),
        ({"ending": "by hand"}, "AttributeError"),
        ({"ending": {"failures": "2"}}, "TypeError"),
        ({"ending": {"former": {"numWorker": "2"}}}, "TypeError"),
        ({"over": ["9vwx-00ab"]}, "AttributeError"),
        ({"emergency": {"reviewed_by": "U0LEE"}}, "KeyError"),
        ({"emergency": {**EMERGENCY, "review_at": "soon"}}, "ValueError"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_this_version_does_not_write_is_not_guessed_at(changed: dict[str, object], cause: str) -> None:
    """Another schema, or an edit that could not be computed with, is refused with what is wrong, without values."""
    with pytest.raises(UnreadableItem) as unreadable:
        read(attributes_of(FULL, **changed))
    assert str(unreadable.value) in {cause, f"request item cannot be read: {cause}"}


def test_a_fact_edited_by_hand_can_be_read_and_is_found_out() -> None:
    """Values that we never write come back as text or float, so that the check of the chain can name the fact."""
    fact = makers.fact()
    edited = {"before": {"a": Decimal("1.5"), "b": {"x", "y"}, "c": Binary(b"z")}, "gsi_at": "x", "gsi_new": "y"}
    read = stored_fact(wire({**fact.attributes(), **edited}))
    before = read["before"]
    assert isinstance(before, dict)
    assert before["a"] == 1.5
    assert isinstance(before["b"], str)
    assert "gsi_new" not in read
    assert breaks([read]) == ("7k3m-q2xd#1: was changed after it was written",)


@pytest.mark.parametrize(
    ("written", "expected"), [(Decimal(100), 100), (Decimal("1E+2"), 100), (Decimal("-0"), 0), (2**53 - 1, 2**53 - 1)]
)
def test_whole_numbers_are_read_as_integers(written: object, expected: int) -> None:
    """DynamoDB's numbers are integers when they are whole, however they are written, and never Decimal."""
    read = plain(wire({"n": written}))["n"]
    assert expected == read
    assert isinstance(read, int)
