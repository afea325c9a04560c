"""What is shown of a job while the Data Flow API does not answer: what was seen last, and how long ago."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from handler.domain.dataflow_errors import (
    AuthenticationFailed,
    ClockSkewed,
    DataFlowTimedOut,
    DataFlowUnavailable,
    DataFlowUnreadable,
    PermissionDenied,
    Throttled,
)
from handler.domain.errors import JobNotFound
from handler.domain.outcomes import HistoryShown, JobRemembered, Refused, Trouble
from handler.domain.sighting import Seen
from tests.fakes.dataflow import Fault
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.conftest import CHOI, PARK
from tests.flows.office import buttons
from tests.flows.policies import ruled
from tests.flows.test_questions import ORDERS_ONLY
from tests.makers import JOB_ID, job

if TYPE_CHECKING:
    from handler.domain.dataflow_errors import DataFlowError
    from tests.flows.conftest import Story
    from tests.flows.office import Office

READ = "getJobById"
DOWN = DataFlowUnavailable(READ, status=503, may_have_changed=False)


def seen(story: Story) -> None:
    """Let wordcount have been looked at just now."""
    story.ledger.sightings.keep(Seen(job(), story.clock.now()))


def goes_down(story: Story, error: DataFlowError = DOWN) -> None:
    """Let the API fail from now on, for long."""
    story.dataflow.faults += [Fault("job", error, times=99), Fault("jobs", error, times=99)]


@pytest.mark.parametrize(
    "error", [DOWN, DataFlowTimedOut(READ), DataFlowUnreadable(READ)], ids=lambda each: type(each).__name__
)
@pytest.mark.parametrize("asked", [JOB_ID, "wordcount", "WordCount"])
def test_with_the_api_down_status_shows_what_was_seen_last(office: Office, error: DataFlowError, asked: str) -> None:
    """The values, how old they are, what is wrong, and that they may have changed; by id and by name."""
    office.type("status wordcount")
    office.story.clock.move_on(minutes=14)
    goes_down(office.story, error)
    office.type(f"status {asked}", PARK)
    told = office.chat.responses[-1].message.text.splitlines()
    assert told[0].startswith("The job could not be read now. The Data Flow API ")
    assert told[1:4] == [
        "Last known, 14 min ago:",
        "wordcount · RUNNABLE (can be run)",
        "2 workers, timeout 360 min (6\u00a0h).",
    ]
    assert "It may have changed since." in told


def test_what_is_remembered_has_buttons_that_still_do_something(office: Office) -> None:
    """Refresh reads the job anew and takes the message's place; the history needs nothing but the record."""
    office.type("status wordcount")
    goes_down(office.story)
    office.type("status wordcount")
    remembered = buttons(office.chat.responses[-1].message)
    office.click("history_open", remembered["history_open"])
    assert office.chat.responses[-1].message.text.startswith("Nothing is recorded about wordcount")
    office.story.dataflow.faults.clear()
    office.click("refresh", remembered["refresh"])
    assert office.chat.responses[-1].replace
    assert office.chat.responses[-1].message.text.startswith("wordcount · RUNNABLE")


def test_a_change_is_remembered_as_it_was_read_back(office: Office) -> None:
    """What the job has after a change is known without anybody asking for its status."""
    office.type("scale wordcount workers=4")
    goes_down(office.story)
    office.type("status wordcount")
    assert "4 workers" in office.chat.responses[-1].message.text


def test_what_the_tick_reads_is_remembered_too(office: Office) -> None:
    """A change whose outcome the tick found out is known afterwards."""
    office.story.dataflow.reads_until_shown = 4
    office.type("scale wordcount workers=4")
    office.story.clock.move_on(minutes=2)
    office.desk.tick()
    goes_down(office.story)
    office.type("status wordcount")
    assert "4 workers" in office.chat.responses[-1].message.text


def test_what_is_remembered_is_shown_to_nobody_who_may_not_look(story: Story, office: Office) -> None:
    """The policy of now decides about it as about the job itself, and the refusal is on record."""
    office.type("status wordcount")
    goes_down(story)
    assert isinstance(story.ask("status wordcount", CHOI), Refused)
    story.policy = ruled(story.policy, ORDERS_ONLY)
    assert isinstance(story.ask("status wordcount", delivery="delivery-2"), Refused)
    assert [fact["job_id"] for fact in story.facts("refused")] == [JOB_ID, JOB_ID]


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationFailed(READ, status=401),
        ClockSkewed(READ, seconds=700),
        PermissionDenied(READ, status=403),
        Throttled(READ),
    ],
    ids=lambda each: type(each).__name__,
)
def test_an_answer_that_is_a_no_is_not_covered_up(story: Story, office: Office, error: DataFlowError) -> None:
    """What somebody has to mend is said; old values would hide it."""
    office.type("status wordcount")
    goes_down(story, error)
    outcome = story.ask("status wordcount")
    assert isinstance(outcome, Trouble)
    assert outcome.error is error


def test_a_job_that_is_gone_is_not_shown_from_memory(story: Story, office: Office) -> None:
    """The API answers: there is no such job."""
    office.type("status wordcount")
    story.dataflow.remove(JOB_ID)
    for asked in ("wordcount", JOB_ID):
        outcome = story.ask(f"status {asked}")
        assert isinstance(outcome, Trouble)
        assert isinstance(outcome.error, JobNotFound)


def test_nothing_known_is_said_as_ever(story: Story) -> None:
    """A job that was never seen: the API's trouble is what is told."""
    goes_down(story)
    outcome = story.ask("status wordcount")
    assert isinstance(outcome, Trouble)
    assert outcome.error is DOWN


def test_without_the_record_nothing_is_known(story: Story) -> None:
    """Both are away: the API's trouble is told, as it is what was asked about."""
    seen(story)
    goes_down(story)
    story.ledger.faults.append(LedgerFault("last_seen"))
    outcome = story.ask("status wordcount")
    assert isinstance(outcome, Trouble)
    assert outcome.error is DOWN


def test_what_was_seen_a_month_ago_is_not_shown(story: Story) -> None:
    """Until then it is, whether or not DynamoDB has taken it away."""
    seen(story)
    goes_down(story)
    story.clock.move_on(days=30, seconds=-1)
    before = story.ask("status wordcount")
    story.clock.move_on(seconds=1)
    assert (type(before), type(story.ask("status wordcount"))) == (JobRemembered, Trouble)


def test_a_record_that_keeps_nothing_fails_no_status(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """The status was told before; the log says that it was not kept."""
    office.story.ledger.faults.append(LedgerFault("saw"))
    with caplog.at_level(logging.WARNING, "handler.delivery"):
        office.type("status wordcount")
    assert office.chat.responses[-1].message.text.startswith("wordcount")
    assert [(record.message, vars(record)["job_id"]) for record in caplog.records] == [("job not kept", JOB_ID)]


def test_a_history_by_name_needs_no_api_once_the_job_was_seen(story: Story) -> None:
    """With the API down, and after the job was deleted."""
    story.ask("scale wordcount workers=4")
    seen(story)
    goes_down(story)
    down = story.ask("history WordCount")
    story.dataflow.faults.clear()
    story.dataflow.remove(JOB_ID)
    gone, by_id = story.ask("history wordcount"), story.ask(f"history {JOB_ID}")
    for outcome in (down, gone, by_id):
        assert isinstance(outcome, HistoryShown)
        assert (outcome.subject, outcome.key, len(outcome.facts)) == ("wordcount", JOB_ID, 3)


def test_who_may_not_see_a_jobs_history_may_not_by_its_id_alone_either(story: Story) -> None:
    """The name that a rule goes by is known from before, though the API does not say it now."""
    seen(story)
    story.policy = ruled(story.policy, ORDERS_ONLY)
    goes_down(story)
    assert isinstance(story.ask(f"history {JOB_ID}", PARK), Refused)
