"""Nobody knows what became of a change: the job stays locked, the channel hears of it, in time somebody is called."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from handler.adapters.policy.settings_file import Escalate
from handler.delivery import Desk
from handler.domain.dataflow_errors import DataFlowTimedOut, DataFlowUnavailable, PermissionDenied
from handler.domain.errors import ChatUnavailable, JobBusy, LedgerUnavailable
from handler.domain.model import RequestId
from handler.domain.outcomes import JobIsBusy
from handler.domain.overdue import Overdue
from handler.domain.request import State
from handler.flows.pager import watch
from handler.flows.upkeep import Ticked, tick
from tests.fakes.dataflow import FakeDataFlow, Fault
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.conftest import KIM, LEE
from tests.flows.meanwhile import BusyDataFlow, BusyLedger
from tests.flows.office import read
from tests.flows.policies import with_approvals
from tests.makers import JOB_ID, at, change, opening

if TYPE_CHECKING:
    from datetime import datetime

    from handler.domain.model import Job
    from handler.domain.request import Request
    from tests.fakes.clock import FakeClock
    from tests.flows.conftest import Story
    from tests.flows.office import Office

DOWN = DataFlowUnavailable("getJobById", status=503, may_have_changed=False)


class SlowDataFlow(FakeDataFlow):
    """Jobs of which each read takes ten seconds, and then fails; all but those of ``others``."""

    def __init__(self, others: FakeDataFlow, clock: FakeClock) -> None:
        super().__init__([others.job(summary.id) for summary in others.jobs()])
        self._clock = clock

    def job(self, job_id: str) -> Job:
        """Read one job by its id."""
        if job_id.startswith("job-"):
            self._clock.move_on(seconds=10)
            raise DOWN
        return super().job(job_id)


def lost(office: Office, *, takes_effect: bool = False) -> None:
    """Send a change whose answer does not come, and let the API be down from then on."""
    office.story.dataflow = dataflow = BusyDataFlow(office.story.dataflow)
    timed_out = DataFlowTimedOut("updateJobExecuteConfig")
    dataflow.faults.append(Fault("put_run_condition", timed_out, takes_effect=takes_effect))
    dataflow.before_write = [lambda: dataflow.faults.append(Fault("job", DOWN, times=10_000))]
    office.type("scale wordcount workers=4 because backlog")


def minutes_pass(office: Office, minutes: int) -> None:
    """Let so many minutes pass with a tick in each."""
    for _ in range(minutes):
        office.story.clock.move_on(minutes=1)
        office.desk.tick()


def calls(office: Office) -> list[str]:
    """Return who was called below the card to look at a job, by the first words."""
    return [message.text for _, message in office.chat.replies if "please look at a job" in message.text]


def test_after_the_set_time_the_escalation_group_is_called_to_look(office: Office) -> None:
    """Twenty minutes by the shipped settings: once below the card, as a fact; and each hour again."""
    lost(office)
    assert office.chat.posts[0][1].text.startswith("Not known yet:")
    minutes_pass(office, 19)
    assert calls(office) == []
    minutes_pass(office, 60)
    assert len(calls(office)) == 1
    minutes_pass(office, 1)
    assert len(calls(office)) == 2
    details = [(fact["actor"], fact["detail"]) for fact in office.story.facts("escalated")]
    assert details == [("sluice", "outcome_unknown")] * 2
    assert office.story.is_sound(office.request)


def test_the_call_says_what_to_look_at_and_what_not_to_do(office: Office) -> None:
    """Job, what was asked, what it had, what was read last and when, what to compare, and not to repeat it."""
    lost(office)
    minutes_pass(office, 20)
    lost_change = f"Nobody knows what became of wordcount workers 2 → 4, asked by <@{KIM}>, begun 2026-11-23 03:04 UTC."
    assert calls(office)[0].replace("\u00a0", " ").splitlines() == [
        f"<!subteam^S0LEADS>: please look at a job. {lost_change}",
        "Before the change: 2 workers, timeout 360 min (6 h).",
        "It could not be read since. Before that, 2026-11-23 03:04 UTC: 2 workers, timeout 360 min (6 h).",
        f"Compare in the NAVER Cloud console, in the execution settings of the job with the id {JOB_ID}:",
        "• 4 workers: it was done.",
        "• 2 workers: it was not done.",
        "Do not repeat the command, and change nothing by hand while this is open.",
        "Sluice keeps reading the job and says here what it finds. Until then no other change of it can start.",
        f"request {office.request.id}",
    ]


def test_the_job_stays_locked_and_is_written_once(office: Office) -> None:
    """However long it lasts: no second write, no other change of the job, and the looks go on at growing pauses."""
    lost(office)
    minutes_pass(office, 120)
    assert office.state() is State.UNKNOWN
    assert len(office.story.dataflow.puts) == 1
    office.story.dataflow.faults.clear()
    assert isinstance(office.story.ask("scale wordcount workers=5", LEE, "another"), JobIsBusy)
    looks = [str(fact["at"]) for fact in office.story.facts("unknown")]
    assert len(looks) == 12


@pytest.mark.parametrize(("takes_effect", "said"), [(True, "Done:"), (False, "Failed:")])
def test_the_channel_hears_how_it_resolves(office: Office, said: str, *, takes_effect: bool) -> None:
    """Called or not: the card says it, and the one who asked is called below; nobody is called to look any more."""
    lost(office, takes_effect=takes_effect)
    minutes_pass(office, 25)
    office.story.dataflow.faults.clear()
    minutes_pass(office, 120)
    assert read(office.card).replace("*", "").startswith(said)
    assert f"<@{KIM}>" in office.chat.replies[-1][1].text
    assert len(calls(office)) == 1


def test_without_settings_the_one_who_asked_is_called_after_a_quarter_of_an_hour(office: Office) -> None:
    """There is nobody else to turn to."""
    office.story.policy = with_approvals(office.story.policy, escalate=None)
    lost(office)
    minutes_pass(office, 14)
    assert calls(office) == []
    minutes_pass(office, 1)
    assert [call.split(":")[0] for call in calls(office)] == [f"<@{KIM}>"]


def test_a_channel_that_is_turned_to_is_told_itself(office: Office) -> None:
    """Below the card, and in that channel."""
    to_channel = Escalate(after=timedelta(minutes=20), to="C0DATA")
    office.story.policy = with_approvals(office.story.policy, escalate=to_channel)
    lost(office)
    minutes_pass(office, 20)
    elsewhere = [message.text for card, message in office.chat.posts if card.channel_id == "C0DATA"]
    assert elsewhere == calls(office)
    assert len(elsewhere) == 1


def test_each_write_of_a_request_is_called_about(office: Office) -> None:
    """A change that was unknown, was found done, and is unknown again while it is put back: that is another write."""
    office.type("scale wordcount workers=4 for 2h")
    asked = office.request
    office.story.ledger.requests[asked.id] = replace(asked, called_at=asked.created_at)
    office.story.clock.move_on(hours=2)
    office.story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut("updateJobExecuteConfig")))
    office.desk.tick()
    assert (office.state(), office.request.called_at) == (State.UNKNOWN, None)


def test_a_call_that_slack_does_not_take_is_made_later(office: Office) -> None:
    """It is on record as owed, and is made once."""
    lost(office)
    minutes_pass(office, 18)
    office.chat.failing["post"] = ChatUnavailable("chat.postMessage", "ratelimited")
    minutes_pass(office, 5)
    assert calls(office) == []
    office.chat.failing.clear()
    minutes_pass(office, 10)
    assert len(calls(office)) == 1


# An intent without an outcome


def unfinished(story: Story, state: State = State.APPLYING, owner: str | None = "9vwx-00ab") -> Request:
    """Make a request whose write was begun just now, and whose outcome the record refuses: the lock is another's."""
    move = opening(state=state, started_at=story.clock.now(), due_at=story.clock.now() + timedelta(minutes=2))
    story.ledger.open(move.request, move.fact)
    if owner is not None:
        story.ledger.locks[move.request.change.job_id] = RequestId(owner)
    return move.request


@pytest.mark.parametrize("state", [State.APPLYING, State.REVERTING])
def test_an_intent_whose_outcome_is_not_taken_is_told_after_five_minutes(office: Office, state: State) -> None:
    """The record takes neither the outcome nor the call; people are called all the same, and only once."""
    asked = unfinished(office.story, state)
    minutes_pass(office, 4)
    assert calls(office) == []
    minutes_pass(office, 6)
    (call,) = calls(office)
    assert call.startswith("<!subteam^S0LEADS>: please look at a job.")
    assert "What came of the write could not be put on record." in call
    assert office.story.now(asked).state is state
    assert office.story.events() == ["requested"]


def test_when_the_record_takes_it_again_the_outcome_is_recorded(office: Office) -> None:
    """The look at the job goes on whatever becomes of the call."""
    asked = unfinished(office.story)
    minutes_pass(office, 6)
    office.story.ledger.locks[asked.change.job_id] = asked.id
    minutes_pass(office, 1)
    assert office.story.now(asked).state is State.FAILED
    assert office.story.events() == ["requested", "failed"]


def test_an_old_intent_is_settled_before_anybody_is_called(office: Office) -> None:
    """Nothing ran for an hour: the first tick reads the job, and then there is nothing to call people for."""
    asked = unfinished(office.story, owner=None)
    office.story.clock.move_on(hours=1)
    office.desk.tick()
    assert office.story.now(asked).state is State.FAILED
    assert calls(office) == []


def test_an_intent_that_cannot_be_read_back_is_called_about_as_unknown(office: Office) -> None:
    """The first look says that nothing is known, which is an outcome; the set time of those counts."""
    unfinished(office.story, owner=None)
    office.story.dataflow.faults.append(Fault("job", DOWN, times=1000))
    minutes_pass(office, 19)
    assert (office.state(), calls(office)) == (State.UNKNOWN, [])
    minutes_pass(office, 1)
    assert len(calls(office)) == 1


# An end that cannot be carried out


def unreadable(office: Office) -> None:
    """Let the key lose its right to the job."""
    office.story.dataflow.faults.append(Fault("job", PermissionDenied("getJobById"), times=10_000))


def test_an_end_that_cannot_be_begun_is_called_about_and_the_next_try_is_later_each_time(office: Office) -> None:
    """After the set time below the card, on record; each hour again; and when the job can be read, it is put back."""
    office.type("scale wordcount workers=4 for 1h because backlog")
    unreadable(office)
    minutes_pass(office, 79)
    assert calls(office) == []
    minutes_pass(office, 1)
    (call,) = calls(office)
    overdue = "wordcount workers 2 → 4 was to be put back 2026-11-23 04:04 UTC, and is not."
    then = "Sluice goes on trying; what cannot wait, put back in the console."
    assert call.replace("\u00a0", " ").splitlines() == [
        f"<!subteam^S0LEADS>: please look at a job. {overdue}",
        "The job cannot be read, another request holds it, or the record cannot be written.",
        f"/dataflow status wordcount and /dataflow requests show which. {then}",
        f"request {office.request.id}",
    ]
    minutes_pass(office, 60)
    assert len(calls(office)) == 2
    assert [fact["detail"] for fact in office.story.facts("escalated")] == ["end_overdue"] * 2
    office.story.dataflow.faults.clear()
    minutes_pass(office, 15)
    assert (office.state(), office.story.workers(), len(calls(office))) == (State.REVERTED, 2, 2)
    assert office.story.is_sound(office.request)


def test_an_end_that_the_record_refuses_is_called_about_too(office: Office) -> None:
    """Nothing can be put on record, the call neither: people hear of it all the same, once."""
    office.type("scale wordcount workers=4 for 1h because backlog")
    office.story.clock.move_on(minutes=55)
    office.desk.tick()
    office.story.ledger.faults += [LedgerFault("advance")] * 10_000
    minutes_pass(office, 60)
    assert len(calls(office)) == 1
    assert "was to be put back" in calls(office)[0]


def seconds_left(clock: FakeClock, begun_at: datetime) -> float:
    """Return what is left of a minute."""
    return 60 - (clock.now() - begun_at).total_seconds()


def test_ends_that_cannot_be_carried_out_keep_nobody_waiting(office: Office) -> None:
    """However many there are and however long each look takes, the rest of what is due is done within minutes."""
    story, clock = office.story, office.story.clock
    for number in range(30):
        move = opening(
            f"aaaa-{number:04}",
            State.APPLIED,
            asked=change(job_id=f"job-{number}"),
            revert_at=at(0),
            due_at=at(0),
        )
        story.ledger.open(move.request, move.fact)
    asked = story.opened("scale wordcount workers=8 because backlog")
    story.opened("scale orders-daily workers=4 for 20m because backlog", delivery="delivery-2")
    story.dataflow = SlowDataFlow(story.dataflow, clock)
    for minute in range(31, 46):
        clock.at = at(minute)
        Desk(office.desk.world, office.desk.herald, partial(seconds_left, clock, at(minute))).tick()
    assert story.now(asked).state is State.EXPIRED
    assert story.events().count("reverted") == 1


# What a tick says of it


def test_a_tick_says_what_is_overdue(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """How many are unknown, for how long the longest, and how many have no outcome; to who runs it, and in the log."""
    assert tick(office.story.world).overdue == Overdue(0, timedelta(), 0)
    unfinished(office.story)
    office.story.clock.move_on(minutes=6)
    ticked = tick(office.story.world)
    assert ticked.overdue == Overdue(0, timedelta(), 1)
    assert [type(error) for _, error in ticked.failed] == [JobBusy]
    with caplog.at_level(logging.WARNING, "handler.delivery"):
        office.desk.tick()
    (logged,) = [vars(record) for record in caplog.records if record.message == "overdue"]
    assert (logged["unknowns"], logged["unknown_for_seconds"], logged["unfinished"]) == (0, 0.0, 1)


def test_a_tick_that_cannot_look_at_all_that_is_open_does_its_duties(office: Office) -> None:
    """What is due is read on its own."""
    lost(office)
    office.story.clock.move_on(minutes=30)
    office.story.ledger.faults.append(LedgerFault("open_requests"))
    ticked = tick(office.story.world)
    assert (ticked.overdue, ticked.told, ticked.failed) == (None, (), ())
    assert office.story.events()[-2:] == ["unknown", "unknown"]


def test_a_call_that_the_record_does_not_take_is_a_failed_duty(office: Office) -> None:
    """The log names the request; the call is made all the same."""
    lost(office)
    minutes_pass(office, 19)
    office.story.clock.move_on(minutes=1)
    office.story.ledger.faults.append(LedgerFault("advance"))
    ticked = tick(office.story.world)
    assert [(request_id, type(error)) for request_id, error in ticked.failed] == [
        (office.request.id, LedgerUnavailable)
    ]
    assert [each.id for each in ticked.unrecorded] == [office.request.id]


def test_of_two_ticks_at_once_one_calls(office: Office) -> None:
    """The loser finds it done and says nothing."""
    office.story.ledger = ledger = BusyLedger()
    lost(office)
    minutes_pass(office, 19)
    office.story.clock.move_on(minutes=1)
    others: list[Ticked] = []
    ledger.before["advance"] = [lambda: others.append(tick(office.story.world))]
    mine = tick(office.story.world)
    assert ([len(each.told) for each in (mine, *others)], mine.failed, mine.unrecorded) == ([0, 1], (), ())


def test_a_call_does_not_keep_the_outcome_from_being_recorded(office: Office) -> None:
    """Two ticks at once: one calls people in the moment in which the other has found out what became of the change."""
    office.story.ledger = ledger = BusyLedger()
    lost(office, takes_effect=True)
    office.story.clock.move_on(minutes=20)
    office.story.dataflow.faults.clear()
    ledger.before["advance"] = [lambda: watch(office.story.world)]
    tick(office.story.world)
    assert office.state() is State.APPLIED
    assert office.story.events()[-2:] == ["escalated", "applied"]


def test_without_time_left_people_are_called_by_the_next_tick(office: Office) -> None:
    """What is begun late might not be told any more."""
    lost(office)
    minutes_pass(office, 19)
    office.story.clock.move_on(minutes=1)
    assert tick(office.story.world, lambda: False).told == ()
    assert len(tick(office.story.world).told) == 1
