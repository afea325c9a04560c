"""What every ledger keeps about reading: open requests by when they are due, chains in order, history in pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from handler.domain.audit import Event, breaks, timestamp
from handler.domain.errors import BadCursor
from handler.domain.model import JobId, RequestId, UserId
from handler.domain.period import EVER, Bounds
from handler.domain.request import State
from handler.ports import ByActor, ByJob
from tests import makers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.domain.request import Request
    from handler.ports import Ledger
    from tests.contract.ledgers import Subject

JOB_A = ByJob(JobId("job-a"))
KOREAN = "밀린 작업이 많아서 🔥 " * 250


@pytest.fixture
def ledger(subject: Subject) -> Ledger:
    """The ledger under test."""
    return subject.ledger


def opened(ledger: Ledger, number: int, state: State, due_in_minutes: float | None) -> Request:
    """Open a request of its own on a job of its own."""
    due_at = None if due_in_minutes is None else makers.at(due_in_minutes)
    move = makers.opening(f"req-{number}", state, asked=makers.change(job_id=f"job-{number}"), due_at=due_at)
    ledger.open(move.request, move.fact)
    return move.request


def all_pages(
    ledger: Ledger, query: ByJob | ByActor, limit: int, bounds: Bounds = EVER
) -> list[tuple[Mapping[str, object], ...]]:
    """Read a history to its end, page by page."""
    page = ledger.history(query, limit=limit, bounds=bounds)
    pages = [page.facts]
    while page.cursor is not None:
        page = ledger.history(query, limit=limit, cursor=page.cursor, bounds=bounds)
        pages.append(page.facts)
    return pages


# Open requests


def test_open_requests_come_in_the_order_they_are_due(ledger: Ledger) -> None:
    """What is due first comes first, what is due at no time comes last, and what needs nothing is not there."""
    never = opened(ledger, 1, State.PENDING, None)
    late = opened(ledger, 2, State.UNKNOWN, 90)
    opened(ledger, 3, State.APPLIED, None)
    soon = opened(ledger, 4, State.APPROVED, 2)
    over_due = opened(ledger, 5, State.APPLYING, -5)
    to_revert = opened(ledger, 6, State.APPLIED, 30)
    assert (over_due, soon, to_revert, late, never) == ledger.open_requests(limit=10)
    assert (over_due, soon) == ledger.open_requests(limit=2)


def test_what_waits_for_people_is_due_when_they_are_next_turned_to(ledger: Ledger) -> None:
    """A pending request is due at its reminder, escalation or end, whichever comes first, among all the others."""
    writing = opened(ledger, 1, State.APPLYING, 12)
    pending = makers.opening("req-2", State.PENDING, asked=makers.change(job_id="job-2"))
    ledger.open(pending.request, pending.fact)
    assert (pending.request, writing) == ledger.open_requests(limit=10)
    reminded = makers.step(pending.request, State.PENDING, event=Event.REMINDED, due_at=makers.at(15))
    ledger.advance(pending.request, reminded.request, reminded.fact)
    assert (writing, reminded.request) == ledger.open_requests(limit=10)


def test_a_request_is_among_the_open_ones_as_long_as_it_needs_something(ledger: Ledger) -> None:
    """It moves to its new place when it is due at another time, and leaves when it ends."""
    first, second = opened(ledger, 1, State.APPLYING, 1), opened(ledger, 2, State.APPROVED, 2)
    later = makers.step(first, State.UNKNOWN, due_at=makers.at(3))
    ledger.advance(first, later.request, later.fact)
    assert (second, later.request) == ledger.open_requests(limit=10)
    done = makers.step(later.request, State.APPLIED, due_at=None)
    ledger.advance(later.request, done.request, done.fact)
    assert (second,) == ledger.open_requests(limit=10)


# Chains


def test_a_long_chain_is_read_whole_and_verifies(ledger: Ledger) -> None:
    """Facts of over a megabyte together, more than DynamoDB returns at once, come back in order and unbroken."""
    large = makers.change(before=makers.run_condition(scriptPath="dataflow/" * 3_000))
    move = makers.opening(state=State.UNKNOWN, asked=large)
    ledger.open(move.request, move.fact)
    for _ in range(20):
        before = move.request
        move = makers.step(before, State.UNKNOWN)
        ledger.advance(before, move.request, move.fact)
    chain = ledger.chain(move.request.id)
    assert len(str(chain).encode()) > 1_000_000
    assert breaks(chain, move.request.head) == ()


def test_awkward_text_comes_back_as_it_was(ledger: Ledger) -> None:
    """3,000 characters of Korean with emoji, empty texts, lists and maps, nulls, and text that looks like code."""
    before: dict[str, object] = {
        "a.b": None,
        "nested": {"empty": {}, "list": [], "null": None, "deep": [[["x"]]]},
        "quote": "\"'`\\\x00\x7f",
        "mention": "<!channel> *bold*",
        "empty": "",
        "#state": 2**53 - 1,
    }
    fact = makers.fact(reason=KOREAN, before=before, after={}, because=("", "가"), detail="", job_name="🧮")
    ledger.record(fact)
    assert (fact.attributes(),) == ledger.chain(RequestId(fact.request_id))
    assert breaks(ledger.chain(RequestId(fact.request_id))) == ()


# History


def recorded(ledger: Ledger, count: int) -> list[str]:
    """Record refusals of two people about two jobs, some in the same millisecond; return their ids, newest first."""
    facts = [
        makers.fact(
            f"r-{number:02}",
            at=timestamp(makers.at(number // 3)),
            actor=("U0PARK", "U0KIM")[number % 2],
            job_id=("job-a", "job-b")[number % 2],
        )
        for number in range(count)
    ]
    for fact in facts[::2] + facts[1::2]:
        ledger.record(fact)
    return [fact.request_id for fact in reversed(facts)]


@pytest.mark.parametrize(
    "query", [ByJob(JobId("job-a")), ByActor(UserId("U0PARK"))], ids=lambda query: type(query).__name__
)
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 9])
def test_history_pages_lose_and_repeat_nothing(ledger: Ledger, query: ByJob | ByActor, limit: int) -> None:
    """However many fit on a page, all pages together are every fact once, newest first, and no page is empty."""
    newest_first = recorded(ledger, 16)[1::2]
    pages = all_pages(ledger, query, limit)
    assert newest_first == [fact["request_id"] for page in pages for fact in page]
    assert [len(page) for page in pages] == [len(newest_first[at : at + limit]) for at in range(0, 8, limit)]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (Bounds(since=makers.at(2)), [14, 12, 10, 8, 6]),
        (Bounds(until=makers.at(2)), [4, 2, 0]),
        (Bounds(makers.at(1), makers.at(4)), [10, 8, 6, 4]),
        (Bounds(makers.at(1.001), makers.at(2.001)), [8, 6]),
        (Bounds(makers.at(-60), makers.at(60)), [14, 12, 10, 8, 6, 4, 2, 0]),
    ],
    ids=["since", "until", "between", "moments after", "all"],
)
@pytest.mark.parametrize("limit", [1, 2, 20])
def test_a_history_of_a_time_has_what_was_recorded_in_it(
    ledger: Ledger, bounds: Bounds, expected: list[int], limit: int
) -> None:
    """What was recorded at its beginning belongs to it, what was at its end does not; pages keep to it too."""
    recorded(ledger, 16)
    found = [fact["request_id"] for page in all_pages(ledger, JOB_A, limit, bounds) for fact in page]
    assert [f"r-{number:02}" for number in expected] == found


@pytest.mark.parametrize(
    "bounds",
    [Bounds(makers.at(60), makers.at(90)), Bounds(makers.at(3), makers.at(3)), Bounds(makers.at(3), makers.at(1))],
)
def test_a_time_without_facts_has_an_empty_history(ledger: Ledger, bounds: Bounds) -> None:
    """Nothing was recorded then, or the time is none: an empty page, and no next one."""
    recorded(ledger, 16)
    page = ledger.history(JOB_A, limit=5, bounds=bounds)
    assert (page.facts, page.cursor) == ((), None)


def test_one_may_go_on_after_any_fact_of_a_page(ledger: Ledger) -> None:
    """Each fact has its cursor, so that a page may be shown in part; the last one's is the page's."""
    newest_first = recorded(ledger, 12)[1::2]
    page = ledger.history(JOB_A, limit=4)
    assert page.after[-1] == page.cursor
    rest = [ledger.history(JOB_A, limit=12, cursor=each) for each in page.after]
    assert [[fact["request_id"] for fact in each.facts] for each in rest] == [newest_first[at:] for at in range(1, 5)]


@pytest.mark.parametrize("bounds", [Bounds(since=makers.at(3)), Bounds(until=makers.at(1))])
def test_a_cursor_of_another_time_is_refused(ledger: Ledger, bounds: Bounds) -> None:
    """It leads out of what is asked for, which no page of ours does."""
    recorded(ledger, 16)
    cursor = ledger.history(JOB_A, limit=2, bounds=Bounds(makers.at(1), makers.at(3))).cursor
    assert cursor is not None
    with pytest.raises(BadCursor):
        ledger.history(JOB_A, limit=3, cursor=cursor, bounds=bounds)


def test_history_goes_on_where_it_was_though_facts_were_added(ledger: Ledger) -> None:
    """What is recorded between two pages neither moves nor repeats what comes next."""
    newest_first = recorded(ledger, 12)[1::2]
    first = ledger.history(ByJob(JobId("job-a")), limit=3)
    ledger.record(makers.fact("new", at=timestamp(makers.at(60)), job_id="job-a"))
    second = ledger.history(ByJob(JobId("job-a")), limit=3, cursor=first.cursor)
    assert newest_first == [fact["request_id"] for fact in (*first.facts, *second.facts)]
    assert second.cursor is None


def test_history_returns_facts_as_they_were_recorded(ledger: Ledger) -> None:
    """A request's facts in a history are those of its chain, without what only serves an index."""
    move = makers.opening()
    ledger.open(move.request, move.fact)
    step = makers.step(move.request, State.APPLYING)
    ledger.advance(move.request, step.request, step.fact)
    page = ledger.history(ByJob(makers.JOB_ID), limit=5)
    assert (step.fact.attributes(), move.fact.attributes()) == page.facts
    assert breaks(page.facts[::-1], step.request.head) == ()
    assert page == ledger.history(ByActor(UserId("U0KIM")), limit=5)


def test_a_fact_without_a_job_is_in_its_actors_history(ledger: Ledger) -> None:
    """What is about no job can still be found by who caused it."""
    ledger.record(makers.fact(job_id=None, job_name=None))
    page = ledger.history(ByActor(UserId("U0PARK")), limit=5)
    assert [fact["request_id"] for fact in page.facts] == [makers.REQUEST_ID]


@pytest.mark.parametrize("job_id", ["unknown", "", "\ud800", "가" * 700], ids=lambda job_id: f"{job_id[:9]!a}")
def test_a_job_without_facts_has_an_empty_history(ledger: Ledger, job_id: str) -> None:
    """An unknown job, and text that no table takes as a key, have an empty history and no next page."""
    recorded(ledger, 2)
    page = ledger.history(ByJob(JobId(job_id)), limit=5)
    assert page.facts == ()
    assert page.cursor is None


def test_a_cursor_fits_into_a_button(ledger: Ledger) -> None:
    """A cursor is short text of letters, digits, dashes and underscores (Slack allows a value 2,000 characters)."""
    recorded(ledger, 4)
    cursor = ledger.history(ByActor(UserId("U0KIM")), limit=1).cursor
    assert cursor is not None
    assert re.fullmatch(r"[A-Za-z0-9_=-]{1,200}", cursor)


@pytest.mark.parametrize("cursor", ["", "x", "???", "가", "bm90IGEgcGxhY2U", "//8", "AAAA" * 500])
def test_what_is_no_cursor_is_refused(ledger: Ledger, cursor: str) -> None:
    """A made-up cursor is an error of the record's, and does not begin the history anew."""
    recorded(ledger, 2)
    with pytest.raises(BadCursor, match="not a cursor"):
        ledger.history(ByJob(JobId("job-a")), limit=1, cursor=cursor)


def test_a_cursor_of_another_history_shows_nothing_of_it(ledger: Ledger) -> None:
    """A cursor says where, not whose: used for another job it shows that job's facts only."""
    recorded(ledger, 8)
    other = ledger.history(ByJob(JobId("job-b")), limit=2).cursor
    page = ledger.history(ByJob(JobId("job-a")), limit=9, cursor=other)
    assert {"job-a"} == {fact["job_id"] for fact in page.facts}
