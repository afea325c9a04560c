"""Reading through the HTTP client: tried again inside a deadline, signed each time, bounded in time and size."""

from __future__ import annotations

import gzip
import logging
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from handler.adapters.dataflow.client import HttpDataFlow
from handler.adapters.dataflow.exchange import LONGEST_BODY
from handler.adapters.dataflow.retry import Patience
from handler.domain.dataflow_errors import (
    AuthenticationFailed,
    BadParameter,
    ClockSkewed,
    DataFlowError,
    DataFlowTimedOut,
    DataFlowUnavailable,
    DataFlowUnreadable,
    NotFound,
    PermissionDenied,
    Throttled,
)
from handler.domain.model import JobId
from tests.unit.adapters.dataflow.service import (
    ACCESS_KEY,
    JOB,
    SECRET_KEY,
    Chunks,
    Service,
    Streamed,
    answer,
    facts,
    page,
    raw_answer,
)

if TYPE_CHECKING:
    from collections.abc import Callable

WORDCOUNT = JobId("Wc7RtQ2mLx9B")
EXECUTIONS = f"GET /api/v1/jobs/{WORDCOUNT}/executions"


def test_a_read_asks_for_the_documented_path() -> None:
    """One GET, without a body, for JSON that is not compressed."""
    service = Service([answer()])
    assert service.dataflow().job("Wc7RtQ2mLx9B").name == "wordcount"
    assert service.targets() == ["GET /api/v1/jobs/Wc7RtQ2mLx9B"]
    request = service.sent[0]
    assert (
        request.read(),
        request.headers["accept"],
        request.headers["accept-encoding"],
        "content-type" in request.headers,
    ) == (b"", "application/json", "identity", False)


@pytest.mark.parametrize(
    ("job_id", "target"),
    [
        ("gqigvH******", "/api/v1/jobs/gqigvH******"),
        ("a/b", "/api/v1/jobs/a%2Fb"),
        ("a?b#c", "/api/v1/jobs/a%3Fb%23c"),
        ("%2e%2e", "/api/v1/jobs/%252e%252e"),
        ("단어\ud800", "/api/v1/jobs/%EB%8B%A8%EC%96%B4%3F"),
        ("..a", "/api/v1/jobs/..a"),
    ],
)
def test_an_id_cannot_leave_its_place_in_the_path(job_id: str, target: str) -> None:
    """What separates the parts of an address is encoded in an id."""
    service = Service([answer({}, 404)])
    with pytest.raises(NotFound):
        service.dataflow().job(job_id)
    assert [f"GET {target}"] == service.targets()


@pytest.mark.parametrize("job_id", ["", ".", "..", "x" * 201])
def test_what_can_be_no_id_is_not_asked_for(job_id: str) -> None:
    """An empty id is the list, dots lead elsewhere, and no id is that long: not found, without a request."""
    service = Service([answer()])
    with pytest.raises(NotFound) as caught:
        service.dataflow().job(job_id)
    assert facts(caught.value) == ("getJobById", None, False)
    with pytest.raises(NotFound) as caught:
        service.dataflow().executions(JobId(job_id), limit=1)
    assert facts(caught.value) == ("getJobExecutions", None, False)
    assert service.targets() == []


def test_an_id_of_the_longest_length_is_asked_for() -> None:
    """Two hundred characters might be an id yet."""
    service = Service([answer({}, 404)])
    with pytest.raises(NotFound):
        service.dataflow().job("x" * 200)
    assert len(service.sent) == 1


def test_an_answer_about_another_job_is_not_believed() -> None:
    """Its settings would end up in the job that was asked for; only letter case may differ."""
    service = Service([answer(JOB | {"jobId": "Od4KpZ8vNs1Y"}), answer()])
    with pytest.raises(DataFlowUnreadable) as caught:
        service.dataflow().job("Wc7RtQ2mLx9B")
    assert facts(caught.value) == ("getJobById", None, False)
    assert service.dataflow().job("wc7rtq2mlx9b").id == "Wc7RtQ2mLx9B"


def test_a_redirect_is_not_followed_even_by_a_client_that_would() -> None:
    """The signed headers go to nobody else, however the HTTP client was made."""
    elsewhere = Service([answer({}, 302, location="https://elsewhere.example/"), answer()])
    client = elsewhere.client()
    client.follow_redirects = True
    with pytest.raises(DataFlowUnreadable):
        HttpDataFlow(client, elsewhere.clock, lambda: 0.0).job("Wc7RtQ2mLx9B")
    assert len(elsewhere.sent) == 1


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.ReadTimeout("silent"),
        httpx.RemoteProtocolError("gone"),
        answer({}, 500),
        answer({}, 503),
        answer({}, 429),
    ],
    ids=repr,
)
def test_a_read_is_tried_again(trouble: httpx.Response | Exception) -> None:
    """A failed connection, silence, HTTP 5xx and 429 are tried again, and the person sees only the job."""
    service = Service([trouble, answer()])
    assert service.dataflow().job("Wc7RtQ2mLx9B").name == "wordcount"
    assert len(service.sent) == 2


def test_a_body_that_breaks_off_is_read_again() -> None:
    """A connection lost half-way through an answer is a lost connection."""
    service = Service([Streamed([b'{"jobId"', httpx.ReadError("reset")]), answer()])
    assert service.dataflow().job("Wc7RtQ2mLx9B").name == "wordcount"


def test_each_try_is_signed_anew() -> None:
    """Every try carries the time of its own sending and a signature of its own."""
    service = Service([answer({}, 503), answer({}, 503), answer()])
    service.dataflow(random=1.0).job("Wc7RtQ2mLx9B")
    timestamps = [int(request.headers["x-ncp-apigw-timestamp"]) for request in service.sent]
    assert [each - timestamps[0] for each in timestamps] == [0, 250, 750]
    assert len({request.headers["x-ncp-apigw-signature-v2"] for request in service.sent}) == 3


def test_an_outage_is_given_up_at_the_deadline() -> None:
    """Silence of five seconds, a pause, and what is left of ten seconds: two tries, the second one shorter."""
    service = Service([httpx.ReadTimeout("silent")], seconds=5.0)
    with pytest.raises(DataFlowTimedOut) as caught:
        service.dataflow(random=1.0).job("Wc7RtQ2mLx9B")
    timeouts = [request.extensions["timeout"] for request in service.sent]
    assert timeouts == [
        {"connect": 2.0, "read": 5.0, "write": 5.0, "pool": 2.0},
        {"connect": 2.0, "read": 4.75, "write": 4.75, "pool": 2.0},
    ]
    assert not caught.value.may_have_changed


def test_retry_after_is_honoured_inside_the_deadline() -> None:
    """Three seconds are waited for; thirty are told to the person instead."""
    service = Service([answer({}, 429, retry_after="3"), answer(), answer({}, 429, retry_after="30")])
    dataflow = service.dataflow()
    dataflow.job("Wc7RtQ2mLx9B")
    assert service.clock.slept_seconds == [3.0]
    with pytest.raises(Throttled) as caught:
        dataflow.job("Wc7RtQ2mLx9B")
    assert caught.value.retry_after_seconds == 30.0
    assert len(service.sent) == 3


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer({}, 400), BadParameter),
        (answer({}, 401), AuthenticationFailed),
        (answer({}, 403), PermissionDenied),
        (answer({}, 404), NotFound),
        (answer({}, 401, date="Mon, 23 Nov 2026 04:04:05 GMT"), ClockSkewed),
        (answer(JOB, 302, location="https://elsewhere.example/"), DataFlowUnreadable),
        (answer(JOB, 307, location="/api/v1/jobs/Wc7RtQ2mLx9B"), DataFlowUnreadable),
        (raw_answer(b"", 204), DataFlowUnreadable),
        (raw_answer(b""), DataFlowUnreadable),
        (raw_answer(b"<html></html>", content_type="text/html"), DataFlowUnreadable),
        (raw_answer(b'{"jobId": "Wc7RtQ2mLx9B", "na'), DataFlowUnreadable),
        (answer(value=True), DataFlowUnreadable),
    ],
)
def test_an_answer_that_will_not_change_is_not_asked_for_again(
    reply: httpx.Response, kind: type[DataFlowError]
) -> None:
    """A definite no, a redirect (never followed) and an unreadable answer are raised at once; nothing was changed."""
    service = Service([reply])
    with pytest.raises(kind) as caught:
        service.dataflow().job("Wc7RtQ2mLx9B")
    assert reply.status_code == caught.value.status or reply.headers.get("content-encoding") == "gzip"
    assert (len(service.sent), caught.value.may_have_changed) == (1, False)


def test_the_content_type_does_not_matter() -> None:
    """JSON that is called something else is JSON."""
    assert Service([answer(JOB, content_type="text/plain")]).dataflow().job("Wc7RtQ2mLx9B").name == "wordcount"


def test_a_compressed_answer_is_read_although_none_was_asked_for() -> None:
    """Some gateways compress whatever one asks for."""
    compressed = gzip.compress(b'{"jobId": "a", "name": "b"}')
    service = Service([Streamed([compressed], content_encoding="gzip")])
    assert service.dataflow().job("a").name == "b"


def test_an_answer_that_is_wrongly_called_compressed_is_unreadable() -> None:
    """The HTTP library cannot decode it, and asking again would not help."""
    service = Service([Streamed([b"no gzip"], content_encoding="gzip")])
    with pytest.raises(DataFlowUnreadable):
        service.dataflow().job("a")
    assert len(service.sent) == 1


def test_a_huge_answer_is_not_read_to_its_end() -> None:
    """Beyond eight MiB nothing more is taken from the connection."""
    service = Service([answer()])
    mebibytes = Chunks(b" " * 2**20 for _ in range(10_000))
    service.steps.insert(0, httpx.Response(200, stream=mebibytes))
    with pytest.raises(DataFlowUnreadable) as caught:
        service.dataflow().job("Wc7RtQ2mLx9B")
    assert facts(caught.value) == ("getJobById", 200, False)
    assert mebibytes.taken == 9
    assert len(service.sent) == 1


def test_an_answer_of_just_the_longest_length_is_read() -> None:
    """Eight MiB are still an answer."""
    text = b'{"jobId": "a", "name": "b"}'
    service = Service([raw_answer(text.ljust(LONGEST_BODY))])
    assert service.dataflow().job("a").name == "b"


def test_an_answer_that_trickles_is_given_up_at_the_deadline() -> None:
    """A byte every four seconds never lets a read time out; the deadline does."""
    service = Service([])
    trickle = Chunks((b" " for _ in range(10_000)), service.clock, seconds_each=4.0)
    service.steps.append(httpx.Response(200, stream=trickle))
    with pytest.raises(DataFlowTimedOut) as caught:
        service.dataflow().job("Wc7RtQ2mLx9B")
    assert facts(caught.value) == ("getJobById", 200, False)
    assert (trickle.taken, len(service.sent)) == (3, 1)


def test_the_deadline_is_the_last_moment_for_an_answer() -> None:
    """What is there half a second before it counts; what comes at that very moment is too late."""
    in_time, too_late = Service([answer()], seconds=9.5), Service([answer()], seconds=10.0)
    assert in_time.dataflow().job("Wc7RtQ2mLx9B").name == "wordcount"
    with pytest.raises(DataFlowTimedOut):
        too_late.dataflow().job("Wc7RtQ2mLx9B")


def test_the_list_is_read_through_all_pages() -> None:
    """Pages of the documented default length, until one brings nothing new."""
    jobs = [{"jobId": f"id{number}", "name": f"job{number}"} for number in range(5)]
    service = Service([page(jobs[:3]), page(jobs[3:]), page([])])
    assert [f"job{number}" for number in range(5)] == [job.name for job in service.dataflow().jobs()]
    assert [f"GET /api/v1/jobs?page={number}&limit=1000" for number in range(3)] == service.targets()


def test_one_deadline_is_for_all_pages() -> None:
    """Each page takes four seconds; the third would be asked for before, the fourth after ten seconds."""
    pages = [page([{"jobId": f"id{number}", "name": "job"}]) for number in range(9)]
    service = Service([*pages], seconds=4.0)
    with pytest.raises(DataFlowTimedOut):
        service.dataflow().jobs()
    assert len(service.sent) == 3


def test_a_page_that_is_no_list_is_unreadable() -> None:
    """An object without a list is not an empty list."""
    with pytest.raises(DataFlowUnreadable) as caught:
        Service([answer({"count": 0})]).dataflow().jobs()
    assert facts(caught.value) == ("getJobs", 200, False)


def test_executions_that_are_no_list_are_unreadable() -> None:
    """The error names the operation."""
    with pytest.raises(DataFlowUnreadable) as caught:
        Service([answer([])]).dataflow().executions(WORDCOUNT, limit=1)
    assert facts(caught.value) == ("getJobExecutions", 200, False)


@pytest.mark.parametrize("first", [20, 3])
def test_executions_without_end_are_given_up(first: int) -> None:
    """A service that makes up new ones for ever is unreadable, whether its pages are long or short."""
    numbers = count()

    def endless(_: httpx.Request) -> httpx.Response:
        return page([{"jobExecutionId": f"{next(numbers)}"} for _ in range(first)])

    with pytest.raises(DataFlowUnreadable) as caught:
        Service([endless]).dataflow().executions(WORDCOUNT, limit=1)
    assert facts(caught.value) == ("getJobExecutions", None, False)


def test_jobs_without_end_are_given_up() -> None:
    """So is a list of jobs."""
    numbers = count()
    with pytest.raises(DataFlowUnreadable) as caught:
        Service([lambda _: page([{"jobId": f"{next(numbers)}", "name": "job"}])]).dataflow().jobs()
    assert facts(caught.value) == ("getJobs", None, False)


def runs(*minutes: int | None) -> list[dict[str, Any]]:
    """Make executions as sent, begun at these minutes of an hour, named by them."""
    return [
        {
            "jobExecutionId": f"at{minute}",
            "startDate": None if minute is None else f"2026-11-23T12:{minute:02}:00+09:00",
        }
        for minute in minutes
    ]


def paged(all_runs: list[dict[str, Any]]) -> Callable[[httpx.Request], httpx.Response]:
    """Answer with the page that is asked for, of any length."""

    def reply(request: httpx.Request) -> httpx.Response:
        number, limit = int(request.url.params["page"]), int(request.url.params["limit"])
        return page(all_runs[number * limit : (number + 1) * limit])

    return reply


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        (runs(*range(59, 29, -1)), ["page=0&limit=20"]),
        (runs(5, 4, 3), ["page=0&limit=20"]),
        (runs(3, 4, 5), ["page=0&limit=20", "page=1&limit=20"]),
        (runs(5), ["page=0&limit=20", "page=1&limit=20"]),
        (runs(), ["page=0&limit=20"]),
        (runs(*range(30)), ["page=0&limit=20", "page=0&limit=1000", "page=1&limit=1000"]),
    ],
    ids=["many, newest first", "few, newest first", "few, oldest first", "one", "none", "many, oldest first"],
)
def test_the_newest_executions_are_found_in_any_order(sent: list[dict[str, Any]], asked: list[str]) -> None:
    """One small page when it proves to begin with the newest; else the whole list, in large pages if it is long."""
    service = Service([paged(sent)])
    newest = sorted((run["jobExecutionId"] for run in sent), key=lambda name: int(name[2:]), reverse=True)[:3]
    assert newest == [run.id for run in service.dataflow().executions(WORDCOUNT, limit=3)]
    assert [f"{EXECUTIONS}?{query}" for query in asked] == service.targets()


def test_a_long_request_for_executions_asks_for_as_many() -> None:
    """Thirty wanted are thirty asked for."""
    service = Service([paged(runs(*range(59, 9, -1)))])
    assert len(service.dataflow().executions(WORDCOUNT, limit=30)) == 30
    assert [f"{EXECUTIONS}?page=0&limit=30"] == service.targets()


def test_nothing_confidential_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Of each try the log has operation, status, attempt and milliseconds, and nobody's log has keys or signatures."""
    service = Service([httpx.ReadTimeout("silent"), answer({}, 503), answer()], seconds=0.25)
    with caplog.at_level(logging.DEBUG):
        service.dataflow().job("Wc7RtQ2mLx9B")
    facts = [
        {name: vars(record)[name] for name in ("operation", "status", "attempt", "duration_ms")}
        for record in caplog.records
        if record.name == "handler.adapters.dataflow.exchange"
    ]
    assert [
        {"operation": "getJobById", "status": status, "attempt": attempt, "duration_ms": 250}
        for attempt, status in enumerate((None, 503, 200), start=1)
    ] == facts
    shown = f"{[vars(record) for record in caplog.records]}"
    for secret in (ACCESS_KEY, SECRET_KEY, *(sent.headers["x-ncp-apigw-signature-v2"] for sent in service.sent)):
        assert secret not in shown


def test_patience_is_an_argument() -> None:
    """One try and no more, when that is what is wanted."""
    service = Service([answer({}, 503)])
    with pytest.raises(DataFlowUnavailable):
        service.dataflow(patience=Patience(tries=1)).job("Wc7RtQ2mLx9B")
    assert len(service.sent) == 1


def test_nothing_is_sent_at_the_deadline() -> None:
    """Without any time left there is no point in asking."""
    service = Service([answer()])
    assert service.dataflow(patience=Patience(deadline_seconds=0.5)).job("Wc7RtQ2mLx9B").name == "wordcount"
    service.sent.clear()
    with pytest.raises(DataFlowTimedOut) as caught:
        service.dataflow(patience=Patience(deadline_seconds=0.0)).job("Wc7RtQ2mLx9B")
    assert facts(caught.value) == ("getJobById", None, False)
    assert service.sent == []
