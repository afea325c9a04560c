"""A person's words find the one job that is meant, or say which ones it might be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.errors import JobAmbiguous, JobNotFound
from handler.domain.finding import find, looks_like_id
from handler.domain.model import JobId, JobSummary


def jobs(*names: str, status: str = "RUNNABLE") -> list[JobSummary]:
    """Make jobs with these names and ids of their own."""
    return [JobSummary(JobId(f"{status[:3]}id{place:07}"), name, status=status) for place, name in enumerate(names)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("RUNid0000001", "orders-hourly"),
        ("orders", "orders"),
        ("ORDERS-hourly", "orders-hourly"),
        ("word", "WordCount"),
        ("wordCOUNT", "WordCount"),
        ("W", "WordCount"),
    ],
)
def test_an_id_a_name_or_its_beginning_finds_the_job(asked: str, expected: str) -> None:
    """Letter case does not matter for names, and a whole name wins over the beginning of another."""
    assert expected == find(asked, jobs("orders", "orders-hourly", "WordCount")).name


def test_an_id_wins_over_a_name() -> None:
    """A job that is named like another's id does not stand in for it."""
    known = [JobSummary(JobId("abcdefabcdef"), "first"), JobSummary(JobId("123456123456"), "abcdefabcdef")]
    assert find("abcdefabcdef", known).name == "first"


def test_an_id_needs_its_letter_case() -> None:
    """Ids are told apart by case, so that another case is another id."""
    with pytest.raises(JobNotFound):
        find("runid0000000", jobs("orders"))


def test_the_exact_letter_case_of_a_name_wins() -> None:
    """Two names that differ only in case can both be asked for."""
    assert find("Orders", jobs("orders", "Orders")).name == "Orders"


@pytest.mark.parametrize(
    ("asked", "names", "candidates"),
    [
        ("orders-", ("orders-hourly", "orders-daily", "other"), ("orders-daily", "orders-hourly")),
        ("ORDERS", ("orders", "Orders", "orders-daily"), ("Orders", "orders")),
        ("orders", ("orders", "orders", "orders-daily"), ("RUNid0000000", "RUNid0000001")),
        ("ord", ("orders", "orders", "ordered"), ("RUNid0000000", "RUNid0000001", "ordered")),
    ],
)
def test_several_fitting_jobs_are_named(asked: str, names: tuple[str, ...], candidates: tuple[str, ...]) -> None:
    """Each candidate is what one would type to mean that job: its name, or its id where names are the same."""
    with pytest.raises(JobAmbiguous) as caught:
        find(asked, jobs(*names))
    assert (asked, candidates, len(candidates)) == (caught.value.asked, caught.value.candidates, caught.value.total)


def test_at_most_ten_candidates_are_named() -> None:
    """The total says how many there are."""
    with pytest.raises(JobAmbiguous) as caught:
        find("job", jobs(*(f"job{number:02}" for number in range(11))))
    assert tuple(f"job{number:02}" for number in range(10)) == caught.value.candidates
    assert caught.value.total == 11


def test_a_deleted_job_stands_in_nobodys_way() -> None:
    """A job made anew under the same name, or the only living one with that beginning, is meant."""
    known = [*jobs("orders", "orders-old", status="DELETED"), *jobs("orders")]
    assert [find("orders", known).id, find("ord", known).id] == ["RUNid0000000"] * 2


def test_a_deleted_job_is_found_when_no_other_fits() -> None:
    """Its status and history can still be asked for."""
    known = [*jobs("orders-old", status="DELETED"), *jobs("orders")]
    assert find("orders-o", known).status == "DELETED"


def test_several_deleted_jobs_are_told_apart_too() -> None:
    """With nothing but deleted jobs, all of them are candidates."""
    with pytest.raises(JobAmbiguous) as caught:
        find("old", jobs("old-a", "old-b", status="DELETED"))
    assert caught.value.candidates == ("old-a", "old-b")


def test_an_unknown_name_brings_close_ones() -> None:
    """Names that are nearly the same come back, the nearest first, in their own letter case."""
    with pytest.raises(JobNotFound) as caught:
        find("ordres-daily", jobs("WordCount", "Orders-Daily", "orders-day"))
    assert (caught.value.asked, caught.value.near) == ("ordres-daily", ("Orders-Daily", "orders-day"))


def test_at_most_five_close_names_are_given() -> None:
    """More would not help to choose."""
    with pytest.raises(JobNotFound) as caught:
        find("xorders1", jobs(*(f"orders{number}" for number in range(9))))
    assert len(caught.value.near) == 5


@pytest.mark.parametrize("asked", ["", "nothing of the sort"])
def test_nothing_close_is_nothing(asked: str) -> None:
    """An empty name means no job, not even the only one."""
    with pytest.raises(JobNotFound) as caught:
        find(asked, jobs("orders"))
    assert caught.value.near == ()


def test_a_long_text_is_compared_by_its_beginning() -> None:
    """Only as many characters as a name can have count, so that a long text costs nothing."""
    name = "x" * 60 + "y" * 40
    with pytest.raises(JobNotFound) as caught:
        find(name + "z" * 10_000, jobs(name))
    assert caught.value.near == (name,)


def result(asked: str, known: list[JobSummary]) -> JobSummary | JobAmbiguous | JobNotFound:
    """Return the job or the reason why there is none."""
    try:
        return find(asked, known)
    except (JobAmbiguous, JobNotFound) as reason:
        return reason


@given(
    asked=st.text("abABx", max_size=4) | st.text(max_size=8),
    names=st.lists(st.text("abAB", max_size=3), max_size=8),
    deleted=st.lists(st.text("abAB", max_size=3), max_size=3),
)
def test_any_words_find_a_fitting_job_or_say_why_not(asked: str, names: list[str], deleted: list[str]) -> None:
    """What is found fits what was asked; what is not found is ambiguous or unknown, and nothing else."""
    known = [*jobs(*names), *jobs(*deleted, status="DELETED")]
    fitting = [job for job in known if asked and job.name.casefold().startswith(asked.casefold())]
    found = result(asked, known)
    if isinstance(found, JobAmbiguous):
        assert 2 <= found.total <= len(known)
        assert len(set(found.candidates)) == min(found.total, 10)
    elif isinstance(found, JobNotFound):
        assert not fitting
    else:
        assert found in fitting or found.name == asked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wc7RtQ2mLx9B", True),
        ("gqigvH******", True),
        ("wordcount123", True),
        ("wordcount", False),
        ("orders-daily", False),
        ("Wc7RtQ2mLx9B1", False),
        ("Wc7RtQ2mLx9", False),
        ("Wc7RtQ2mLx9B\n", False),
        ("단어세기단어세기단어세기", False),
        ("", False),
    ],
)
def test_twelve_letters_digits_or_asterisks_look_like_an_id(text: str, *, expected: bool) -> None:
    """As in every sample of the documents; a name may look the same by chance."""
    assert expected is looks_like_id(text)
