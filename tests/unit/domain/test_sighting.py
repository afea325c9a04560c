"""How long what was seen of a job is of use."""

from __future__ import annotations

from datetime import timedelta

from handler.domain.sighting import Seen
from tests.makers import NOW, job


def test_what_was_seen_is_of_use_for_thirty_days() -> None:
    """Not a moment longer, whether or not the table has forgotten it by then."""
    seen = Seen(job(), NOW)
    last = NOW + timedelta(days=30)
    assert (seen.is_forgotten(last - timedelta(microseconds=1)), seen.is_forgotten(last)) == (False, True)
