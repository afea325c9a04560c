"""What every record keeps of jobs as they were last seen: by id, by name, the latest look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handler.domain.model import JobId, Node, RequestId, RunCondition
from handler.domain.sighting import Seen
from tests import makers

if TYPE_CHECKING:
    from handler.domain.model import Job
    from handler.sighting_ports import Sightings
    from tests.contract.ledgers import Dynamo, Subject


@pytest.fixture
def sightings(subject: Subject) -> Sightings:
    """The sightings under test."""
    return subject.ledger.sightings


def whole_job() -> Job:
    """Make a job of which everything is known."""
    return replace(
        makers.job(name="Wordcount"),
        run_condition=makers.run_condition(extra={"a": [1, None, 2.50, "가"]}),
        description="Counts words.",
        nodes=(Node("1", "SOURCE_OBS", "Object Storage"),),
        created_at=makers.at(-900),
        updated_at=makers.at(-90),
        last_execution_at=makers.at(-30),
    )


@pytest.mark.parametrize("asked", [makers.JOB_ID, "Wordcount", "wordcount", "WORDCOUNT"])
def test_a_job_is_found_by_its_id_and_its_name(sightings: Sightings, asked: str) -> None:
    """What is shown of a job comes back as it was read, in whatever case its name is typed; the rest is not kept."""
    sightings.keep(Seen(whole_job(), makers.at(1)))
    kept = replace(whole_job(), description="", nodes=(), created_at=None)
    assert Seen(kept, makers.at(1)) == sightings.last(asked)


def test_a_job_of_which_little_is_known_is_kept_too(sightings: Sightings) -> None:
    """What the API left out stays absent."""
    bare = replace(makers.job(), run_condition=RunCondition(), type="", status="", last_execution_status=None)
    sightings.keep(Seen(bare, makers.NOW))
    assert Seen(bare, makers.NOW) == sightings.last("wordcount")


@pytest.mark.parametrize("asked", ["other", "", "wc7rtq2mlx9b", "word", "\ud800", "가" * 700, "wordcount "])
def test_what_was_never_seen_is_not_known(sightings: Sightings, asked: str) -> None:
    """An id minds its case, a name is known as a whole, and no text is too strange to ask for."""
    sightings.keep(Seen(makers.job(), makers.NOW))
    assert sightings.last(asked) is None


@pytest.mark.parametrize("first", [1, 3])
def test_the_latest_look_stays(sightings: Sightings, first: int) -> None:
    """Two workers may keep what they read in any order."""
    for minute in (first, 2, 4 - first):
        seen = replace(makers.job(), run_condition=makers.run_condition(numWorker=minute))
        sightings.keep(Seen(seen, makers.at(minute)))
    last = sightings.last("wordcount")
    assert last is not None
    assert (last.at, last.job.run_condition.workers) == (makers.at(3), 3)


def test_an_id_goes_before_a_name(sightings: Sightings) -> None:
    """Some names look like ids: another job with that name does not hide the job with that id."""
    sightings.keep(Seen(makers.job("Od4KpZ8vNs1Y", makers.JOB_ID), makers.at(1)))
    sightings.keep(Seen(makers.job(), makers.NOW))
    by_id, by_name = sightings.last(makers.JOB_ID), sightings.last(makers.JOB_ID.lower())
    assert by_id is not None
    assert by_name is not None
    assert (by_id.job.id, by_name.job.id) == (makers.JOB_ID, "Od4KpZ8vNs1Y")


@pytest.mark.parametrize(
    ("name", "kept"),
    [("", ""), ("\ud800", "?"), ("가" * 700, "가" * 700)],
    ids=["no name", "half a letter", "too long"],
)
def test_a_name_that_cannot_be_a_key_does_not_hide_the_job(sightings: Sightings, name: str, kept: str) -> None:
    """Its id still finds it, with as much of the name as can be stored."""
    sightings.keep(Seen(makers.job(name=name), makers.NOW))
    assert Seen(makers.job(name=kept), makers.NOW) == sightings.last(makers.JOB_ID)


# What only DynamoDB has


def test_what_was_seen_is_forgotten_after_thirty_days(dynamo: Dynamo) -> None:
    """Both items say when, in seconds of the epoch, as DynamoDB's time to live wants it."""
    dynamo.ledger.sightings.keep(Seen(makers.job(), makers.NOW))
    for key in (f"seen#id#{makers.JOB_ID}", "seen#name#wordcount"):
        item = dynamo.client.get_item(TableName=dynamo.requests_table, Key={"pk": {"S": key}})["Item"]
        assert item["forget_at"] == {"N": str(int(makers.at(30 * 24 * 60).timestamp()))}
        assert item["job_name"] == {"S": "wordcount"}
    opening = makers.full_opening()
    dynamo.ledger.open(opening.request, opening.fact)
    assert "forget_at" not in dynamo.request_item(opening.request.id)


@pytest.mark.parametrize("damage", [{"at": {"S": "yesterday"}}, {"run_condition": {"S": "{"}}, {"job_id": None}])
def test_an_item_that_was_edited_is_none(dynamo: Dynamo, damage: dict[str, dict[str, str] | None]) -> None:
    """What cannot be read is not guessed at; the job's other item still tells."""
    dynamo.ledger.sightings.keep(Seen(makers.job(), makers.NOW))
    key = {"pk": {"S": f"seen#id#{makers.JOB_ID}"}}
    item = dict(dynamo.client.get_item(TableName=dynamo.requests_table, Key=key)["Item"])
    dynamo.put_request_item({name: value for name, value in {**item, **damage}.items() if value})
    assert dynamo.ledger.sightings.last(makers.JOB_ID) is None
    assert dynamo.ledger.sightings.last("wordcount") == Seen(makers.job(), makers.NOW)


def test_what_was_seen_is_no_request(dynamo: Dynamo) -> None:
    """It lies in the table of requests, and whoever asks for it by its key gets nothing."""
    dynamo.ledger.sightings.keep(Seen(makers.job(JobId("x")), makers.NOW))
    assert dynamo.ledger.request(RequestId("seen#id#x")) is None
    assert dynamo.ledger.open_requests(limit=5) == ()
