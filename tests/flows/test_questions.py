"""What the policy is asked: everything that a rule may weigh, as it is at that moment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from handler.domain.authority import Action, Question, Target
from handler.domain.model import ChannelId, GroupName, RunCondition, UserId
from handler.domain.outcomes import HistoryShown, JobsListed, Refused, RequestsShown, WhyShown
from handler.domain.sighting import Seen
from handler.flows.afterwards import mark_reviewed
from handler.flows.approvers import deciders_of
from handler.flows.review import approve, deny, withdraw
from tests.fakes.dataflow import FakeDataFlow
from tests.flows.conftest import HAN, KIM, LEE, PARK
from tests.flows.policies import LEADS_APPROVE, SCALE_STRAIGHT_AWAY, ruled, with_approvals
from tests.flows.test_emergency import BROKEN_GLASS
from tests.makers import JOB_ID, actor, card, job, run_condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handler.adapters.policy.cedar import CedarPolicy
    from handler.domain.authority import Decision
    from handler.domain.model import Limits
    from handler.domain.review import Terms
    from tests.flows.conftest import Story

ONCALL, THE_LEADS, VIEWERS = (frozenset({GroupName(name)}) for name in ("oncall", "leads", "viewers"))
WORDCOUNT = Target(JOB_ID, "wordcount", "DATAFLOW", "RUNNABLE")
KNOWN_BY_NAME = Target(JOB_ID, "wordcount")
TWO_WORKERS = Question(actor(), ONCALL, Action.SCALE, WORDCOUNT, workers=2, workers_before=2)
EMERGENCY = {"for_minutes": 120, "has_reason": True, "break_glass": True}


@dataclass
class Listening:
    """A policy that answers as another does, and remembers what it was asked."""

    policy: CedarPolicy
    heard: list[Question] = field(default_factory=list)

    @property
    def version(self) -> str:
        """The other's version."""
        return self.policy.version

    @property
    def limits(self) -> Limits:
        """The other's limits."""
        return self.policy.limits

    @property
    def terms(self) -> Terms:
        """The other's terms."""
        return self.policy.terms

    def decide(self, question: Question) -> Decision:
        """Answer one question."""
        self.heard.append(question)
        return self.policy.decide(question)

    def permitted(self, questions: Sequence[Question]) -> tuple[bool, ...]:
        """Answer many at once."""
        self.heard += questions
        return self.policy.permitted(questions)


@pytest.fixture
def heard(story: Story) -> list[Question]:
    """What the policy of this world is asked from now on."""
    listening = Listening(story.policy)
    story.policy = listening  # type: ignore[assignment] # it keeps the same port
    return listening.heard


def scaling(**given: object) -> Question:
    """Make the question of the one on call about wordcount as it is: two workers, six hours."""
    asked = Question(
        actor(),
        ONCALL,
        Action.SCALE,
        WORDCOUNT,
        workers=2,
        timeout_minutes=360,
        workers_before=2,
        timeout_before_minutes=360,
    )
    return replace(asked, **given)  # type: ignore[arg-type] # tests name its fields


def approving(user: str, **given: object) -> Question:
    """Make the question whether somebody may approve the change to eight workers."""
    asked = scaling(actor=actor(user), groups=THE_LEADS, action=Action.APPROVE, target=KNOWN_BY_NAME, workers=8)
    return replace(asked, requester=UserId(KIM), **given)  # type: ignore[arg-type] # tests name its fields


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("scale wordcount workers=4", {"workers": 4}),
        ("scale wordcount timeout=2h", {"timeout_minutes": 120}),
        (
            "scale wordcount workers=+3 timeout=90 because backlog",
            {"workers": 5, "timeout_minutes": 90, "has_reason": True},
        ),
        ("scale wordcount workers=4 for 2h", {"workers": 4, "for_minutes": 120}),
        (BROKEN_GLASS, {"workers": 8, **EMERGENCY}),
        ("scale wordcount workers=11", {"workers": 11}),
        ("why scale wordcount workers=4 for 2h", {"workers": 4, "for_minutes": 120}),
        (
            "why break-glass scale wordcount w=4",
            {"workers": 4, "for_minutes": 120, "has_reason": True, "break_glass": True},
        ),
    ],
)
def test_a_change_is_asked_about_with_all_its_numbers(
    story: Story, heard: list[Question], text: str, given: dict[str, object]
) -> None:
    """Who, their groups, the job with its kind and status, what it has, what it would have, for how long and why."""
    story.ask(text)
    assert heard[0] == scaling(**given)


def test_what_the_job_does_not_say_is_nothing(story: Story, heard: list[Question]) -> None:
    """A job without workers and timeout: both are 0 before, and what is asked after."""
    bare = RunCondition({"nrn": run_condition().fields["nrn"]})
    story.dataflow = FakeDataFlow([job(condition=bare)])
    request = story.opened("scale wordcount workers=8")
    assert heard[0] == scaling(workers=8, timeout_minutes=0, workers_before=0, timeout_before_minutes=0)
    heard.clear()
    story.press(approve, request)
    assert heard[0] == approving(LEE, timeout_minutes=0, workers_before=0, timeout_before_minutes=0)
    assert heard[1] == scaling(workers=8, timeout_minutes=0, workers_before=0, timeout_before_minutes=0)


def test_who_could_approve_is_asked_of_everybody_but_the_requester(story: Story, heard: list[Question]) -> None:
    """Each with their own groups, where it was asked, about this very change of the job as it is."""
    story.opened("scale wordcount workers=8 for 2h because backlog")
    groups = {HAN: THE_LEADS, LEE: THE_LEADS, PARK: VIEWERS}
    terms = {"target": WORDCOUNT, "for_minutes": 120, "has_reason": True}
    assert heard[1:] == [approving(user, groups=groups[user], **terms) for user in (HAN, LEE, PARK)]


@pytest.mark.parametrize("is_posted", [False, True])
def test_who_could_approve_is_asked_about_where_the_card_is(
    story: Story, heard: list[Question], *, is_posted: bool
) -> None:
    """Before there is one, where the policy says that it goes: there they would click."""
    plain = story.policy.policy  # type: ignore[attr-defined] # the one that is listened to
    request = story.opened("scale wordcount workers=8")
    story.policy = Listening(with_approvals(plain, channel="C0APPROVALS"), heard)  # type: ignore[assignment] # as above
    heard.clear()
    shown = replace(card(), channel_id=ChannelId("C0DATA")) if is_posted else None
    deciders_of(story.world, replace(request, card=shown))
    assert {each.actor.channel_id for each in heard} == {"C0DATA" if is_posted else "C0APPROVALS"}


def test_an_approver_is_asked_about_the_job_as_it_was_seen_last(story: Story, heard: list[Question]) -> None:
    """With how long it is for, whether there is a reason, and whether it is an emergency."""
    request = story.opened("scale wordcount workers=8 for 2h because backlog")
    story.ledger.sightings.keep(Seen(replace(job(), status="RUNNING"), story.clock.now()))
    heard.clear()
    story.press(approve, request)
    seen = replace(WORDCOUNT, status="RUNNING")
    assert heard[0] == approving(LEE, target=seen, for_minutes=120, has_reason=True)


def test_an_approver_is_asked_about_where_they_click(story: Story, heard: list[Question]) -> None:
    """The channel of the click, not of the command."""
    request = story.opened("scale wordcount workers=8")
    heard.clear()
    click = story.click(request)
    elsewhere = replace(click, asker=replace(click.asker, actor=actor(LEE, "C0DATA")))
    story.send(approve, elsewhere)
    assert heard[0] == approving(LEE, actor=actor(LEE, "C0DATA"))


def test_the_requester_is_asked_about_again_by_the_last_approval(story: Story, heard: list[Question]) -> None:
    """As when it was asked: where, for how long, with a reason; and of the job as it is now."""
    request = story.opened("scale wordcount workers=8 for 2h because backlog")
    heard.clear()
    story.dataflow = FakeDataFlow([replace(job(), status="RUNNING")])
    story.press(approve, request)
    now = replace(WORDCOUNT, status="RUNNING")
    terms = {"for_minutes": 120, "has_reason": True}
    assert heard == [approving(LEE, **terms), scaling(target=now, workers=8, **terms)]


def test_without_length_and_reason_that_is_said_again_too(story: Story, heard: list[Question]) -> None:
    """Until it is undone is 0 minutes."""
    request = story.opened("scale wordcount workers=8")
    heard.clear()
    story.press(approve, request)
    assert heard[1] == scaling(workers=8)


def test_denying_and_reviewing_are_asked_about_as_approving_is(story: Story, heard: list[Question]) -> None:
    """Who may approve may deny, and may look at an emergency."""
    request = story.opened("scale wordcount workers=8")
    heard.clear()
    story.press(lambda world, click: deny(world, click, "no"), request)
    assert heard == [approving(LEE)]
    emergency = story.opened(BROKEN_GLASS, delivery="delivery-2")
    heard.clear()
    story.press(mark_reviewed, emergency)
    assert heard == [approving(LEE, **EMERGENCY)]


def test_withdrawing_asks_nobody(story: Story, heard: list[Question]) -> None:
    """One's own request is one's own."""
    request = story.opened("scale wordcount workers=8")
    heard.clear()
    story.press(withdraw, request, KIM)
    assert heard == []


@pytest.mark.parametrize(("text", "action"), [("status wordcount", Action.VIEW), ("history wordcount", Action.AUDIT)])
def test_a_look_is_asked_about_with_the_job(story: Story, heard: list[Question], text: str, action: Action) -> None:
    """Which job it is may matter to a rule."""
    story.ask(text, PARK)
    assert heard == [Question(actor(PARK), VIEWERS, action, WORDCOUNT)]


def test_help_asks_about_some_job(story: Story, heard: list[Question]) -> None:
    """One that has neither id nor name."""
    story.ask("help", PARK)
    nothing = Target("", "")
    actions = (Action.VIEW, Action.SCALE, Action.AUDIT)
    assert heard == [Question(actor(PARK), VIEWERS, action, nothing) for action in actions]


# Where the answer depends on the job

ORDERS_ONLY = """
@id("orders") permit(principal, action in [Action::"view", Action::"audit"], resource)
when { resource.name like "orders-*" || resource.name == "" };
"""
BY_ITS_ID = """
@id("one") permit(principal, action in [Action::"view", Action::"audit"], resource)
when { resource == Job::"Od4KpZ8vNs1Y" || resource == Job::"" };
"""


def test_only_the_jobs_one_may_view_are_listed(story: Story) -> None:
    """The others are not there."""
    story.policy = ruled(story.policy, ORDERS_ONLY)
    outcome = story.ask("list", PARK)
    assert isinstance(outcome, JobsListed)
    assert [each.name for each in outcome.jobs] == ["orders-daily", "orders-hourly"]


def test_only_the_requests_for_jobs_one_may_view_are_shown(story: Story) -> None:
    """Two are open, one may be seen."""
    story.opened()
    orders = story.opened("scale orders-daily workers=8", delivery="delivery-2")
    story.policy = ruled(story.policy, ORDERS_ONLY)
    assert story.ask("requests", PARK) == RequestsShown((orders,))


@pytest.mark.parametrize("rule", [ORDERS_ONLY, BY_ITS_ID], ids=["by name", "by id"])
def test_only_the_facts_of_jobs_one_may_audit_are_shown(story: Story, rule: str) -> None:
    """What somebody asked for, as far as it is one's business; and that there is more is said."""
    story.opened("scale wordcount workers=4")
    story.opened("scale orders-daily workers=4", delivery="delivery-2")
    story.policy = ruled(story.policy, rule)
    few = story.ask(f"history <@{KIM}>", PARK)
    assert isinstance(few, HistoryShown)
    assert {fact["job_name"] for fact in few.facts} == {"orders-daily"}
    assert (len(few.facts), few.older) == (3, None)
    for number in range(20):
        story.ask("scale orders-daily workers=11", delivery=f"refused-{number}")
    many = story.ask(f"history <@{KIM}>", PARK)
    assert isinstance(many, HistoryShown)
    assert many.older is not None


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("status wordcount", Action.VIEW),
        ("history wordcount", Action.AUDIT),
        ("why scale wordcount workers=4", Action.VIEW),
    ],
)
def test_a_job_one_may_not_look_at_is_refused_by_its_name(story: Story, text: str, action: Action) -> None:
    """The answer and the record say which job, which action and which rule."""
    forbidden = """
    @id("secret") forbid(principal, action, resource) when { resource.name == "wordcount" };
    """
    story.policy = ruled(story.policy, ORDERS_ONLY, SCALE_STRAIGHT_AWAY, forbidden)
    outcome = story.ask(text, PARK)
    (fact,) = story.ledger.all_facts()
    assert outcome == Refused(fact["request_id"], action, "wordcount", ("secret",))
    assert (fact["event"], fact["detail"], fact["action"]) == ("refused", "denied", action.value)
    assert (fact["job_id"], fact["job_name"], fact["because"]) == (JOB_ID, "wordcount", ["secret"])
    assert (fact["policy_version"], fact["actor"]) == ("other", PARK)


def test_a_look_at_no_job_in_particular_is_refused_without_a_name(story: Story) -> None:
    """Nothing is recorded that was not asked for."""
    story.policy = ruled(story.policy, SCALE_STRAIGHT_AWAY)
    outcome = story.ask("list", PARK)
    (fact,) = story.ledger.all_facts()
    assert outcome == Refused(fact["request_id"], Action.VIEW, "", ())
    assert "job_id" not in fact
    assert "job_name" not in fact


def test_a_forbidden_change_is_recorded_whole(story: Story) -> None:
    """Who asked for what of which job, why, by which rule of which policy it was refused."""
    frozen = '@id("freeze") forbid(principal, action == Action::"scale", resource);'
    story.policy = ruled(story.policy, SCALE_STRAIGHT_AWAY, frozen)
    outcome = story.ask("scale wordcount workers=4 timeout=2h because backlog")
    (fact,) = story.ledger.all_facts()
    assert outcome == Refused(fact["request_id"], Action.SCALE, "wordcount", ("freeze",))
    assert (fact["actor"], fact["channel"], fact["action"]) == (KIM, "C0INCIDENT", "scale")
    assert (fact["job_id"], fact["job_name"], fact["reason"]) == (JOB_ID, "wordcount", "backlog")
    assert fact["before"] == dict(run_condition().fields)
    assert fact["after"] == dict(run_condition(numWorker=4, timeout=120).fields)
    assert (fact["because"], fact["policy_version"], fact["detail"]) == (["freeze"], "other", "denied")


# What would help

LOOK = '@id("look") permit(principal, action == Action::"view", resource);'


@pytest.mark.parametrize(
    ("rule", "most"),
    [
        ("context.workers == 7", 7),
        ("context.workers == 9", None),
        ("context.workers == 8 && context.timeout == 1", None),
        ("context.workers == 1", None),
        ("context.workers == 2 || context.workers == 5", 5),
    ],
)
def test_the_most_workers_are_below_the_asked_and_within_the_limits(story: Story, rule: str, most: int | None) -> None:
    """Of eight asked: seven at the most, two at the least."""
    story.policy = ruled(
        story.policy, LOOK, f'@id("some") permit(principal, action == Action::"scale", resource) when {{ {rule} }};'
    )
    outcome = story.ask("why scale wordcount workers=8")
    assert isinstance(outcome, WhyShown)
    assert outcome.straight_away_workers == most


def test_no_channel_is_named_when_this_one_will_do(story: Story) -> None:
    """Allowed straight away, here as there."""
    story.policy = with_approvals(ruled(story.policy, LOOK, SCALE_STRAIGHT_AWAY, LEADS_APPROVE), channel="C0DATA")
    outcome = story.ask("why scale wordcount workers=8")
    assert isinstance(outcome, WhyShown)
    assert outcome.channel is None
