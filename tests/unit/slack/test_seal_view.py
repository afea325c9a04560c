"""What the audit channel keeps of a day's seal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handler.domain.sealing import Seal
from handler.slack.seal_view import seal_message
from tests.unit.slack.rules import broken

if TYPE_CHECKING:
    from handler.slack.voice import Voice

ROOT, HASH = "ab" * 32, "cd" * 32


@pytest.mark.parametrize(("count", "facts"), [(0, "0 facts"), (1, "1 fact"), (132, "132 facts")])
def test_it_reads(say: Voice, count: int, facts: str) -> None:
    """Day, number of facts, root and seal are whole, to be copied; and what to do with them is said."""
    message = seal_message(say, Seal(12, date(2026, 11, 22), ROOT, count, HASH))
    assert broken(message) == []
    assert message.text.splitlines() == [
        f"The record of 2026-11-22 (UTC) is sealed: {facts}.",
        f"root {ROOT}",
        f"seal 12 {HASH}",
        f"To check it: sluice audit verify --seal {HASH}",
        "Keep this message. Whoever rewrote the tables could not rewrite this copy of the seal.",
    ]
