"""`why`: what the policy says to a change, by which rule, what would make it pass, and who could approve it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handler.domain.authority import Action, Allowed, Denied, NeedsApproval
from handler.domain.dataflow_errors import DataFlowUnavailable
from handler.domain.errors import GroupUndetermined, JobNotFound
from handler.domain.model import Change
from handler.domain.outcomes import Refused, Trouble, WhyShown
from handler.domain.preview import NeverSetUp, NothingToChange, OutOfBounds, TooLong
from tests.fakes.dataflow import Fault
from tests.flows.conftest import CHOI, HAN, KIM, LEE, PARK
from tests.flows.policies import SCALE_WITH_ONE, ruled, with_approvals
from tests.flows.test_questions import Listening, scaling
from tests.makers import JOB_ID

if TYPE_CHECKING:
    from tests.flows.conftest import Story


def shown(story: Story, text: str, user: str = KIM) -> WhyShown:
    """Ask why, and return what is shown; nothing is asked for, written or recorded by it."""
    outcome = story.ask(text, user)
    assert isinstance(outcome, WhyShown)
    assert (story.ledger.requests, story.ledger.all_facts(), story.dataflow.puts) == ({}, (), [])
    return outcome


def test_what_is_allowed_straight_away_is_said_to_be(story: Story) -> None:
    """Four workers: allowed, by its rule, with no remedy to name."""
    why = shown(story, "why scale wordcount workers=4")
    assert why.decision == Allowed(("oncall-small",), story.policy.version)
    assert (why.job.id, why.straight_away_workers, why.channel) == (JOB_ID, None, None)
    assert isinstance(why.plan, Change)
    assert dict(why.plan.values) == {"numWorker": 4}


def test_what_needs_approvals_says_how_many_and_who_could_give_them(story: Story) -> None:
    """Eight need one, ten two, of the leads; up to six would need none."""
    one, two = shown(story, "why scale wordcount workers=8"), shown(story, "why scale wordcount workers=10")
    assert one.decision == NeedsApproval(1, ("oncall-with-approval",), story.policy.version)
    assert isinstance(two.decision, NeedsApproval)
    assert two.decision.approvals == 2
    assert one.approvers == two.approvers == (HAN, LEE)
    assert (one.straight_away_workers, two.straight_away_workers) == (6, 6)


def test_a_lead_is_not_named_among_those_who_could_approve_their_own(story: Story) -> None:
    """Four eyes."""
    assert shown(story, "why scale wordcount workers=8", LEE).approvers == (HAN,)


def test_what_is_denied_says_so(story: Story) -> None:
    """A viewer may not, with any number of approvals, and with no number of workers."""
    why = shown(story, "why scale wordcount workers=4", PARK)
    assert why.decision == Denied((), story.policy.version)
    assert why.straight_away_workers is None


def test_what_is_forbidden_names_the_rule(story: Story) -> None:
    """Settlement jobs are never changed without a yes: the rule that stands in the way is named."""
    story.dataflow = story.with_job("settlement-1")
    why = shown(story, "why scale settlement-1 workers=3")
    assert isinstance(why.decision, NeedsApproval)
    assert "settlement-never-alone" in why.decision.because
    assert why.straight_away_workers is None


def test_fewer_workers_are_looked_for_with_all_else_as_asked(story: Story) -> None:
    """With a timeout of fifteen hours no number of workers needs no approval."""
    assert shown(story, "why scale wordcount workers=8 timeout=15h").straight_away_workers is None


@pytest.mark.parametrize("channel", [None, "C0INCIDENT"])
def test_no_other_channel_is_named_where_there_is_none(story: Story, channel: str | None) -> None:
    """Without an approvals channel, or in it, there is nowhere else to go."""
    rules = """
    @id("there") permit(principal, action == Action::"scale", resource) when { context.channel == "C0DATA" };
    @id("look") permit(principal, action == Action::"view", resource);
    """
    story.policy = with_approvals(ruled(story.policy, rules), channel=channel)
    assert shown(story, "why scale wordcount workers=8").channel is None


def test_the_approvals_channel_is_named_when_it_is_allowed_there(story: Story) -> None:
    """The rule permits it in #data-platform only, straight away."""
    rules = """
    @id("there") permit(principal, action == Action::"scale", resource) when { context.channel == "C0DATA" };
    @id("look") permit(principal, action == Action::"view", resource);
    """
    story.policy = with_approvals(ruled(story.policy, rules), channel="C0DATA")
    assert shown(story, "why scale wordcount workers=8").channel == "C0DATA"


def test_a_channel_that_would_not_help_is_not_named(story: Story) -> None:
    """Eight workers need an approval in every channel."""
    story.policy = with_approvals(story.policy, channel="C0DATA")
    assert shown(story, "why scale wordcount workers=8").channel is None


def test_an_emergency_can_be_asked_about(story: Story) -> None:
    """As if with a reason and for as long as it may last: eight are allowed at once, ten are not, up to eight are."""
    eight = shown(story, "why break-glass scale wordcount workers=8")
    ten = shown(story, "why break-glass scale wordcount workers=10")
    assert eight.decision == Allowed(("break-glass",), story.policy.version)
    assert isinstance(ten.decision, NeedsApproval)
    assert ten.straight_away_workers == 8
    assert (eight.plain, eight.command.because, ten.command.is_emergency) == (None, None, True)


def test_an_emergency_that_is_not_allowed_is_decided_without_break_glass_too(story: Story) -> None:
    """A settlement job needs a yes; a viewer may not at all. Nothing of it is asked about what is no emergency."""
    story.dataflow = story.with_job("settlement-1")
    one = shown(story, "why break-glass scale settlement-1 workers=3")
    rules = ("oncall-small", "oncall-with-approval", "settlement-never-alone")
    assert one.plain == NeedsApproval(1, rules, story.policy.version)
    assert one.approvers == (HAN, LEE)
    viewer = shown(story, "why break-glass scale settlement-1 workers=3", PARK)
    assert viewer.plain == Denied((), story.policy.version)
    assert shown(story, "why scale settlement-1 workers=3").plain is None


@pytest.mark.parametrize(("text", "given"), [("because pager", {"has_reason": True}), ("for 1h", {"for_minutes": 60})])
def test_without_break_glass_the_rest_is_as_it_was_typed(story: Story, text: str, given: dict[str, object]) -> None:
    """The length is not the emergency's longest, and only a reason that was given is one."""
    story.policy = listening = Listening(story.policy)  # type: ignore[assignment] # it keeps the same port
    shown(story, f"why break-glass scale wordcount workers=10 {text}")
    assert scaling(workers=10, **given) in listening.heard


def test_a_change_that_is_not_possible_says_why(story: Story) -> None:
    """Whatever the policy says: outside the limits, nothing to change, never set up, too long."""
    plans = {
        "why scale wordcount workers=11": OutOfBounds("numWorker", 11, 2, 10, 2),
        "why scale wordcount workers=2": NothingToChange(2, 360),
        "why scale never-set-up workers=4": NeverSetUp(),
        "why break-glass scale wordcount workers=4 for 3h because pager": TooLong(180, 120),
    }
    for text, plan in plans.items():
        why = shown(story, text)
        assert (why.plan, why.approvers) == (plan, None)


def test_while_groups_cannot_be_found_out_nothing_is_explained(story: Story) -> None:
    """Nobody may look either then: it is refused and recorded, as any look is."""
    story.directory.broken = "leads"
    outcome = story.ask("why scale wordcount workers=8")
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, GroupUndetermined)
    assert [(fact["action"], fact["detail"]) for fact in story.facts("refused")] == [("view", "group_undetermined")]


def test_who_may_not_look_at_a_job_is_told_nothing_about_it(story: Story) -> None:
    """The refusal is recorded as that of a look."""
    outcome = story.ask("why scale wordcount workers=4", CHOI)
    assert isinstance(outcome, Refused)
    assert outcome.action is Action.VIEW
    assert [fact["action"] for fact in story.facts("refused")] == ["view"]


def test_who_may_ask_but_not_look_is_refused(story: Story) -> None:
    """A policy that permits changes and no looks."""
    story.policy = ruled(story.policy, SCALE_WITH_ONE)
    assert isinstance(story.ask("why scale wordcount workers=4"), Refused)


def test_a_job_that_is_not_there_cannot_be_asked_about(story: Story) -> None:
    """Nor one that cannot be read."""
    missing = story.ask("why scale wordcoumt workers=4")
    assert isinstance(missing, Trouble)
    assert isinstance(missing.error, JobNotFound)
    down = DataFlowUnavailable("getJobById")
    story.dataflow.faults.append(Fault("job", down))
    unread = story.ask("why scale wordcount workers=4")
    assert isinstance(unread, Trouble)
    assert unread.error is down
