"""What an operator reads of the record, from memory and from DynamoDB, is the same."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handler.adapters.ledger.archive import DynamoArchive
from handler.adapters.ledger.items import index_attributes
from handler.audit_ports import Span
from handler.domain.errors import LedgerUnavailable
from handler.domain.model import JobId, RequestId, UserId
from handler.domain.proof import Absent
from handler.domain.request import State
from handler.domain.sealing import SEALS
from handler.flows.prove import Examiner
from tests import makers
from tests.contract.ledgers import Dynamo, Fake
from tests.fakes.archive import FakeArchive
from tests.records import FIRST_DAY, applied, recorded

if TYPE_CHECKING:
    from handler.audit_ports import Archive
    from tests.contract.ledgers import Subject

ALWAYS = Span()


def archive_of(subject: Subject) -> Archive:
    """Open the archive of a ledger."""
    if isinstance(subject, Fake):
        return FakeArchive.of(subject.ledger)
    assert isinstance(subject, Dynamo)
    return DynamoArchive(subject.client, requests_table=subject.requests_table, audit_table=subject.audit_table)


@pytest.fixture
def archive(subject: Subject) -> Archive:
    """The archive of three recorded days."""
    recorded(subject.ledger)
    return archive_of(subject)


def test_all_facts_are_read_by_request(subject: Subject, archive: Archive) -> None:
    """Each chain once and whole, with what serves the indexes; the seals too."""
    chains = dict(archive.chains())
    assert sorted(chains) == [*(f"aaaa-000{number}" for number in range(1, 6)), "rrrr-0001", "rrrr-0002", SEALS]
    for request_id, facts in chains.items():
        plain = subject.ledger.chain(RequestId(request_id))
        assert [{**fact, **index_attributes(fact)} for fact in plain] == facts


def test_a_chain_is_read_by_its_request(subject: Subject, archive: Archive) -> None:
    """In the order of its facts; what is none has none."""
    plain = subject.ledger.chain(RequestId("aaaa-0002"))
    assert [{**fact, **index_attributes(fact)} for fact in plain] == archive.chain("aaaa-0002")
    assert [archive.chain(unknown) for unknown in ("none-0000", "", "가" * 700)] == [[], [], []]


def test_ends_are_those_of_the_requests(subject: Subject, archive: Archive) -> None:
    """Where each request says that its chain ends, the seals too; a refusal says nothing, and a lock is no request."""
    heads = {f"aaaa-000{number}": archive.chain(f"aaaa-000{number}")[-1] for number in range(1, 6)}
    requests = dict(archive.requests())
    assert {name: fact["hash"] for name, fact in heads.items()} == {
        name: getattr(end, "hash", None) for name, end in requests.items() if name != SEALS
    }
    progress = subject.ledger.seals.progress()
    assert progress is not None
    assert requests == archive.ends([*heads, SEALS, "rrrr-0001", "none-0000", "aaaa-0001"])
    assert requests[SEALS] == progress.head
    assert archive.ends([]) == archive.ends(["", "\ud800"]) == {}


def test_facts_that_are_not_there_are_found_by_their_keys(archive: Archive) -> None:
    """Many at once, and none of none."""
    assert archive.without([("aaaa-0001", 3), ("aaaa-0001", 4), ("none-0000", 1)][::2]) == ["none-0000"]
    assert archive.without([("aaaa-0001", 4)]) == ["aaaa-0001"]
    assert archive.without([]) == []


def test_a_day_is_read_in_the_order_of_what_happened(archive: Archive) -> None:
    """The facts that are dated on it, of any request; the span narrows it."""
    named = [(fact["request_id"], fact["seq"]) for fact in archive.day(date(2026, 11, 20), ALWAYS)]
    assert named == [
        (SEALS, 1),
        *(("aaaa-0001", number) for number in (1, 2, 3)),
        ("rrrr-0001", 1),
        *(("aaaa-0002", number) for number in (1, 2)),
    ]
    span = Span(since="2026-11-20T13:02", until="2026-11-20T23:59:30")
    narrowed = [(fact["request_id"], fact["seq"]) for fact in archive.day(date(2026, 11, 20), span)]
    assert narrowed == [("aaaa-0001", 3), ("rrrr-0001", 1), ("aaaa-0002", 1)]
    assert list(archive.day(date(2020, 1, 1), ALWAYS)) == []


def test_a_job_and_a_person_are_read_in_the_order_of_what_happened(archive: Archive) -> None:
    """Over all days, or from one day to before another."""
    assert [fact["seq"] for fact in archive.job(JobId("job-aaaa-0002"), ALWAYS)] == [1, 2, 3, 4, 5]
    until_midnight = Span(since="2026-11-20", until="2026-11-21")
    assert [fact["seq"] for fact in archive.job(JobId("job-aaaa-0002"), until_midnight)] == [1, 2]
    assert [fact["request_id"] for fact in archive.person(UserId("U0PARK"), ALWAYS)] == ["rrrr-0001", "rrrr-0002"]
    second_day = Span(since="2026-11-21", until="2026-11-22")
    assert [fact["seq"] for fact in archive.person(UserId("U0KIM"), second_day)] == [3, 4, 5, 1]


def test_what_cannot_be_a_key_has_no_facts(archive: Archive) -> None:
    """Neither as a job nor as a person: nothing, half a character, or more than a key may be."""
    for unknown in ("", "\ud800", "가" * 700):
        assert list(archive.job(JobId(unknown), ALWAYS)) == list(archive.person(UserId(unknown), ALWAYS)) == []


def test_a_record_in_order_is_found_to_be_in_order(archive: Archive) -> None:
    """The examination of the whole says nothing, wherever the record lies."""
    examiner = Examiner(archive, lambda _: None)
    assert list(examiner.everything()) == []
    assert (examiner.tally.facts, examiner.tally.requests, len(examiner.tally.seals)) == (19, 5, 4)


def test_more_than_a_page_is_read_whole(subject: Subject) -> None:
    """Facts of over a megabyte, more than DynamoDB returns at once, with a chain that lies on two pages."""
    large = makers.change(before=makers.run_condition(scriptPath="dataflow/" * 3_000))
    move = makers.opening(state=State.UNKNOWN, asked=large)
    subject.ledger.open(move.request, move.fact)
    for _ in range(20):
        before = move.request
        move = makers.step(before, State.UNKNOWN)
        subject.ledger.advance(before, move.request, move.fact)
    for number in range(5):
        applied(subject.ledger, f"aaaa-000{number}", FIRST_DAY + timedelta(hours=number))
    examiner = Examiner(archive_of(subject), lambda _: None)
    assert list(examiner.everything()) == []
    assert examiner.tally.facts == 21 + 5 * 3


# What only DynamoDB has


@pytest.mark.parametrize(
    "item",
    [
        {"head_hash": {"S": "ab" * 32}},
        {"head_seq": {"N": "1"}},
        {"head_seq": {"S": "1"}, "head_hash": {"S": "ab" * 32}},
        {"head_seq": {"N": "1.5"}, "head_hash": {"S": "ab" * 32}},
        {"head_seq": {"BOOL": True}, "head_hash": {"S": "ab" * 32}},
        {"head_seq": {"N": "1"}, "head_hash": {"NULL": True}},
    ],
)
def test_an_end_that_was_edited_away_is_told_as_such(dynamo: Dynamo, item: dict[str, object]) -> None:
    """A request whose head is missing, in part or of another kind, is a request without a head."""
    dynamo.put_request_item({"pk": {"S": "aaaa-0001"}, **item})
    assert dict(archive_of(dynamo).requests()) == {"aaaa-0001": Absent.NO_HEAD}


@pytest.mark.parametrize("schema", [{}, {"schema": {"N": "1"}}, {"schema": {"N": "99"}}], ids=str)
def test_a_request_of_another_version_is_held_to_its_head_like_any_other(
    dynamo: Dynamo, schema: dict[str, object]
) -> None:
    """Whatever else the item says, older or newer, the proof needs its head alone."""
    request = applied(dynamo.ledger, "aaaa-0001", FIRST_DAY)
    head = {"head_seq": {"N": "3"}, "head_hash": {"S": request.head.hash}}
    dynamo.put_request_item({"pk": {"S": "aaaa-0001"}, **head, **schema})
    assert list(Examiner(archive_of(dynamo), lambda _: None).everything()) == []


def test_what_keys_with_a_number_sign_name_is_no_request(dynamo: Dynamo) -> None:
    """Locks, and whatever else is kept beside the requests."""
    dynamo.put_lock(JobId("job-1"), RequestId("aaaa-0001"))
    assert list(archive_of(dynamo).requests()) == []


def test_tables_that_are_not_there_are_an_error_by_name(dynamo: Dynamo) -> None:
    """DynamoDB's own word says what is wrong."""
    archive = DynamoArchive(dynamo.client, requests_table="none-requests", audit_table="none-audit")
    for read in (archive.chains, archive.requests):
        with pytest.raises(LedgerUnavailable, match="ResourceNotFoundException"):
            next(iter(read()))
    with pytest.raises(LedgerUnavailable, match="ResourceNotFoundException"):
        archive.ends(["aaaa-0001"])
