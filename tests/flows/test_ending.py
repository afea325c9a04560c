"""Ten minutes before the end, and at any time after the notice: extend, keep, revert now, each by who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handler.domain.dataflow_errors import BadParameter, DataFlowTimedOut, DataFlowUnavailable
from handler.domain.errors import GroupUndetermined, LedgerUnavailable, Moved
from handler.domain.model import UserId
from handler.domain.outcomes import ChangeShown, ClickRefused, JobIsBusy, Trouble
from handler.domain.overlay import PutBack, StandDown, Why
from handler.domain.request import State
from handler.domain.review import Objection
from handler.flows.afterwards import mark_reviewed
from handler.flows.click import Ref
from handler.flows.ending import extend, keep, revert_now
from handler.flows.review import approve, withdraw
from handler.flows.upkeep import tick
from tests.fakes.dataflow import FakeDataFlow, Fault
from tests.fakes.directory import FakeDirectory
from tests.fakes.ledger import FakeLedger
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.conftest import CHOI, HAN, KIM, LEE, PARK
from tests.flows.meanwhile import BusyDataFlow, BusyLedger
from tests.flows.policies import (
    ANYBODY_APPROVES,
    LEADS_APPROVE,
    SCALE_STRAIGHT_AWAY,
    SCALE_WITH_ONE,
    SCALE_WITH_THREE,
    ruled,
)
from tests.makers import JOB_ID, actor, at, job, run_condition

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.audit import Fact
    from handler.domain.model import GroupName
    from handler.domain.outcomes import Outcome
    from handler.domain.request import Request
    from handler.flows.click import Click
    from handler.ports import World
    from tests.flows.conftest import Story

    Button = Callable[[World, Click], Outcome]

PUT = "updateJobExecuteConfig"
SMALL = "scale wordcount workers=4 for 1h because backlog"
BIG = "scale wordcount workers=8 for 1h because backlog"
LOUD = "break-glass scale wordcount workers=8 for 1h because pager"
BUTTONS = [extend, keep, revert_now]
NOBODY_MAY = '@id("others-scale") permit(principal == User::"U0OTHER", action == Action::"scale", resource);'


class Secretive(FakeDirectory):
    """Says who somebody is, and not who else there is."""

    def people(self) -> dict[UserId, frozenset[GroupName]]:
        """Fail."""
        raise GroupUndetermined("leads", "ratelimited")


def near(story: Story, text: str = SMALL) -> Request:
    """Ask for a change, have it approved where it must be, and let time pass until its end is near."""
    asked = story.opened(text)
    if asked.state is State.PENDING:
        story.press(approve, asked)
    story.clock.move_on(minutes=50)
    tick(story.world)
    asked = story.now(asked)
    assert (asked.state, asked.ending.notice_at) == (State.APPLIED, None)
    return asked


def pressed(story: Story, button: Button, request: Request, user: str = LEE) -> Outcome:
    """Press a button about the end."""
    return story.send(button, story.at_end(request, user))


def refusal(outcome: Outcome) -> tuple[Objection, tuple[str, ...] | None]:
    """Return why a click decided nothing, and who could have."""
    assert isinstance(outcome, ClickRefused)
    return outcome.why, outcome.could


# Extend


def test_an_hour_more_and_a_new_question_before_the_new_end(story: Story) -> None:
    """By anybody who may have the change for so long; on record with who, by which rule, and until when."""
    asked = near(story)
    outcome = pressed(story, extend, asked, KIM)
    later = story.now(asked)
    assert outcome == ChangeShown(later)
    assert (later.revert_at, later.due_at, later.ending.extended_by) == (at(120), at(110), KIM)
    (fact,) = story.facts("extended")
    assert (fact["actor"], fact["because"], fact["minutes"]) == (KIM, ["oncall-small"], 120)
    assert fact["detail"] == "2026-11-23T05:04:05.678Z"
    story.clock.at = at(60)
    assert tick(story.world).told == ()
    story.clock.at = at(110)
    assert tick(story.world).told == (ChangeShown(story.now(asked)),)
    story.clock.at = at(120)
    tick(story.world)
    assert (story.now(asked).state, story.workers()) == (State.REVERTED, 2)
    assert story.is_sound(asked)


def test_two_people_extend_once(story: Story) -> None:
    """The second pressed what the card showed before: told that it was extended, with the request to say by whom."""
    asked = near(story)
    pressed(story, extend, asked, KIM)
    late = pressed(story, extend, asked, LEE)
    assert late == ClickRefused(Objection.EXTENDED_BEFORE, story.now(asked))
    assert (story.now(asked).revert_at, len(story.facts("extended"))) == (at(120), 1)
    assert story.facts("click_refused") == []


def test_two_people_extend_once_at_the_same_moment(story: Story) -> None:
    """Both looked before either wrote."""
    story.ledger = ledger = BusyLedger()
    asked = near(story)
    ledger.before["advance"] = [lambda: pressed(story, extend, asked, LEE)]
    outcome = pressed(story, extend, asked, KIM)
    assert outcome == ClickRefused(Objection.EXTENDED_BEFORE, story.now(asked))
    assert (story.now(asked).revert_at, story.now(asked).ending.extended_by) == (at(120), LEE)


@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_about_an_end_that_was_put_off_does_nothing(story: Story, button: Button) -> None:
    """Whoever wants it kept or put back presses what the card shows now."""
    asked = near(story)
    pressed(story, extend, asked, KIM)
    assert refusal(pressed(story, button, asked)) == (Objection.EXTENDED_BEFORE, None)
    assert (story.now(asked).state, story.now(asked).revert_at) == (State.APPLIED, at(120))


def test_it_may_be_extended_again(story: Story) -> None:
    """Each time an hour, each time for what it lasts in all by then."""
    asked = near(story)
    pressed(story, extend, asked, KIM)
    story.clock.at = at(110)
    tick(story.world)
    pressed(story, extend, story.now(asked), LEE)
    assert (story.now(asked).revert_at, story.now(asked).ending.extra_minutes) == (at(180), 120)
    assert [fact["minutes"] for fact in story.facts("extended")] == [120, 180]


def test_how_long_it_lasts_in_all_is_what_the_policy_is_asked(story: Story) -> None:
    """Two hours are too long for who may have one straight away; a lead may approve it."""
    asked = near(story)
    short = '@id("short") permit(principal, action == Action::"scale", resource) when { context.forMinutes <= 119 };'
    story.policy = ruled(story.policy, short, LEADS_APPROVE)
    assert refusal(pressed(story, extend, asked, KIM)) == (Objection.NOT_ENTITLED, (HAN, LEE))
    assert isinstance(pressed(story, extend, asked, LEE), ChangeShown)
    (fact,) = story.facts("extended")
    assert fact["because"] == ["leads-approve"]
    assert fact["policy_version"] == "other"


def test_what_is_due_but_not_done_yet_may_still_be_extended(story: Story) -> None:
    """The tick had to wait for another change: an hour from now."""
    asked = near(story)
    story.clock.at = at(90)
    pressed(story, extend, asked, KIM)
    assert (story.now(asked).revert_at, story.facts("extended")[0]["minutes"]) == (at(150), 150)


def test_an_emergency_is_not_extended_beyond_what_one_may_last(story: Story) -> None:
    """Two hours here, whoever presses; within them who broke the glass may."""
    asked = near(story, LOUD)
    assert isinstance(pressed(story, extend, asked, KIM), ChangeShown)
    story.clock.at = at(110)
    tick(story.world)
    for user in (KIM, LEE):
        assert refusal(pressed(story, extend, story.now(asked), user)) == (Objection.TOO_LONG, None)
    assert story.now(asked).revert_at == at(120)
    assert [fact["detail"] for fact in story.facts("click_refused")] == ["too_long", "too_long"]


# Keep


def test_a_kept_change_stays(story: Story) -> None:
    """It has no end any more; who kept it is on record."""
    asked = near(story)
    outcome = pressed(story, keep, asked, KIM)
    kept = story.now(asked)
    assert outcome == ChangeShown(kept)
    assert (kept.state, kept.revert_at, kept.due_at, kept.ending.kept_by) == (State.APPLIED, None, None, KIM)
    (fact,) = story.facts("kept")
    assert (fact["actor"], fact["because"], fact["after"]["numWorker"]) == (KIM, ["oncall-small"], 4)
    story.clock.move_on(days=3)
    assert tick(story.world).told == ()
    assert story.workers() == 4


def test_who_may_have_it_for_a_time_only_may_not_keep_it(story: Story) -> None:
    """The policy is asked for a change until it is undone."""
    asked = near(story)
    for_a_time = '@id("timed") permit(principal, action == Action::"scale", resource) when { context.forMinutes > 0 };'
    story.policy = ruled(story.policy, for_a_time, LEADS_APPROVE)
    assert refusal(pressed(story, keep, asked, KIM)) == (Objection.NOT_ENTITLED, (HAN, LEE))
    assert isinstance(pressed(story, keep, asked, HAN), ChangeShown)


def test_a_kept_emergency_is_still_to_be_reviewed(story: Story) -> None:
    """By a lead, as any other."""
    asked = near(story, LOUD)
    assert isinstance(pressed(story, keep, asked, LEE), ChangeShown)
    assert story.now(asked).due_at == at(24 * 60)
    assert isinstance(story.press(mark_reviewed, asked), ChangeShown)
    assert story.now(asked).due_at is None


def test_what_lies_on_a_kept_change_goes_back_to_it(story: Story) -> None:
    """Its value is the right one from then on."""
    lower = near(story)
    upper = story.opened("scale wordcount workers=6 for 30m because more", LEE, "delivery-2")
    pressed(story, keep, lower, KIM)
    story.clock.at = upper.revert_at or at()
    tick(story.world)
    assert (story.now(upper).state, story.workers()) == (State.REVERTED, 4)


# Revert now


def test_the_former_values_before_the_time_is_over(story: Story) -> None:
    """By whoever may have them straight away; the same write as at the end."""
    asked = near(story)
    outcome = pressed(story, revert_now, asked, LEE)
    undone = story.now(asked)
    assert outcome == ChangeShown(undone)
    assert (undone.state, undone.due_at, undone.ending.undone_by) == (State.REVERTED, None, LEE)
    assert (story.workers(), story.ledger.locks) == (2, {})
    (fact,) = story.facts("reverting")
    assert (fact["actor"], fact["because"], fact["after"]["numWorker"]) == (LEE, ["oncall-small"], 2)
    assert story.is_sound(asked)


def test_who_asked_may_end_it_though_others_would_have_to_approve(story: Story) -> None:
    """Unless the policy denies it; nobody else may, who needs an approval."""
    asked = near(story)
    story.policy = ruled(story.policy, SCALE_WITH_ONE, LEADS_APPROVE)
    refused = pressed(story, revert_now, asked, CHOI)
    found = run_condition(numWorker=4)
    assert refused == ClickRefused(
        Objection.NEEDS_APPROVAL,
        story.now(asked),
        could=(UserId(HAN), UserId(LEE)),
        way=PutBack(found, {"numWorker": 2}),
    )
    assert isinstance(pressed(story, revert_now, asked, KIM), ChangeShown)
    assert story.workers() == 2


def test_whom_the_policy_denies_may_not_end_their_own_change(story: Story) -> None:
    """They have left the group since; a lead may approve it, and so do it."""
    asked = near(story)
    story.policy = ruled(story.policy, NOBODY_MAY, LEADS_APPROVE)
    assert refusal(pressed(story, revert_now, asked, KIM)) == (Objection.NOT_ENTITLED, (HAN, LEE))
    assert isinstance(pressed(story, revert_now, asked, LEE), ChangeShown)
    assert story.facts("reverting")[0]["because"] == ["leads-approve"]


def test_a_job_that_is_being_changed_is_not_put_back(story: Story) -> None:
    """Another request holds it: who clicked is told whose it is, and nothing is recorded."""
    asked = near(story)
    other = story.opened("scale wordcount workers=8 because more", LEE, "delivery-2")
    assert pressed(story, revert_now, asked, KIM) == JobIsBusy("wordcount", other)
    assert (story.workers(), story.facts("reverting")) == (4, [])
    story.press(withdraw, other, LEE)
    assert isinstance(pressed(story, revert_now, asked, KIM), ChangeShown)


@pytest.mark.parametrize(("edit", "why"), [({"numWorker": 6}, Why.MOVED_SINCE), ({"numWorker": 2}, Why.MOVED_SINCE)])
def test_what_somebody_has_changed_is_not_put_back(story: Story, edit: dict[str, object], why: Why) -> None:
    """What the job has is told; the change is as it was, and stands down by itself when its time is over."""
    asked = near(story)
    story.dataflow.edit(JOB_ID, **edit)
    refused = pressed(story, revert_now, asked, KIM)
    assert refused == ClickRefused(Objection(why.value), asked, way=StandDown(why, run_condition(**edit)))
    assert (story.now(asked), len(story.dataflow.puts)) == (asked, 1)


def test_under_a_later_change_nothing_is_put_back(story: Story) -> None:
    """Also where it covers one field of two: it is named, to be undone first."""
    lower = near(story, "scale wordcount workers=4 timeout=8h for 1h because backlog")
    upper = story.opened("scale wordcount workers=6 because more", LEE, "delivery-2")
    found = run_condition(numWorker=6, timeout=480)
    refused = pressed(story, revert_now, lower, KIM)
    assert refused == ClickRefused(Objection.OVERLAID, lower, way=StandDown(Why.OVERLAID, found, upper))
    assert story.dataflow.stored(JOB_ID) == found


def test_a_job_that_is_gone_is_not_put_back(story: Story) -> None:
    """There is nothing left to write to."""
    asked = near(story)
    story.dataflow.remove(JOB_ID)
    assert refusal(pressed(story, revert_now, asked, KIM)) == (Objection.GONE, None)


def test_a_refused_write_is_tried_again_by_the_tick(story: Story) -> None:
    """Told as failed first; a minute later it is done."""
    asked = near(story)
    story.dataflow.faults.append(Fault("put_run_condition", BadParameter(PUT, status=400)))
    outcome = pressed(story, revert_now, asked, KIM)
    assert isinstance(outcome, ChangeShown)
    assert (outcome.request.state, outcome.request.revert_at) == (State.FAILED, at(51))
    story.clock.at = at(51)
    tick(story.world)
    assert (story.now(asked).state, story.workers()) == (State.REVERTED, 2)


def test_a_write_without_an_answer_is_not_known_yet(story: Story) -> None:
    """As anywhere: it is read, never written again."""
    asked = near(story)
    story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut(PUT)))
    outcome = pressed(story, revert_now, asked, KIM)
    assert isinstance(outcome, ChangeShown)
    assert outcome.request.state is State.UNKNOWN
    assert story.ledger.locks == {JOB_ID: asked.id}


def test_the_tick_and_a_click_at_once_put_back_once(story: Story) -> None:
    """The tick was first: who clicked finds no end any more."""
    story.ledger = ledger = BusyLedger()
    asked = near(story)
    story.clock.at = at(60)
    ledger.before["advance"] = [lambda: tick(story.world)]
    assert refusal(pressed(story, revert_now, asked, KIM)) == (Objection.HAS_NO_END, None)
    assert (story.workers(), len(story.dataflow.puts)) == (2, 2)


def test_a_click_between_intent_and_write_of_the_tick_changes_nothing(story: Story) -> None:
    """It is under way already."""
    story.dataflow = dataflow = BusyDataFlow(story.dataflow)
    asked = near(story)
    story.clock.at = at(60)
    told: list[Outcome] = []
    dataflow.before_write = [lambda: told.append(pressed(story, extend, asked, KIM))]
    tick(story.world)
    assert [refusal(each) for each in told] == [(Objection.HAS_NO_END, None)]
    assert (story.now(asked).state, story.workers()) == (State.REVERTED, 2)


def test_an_extension_at_the_moment_of_the_end_wins_or_loses_whole(story: Story) -> None:
    """Recorded just before the tick's intent: nothing is put back, and the new end stands."""
    story.ledger = ledger = BusyLedger()
    asked = near(story)
    story.clock.at = at(60)
    ledger.before["advance"] = [lambda: pressed(story, extend, asked, KIM)]
    assert tick(story.world).told == ()
    assert (story.now(asked).state, story.now(asked).revert_at, story.workers()) == (State.APPLIED, at(120), 4)
    assert story.facts("reverting") == []


# Who may not, and what is not so any more


@pytest.mark.parametrize("button", BUTTONS)
def test_who_may_not_is_told_who_could(story: Story, button: Button) -> None:
    """Only to them; their attempt is on record, once for each delivery."""
    asked = near(story, BIG)
    for _ in range(2):
        refused = story.send(button, story.at_end(asked, PARK, "press"))
        why, could = refusal(refused)
        assert why is Objection.NOT_ENTITLED
        assert could == ((HAN, KIM, LEE) if button is revert_now else (HAN, LEE))
    assert [(fact["actor"], fact["detail"]) for fact in story.facts("click_refused")] == [(PARK, "not_entitled")]
    assert (story.now(asked).revert_at, story.workers()) == (asked.revert_at, 8)


@pytest.mark.parametrize("button", [extend, keep])
def test_nobody_lets_their_own_change_go_on_by_approving_it(story: Story, button: Button) -> None:
    """A lead who asked for what needs an approval cannot give it, whatever the policy says of approvals."""
    story.policy = ruled(story.policy, SCALE_WITH_ONE, ANYBODY_APPROVES)
    asked = story.opened(BIG, LEE)
    story.press(approve, asked, HAN)
    story.clock.at = at(50)
    tick(story.world)
    assert refusal(pressed(story, button, story.now(asked), LEE)) == (Objection.NOT_ENTITLED, (HAN, KIM, PARK))
    assert isinstance(pressed(story, button, story.now(asked), HAN), ChangeShown)


@pytest.mark.parametrize("button", BUTTONS)
def test_where_one_may_is_asked_of_the_channel_of_the_click(story: Story, button: Button) -> None:
    """As for every command: a policy may let people change jobs in one channel only."""
    asked = near(story)
    here = '@id("here") permit(principal, action == Action::"scale", resource) when { context.channel == "C0OPS" };'
    story.policy = ruled(story.policy, here)
    click = story.at_end(asked, HAN)
    assert refusal(story.send(button, click)) == (Objection.NOT_ENTITLED, ())
    elsewhere = replace(click, asker=replace(click.asker, actor=actor(HAN, "C0OPS"), delivery="other"))
    assert isinstance(story.send(button, elsewhere), ChangeShown)


@pytest.mark.parametrize("button", BUTTONS)
def test_a_job_of_another_kind_is_another_question(story: Story, button: Button) -> None:
    """The policy sees the job as it is now, not what the request remembers of it."""
    asked = near(story)
    frozen = '@id("frozen") forbid(principal, action == Action::"scale", resource) when { resource.status == "DRAFT" };'
    story.policy = ruled(story.policy, SCALE_STRAIGHT_AWAY, frozen)
    story.dataflow = FakeDataFlow([replace(job(condition=run_condition(numWorker=4)), status="DRAFT")])
    refused = pressed(story, button, asked, KIM)
    assert refusal(refused) == (Objection.NOT_ENTITLED, ())
    assert isinstance(refused, ClickRefused)
    assert refused.because == ("frozen",)
    assert [fact["because"] for fact in story.facts("click_refused")] == [["frozen"]]


@pytest.mark.parametrize("button", BUTTONS)
def test_approvals_of_three_are_not_one_persons_to_pass_by(story: Story, button: Button) -> None:
    """Nobody may approve here: nobody may do it."""
    asked = near(story)
    story.policy = ruled(story.policy, SCALE_WITH_THREE)
    why = Objection.NEEDS_APPROVAL if button is revert_now else Objection.NOT_ENTITLED
    assert refusal(pressed(story, button, asked, HAN)) == (why, ())


@pytest.mark.parametrize("button", BUTTONS)
@pytest.mark.parametrize("became", ["kept", "reverted"])
def test_a_change_without_an_end_has_nothing_to_decide(story: Story, button: Button, became: str) -> None:
    """Kept or put back meanwhile: answered, and nothing on record."""
    asked = near(story)
    if became == "kept":
        pressed(story, keep, asked, KIM)
    else:
        story.clock.at = at(60)
        tick(story.world)
    before = story.now(asked)
    assert pressed(story, button, asked) == ClickRefused(Objection.HAS_NO_END, before)
    assert story.now(asked) == before


@pytest.mark.parametrize("button", BUTTONS)
def test_forged_and_foreign_clicks_decide_nothing(story: Story, button: Button) -> None:
    """Another digest, another end, none at all, another workspace, no request."""
    asked = near(story)
    good = story.at_end(asked, KIM)
    end = good.ref.digest.rpartition(" ")[2]
    altered = [f"{'0' * 32} {end}", asked.digest, f"{asked.digest} ", f"{asked.digest} {end}0", f" {end}", ""]
    for value in altered:
        click = replace(story.at_end(asked, KIM), ref=Ref(asked.id, value))
        assert refusal(story.send(button, click)) == (Objection.ALTERED, None)
    stranger = replace(story.at_end(asked, KIM), is_stranger=True)
    assert refusal(story.send(button, stranger)) == (Objection.STRANGER, None)
    nothing = replace(good, ref=Ref(type(asked.id)("aaaa-aaaa"), good.ref.digest))
    assert story.send(button, nothing) == ClickRefused(Objection.UNKNOWN_REQUEST)
    assert (story.now(asked).state, story.now(asked).revert_at) == (State.APPLIED, asked.revert_at)
    assert len(story.facts("click_refused")) == len(altered) + 1


@pytest.mark.parametrize("button", BUTTONS)
def test_who_cannot_be_found_out_may_nothing(story: Story, button: Button) -> None:
    """Slack does not say who is in the groups; nothing is decided."""
    asked = near(story)
    story.directory.broken = "leads"
    outcome = pressed(story, button, asked, KIM)
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, GroupUndetermined)
    assert story.now(asked) == asked


def test_who_could_may_be_unknown(story: Story) -> None:
    """The groups are read for who pressed, and then no more."""
    asked = near(story)
    story.policy = ruled(story.policy, NOBODY_MAY)
    story.directory = Secretive()
    assert refusal(pressed(story, keep, asked, KIM)) == (Objection.NOT_ENTITLED, None)


@pytest.mark.parametrize("button", BUTTONS)
def test_a_job_that_cannot_be_read_decides_nothing(story: Story, button: Button) -> None:
    """What the policy would say depends on it."""
    asked = near(story)
    story.dataflow.faults.append(Fault("job", DataFlowUnavailable("getJobById")))
    outcome = pressed(story, button, asked, KIM)
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, DataFlowUnavailable)
    assert story.now(asked) == asked


@pytest.mark.parametrize("button", BUTTONS)
def test_a_record_that_is_away_decides_nothing(story: Story, button: Button) -> None:
    """Told so; nothing was written to the job."""
    asked = near(story)
    story.ledger.faults.append(LedgerFault("advance"))
    outcome = pressed(story, button, asked, KIM)
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, LedgerUnavailable)
    assert (story.now(asked), len(story.dataflow.puts)) == (asked, 1)


class Restless(FakeLedger):
    """A ledger in which every write of a request's next state comes too late."""

    def advance(self, before: Request, after: Request, fact: Fact) -> None:
        """Refuse."""
        del after, fact
        raise Moved(self.requests[before.id])


@pytest.mark.parametrize("button", BUTTONS)
def test_who_is_always_too_late_is_told_so(story: Story, button: Button) -> None:
    """Nothing was decided, which is told as trouble; the tick lets it be due."""
    asked = near(story)
    story.ledger = Restless(story.ledger.requests, story.ledger.locks, story.ledger.facts, tops=story.ledger.tops)
    outcome = pressed(story, button, asked, KIM)
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, Moved)
    story.clock.at = at(60)
    ticked = tick(story.world)
    assert (ticked.told, ticked.failed, len(story.dataflow.puts)) == ((), (), 1)


def test_the_same_press_twice_extends_once(story: Story) -> None:
    """A redelivery, an instant or a minute later."""
    asked = near(story)
    click = story.at_end(asked, KIM)
    story.send(extend, click)
    story.send(extend, click)
    story.clock.at += timedelta(minutes=1)
    story.send(extend, click)
    assert (story.now(asked).revert_at, len(story.facts("extended"))) == (at(120), 1)
