"""One outcome of each kind that people read, by name: what the tests render, and what one looks at in a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from handler.domain import dataflow_errors, errors
from handler.domain.authority import Action
from handler.domain.errors import Usage, UsageError
from handler.domain.model import Execution, JobId, JobSummary, Node, RequestId, RunCondition, UserId
from handler.domain.outcomes import (
    ChangeImpossible,
    ChangeShown,
    HelpShown,
    HistoryShown,
    JobIsBusy,
    JobRemembered,
    JobShown,
    JobsListed,
    Misunderstood,
    Refused,
    RequestsShown,
    Trouble,
)
from handler.domain.period import Bounds
from handler.domain.preview import (
    NeverSetUp,
    NothingToAddTo,
    NothingToChange,
    OutOfBounds,
    Problem,
    TooLong,
    WrongStatus,
)
from handler.domain.request import Ending, State
from handler.domain.sighting import Seen
from handler.domain.vocabulary import Topic
from tests.makers import JOB_ID, NOW, REQUEST_ID, at, change, emergency, job, job_summary, request, run_condition
from tests.unit.slack.gallery_of_endings import endings
from tests.unit.slack.gallery_of_facts import whole_record
from tests.unit.slack.gallery_of_reviews import reviews

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handler.domain.errors import SluiceError
    from handler.domain.model import Job
    from handler.domain.outcomes import Outcome

READ = "getJobById"
MOVED: Final = run_condition(numWorker=5, logPath="elsewhere/logs/", maxConcurrentRuns=3)
BOTH: Final = change(values={"numWorker": 4, "timeout": 720})
NODES: Final = (
    Node("1", "SOURCE_OBS", "Object Storage"),
    Node("2", "SOURCE_CDB_MYSQL", "orders", ()),
    Node("3", "TRANSFORM_JOIN", "Orders and clicks", ("1", "2")),
    Node("4", "TRANSFORM_FILTER", "Filters", ("3",)),
    Node("5", "TARGET_OBS", "Object Storage", ("4",)),
)
RUNS: Final = (
    Execution("e3", "RUNNING", workers=2, timeout_minutes=360, started_at=at(-52), running_minutes=52),
    Execution("e2", "FAILED", workers=1, started_at=at(-1500), ended_at=at(-1488), running_minutes=12),
    Execution("e1", "COMPLETED", workers=2, started_at=at(-2940), ended_at=at(-2818), running_minutes=122),
)


def whole_job() -> Job:
    """Make a job of which everything is known."""
    return replace(
        job(),
        description="Counts the words of yesterday's searches.",
        nodes=NODES,
        created_at=at(-90_000),
        updated_at=at(-4000),
        last_execution_at=at(-52),
    )


def bare_job() -> Job:
    """Make a job of which next to nothing is known: it was never set up to run."""
    return replace(
        job(condition=RunCondition({})), type="", status="", last_execution_status=None, description="", nodes=()
    )


def _status() -> Iterator[tuple[str, Outcome]]:
    plain = job()
    yield "status", JobShown(whole_job(), RUNS, NOW)
    yield "status, runs not read", JobShown(replace(plain, last_execution_at=at(-90)), None, NOW)
    yield "status, no runs", JobShown(replace(plain, last_execution_status=None), (), NOW)
    yield "status, next to nothing known", JobShown(bare_job(), (Execution("e1", "READY"),), NOW)
    long = job(condition=run_condition(timeout=2880))
    yield "status, long timeout", JobShown(long, (Execution("e1", "COMPLETED", running_minutes=3000),), NOW)
    down = dataflow_errors.DataFlowTimedOut(READ, may_have_changed=False)
    yield "status, remembered", JobRemembered(Seen(replace(plain, last_execution_at=at(-90)), at(-14)), down, NOW)
    unavailable = dataflow_errors.DataFlowUnavailable(READ, status=503)
    yield "status, remembered, bare", JobRemembered(Seen(bare_job(), at(-0.5)), unavailable, NOW)
    drafted = replace(plain, status="DRAFT", nodes=(Node("1", "TRANSFORM_NEWEST", ""), Node("2", "", "x", ("1",))))
    yield "status, draft", JobShown(drafted, (), NOW)


def _lists() -> Iterator[tuple[str, Outcome]]:
    failed = replace(job_summary("Cs5FtX9wRq3J", "clickstream-sessionize"), last_execution_status="FAILED")
    never = JobSummary(JobId("Iv8SnP2kLm4T"), "inventory-snapshot", "DATAFLOW", "DRAFT")
    yield "list", JobsListed("", (job_summary(), failed, never))
    yield "list, one", JobsListed("", (job_summary(),))
    yield "list, filtered", JobsListed("or", (job_summary(name="orders"), job_summary("Od4KpZ8vNs1Y", "orders")))
    yield "list, empty", JobsListed("", ())
    yield "list, nothing found", JobsListed("xyz", ())
    many = tuple(job_summary(f"Job{number:09}", f"nightly-{number}") for number in range(60))
    yield "list, many", JobsListed("", many)


def _changes() -> Iterator[tuple[str, Outcome]]:
    after = change().after
    late = RunCondition({**after.fields, "nrn": "nrn:PUB:IAM::1234567:Role/other", "newField": True})
    for state in State:
        yield f"change {state}", ChangeShown(request(state=state, found=after if state is State.APPLIED else None))
    yield "change applied, both", ChangeShown(request(state=State.APPLIED, asked=BOTH, found=BOTH.after), RUNS[0])
    yield "change applied, run unsaid", ChangeShown(request(state=State.APPLIED), Execution("e1", "READY"))
    yield "change applied, drift", ChangeShown(request(state=State.APPLIED, found=late, reason=None, because=()))
    many = RunCondition({**after.fields, **{f"field{number}": number for number in range(12)}})
    yield "change applied, much drift", ChangeShown(request(state=State.APPLIED, found=many))
    yield "change failed, accepted", ChangeShown(request(state=State.FAILED, found=run_condition()))
    yield "change failed, gone", ChangeShown(request(state=State.FAILED, found=RunCondition()))
    yield "change unknown, seen", ChangeShown(request(state=State.UNKNOWN, found=run_condition()))
    yield "change applied, partly", ChangeShown(request(state=State.APPLIED, found=run_condition(numWorker=7)))
    yield "change stale, moved", ChangeShown(request(state=State.STALE, found=MOVED))
    yield "change stale, late", ChangeShown(request(state=State.STALE, found=run_condition()))
    for name in ("BadParameter", "DataFlowTimedOut", "NotFound", "ClockSkewed"):
        for state in (State.FAILED, State.UNKNOWN, State.STALE):
            found = None if state is State.STALE else run_condition()
            yield f"change {state}, {name}", ChangeShown(request(state=state, found=found, problem=name))


def _refusals() -> Iterator[tuple[str, Outcome]]:
    problems: dict[str, Problem] = {
        "too many workers": OutOfBounds("numWorker", 11, 2, 10, 2),
        "too few workers": OutOfBounds("numWorker", 1, 2, 10, None),
        "too long": OutOfBounds("timeout", 7200, 1, 1440, 360),
        "too short": OutOfBounds("timeout", 0, 1, 1440, None),
        "nothing to change": NothingToChange(4, 360),
        "nothing to change, unsaid": NothingToChange(None, None),
        "no workers to add to": NothingToAddTo("numWorker"),
        "no timeout to add to": NothingToAddTo("timeout"),
        "never set up": NeverSetUp(),
        "deleted": WrongStatus("DELETED"),
        "for too long": TooLong(300, 120),
    }
    for name, problem in problems.items():
        yield f"impossible, {name}", ChangeImpossible(REQUEST_ID, job(), problem)
    for action in Action:
        yield f"refused {action}", Refused(REQUEST_ID, action, "wordcount", ())
        yield f"refused {action}, no job", Refused(REQUEST_ID, action, "", ("no-freeze", "no-night"))
    yield "refused emergency", Refused(REQUEST_ID, Action.SCALE, "wordcount", (), is_emergency=True)
    yield (
        "refused emergency, forbidden",
        Refused(REQUEST_ID, Action.SCALE, "wordcount", ("no-freeze",), is_emergency=True),
    )
    yield "busy", JobIsBusy("wordcount", request(state=State.UNKNOWN))
    yield "busy, own", JobIsBusy("wordcount", request(state=State.APPLYING), is_own=True)
    yield "busy, own card", JobIsBusy("wordcount", request(state=State.PENDING), is_own=True)
    yield "busy, gone", JobIsBusy("wordcount", None)


def _history() -> Iterator[tuple[str, Outcome]]:
    facts = whole_record()
    after = tuple(f"cursor-{place}" for place in range(len(facts)))
    since, until = Bounds(since=at(-3000)), Bounds(until=at(-60))
    some = facts[:2], JOB_ID, after[:2], "cursor-1"
    yield "history", HistoryShown("wordcount", facts, JOB_ID, after, after[-1])
    yield "history of a person", HistoryShown("U0KIM", facts, "U0KIM", after, is_user=True)
    yield "history, nothing", HistoryShown("wordcount", (), JOB_ID)
    yield "history of a person, nothing", HistoryShown("U0KIM", (), "U0KIM", is_user=True)
    yield "history, since", HistoryShown("wordcount", *some, since)
    yield "history, until", HistoryShown("wordcount", *some, until, is_first=False)
    yield "history, between", HistoryShown("wordcount", (), JOB_ID, bounds=Bounds(since.since, until.until))
    yield "history of a person, between", HistoryShown("U0KIM", (), "U0KIM", bounds=since, is_user=True)
    yield "history, older, nothing", HistoryShown("wordcount", (), JOB_ID, is_first=False)
    yield "history, no button", HistoryShown("wordcount", facts[:2], "가", after[:2], "cursor-1")
    yield "history, cursor too long", HistoryShown("wordcount", facts[:2], JOB_ID, after[:2], "x" * 2000)
    yield (
        "history of a person, older",
        HistoryShown("U0KIM", facts[:2], "U0KIM", after[:2], is_user=True, is_first=False),
    )
    hidden = HistoryShown("U0KIM", (), "U0KIM", older="cursor-1", is_user=True)
    yield "history of a person, nothing for you here", hidden
    timed = request("4q7n-m3xp", State.APPLIED, minutes=120, revert_at=at(120))
    kept = replace(timed, revert_at=None, ending=Ending(kept_by=UserId("U0LEE")), emergency=emergency())
    open_requests = (
        request(),
        request(RequestId("2m9p-x4tb"), State.UNKNOWN, asked=BOTH),
        timed,
        replace(timed, state=State.FAILED, undoing=True, revert_at=at(4)),
        replace(timed, emergency=emergency()),
        replace(timed, emergency=emergency("U0LEE")),
        kept,
        replace(kept, state=State.FAILED, undoing=True),
        replace(timed, state=State.UNKNOWN, emergency=emergency()),
    )
    yield "requests", RequestsShown(open_requests)
    yield "requests, none", RequestsShown(())


WHOLE_ERRORS: Final[tuple[SluiceError, ...]] = (
    UsageError(Usage.UNKNOWN_WORD, word="x"),
    errors.JobNotFound("job01", ("job001", "job010")),
    errors.JobNotFound("job01"),
    errors.RequestNotFound("wordcount"),
    errors.JobAmbiguous("orders", tuple(f"orders-{number}" for number in range(10)), 14),
    errors.GroupUndetermined("oncall", "usergroups.users.list: ratelimited"),
    errors.SettingsInvalid(("REQUESTS_TABLE is not set.", "AUDIT_TABLE is not set.")),
    errors.PolicyInvalid(("policy.cedar, line 3: unexpected token.",)),
    dataflow_errors.AuthenticationFailed(READ, status=401, code="200", message="Authentication Failed"),
    dataflow_errors.ClockSkewed(READ, seconds=742, status=401, code="200"),
    dataflow_errors.ClockSkewed(READ, seconds=-7420, status=401),
    dataflow_errors.ClockSkewed(READ, seconds=0, status=401),
    dataflow_errors.PermissionDenied(READ, status=403, code="210", message="Permission Denied"),
    dataflow_errors.NotFound(READ, status=404),
    dataflow_errors.BadParameter("updateJobExecuteConfig", status=400, code="bad-parameter", message="timeout"),
    dataflow_errors.BadState("updateJobExecuteConfig", status=400, code="bad-state"),
    dataflow_errors.Throttled(READ, code="429", message="Too Many Requests"),
    dataflow_errors.DataFlowUnavailable(READ, status=503, may_have_changed=False),
    dataflow_errors.DataFlowTimedOut(READ, may_have_changed=False),
    dataflow_errors.DataFlowUnreadable(READ, status=200, may_have_changed=False),
    errors.LedgerUnavailable("open", "ThrottlingException"),
    errors.LedgerUnavailable("history", "ThrottlingException"),
    errors.DeliveryKnown(request()),
    errors.IdTaken(),
    errors.JobBusy(None),
    errors.Moved(None),
    errors.BadCursor(),
    errors.ChatUnavailable("chat.postMessage", "ratelimited"),
    errors.ChatRefused("chat.postMessage", "not_in_channel"),
    errors.IllegalMove(State.APPLIED, State.PENDING),
)


def _mishaps() -> Iterator[tuple[str, Outcome]]:
    for number, error in enumerate(WHOLE_ERRORS):
        yield f"trouble {number}, {type(error).__name__}", Trouble(error, "4t8n-c2vy")
    limits = {Usage.TOO_LONG: 3000, Usage.TOO_BIG: 2**31 - 1}
    for usage in Usage:
        known = UsageError(usage, word="wrokers", near=("workers",), topic=Topic.SCALE, limit=limits.get(usage, 0))
        yield f"usage {usage}", Misunderstood(known)
    yield "usage, one of three", Misunderstood(UsageError(Usage.UNKNOWN_WORD, word="x", near=("a", "b", "c")))
    for topic in Topic:
        yield f"usage about {topic}", Misunderstood(UsageError(Usage.MISSING_JOB, topic=topic))
    yield "usage of no topic", Misunderstood(UsageError(Usage.UNREADABLE))
    yield "usage, nobody named", Misunderstood(UsageError(Usage.MISSING_SUBJECT, topic=Topic.HISTORY))
    yield "help", HelpShown(frozenset({Action.VIEW, Action.SCALE, Action.AUDIT}))
    yield "help, look only", HelpShown(frozenset({Action.VIEW, Action.AUDIT}))
    yield "help, nothing", HelpShown(frozenset())


def everything() -> dict[str, Outcome]:
    """Return every outcome with every branch that it has, by name."""
    kinds = (_status(), _lists(), _changes(), reviews(), endings(), _refusals(), _history(), _mishaps())
    return {name: outcome for kind in kinds for name, outcome in kind}


KIM: Final = UserId("U0KIM")
EVERYTHING: Final = everything()
