"""Lists are read to their end, and never for ever, whatever the paging of the service is like."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.adapters.dataflow.paging import MOST_PAGES, is_newest_first, read_all
from handler.adapters.dataflow.wire import DatedExecution, Page
from handler.domain.dataflow_errors import BadParameter, DataFlowError, DataFlowUnreadable, NotFound, Throttled
from handler.domain.model import Execution, JobId, JobSummary
from tests.makers import NOW

LIMIT = 10


def summaries(count: int, first: int = 0) -> tuple[JobSummary, ...]:
    """Make that many different jobs."""
    return tuple(JobSummary(JobId(f"id{number}"), f"job{number}") for number in range(first, first + count))


@dataclass
class Paging:
    """A service with some jobs: how it caps pages, what its count means, and what it says beyond the end."""

    jobs: tuple[JobSummary, ...]
    cap: int = LIMIT
    counts_all: bool = False
    counts: bool = True
    beyond: DataFlowError | None = None
    repeats_last: bool = False
    asked: list[int] = field(default_factory=list)

    def read_page(self, number: int) -> Page[JobSummary]:
        """Return the page of this number."""
        self.asked.append(number)
        last = max(0, (len(self.jobs) - 1) // self.cap)
        if number > last and self.beyond:
            raise self.beyond
        place = min(number, last) if self.repeats_last else number
        part = self.jobs[place * self.cap : (place + 1) * self.cap]
        count = len(self.jobs) if self.counts_all else len(part)
        return Page(part, len(part), count if self.counts else None)

    def read(self) -> tuple[JobSummary, ...]:
        """Read all."""
        return read_all("getJobs", LIMIT, self.read_page)


@given(
    count=st.integers(0, 45),
    cap=st.integers(1, LIMIT),
    counts_all=st.booleans(),
    counts=st.booleans(),
    repeats_last=st.booleans(),
)
def test_every_job_is_found_once(*, count: int, cap: int, counts_all: bool, counts: bool, repeats_last: bool) -> None:
    """However small the pages, whatever count means, and whether the last page is repeated for ever."""
    jobs = summaries(count)
    paging = Paging(jobs, cap, counts_all, counts, repeats_last=repeats_last)
    assert jobs == paging.read()
    assert len(paging.asked) <= count // cap + 2


@pytest.mark.parametrize(
    ("paging", "asked"),
    [
        (Paging(()), [0]),
        (Paging(summaries(7)), [0, 1]),
        (Paging(summaries(10)), [0, 1]),
        (Paging(summaries(25), counts_all=True), [0, 1, 2]),
        (Paging(summaries(20), counts_all=True), [0, 1]),
        (Paging(summaries(25)), [0, 1, 2, 3]),
        (Paging(summaries(9), cap=3, counts_all=True), [0, 1, 2]),
    ],
)
def test_no_more_pages_are_asked_for_than_needed(paging: Paging, asked: list[int]) -> None:
    """A count above its page is the whole list's and saves the last request; one equal to its page proves nothing."""
    fresh = replace(paging, asked=[])
    fresh.read()
    assert asked == fresh.asked


@pytest.mark.parametrize("beyond", [BadParameter("getJobs"), NotFound("getJobs")], ids=lambda each: type(each).__name__)
def test_a_refusal_after_a_short_page_is_the_end(beyond: DataFlowError) -> None:
    """A service may refuse a page beyond the last."""
    assert summaries(7) == Paging(summaries(7), beyond=beyond).read()


def test_a_refusal_of_the_first_page_is_raised() -> None:
    """It is no end of anything."""

    def refuse(_: int) -> Page[JobSummary]:
        raise NotFound("getJobs")

    with pytest.raises(NotFound):
        read_all("getJobs", LIMIT, refuse)


@pytest.mark.parametrize("beyond", [BadParameter("getJobs"), NotFound("getJobs")], ids=lambda each: type(each).__name__)
def test_a_refusal_after_a_full_page_is_raised(beyond: DataFlowError) -> None:
    """There may well be more: half a list is not passed off as the whole."""
    with pytest.raises(type(beyond)):
        Paging(summaries(20), beyond=beyond).read()


def test_another_fault_on_a_later_page_is_raised() -> None:
    """Throttled half-way is not the end of the list."""
    with pytest.raises(Throttled):
        Paging(summaries(7), beyond=Throttled("getJobs")).read()


def test_a_job_on_two_pages_counts_once() -> None:
    """Somebody may add a job while the pages are read, so that all others move on."""
    pages = [Page(summaries(10), 10, 10), Page(summaries(10, first=9), 10, 10), Page((), 0, 0)]
    assert summaries(19) == read_all("getJobs", LIMIT, lambda number: pages[number])


def test_unreadable_items_do_not_make_a_count_come_true() -> None:
    """What was left out of a page is not counted as found."""
    pages = [
        Page(summaries(8), 10, 12),
        Page(summaries(2, first=8), 2, 12),
        Page(summaries(1, first=10), 1, 12),
        Page((), 0, 12),
    ]
    assert summaries(11) == read_all("getJobs", LIMIT, lambda number: pages[number])


def test_a_list_without_end_is_given_up() -> None:
    """After a hundred pages that all bring something new, the list is called unreadable, and nothing was changed."""
    asked: list[int] = []

    def endless(number: int) -> Page[JobSummary]:
        asked.append(number)
        return Page(summaries(LIMIT, first=number * LIMIT), LIMIT, LIMIT)

    with pytest.raises(DataFlowUnreadable) as caught:
        read_all("getJobs", LIMIT, endless)
    assert (len(asked), caught.value.may_have_changed) == (MOST_PAGES, False)


def dated(*minutes_ago: int | None) -> tuple[DatedExecution, ...]:
    """Make executions that began this long ago."""
    return tuple(
        DatedExecution(Execution(str(place), "COMPLETED"), None if ago is None else NOW - timedelta(minutes=ago))
        for place, ago in enumerate(minutes_ago)
    )


@pytest.mark.parametrize(
    ("executions", "expected"),
    [
        (dated(1, 2, 3), True),
        (dated(1, 2), True),
        (dated(1, 1, 3), True),
        (dated(3, 2, 1), False),
        (dated(1, 3, 2), False),
        (dated(2, 2, 2), False),
        (dated(1, None, 3), False),
        (dated(1), False),
        (dated(), False),
        (dated(None), False),
    ],
)
def test_only_falling_dates_prove_the_order(executions: tuple[DatedExecution, ...], *, expected: bool) -> None:
    """A rise, a gap, all the same or too few: any of these leaves the order open."""
    assert expected is is_newest_first(executions)
