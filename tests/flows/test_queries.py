"""Looking: help, status, list, history, requests; who may, and what is shown when a part is down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.authority import Action
from handler.domain.dataflow_errors import DataFlowUnavailable
from handler.domain.errors import GroupUndetermined
from handler.domain.model import Execution
from handler.domain.outcomes import (
    HelpShown,
    HistoryShown,
    JobShown,
    JobsListed,
    Refused,
    RequestsShown,
    Trouble,
)
from handler.domain.request import State
from tests.fakes.dataflow import FakeDataFlow, Fault
from tests.flows.conftest import CHOI, LEE, PARK
from tests.makers import JOB_ID, NOW, at, job, request

if TYPE_CHECKING:
    from tests.flows.conftest import Story

DOWN = DataFlowUnavailable("getJobById", status=503)


def test_help_shows_each_person_what_the_policy_grants_them(story: Story) -> None:
    """On-call may do all there is, a viewer may look, somebody in no group nothing."""
    assert story.ask("help") == HelpShown(frozenset({Action.VIEW, Action.SCALE, Action.AUDIT}))
    assert story.ask("help", PARK) == HelpShown(frozenset({Action.VIEW, Action.AUDIT}))
    assert story.ask("help", CHOI) == HelpShown(frozenset())


def test_status_shows_the_job_with_its_runs(story: Story) -> None:
    """A job is shown as it is now, with its executions."""
    outcome = story.ask("status wordcount", PARK)
    assert isinstance(outcome, JobShown)
    assert (outcome.job.id, outcome.shown_at) == (JOB_ID, NOW)
    assert outcome.executions is not None
    assert [run.status for run in outcome.executions] == ["RUNNING"]


def test_status_without_its_runs_is_still_a_status(story: Story) -> None:
    """Executions that cannot be read do not hide the job."""
    story.dataflow.faults.append(Fault("executions", DataFlowUnavailable("getJobExecutions")))
    outcome = story.ask("status wordcount")
    assert isinstance(outcome, JobShown)
    assert outcome.executions is None


def test_looking_where_one_may_not_is_refused_and_recorded(story: Story) -> None:
    """Each kind of look by somebody in no group ends in a refusal, and the record has each."""
    asked = ("status wordcount", "list", "history wordcount", "history <@U0KIM>", "requests")
    outcomes = [story.ask(text, CHOI, delivery=text) for text in asked]
    assert all(isinstance(outcome, Refused) for outcome in outcomes)
    assert story.events() == ["refused"] * len(asked)
    assert [fact["action"] for fact in story.ledger.all_facts()] == ["view", "view", "audit", "audit", "view"]


def test_list_shows_the_jobs_whose_name_or_id_has_the_text(story: Story) -> None:
    """A part of a name, in either case, narrows the list; without one it is whole."""
    whole, some, by_id = story.ask("list"), story.ask("list ORDERS"), story.ask("list wc7rt")
    assert isinstance(whole, JobsListed)
    assert isinstance(some, JobsListed)
    assert isinstance(by_id, JobsListed)
    assert len(whole.jobs) == 4
    assert [job.name for job in some.jobs] == ["orders-daily", "orders-hourly"]
    assert [job.name for job in by_id.jobs] == ["wordcount"]


def test_an_empty_list_is_shown_to_whoever_may_look(story: Story) -> None:
    """No jobs at all is not a refusal."""
    for job_id in ("Wc7RtQ2mLx9B", "Od4KpZ8vNs1Y", "Oh9MwE3tGd6C", "Ai8XcN4pQz2H"):
        story.dataflow.remove(job_id)
    assert story.ask("list") == JobsListed("", ())


def test_history_of_a_job_has_changes_and_refusals_newest_first(story: Story) -> None:
    """Both what was done and what was refused is told."""
    story.ask("scale wordcount workers=4")
    story.clock.move_on(minutes=1)
    story.ask("scale wordcount workers=11", delivery="delivery-2")
    outcome = story.ask("history wordcount", PARK)
    assert isinstance(outcome, HistoryShown)
    assert [fact["event"] for fact in outcome.facts] == ["refused", "applied", "applying", "requested"]
    assert (outcome.subject, outcome.older, outcome.is_user) == ("wordcount", None, False)


def test_history_is_there_when_the_job_is_gone_or_the_api_down(story: Story) -> None:
    """By its id, a job's history needs nothing but the record."""
    story.ask("scale wordcount workers=4")
    story.dataflow.faults.append(Fault("job", DOWN))
    down = story.ask(f"history {JOB_ID}")
    story.dataflow.remove(JOB_ID)
    gone = story.ask(f"history {JOB_ID}")
    assert isinstance(down, HistoryShown)
    assert isinstance(gone, HistoryShown)
    assert len(down.facts) == len(gone.facts) == 3


def test_history_by_name_needs_the_api(story: Story) -> None:
    """Without the API a name cannot be told from another, which is said."""
    story.dataflow.faults.append(Fault("jobs", DOWN))
    outcome = story.ask("history orders-hourly")
    assert isinstance(outcome, Trouble)
    assert outcome.error is DOWN
    assert outcome.incident == "incident-1"


def test_history_of_a_person_has_what_they_asked_for(story: Story) -> None:
    """What another person did is not in it."""
    story.ask("scale wordcount workers=4")
    story.ask("scale orders-daily workers=3", LEE, delivery="delivery-2")
    outcome = story.ask("history <@U0LEE>", PARK)
    assert isinstance(outcome, HistoryShown)
    assert {fact["actor"] for fact in outcome.facts} == {LEE}
    assert (outcome.subject, outcome.is_user) == (LEE, True)


def test_requests_shows_what_is_open(story: Story) -> None:
    """What is under way is shown, what has ended is not."""
    under_way = request(state=State.APPLYING)
    ended = request(request_id="aaaa-aaaa", state=State.APPLIED)
    story.ledger.requests |= {under_way.id: under_way, ended.id: ended}
    assert story.ask("requests", PARK) == RequestsShown((under_way,))


def test_groups_that_cannot_be_found_out_stop_a_look_too(story: Story) -> None:
    """Each kind of look is refused and recorded while it cannot be found out who asks."""
    story.directory.broken = "viewers"
    for text in ("status wordcount", "history wordcount", "help"):
        outcome = story.ask(text, delivery=text)
        assert isinstance(outcome, Trouble)
        assert isinstance(outcome.error, GroupUndetermined)
    assert [fact["action"] for fact in story.ledger.all_facts()] == ["view", "audit", "view"]


def test_a_screen_holds_five_runs_and_twenty_requests(story: Story) -> None:
    """The newest runs, and the requests that are due first."""
    runs = [Execution(f"run-{number}", "SUCCEEDED", started_at=at(-number)) for number in range(9)]
    story.dataflow = FakeDataFlow([job()], {JOB_ID: runs})
    outcome = story.ask("status wordcount")
    assert isinstance(outcome, JobShown)
    assert outcome.executions is not None
    assert [run.id for run in outcome.executions] == [f"run-{number}" for number in range(5)]
    for number in range(25):
        asked = request(f"aaaa-{number:04d}", State.PENDING, due_at=at(number))
        story.ledger.requests[asked.id] = asked
    shown = story.ask("requests", delivery="delivery-2")
    assert isinstance(shown, RequestsShown)
    assert [each.id for each in shown.requests] == [f"aaaa-{number:04d}" for number in range(20)]
