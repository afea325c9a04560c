"""What the policy answers, and that it allows nothing that it could not evaluate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handler.adapters.policy.cedar import CedarPolicy
from handler.adapters.policy.folder import PolicyTexts
from handler.domain.authority import Action, Allowed, Decision, Denied, NeedsApproval, Target
from handler.domain.model import Limits
from tests.unit.adapters.policy.examples import CONTRACT, GROUPS, CountingAsk, policy_of, question

if TYPE_CHECKING:
    from handler.domain.authority import Question

EVERYTHING = '@id("all") permit(principal, action, resource);'
OVERFLOWS = "context.workers * 9223372036854775807 > 3"


def outcome(decision: Decision) -> tuple[object, ...]:
    """Say a decision as its kind or number of approvals, and why."""
    match decision:
        case Allowed():
            return ("allowed", *decision.because)
        case NeedsApproval():
            return (decision.approvals, *decision.because)
        case Denied():
            return ("denied", *decision.because)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (question(Action.SCALE, "oncall", workers=6, timeout_minutes=720), ("allowed", "oncall-small")),
        (question(Action.SCALE, "oncall", workers=7), (1, "oncall-with-approval")),
        (question(Action.SCALE, "oncall", timeout_minutes=721), (1, "oncall-with-approval")),
        (question(Action.SCALE, "oncall", "leads", workers=10), (1, "oncall-with-approval")),
        (question(Action.SCALE, "leads"), ("denied",)),
        (question(Action.SCALE), ("denied",)),
        (question(Action.VIEW, "oncall"), ("denied",)),
        (question(Action.RUN, "oncall"), ("denied",)),
        (question(Action.APPROVE, "leads", user_id="U0LEE", requester="U0KIM"), ("allowed", "leads-approve")),
        (question(Action.APPROVE, "leads", user_id="U0LEE", requester="U0LEE"), ("denied", "four-eyes")),
        (question(Action.APPROVE, "oncall", user_id="U0KIM", requester="U0KIM"), ("denied", "four-eyes")),
        (question(Action.APPROVE, "oncall", requester="U0LEE"), ("denied",)),
    ],
)
def test_the_contracts_example_decides_as_it_reads(asked: Question, expected: tuple[object, ...]) -> None:
    """The contract's policy allows, asks for one approval or denies, and names the policies that decided."""
    assert expected == outcome(policy_of(CONTRACT).decide(asked))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("context.approvals >= 0", ("allowed", "policy0")),
        ("context.approvals >= 1", (1, "policy0")),
        ("context.approvals >= 2", (2, "policy0")),
        ("context.approvals >= 3", (3, "policy0")),
        ("context.approvals >= 4", ("denied",)),
        ("context.approvals == 2", (2, "policy0")),
    ],
)
def test_the_smallest_number_of_approvals_that_allows_is_needed(condition: str, expected: tuple[object, ...]) -> None:
    """Of 0 to 3 approvals the smallest that allows counts; a policy without an @id goes by its position."""
    policy = policy_of(f"permit(principal, action, resource) when {{ {condition} }};")

    assert expected == outcome(policy.decide(question()))


@pytest.mark.parametrize(
    "condition",
    [
        "context.workers == 4 && context.workersBefore == 2",
        "context.timeout == 90 && context.timeoutBefore == 360",
        'context.channel == "C0INCIDENT"',
        "context.forMinutes == 120",
        "context.hasReason && !context.breakGlass",
        'resource == Job::"J1" && resource.name == "orders"',
        'resource.type == "DATAFLOW" && resource.status == "READY"',
        'principal == User::"U0KIM" && principal in Group::"oncall" && !(principal in Group::"leads")',
        'action == Action::"scale" && action in [Action::"scale", Action::"view"]',
    ],
)
def test_every_part_of_a_question_reaches_the_policy(condition: str) -> None:
    """What a question says can be read by a policy under the name that the contract gives it."""
    asked = question(
        Action.SCALE,
        "oncall",
        target=Target("J1", "orders", "DATAFLOW", "READY"),
        workers=4,
        timeout_minutes=90,
        for_minutes=120,
        has_reason=True,
    )

    decision = policy_of(f"permit(principal, action, resource) when {{ {condition} }};").decide(asked)

    assert outcome(decision) == ("allowed", "policy0")


def test_what_would_be_forbidden_only_without_approvals_is_not_the_reason() -> None:
    """A denial is explained by what stands with all three approvals; a rule that these would lift is not it."""
    policy = policy_of(
        '@id("not-alone") forbid(principal, action, resource) when { context.approvals == 0 };'
        '@id("others") permit(principal == User::"U0LEE", action, resource);'
    )

    assert outcome(policy.decide(question())) == ("denied",)


@pytest.mark.parametrize(
    ("forbidding", "expected"),
    [
        ("context.approvals < 1", (1, "always", "guarded", "later")),
        ("context.approvals < 2", (2, "always", "guarded", "later")),
        ("context.approvals == 1", ("allowed", "always")),
        ("context.approvals < 4", ("denied", "guarded")),
    ],
)
def test_what_an_approval_lifts_is_a_reason_for_it(forbidding: str, expected: tuple[object, ...]) -> None:
    """Why approvals are needed is told whole: what permits it then, and what forbids it with one less."""
    policy = policy_of(
        '@id("always") permit(principal, action, resource);'
        f'@id("guarded") forbid(principal, action, resource) when {{ {forbidding} }};'
        '@id("later") permit(principal, action, resource) when { context.approvals >= 1 };'
    )

    assert expected == outcome(policy.decide(question()))


def test_a_prohibition_that_fewer_approvals_lift_is_no_reason_for_the_last() -> None:
    """Of two approvals the first lifts what forbids; only what asks for the second is a reason for two."""
    policy = policy_of(
        '@id("guarded") forbid(principal, action, resource) when { context.approvals < 1 };'
        '@id("two") permit(principal, action, resource) when { context.approvals >= 2 };'
    )

    assert outcome(policy.decide(question())) == (2, "two")


def test_several_reasons_come_in_the_order_of_the_file() -> None:
    """All determining policies are named in the order in which they are written, in each run."""
    names = [f"rule-{number}" for number in range(12)]
    policy = policy_of("".join(f'@id("{name}") permit(principal, action, resource);' for name in names))

    assert ("allowed", *names) == outcome(policy.decide(question()))


def test_a_decision_carries_the_policys_version() -> None:
    """Whoever records a decision can record by which policy it was made, whatever it says."""
    policy = policy_of(CONTRACT)
    asked = [question(Action.SCALE, "oncall"), question(Action.SCALE, "oncall", workers=9), question()]

    assert {policy.version} == {policy.decide(each).policy_version for each in asked}


def test_limits_are_those_of_the_settings() -> None:
    """The bounds of what may be written come from settings.toml."""
    policy = policy_of(CONTRACT, GROUPS + "[limits]\nworkers = [3, 5]\ntimeout = [10, 20]\n")

    assert Limits(workers=(3, 5), timeout_minutes=(10, 20)) == policy.limits


@pytest.mark.parametrize("effect", ["permit", "forbid"])
def test_a_policy_that_cannot_be_evaluated_denies_by_name(effect: str) -> None:
    """Cedar skips what it cannot evaluate; here nothing is allowed then, and the answer says which policy it was."""
    policy = policy_of(f'{EVERYTHING}@id("broken") {effect}(principal, action, resource) when {{ {OVERFLOWS} }};')

    assert outcome(policy.decide(question())) == ("denied", "broken (could not be evaluated)")
    assert policy.permitted([question()]) == (False,)


def test_a_policy_that_breaks_only_with_approvals_denies_too() -> None:
    """An error at any number of approvals denies, also where fewer approvals would have been enough."""
    condition = f"context.approvals == 3 && {OVERFLOWS}"
    policy = policy_of(f'{EVERYTHING}@id("broken") forbid(principal, action, resource) when {{ {condition} }};')

    assert outcome(policy.decide(question())) == ("denied", "broken (could not be evaluated)")


def test_approving_without_a_requester_is_denied() -> None:
    """A question that leaves out whose request it is cannot slip past a rule on four eyes."""
    asked = question(Action.APPROVE, "leads", user_id="U0LEE")

    assert outcome(policy_of(CONTRACT).decide(asked)) == ("denied", "the question (could not be evaluated)")


def test_a_requester_is_not_told_where_nothing_is_approved() -> None:
    """Only the question of an approver has a requester; another action's is answered without."""
    asked = question(Action.SCALE, "oncall", requester="U0LEE")

    assert outcome(policy_of(CONTRACT).decide(asked)) == ("allowed", "oncall-small")


@pytest.mark.parametrize(
    "asked",
    [
        question(workers=2**63),
        question(timeout_minutes=-(2**63) - 1),
        question(target=Target("J", "half a pair \ud83d")),
        question(user_id="U\udc00"),
        question(Action.SCALE, "\ud800"),
    ],
)
def test_what_cannot_be_put_to_cedar_is_denied(asked: Question) -> None:
    """Numbers beyond 64 bits and broken text are denied even by a policy that permits everything."""
    policy = policy_of(EVERYTHING)

    assert outcome(policy.decide(asked)) == ("denied", "the question (could not be evaluated)")


def test_many_questions_are_each_answered_in_their_place() -> None:
    """Answers come in the order of the questions, also where one of them cannot be asked at all."""
    policy = policy_of('permit(principal, action, resource) when { resource.name like "a*" };')
    names = ["a1", "b1", "a\ud800", "a2", "b2"]

    permitted = policy.permitted([question(target=Target(f"J{name!a}", name)) for name in names])

    assert permitted == (True, False, False, True, False)


def test_no_question_has_no_answer() -> None:
    """An empty list of jobs asks nothing."""
    assert policy_of(EVERYTHING).permitted([]) == ()


def test_questions_that_disagree_on_a_person_or_job_are_kept_apart() -> None:
    """The same person with other groups, or a job under a former name, is judged by what its own question says."""
    policy = policy_of(
        'permit(principal in Group::"oncall", action, resource);'
        'permit(principal, action, resource) when { resource.name == "new" };'
    )
    old, new = Target("J", "old"), Target("J", "new")
    asked = [
        question(Action.VIEW, "oncall", target=old),
        question(Action.VIEW, target=old),
        question(Action.VIEW, target=new),
        question(Action.VIEW, "viewers", target=old),
    ]

    assert policy.permitted(asked) == (True, False, True, False)


def test_what_needs_an_approval_is_not_permitted_straight_away() -> None:
    """A list shows what may be done now, not what somebody else could allow."""
    asked = question(Action.SCALE, "oncall", workers=9)

    assert policy_of(CONTRACT).permitted([asked]) == (False,)


def test_a_decision_and_a_whole_list_cost_one_call_each() -> None:
    """The engine is asked once with all four numbers of approvals, and once for all jobs of a list."""
    ask = CountingAsk()
    policy = CedarPolicy.from_texts(PolicyTexts(CONTRACT, GROUPS), ask)

    policy.decide(question(Action.SCALE, "oncall"))
    policy.permitted([question(Action.VIEW, "oncall", target=Target(f"J{number}", "n")) for number in range(300)])

    assert ask.sizes == [4, 300]
