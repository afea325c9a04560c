"""From what Slack delivered to what people read: who hears it, where, how often, and what when Slack says no."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handler.domain.dataflow_errors import DataFlowTimedOut, DataFlowUnavailable
from handler.domain.errors import ChatRefused, ChatUnavailable, JobNotFound
from handler.domain.request import State
from handler.ports import Tick
from handler.slack.app import create_app, dispatch
from handler.telemetry import Measured
from tests.fakes.dataflow import Fault
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.conftest import CHOI, KIM
from tests.flows.office import ADDRESS, pressed
from tests.makers import JOB_ID

if TYPE_CHECKING:
    from tests.flows.office import Office


def test_a_question_is_answered_to_the_asker_alone(office: Office) -> None:
    """Status goes to the response address, not to the channel."""
    office.type("status wordcount")
    (answer,) = office.chat.responses
    assert (answer.response_url, answer.in_channel, answer.replace) == (ADDRESS, False, False)
    assert "wordcount" in answer.message.text
    assert office.chat.posts == []


def test_a_change_is_told_to_the_channel_after_it_is_on_record(office: Office) -> None:
    """The channel sees one message, the record knows where it stands."""
    office.type("scale wordcount workers=4")
    ((card, message),) = office.chat.posts
    assert message.text.startswith("Done:")
    (request,) = office.story.ledger.requests.values()
    assert (request.state, request.card) == (State.APPLIED, card)
    assert office.chat.responses == []


def test_a_redelivered_change_is_told_once(office: Office) -> None:
    """The same delivery again sends nothing."""
    office.type("scale wordcount workers=4")
    office.type("scale wordcount workers=4")
    assert len(office.chat.posts) == 1
    assert office.chat.responses == []


def test_words_that_make_no_command_are_met_with_what_to_type(office: Office) -> None:
    """A mistake teaches, to the one who made it."""
    office.type("scale wordcount wrokers=4")
    (answer,) = office.chat.responses
    assert "Did you mean workers?" in answer.message.text
    assert "/dataflow scale JOB" in answer.message.text


def test_where_the_bot_cannot_post_the_channel_is_told_at_the_response_address(office: Office) -> None:
    """A channel without the bot still hears of the change."""
    office.chat.failing["post"] = ChatRefused("chat.postMessage", "not_in_channel")
    office.type("scale wordcount workers=4")
    (answer,) = office.chat.responses
    assert answer.in_channel
    assert answer.message.text.startswith("Done:")


def test_a_dead_response_address_is_replaced_by_a_whisper(office: Office) -> None:
    """After 30 minutes or five uses the address is dead: the person is told in the channel, alone."""
    office.chat.failing["respond"] = ChatRefused("response_url", "http_404")
    office.type("status wordcount")
    ((channel_id, user_id, message),) = office.chat.whispers
    assert (channel_id, user_id) == ("C0INCIDENT", KIM)
    assert "wordcount" in message.text


def test_with_slack_away_the_change_is_recorded_and_told_when_slack_is_back(office: Office) -> None:
    """Nobody can be told now: the change is on record, and the next tick or the next delivery tells it, once."""
    office.chat.failing["post"] = ChatUnavailable("chat.postMessage", "ratelimited")
    office.type("scale wordcount workers=4")
    (request,) = office.story.ledger.requests.values()
    assert (request.state, request.card) == (State.APPLIED, None)
    office.chat.failing.clear()
    office.type("scale wordcount workers=4")
    assert len(office.chat.posts) == 1
    assert len(office.story.dataflow.puts) == 1


def test_a_message_that_cannot_be_remembered_was_still_sent(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """The record is down after the message: that is logged, and no reason to fail."""
    office.story.ledger.faults.append(LedgerFault("remember_card"))
    office.type("scale wordcount workers=4")
    assert len(office.chat.posts) == 1
    assert [record.message for record in caplog.records] == ["message not remembered"]


def test_trouble_has_an_id_that_the_log_has_too(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """What went wrong is told with a short id, and the same id is in the log."""
    office.story.dataflow.faults.append(Fault("job", DataFlowUnavailable("getJobById")))
    office.type("scale wordcount workers=4")
    (answer,) = office.chat.responses
    (logged,) = caplog.records
    assert vars(logged)["incident"] == "incident-1"
    assert "incident-1" in str(answer.message.blocks)


def test_refresh_replaces_the_message_it_stands_in(office: Office) -> None:
    """The button reads the job again and puts the answer in the place of the old one."""
    office.story.dataflow.edit(JOB_ID, numWorker=7)
    office.click("refresh")
    (answer,) = office.chat.responses
    assert answer.replace
    assert "7 workers" in answer.message.text


def test_history_of_a_shown_job_is_a_click_away(office: Office) -> None:
    """The button shows what was done to the job, beside the message."""
    office.type("scale wordcount workers=4")
    office.click("history_open")
    (answer,) = office.chat.responses
    assert not answer.replace
    assert "applied" in answer.message.text


def test_a_button_of_another_version_is_answered(office: Office) -> None:
    """No click is met with silence."""
    office.click("something_else")
    (answer,) = office.chat.responses
    assert "another version" in answer.message.text


def test_the_tick_tells_the_channel_how_an_unknown_change_ended(office: Office) -> None:
    """First `not known`; then the same message is edited, and the one who asked is called below it."""
    office.story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut("updateJobExecuteConfig")))
    office.type("scale wordcount workers=4")
    ((first, unknown),) = office.chat.posts
    assert unknown.text.startswith("Not known yet:")
    office.story.dataflow.edit(JOB_ID, numWorker=4)
    office.story.clock.move_on(minutes=2)
    office.desk.tick()
    ((card, done),) = office.chat.updates
    assert card == first
    assert done.text.startswith("Done:")
    ((below, called),) = office.chat.replies
    assert below == first
    assert f"<@{KIM}>" in str(called.blocks)


def test_the_tick_tells_what_its_worker_could_not(office: Office) -> None:
    """A change whose worker died without a message is told by the tick."""
    office.story.ledger.faults.append(LedgerFault("advance"))
    office.story.ask("scale wordcount workers=4")
    office.story.clock.move_on(minutes=2)
    office.desk.tick()
    ((card, message),) = office.chat.posts
    assert message.text.startswith("Done:")
    (request,) = office.story.ledger.requests.values()
    assert request.card == card


def test_a_tick_that_cannot_tell_does_not_fail(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Slack is away: the result is on record and the log says who was not told."""
    office.story.ledger.faults.append(LedgerFault("advance"))
    office.story.ask("scale wordcount workers=4")
    office.story.clock.move_on(minutes=2)
    office.chat.failing["post"] = ChatUnavailable("chat.postMessage", "ratelimited")
    office.desk.tick()
    assert [record.message for record in caplog.records] == ["telling put off"]


def test_a_duty_that_failed_is_logged(
    office: Office, caplog: pytest.LogCaptureFixture, figures: list[Measured]
) -> None:
    """What a tick could not do is in the log with its request, and counted, and the tick itself goes on."""
    office.story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut("updateJobExecuteConfig")))
    office.type("scale wordcount workers=4")
    (request,) = office.story.ledger.requests.values()
    office.story.ledger.requests[request.id] = replace(request, state=State.APPROVED)
    office.story.clock.move_on(minutes=2)
    office.story.dataflow.faults.append(Fault("job", JobNotFound("wordcount")))  # type: ignore[arg-type] # no API error
    office.desk.tick()
    logged = caplog.records[0]
    assert (logged.message, vars(logged)["request_id"]) == ("duty failed", request.id)
    assert figures == [Measured("DutiesFailed", 1, {"request_id": request.id})]


def test_a_tick_leaves_word_that_it_was_there(office: Office) -> None:
    """Its moment and the policy it went by are kept, whether or not there was anything to do."""
    office.desk.tick()
    assert office.story.ledger.tick == Tick(office.story.clock.now(), office.story.policy.version)


def test_a_tick_that_cannot_leave_word_has_done_its_work(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """The record is away at the very end: the tick does not fail, and the log says what is missing."""
    office.story.ledger.faults.append(LedgerFault("ticked"))
    office.desk.tick()
    assert office.story.ledger.tick is None
    assert [record.message for record in caplog.records] == ["tick not kept"]


def test_a_redelivery_that_was_told_is_silent(office: Office) -> None:
    """A click that asks for nothing new sends nothing."""
    office.type("scale wordcount workers=4")
    posts = list(office.chat.posts)
    office.type("scale wordcount workers=4")
    assert (office.chat.posts, office.chat.responses, office.chat.whispers) == (posts, [], [])


def test_something_unforeseen_is_told_logged_and_raised(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """A defect of ours reaches the person with an id, the log with a traceback, and Lambda as a failure."""

    def broken(job_id: str) -> None:
        raise ZeroDivisionError(job_id)

    office.story.dataflow.job = broken  # type: ignore[assignment] # a defect
    app = create_app(office.desk, "/dataflow")
    with pytest.raises(ZeroDivisionError), caplog.at_level(logging.ERROR):
        dispatch(app, {"command": "/dataflow", "text": f"status {JOB_ID}", **FORM})
    (answer,) = office.chat.responses
    assert answer.message.text.startswith("Something broke in Sluice.")
    assert "incident-1" in str(answer.message.blocks)
    logged = [record for record in caplog.records if record.message == "unexpected"]
    assert [vars(record)["incident"] for record in logged] == ["incident-1"]
    assert logged[0].exc_info is not None


def test_something_unforeseen_is_raised_even_if_nobody_can_be_told(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """With Slack away too, the failure is still raised; where the address is dead, the channel is tried."""

    def broken(job_id: str) -> None:
        raise ZeroDivisionError(job_id)

    office.story.dataflow.job = broken  # type: ignore[assignment] # a defect
    office.chat.failing = {
        "respond": ChatUnavailable("response_url", "timeout"),
        "whisper": ChatUnavailable("chat.postEphemeral", "timeout"),
    }
    asked = {"command": "/dataflow", "text": f"status {JOB_ID}", **FORM}
    with pytest.raises(ZeroDivisionError):
        dispatch(create_app(office.desk, "/dataflow"), dict(asked))
    assert [record.message for record in caplog.records][-1] == "could not tell"
    assert vars(caplog.records[-1])["incident"] == "incident-1"
    del office.chat.failing["whisper"]
    with pytest.raises(ZeroDivisionError):
        dispatch(create_app(office.desk, "/dataflow"), dict(asked))
    ((channel_id, user_id, _),) = office.chat.whispers
    assert (channel_id, user_id) == ("C0INCIDENT", CHOI)


FORM = {
    "user_id": CHOI,
    "channel_id": "C0INCIDENT",
    "team_id": "T0SLUICE",
    "trigger_id": "trigger-1",
    "response_url": ADDRESS,
}


def test_the_app_routes_commands_and_clicks(office: Office) -> None:
    """A slash command and a button press reach the desk through Bolt and are acknowledged."""
    app = create_app(office.desk, "/dataflow")
    assert dispatch(app, {"command": "/dataflow", "text": "status wordcount", **FORM, "user_id": KIM}).status == 200
    assert dispatch(app, dict(pressed("refresh", JOB_ID))).status == 200
    assert [answer.replace for answer in office.chat.responses] == [False, True]


def test_the_app_leaves_another_app_s_command_alone(office: Office) -> None:
    """A command of another name is not ours to answer."""
    assert dispatch(create_app(office.desk, "/dataflow"), {"command": "/other", "text": "", **FORM}).status == 404
