"""The fake ledger's faults, by which flows are tested."""

from __future__ import annotations

import pytest

from handler.domain.errors import LedgerUnavailable
from tests import makers
from tests.fakes.ledger import FakeLedger, Fault


@pytest.mark.parametrize("takes_effect", [False, True])
def test_a_fault_happens_once_and_may_come_after_the_effect(takes_effect: bool) -> None:  # noqa: FBT001 - pytest's way
    """The next call of the named method fails, with or without having been done; the call after it does not."""
    ledger = FakeLedger(faults=[Fault("open", takes_effect=takes_effect, cause="ThrottlingException")])
    move = makers.opening()
    with pytest.raises(LedgerUnavailable, match=r"^open: ThrottlingException$"):
        ledger.open(move.request, move.fact)
    assert takes_effect == (ledger.request(move.request.id) is not None)
    ledger.open(move.request, move.fact)
    assert move.request == ledger.request(move.request.id)
