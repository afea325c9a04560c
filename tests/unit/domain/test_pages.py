"""Where a page of a history ends."""

from __future__ import annotations

import pytest

from handler.domain.pages import whole_requests


def facts(text: str) -> list[dict[str, object]]:
    """Make facts, newest first, of words such as ``a3applied``: request, number, event."""
    return [{"request_id": each[0], "seq": int(each[1]), "event": each[2:]} for each in text.split()]


@pytest.mark.parametrize(
    ("page", "count"),
    [
        ("a1refused", 1),
        ("a3applied a2applying a1requested", 3),
        ("a3applied a2applying a1requested b3applied b2applying", 3),
        ("b1refused a3applied a2applying c1refused", 1),
        ("a3applied b1refused a2applying a1requested c1refused", 5),
        ("a3applied b3applied a2applying b2applying a1requested", 5),
        ("a3applied a2applying", 2),
        ("a2approved b3reviewed c2denied", 3),
        ("a4expired", 1),
    ],
)
def test_a_page_tears_no_request_in_two(page: str, count: int) -> None:
    """It ends after the first fact of a request; when it has none, or only others' part in one, it is all there is."""
    assert count == whole_requests(facts(page))


@pytest.mark.parametrize(
    "event",
    [
        "requested",
        "approved",
        "denied",
        "kept",
        "expired",
        "withdrawn",
        "stale",
        "applying",
        "applied",
        "failed",
        "unknown",
        "reverting",
        "reverted",
    ],
)
def test_what_says_where_a_request_stands_is_not_cut_off_from_the_rest(event: str) -> None:
    """The page before ends before it."""
    assert whole_requests(facts(f"b1refused a2{event}")) == 1
