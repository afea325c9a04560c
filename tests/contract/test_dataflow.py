"""What the DataFlow port promises, kept by the fake and by the HTTP client against the simulator of the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

import httpx
import pytest

from handler.adapters.dataflow.client import HttpDataFlow, open_client
from handler.adapters.dataflow.retry import Patience
from handler.adapters.dataflow.signature import NcpSignatureV2
from handler.domain.dataflow_errors import (
    BadParameter,
    BadState,
    DataFlowError,
    DataFlowTimedOut,
    DataFlowUnavailable,
    NotFound,
    Throttled,
)
from handler.domain.model import Execution, Job, JobId, JobSummary, RunCondition
from infra.local.dataflow import World, serve
from infra.local.dataflow.faults import Fault as Strike
from infra.local.dataflow.world import PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY, Options
from tests import makers
from tests.fakes.clock import FakeClock
from tests.fakes.dataflow import FakeDataFlow, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handler.ports import DataFlow
    from infra.local.dataflow import Served

Situation = Literal["lost before effect", "lost after effect", "throttled", "down"]

WORDCOUNT: Final = JobId("Wc7RtQ2mLx9B")
EXAMPLE: Final = JobId("gqigvH******")
UNKNOWN_WORDS: Final = JobId("Uw1KpZ8vNs1Y")
NEVER_SET_UP: Final = JobId("Ns8XcN4pQz2H")
DELETED: Final = JobId("Dl1HzM6wKf5V")
CONDITIONS: Final = {
    WORDCOUNT: makers.run_condition(),
    EXAMPLE: makers.run_condition(timeout=2880, nrn="", scriptPath="dataflow-****/scripts/"),
    UNKNOWN_WORDS: makers.run_condition(parameters={"mode": "full"}, retries=3, share=0.5, tags=["a", None, True]),
    NEVER_SET_UP: RunCondition({"workerType": "DEFAULT", "numWorker": 2, "timeout": 360}),
    DELETED: makers.run_condition(),
}
SUMMARIES: Final = (
    JobSummary(WORDCOUNT, "wordcount", "SCRIPT", "STOPPED", "COMPLETED"),
    JobSummary(EXAMPLE, "job001", "SCRIPT", "EDITING"),
    JobSummary(UNKNOWN_WORDS, "unknown_words", "QUANTUM", "HIBERNATING", "ENTANGLED"),
    JobSummary(NEVER_SET_UP, "never-set-up", "SCRIPT", "DRAFT"),
    JobSummary(DELETED, "deleted", "SCRIPT", "DELETED", "FAILED"),
)
EXECUTIONS: Final = tuple(
    Execution(
        id=f"Ex1WcA{number}bTq4Z",
        status="COMPLETED",
        workers=2 + number,
        timeout_minutes=360,
        started_at=makers.at(-60 * number).replace(microsecond=0),
        ended_at=makers.at(-60 * number + 7).replace(microsecond=0),
        running_minutes=7,
        trigger_name="nightly-0200",
    )
    for number in (2, 3, 1)
)


class Stage(Protocol):
    """A subject of the suite, with what a test needs of the world behind it."""

    @property
    def dataflow(self) -> DataFlow:
        """The subject."""

    def stored(self, job_id: JobId) -> RunCondition:
        """What the job's run condition really is."""

    def arrived_writes(self) -> int:
        """How many writes the API has seen."""

    def at_next_write(self, situation: Situation) -> None:
        """What goes wrong then."""


class FakeStage:
    """The fake."""

    def __init__(self) -> None:
        jobs = [
            Job(
                id=told.id,
                name=told.name,
                run_condition=CONDITIONS[told.id],
                type=told.type,
                status=told.status,
                last_execution_status=told.last_execution_status,
            )
            for told in SUMMARIES
        ]
        self.dataflow = FakeDataFlow(jobs, {WORDCOUNT: EXECUTIONS})

    def stored(self, job_id: JobId) -> RunCondition:
        """What the fake holds."""
        return self.dataflow.stored(job_id)

    def arrived_writes(self) -> int:
        """How many the fake remembers."""
        return len(self.dataflow.puts)

    def at_next_write(self, situation: Situation) -> None:
        """Tell the fake."""
        errors: dict[Situation, DataFlowError] = {
            "lost before effect": DataFlowTimedOut("updateJobExecuteConfig"),
            "lost after effect": DataFlowTimedOut("updateJobExecuteConfig"),
            "throttled": Throttled("updateJobExecuteConfig"),
            "down": DataFlowUnavailable("updateJobExecuteConfig", status=503),
        }
        takes_effect = situation == "lost after effect"
        self.dataflow.faults.append(Fault("put_run_condition", errors[situation], takes_effect))


@dataclass
class HttpStage:
    """The HTTP client against the simulator; it is impatient only where no answer will come."""

    client: httpx.Client
    clock: FakeClock
    world: World
    write_answer_seconds: float = 10.0

    @property
    def dataflow(self) -> HttpDataFlow:
        """The client."""
        patience = Patience(write_answer_seconds=self.write_answer_seconds)
        return HttpDataFlow(self.client, self.clock, lambda: 0.5, patience)

    def stored(self, job_id: JobId) -> RunCondition:
        """What the simulator holds."""
        return RunCondition(self.world.job(job_id)["runCondition"])

    def arrived_writes(self) -> int:
        """How many the simulator has in its log."""
        return sum(received.method == "PUT" for received in self.world.log)

    def at_next_write(self, situation: Situation) -> None:
        """Tell the simulator."""
        strikes: dict[Situation, Strike] = {
            "lost before effect": Strike("timeout_before", method="PUT"),
            "lost after effect": Strike("timeout_after", method="PUT"),
            "throttled": Strike("status", method="PUT", status=429),
            "down": Strike("status", method="PUT", status=503),
        }
        self.world.faults.add(strikes[situation])
        if situation.startswith("lost"):
            self.write_answer_seconds = 0.5


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One simulator for all tests; each sets its world up anew."""
    with serve(World()) as running:
        yield running


SERVICES: Final = {
    "HTTP, the seed documents": Options(),
    "HTTP, the documents of autumn 2026": Options(
        generation="G3", echo="documented", count="page", error_shape="detail", settings_key="jobCondition"
    ),
}


@pytest.fixture(params=["fake", *SERVICES])
def stage(request: pytest.FixtureRequest, served: Served) -> Iterator[Stage]:
    """Each subject in turn, with the same jobs."""
    if request.param == "fake":
        yield FakeStage()
        return
    clock = FakeClock()
    set_up(served.world, clock, SERVICES[request.param])
    auth = NcpSignatureV2(PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY, clock)
    # a transport of its own keeps a proxy of the environment out of the way to loopback
    with open_client(served.url, auth, httpx.HTTPTransport()) as client:
        yield HttpStage(client, clock, served.world)


def set_up(world: World, clock: FakeClock, options: Options) -> None:
    """Give the simulator this suite's jobs instead of its own."""
    world.clock = clock.now
    world.reset()
    world.options = options
    world.jobs = {
        told.id: {
            "jobId": told.id,
            "name": told.name,
            "type": told.type,
            "status": told.status,
            "nodes": [],
            "runCondition": dict(CONDITIONS[told.id].fields),
            **({"lastExecutionStatus": told.last_execution_status} if told.last_execution_status else {}),
        }
        for told in SUMMARIES
    }
    world.executions = {told.id: [] for told in SUMMARIES}
    world.executions[WORDCOUNT] = [
        {
            "jobExecutionId": run.id,
            "status": run.status,
            "startDate": run.started_at.isoformat() if run.started_at else None,
            "endDate": run.ended_at.isoformat() if run.ended_at else None,
            "runningTime": run.running_minutes,
            "triggerName": run.trigger_name,
            "jobCondition": {"numWorker": run.workers, "timeout": run.timeout_minutes},
        }
        for run in EXECUTIONS
    ]


@pytest.mark.parametrize("told", SUMMARIES, ids=lambda told: told.name)
def test_a_job_is_read_with_the_words_and_numbers_that_were_sent(stage: Stage, told: JobSummary) -> None:
    """Unknown statuses, values out of range, absent fields and unknown ones are read as they come."""
    job = stage.dataflow.job(told.id)
    shown = JobSummary(job.id, job.name, job.type, job.status, job.last_execution_status)
    # the pages of autumn 2026 do not show workerType any more
    kept = {name: value for name, value in CONDITIONS[told.id].fields.items() if name != "workerType"}
    assert told == shown
    assert kept == {name: value for name, value in job.run_condition.fields.items() if name != "workerType"}


def test_a_job_without_role_says_so(stage: Stage) -> None:
    """An empty role counts as one, as both documents show; a role that is not there does not."""
    assert (
        stage.dataflow.job(EXAMPLE).run_condition.has_nrn,
        stage.dataflow.job(NEVER_SET_UP).run_condition.has_nrn,
    ) == (True, False)


NO_IDS: Final = [
    "Zz0000000000",
    "wc7rtq2mlx9b",
    "wordcount",
    "",
    ".",
    "..",
    "a/b",
    "../jobs",
    "x?y=1",
    "단어 세기",
    "\ud800",
]


@pytest.mark.parametrize("asked", [*NO_IDS, "x" * 10_000], ids=ascii)
def test_an_unknown_id_is_not_found(stage: Stage, asked: str) -> None:
    """Whatever is asked for as an id, there is either that job or a definite no."""
    with pytest.raises(NotFound) as caught:
        stage.dataflow.job(asked)
    assert not caught.value.may_have_changed


def test_the_list_holds_every_job(stage: Stage) -> None:
    """Each job is in the list once, with its status as it is."""
    assert sorted(SUMMARIES, key=str) == sorted(stage.dataflow.jobs(), key=str)


def test_executions_come_newest_first(stage: Stage) -> None:
    """The newest come first, however they are kept, and no more than asked for."""
    newest = tuple(sorted(EXECUTIONS, key=lambda run: run.started_at or makers.NOW, reverse=True))
    assert newest == tuple(stage.dataflow.executions(WORDCOUNT, limit=5))
    assert newest[:2] == tuple(stage.dataflow.executions(WORDCOUNT, limit=2))


def test_a_job_that_never_ran_has_no_executions(stage: Stage) -> None:
    """No executions is an answer, not an error."""
    assert tuple(stage.dataflow.executions(EXAMPLE, limit=5)) == ()


def test_executions_of_an_unknown_job_are_not_found(stage: Stage) -> None:
    """A job that is not there has no executions to show, which is something else than none."""
    with pytest.raises(NotFound):
        stage.dataflow.executions(JobId("Zz0000000000"), limit=5)


@pytest.mark.parametrize("job_id", [WORDCOUNT, EXAMPLE, UNKNOWN_WORDS], ids=str)
def test_a_write_changes_what_was_asked_and_nothing_else(stage: Stage, job_id: JobId) -> None:
    """All other fields, also those nobody documents and those out of range, stay as they were; one write arrives."""
    before = stage.dataflow.job(job_id).run_condition
    stage.dataflow.put_run_condition(job_id, before.replaced({"numWorker": 4}))
    after = stage.dataflow.job(job_id).run_condition
    assert {"numWorker"} == {difference.name for difference in before.differences(after)}
    assert after.workers == 4
    assert CONDITIONS[job_id].replaced({"numWorker": 4}).fields == stage.stored(job_id).fields
    assert stage.arrived_writes() == 1


@pytest.mark.parametrize(
    ("situation", "error", "workers", "may_have_changed"),
    [
        ("lost before effect", DataFlowTimedOut, 2, True),
        ("lost after effect", DataFlowTimedOut, 4, True),
        ("throttled", Throttled, 2, False),
        ("down", DataFlowUnavailable, 2, True),
    ],
)
def test_a_write_that_fails_is_not_repeated(
    stage: Stage, situation: Situation, error: type[DataFlowError], workers: int, *, may_have_changed: bool
) -> None:
    """One write arrives; the error says whether it may have been done, and reading again tells whether it was."""
    stage.at_next_write(situation)
    with pytest.raises(error) as caught:
        stage.dataflow.put_run_condition(WORDCOUNT, makers.run_condition(numWorker=4))
    assert may_have_changed == caught.value.may_have_changed
    assert stage.arrived_writes() == 1
    assert workers == stage.stored(WORDCOUNT).workers
    assert workers == stage.dataflow.job(WORDCOUNT).run_condition.workers


@pytest.mark.parametrize(
    ("job_id", "condition", "error"),
    [
        (WORDCOUNT, makers.run_condition(numWorker=11), BadParameter),
        (WORDCOUNT, makers.run_condition(timeout=1441), BadParameter),
        (DELETED, makers.run_condition(numWorker=4), BadState),
    ],
)
def test_a_refused_write_leaves_the_job_as_it_was(
    stage: Stage, job_id: JobId, condition: RunCondition, error: type[DataFlowError]
) -> None:
    """A definite no says that nothing was changed, and nothing was."""
    with pytest.raises(error) as caught:
        stage.dataflow.put_run_condition(job_id, condition)
    assert not caught.value.may_have_changed
    assert CONDITIONS[job_id] == stage.stored(job_id)


def test_a_write_to_an_unknown_job_is_not_found(stage: Stage) -> None:
    """A job that was deleted for good since it was read cannot be written to."""
    with pytest.raises(NotFound):
        stage.dataflow.put_run_condition(JobId("Zz0000000000"), makers.run_condition())
