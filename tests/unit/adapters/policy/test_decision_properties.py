"""What holds for every question, whatever its words and numbers."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from handler.domain.authority import Action, Allowed, Denied, NeedsApproval, Question, Target
from handler.domain.model import Actor, ChannelId, GroupName, UserId
from tests.unit.adapters.policy.examples import CONTRACT, policy_of

TEXT = st.text(st.characters(), max_size=40) | st.sampled_from(
    [
        '"',
        '\\"); permit(principal,action,resource); //',
        "oncall",
        "\0",
        "a\nb",
        'User::"U0KIM"',
        "x" * 20_000,
        "\u202e",
        "",
    ]
)
NUMBERS = st.integers() | st.integers(-3, 20)
QUESTIONS = st.builds(
    Question,
    actor=st.builds(Actor, user_id=TEXT.map(UserId), channel_id=TEXT.map(ChannelId)),
    groups=st.frozensets(
        st.sampled_from(["oncall", "leads", "viewers"]).map(GroupName) | TEXT.map(GroupName), max_size=3
    ),
    action=st.sampled_from(Action),
    target=st.builds(Target, TEXT, TEXT, TEXT, TEXT),
    workers=NUMBERS,
    timeout_minutes=NUMBERS,
    workers_before=NUMBERS,
    timeout_before_minutes=NUMBERS,
    for_minutes=NUMBERS,
    has_reason=st.booleans(),
    break_glass=st.booleans(),
    requester=st.none() | TEXT.map(UserId),
)
CONTRACT_POLICY = policy_of(CONTRACT)
EVERYTHING = policy_of("permit(principal, action, resource);")
NOTHING = policy_of("forbid(principal, action, resource);")


@given(QUESTIONS)
def test_no_words_and_no_numbers_raise_or_lift_a_prohibition(question: Question) -> None:
    """Any question is answered; what permits nobody never allows one, and a stranger to all groups gets nothing."""
    stranger = replace(question, groups=question.groups - {"oncall", "leads"})

    assert isinstance(NOTHING.decide(question), Denied)
    assert isinstance(CONTRACT_POLICY.decide(stranger), Denied)


@given(st.lists(QUESTIONS, max_size=4))
def test_a_list_is_answered_as_each_question_alone(questions: list[Question]) -> None:
    """Asking many at once never changes an answer: it is permitted if and only if it is allowed straight away."""
    for policy in (CONTRACT_POLICY, EVERYTHING):
        alone = tuple(isinstance(policy.decide(question), Allowed) for question in questions)

        assert alone == policy.permitted(questions)


@given(QUESTIONS, st.integers(0, 4), st.integers(0, 4))
def test_asking_for_more_approvals_never_makes_a_change_easier(question: Question, fewer: int, more: int) -> None:
    """Where rules only permit from some number of approvals on, the highest number of the easiest rule decides."""
    fewer, more = sorted((fewer, more))
    rule = "permit(principal, action, resource) when {{ context.approvals >= {} }};"
    alone, both = policy_of(rule.format(more)), policy_of(rule.format(more) + rule.format(fewer))

    assert approvals(alone.decide(question)) >= approvals(both.decide(question))


def approvals(decision: Allowed | NeedsApproval | Denied) -> int:
    """Count what is needed, as if a denial needed more than there can be."""
    match decision:
        case Allowed():
            return 0
        case NeedsApproval():
            return decision.approvals
        case Denied():
            return 4
