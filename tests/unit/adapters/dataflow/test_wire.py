"""The API's answers are read tolerantly, in both documented generations."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from handler.adapters.dataflow import wire
from handler.adapters.dataflow.lenient import document
from handler.domain.model import Execution, Job, JobId, JobSummary, Node, RunCondition

WHOLE: dict[str, Any] = {
    "jobId": "gqigvH******",
    "name": "job001",
    "description": "of the documents",
    "type": "DATAFLOW",
    "status": "RUNNABLE",
    "lastExecutionStatus": "COMPLETED",
    "nodes": [
        {"type": "SOURCE_OBS", "id": 1697770000006, "name": "Object Storage", "parentNodeIds": [], "regionNo": "1"},
        {
            "type": "TARGET_OBS",
            "id": "169777*******",
            "name": "Out",
            "parentNodeIds": [1697770000006, "169777*******6"],
        },
    ],
    "runCondition": {
        "workerType": "DEFAULT",
        "numWorker": 2,
        "timeout": 2880,
        "nrn": "",
        "scriptPath": "dataflow-****/scripts/",
        "logPath": "dataflow-****/sparkHistoryLogs/",
    },
    "createdDate": "2025-03-19T15:03:42+09:00",
    "updatedDate": "2025-03-20T13:07:34+09:00",
    "lastExecutionDate": "2025-03-20T13:06:05+09:00",
}
LEAST = {"jobId": "gqigvH******", "name": "job001"}


def test_a_job_of_the_documents_is_read_whole() -> None:
    """Each documented field arrives; dates are in UTC, node ids are text whether sent as numbers or masked."""
    expected = Job(
        id=JobId("gqigvH******"),
        name="job001",
        run_condition=RunCondition(WHOLE["runCondition"]),
        type="DATAFLOW",
        status="RUNNABLE",
        description="of the documents",
        last_execution_status="COMPLETED",
        nodes=(
            Node("1697770000006", "SOURCE_OBS", "Object Storage"),
            Node("169777*******", "TARGET_OBS", "Out", ("1697770000006", "169777*******6")),
        ),
        created_at=datetime(2025, 3, 19, 6, 3, 42, tzinfo=UTC),
        updated_at=datetime(2025, 3, 20, 4, 7, 34, tzinfo=UTC),
        last_execution_at=datetime(2025, 3, 20, 4, 6, 5, tzinfo=UTC),
    )
    assert expected == wire.job(WHOLE)


def test_the_least_is_an_id_and_a_name() -> None:
    """No field but these two is needed: nothing in the documents says which others are always there."""
    assert Job(JobId("gqigvH******"), "job001", RunCondition()) == wire.job(LEAST)


def test_a_job_of_autumn_2026_is_read() -> None:
    """The newer types and status, an unknown field and no worker type make no difference."""
    newer = {"type": "SCRIPT", "status": "READY", "maxConcurrentRuns": 1, "runCondition": {"numWorker": 3}}
    expected = Job(JobId("gqigvH******"), "job001", RunCondition({"numWorker": 3}), type="SCRIPT", status="READY")
    assert expected == wire.job(LEAST | newer)


@pytest.mark.parametrize("odd", [None, 7, "text", [1], True, 1.5, {"a": 1}])
@pytest.mark.parametrize("name", [name for name in WHOLE if name not in LEAST])
def test_a_field_of_the_wrong_type_hides_no_other(name: str, odd: object) -> None:
    """Whatever one field holds, the job is read, and all its other fields as well."""
    expected, found = wire.job(WHOLE), wire.job(WHOLE | {name: odd})
    different = {each for each in Job.__slots__ if getattr(expected, each) != getattr(found, each)}
    assert len(different) <= 1


@pytest.mark.parametrize(
    "value", [None, [], 7, "text", {}, {"jobId": "a"}, {"name": "a"}, LEAST | {"jobId": ""}, LEAST | {"name": None}]
)
def test_what_has_no_id_or_name_is_no_job(value: object) -> None:
    """Without these two there is nothing to go on."""
    with pytest.raises(ValueError, match="validation error"):
        wire.job(value)


def test_an_error_about_a_job_does_not_repeat_its_values() -> None:
    """What a job holds is nobody's business in a log."""
    with pytest.raises(ValueError, match="validation error") as caught:
        wire.job({"jobId": {"nrn": "nrn:PUB:IAM::1234567"}})
    assert "1234567" not in str(caught.value)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"runCondition": {"numWorker": 3}}, {"numWorker": 3}),
        ({"jobCondition": {"numWorker": 4}}, {"numWorker": 4}),
        ({"runCondition": {"numWorker": 3}, "jobCondition": {"numWorker": 4}}, {"numWorker": 3}),
        ({"runCondition": {}, "jobCondition": {"numWorker": 4}}, {}),
        ({"runCondition": None, "jobCondition": {"numWorker": 4}}, {"numWorker": 4}),
        ({"runCondition": [], "jobCondition": "x"}, {}),
    ],
)
def test_settings_are_under_the_read_name_or_else_the_write_name(sent: dict[str, Any], expected: object) -> None:
    """Which of the names the newer documents use on reading is not known, so that either will do."""
    assert expected == wire.job(LEAST | sent).run_condition.fields


def test_settings_are_kept_exactly() -> None:
    """Numbers keep their kind and size, text its characters, and what nobody documents stays."""
    numbers = '"numWorker": 2.0, "timeout": 123456789012345678901234567890'
    text = f'{{{numbers}, "nrn": "\\u0000\\ud83d\\ude00", "x": {{"y": [1, 0.1, null, true]}}}}'
    body = f'{{"jobId": "a", "name": "b", "runCondition": {text}}}'.encode()
    kept = wire.job(document(body)).run_condition
    assert json.dumps(json.loads(text)) == json.dumps(dict(kept.fields))
    assert (kept.workers, kept.timeout_minutes) == (2, 123456789012345678901234567890)


@pytest.mark.parametrize("body", [b'{"a": "\\ud800"}', b'{"\\udfff": 1}', b'{"a": [{"b": "x\\udc00"}]}'])
def test_settings_that_no_text_can_hold_are_refused(body: bytes) -> None:
    """Half a character could not be written back as read."""
    with pytest.raises(ValueError, match="validation error"):
        wire.job(LEAST | {"runCondition": document(body)})


def test_half_a_character_in_a_name_is_replaced() -> None:
    """A name is only shown, so that one odd character in it does not hide the job."""
    assert wire.job(document(b'{"jobId": "a", "name": "x\\ud800y"}')).name == "x?y"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2025-03-20T13:07:34+09:00", datetime(2025, 3, 20, 4, 7, 34, tzinfo=UTC)),
        ("2025-03-20T13:07:34+0900", datetime(2025, 3, 20, 4, 7, 34, tzinfo=UTC)),
        ("2025-03-20T13:07:34", datetime(2025, 3, 20, 4, 7, 34, tzinfo=UTC)),
        ("2025-03-20 13:07:34.5", datetime(2025, 3, 20, 4, 7, 34, 500000, tzinfo=UTC)),
        ("2025-03-20T04:07:34.123456789Z", datetime(2025, 3, 20, 4, 7, 34, 123456, tzinfo=UTC)),
        ("2025-03-20", datetime(2025, 3, 19, 15, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("2025-13-40T99:00:00+09:00", None),
        ("0001-01-01T00:00:00+09:00", None),
        ("9999-12-31T23:59:59-09:00", None),
        (1742443654000, None),
        (None, None),
        ({}, None),
    ],
)
def test_dates_are_moments_or_nothing(sent: object, expected: datetime | None) -> None:
    """With or without offset (Korea's) and fraction; garbage and moments beyond the calendar are nothing."""
    found = wire.job(LEAST | {"updatedDate": sent}).updated_at
    assert (expected, expected and UTC) == (found, found and found.tzinfo)


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([{}], (Node("", "", ""),)),
        ([7, None, "x", [], {"id": "n1"}], (Node("n1", "", ""),)),
        ([{"id": 1, "parentNodeIds": "n1"}], (Node("1", "", ""),)),
        ([{"id": 1, "parentNodeIds": [0, "a", None, {}, True, ""]}], (Node("1", "", "", ("0", "a")),)),
        ([{"id": {"a": 1}, "type": 5, "name": None}], (Node("", "5", ""),)),
        ({"id": "n1"}, ()),
    ],
)
def test_nodes_may_have_any_shape(nodes: object, expected: tuple[Node, ...]) -> None:
    """What is no object is left out; what is odd in one is empty."""
    assert expected == wire.job(LEAST | {"nodes": nodes}).nodes


def test_a_page_of_jobs_is_read() -> None:
    """Items without id or name are left out but counted; a count that is text is a number too."""
    known = LEAST | {"status": "DRAFT", "disabled": False, "lastExecutionStatus": "FAILED"}
    page = wire.job_page({"list": [known, {"jobId": "x"}, 7], "count": "12", "page": 0})
    assert (JobSummary(JobId("gqigvH******"), "job001", "", "DRAFT", "FAILED"),) == page.entries
    assert (page.size, page.count) == (3, 12)


@pytest.mark.parametrize("value", [{"list": []}, {"list": None, "count": 0}])
def test_a_list_may_be_empty(value: object) -> None:
    """No items, or null for them, is an empty list."""
    assert wire.job_page(value).entries == ()


@pytest.mark.parametrize(
    "value", [None, [], {}, {"count": 1}, {"list": {}}, {"list": "x"}, {"list": [1]}, {"list": [{}]}]
)
def test_what_is_no_list_is_refused(value: object) -> None:
    """Without a list, or when no item of it can be read, nothing can be said about the jobs."""
    with pytest.raises(ValueError, match=r"validation error|no item"):
        wire.job_page(value)


RUN: dict[str, Any] = {
    "jobExecutionId": "fKE22J******",
    "jobCondition": {"numWorker": "4", "timeout": 360.0},
    "status": "COMPLETED",
    "startDate": "2025-03-20T13:06:05+09:00",
    "endDate": "2025-03-20T13:07:31+09:00",
    "createdDate": "2025-03-20T13:05:58+09:00",
    "executorNum": 5,
    "runningTime": 1,
    "triggerName": "nightly",
}


def test_an_execution_is_read_whole() -> None:
    """Its settings are those it was started with; numbers may be text."""
    expected = Execution(
        id="fKE22J******",
        status="COMPLETED",
        workers=4,
        timeout_minutes=360,
        started_at=datetime(2025, 3, 20, 4, 6, 5, tzinfo=UTC),
        ended_at=datetime(2025, 3, 20, 4, 7, 31, tzinfo=UTC),
        running_minutes=1,
        trigger_name="nightly",
    )
    (found,) = wire.execution_page({"list": [RUN]}).entries
    assert (expected, expected.started_at, expected.id) == (found.execution, found.at, found.id)


def test_an_execution_needs_only_its_id() -> None:
    """Without settings its own number of workers counts; without a start, the moment it was asked for."""
    items = [
        {"jobExecutionId": "a"},
        {"jobExecutionId": "b", "executorNum": 5, "createdDate": "2025-03-20T13:05:58+09:00"},
    ]
    bare, asked_for = wire.execution_page({"list": items}).entries
    assert (Execution("a", ""), None) == (bare.execution, bare.at)
    assert (5, datetime(2025, 3, 20, 4, 5, 58, tzinfo=UTC)) == (asked_for.execution.workers, asked_for.at)


def test_executions_are_sorted_newest_first() -> None:
    """One without a date is the newest while it is under way, and the oldest once it has ended."""
    items = [
        {"jobExecutionId": "ended"},
        {"jobExecutionId": "older", "createdDate": "2025-03-20"},
        {"jobExecutionId": "newer", "startDate": "2025-03-21"},
        {"jobExecutionId": "waiting", "status": "READY"},
    ]
    ordered = wire.newest_first(wire.execution_page({"list": items}).entries)
    assert [each.id for each in ordered] == ["waiting", "newer", "older", "ended"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"\xff",
        b"{}{}",
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e999]",
        b"[" * 100_000,
        b"9" * 5_000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_not_one_json_text_is_refused(body: bytes) -> None:
    """Also what Python would take for JSON though it is none, and what is too deep or too long to be read."""
    with pytest.raises(ValueError, match=r"."):
        document(body)


def test_a_byte_order_mark_is_skipped() -> None:
    """Some gateways begin their text with one."""
    assert document(b"\xef\xbb\xbf{}") == {}
