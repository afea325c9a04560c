"""What every ledger keeps of the schedule: the last tick, and nothing of those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handler.domain.errors import LedgerUnavailable
from handler.domain.model import RequestId
from handler.ports import Tick
from tests import makers

if TYPE_CHECKING:
    from tests.contract.ledgers import Dynamo, Subject

FIRST, SECOND = Tick(makers.at(1), "0123456789ab"), Tick(makers.at(2), "ba9876543210")


def test_before_the_first_tick_there_is_none(subject: Subject) -> None:
    """A new table knows of no tick."""
    assert subject.ledger.last_tick() is None


def test_the_last_tick_is_kept(subject: Subject) -> None:
    """Of two ticks the later one is read back, to the microsecond and with its policy's version."""
    subject.ledger.ticked(FIRST)
    subject.ledger.ticked(SECOND)
    assert subject.ledger.last_tick() == SECOND


def test_a_tick_is_no_request(subject: Subject) -> None:
    """It is neither an open request nor one that somebody could ask for."""
    subject.ledger.ticked(FIRST)
    assert subject.ledger.open_requests(limit=10) == ()
    assert subject.ledger.request(RequestId("tick#last")) is None


def test_a_tick_that_somebody_edited_is_no_tick(dynamo: Dynamo) -> None:
    """What cannot be read is said to be so, and is not taken for a tick that never was."""
    dynamo.put_request_item({"pk": {"S": "tick#last"}, "at": {"S": "yesterday"}})
    with pytest.raises(LedgerUnavailable, match="the last tick cannot be read: ValueError"):
        dynamo.ledger.last_tick()
