"""A policy's own examples: how they are read, and what is told of those that come out otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handler.adapters.policy.cases import check_cases, parse_cases
from handler.domain.authority import Action, Target
from handler.domain.errors import PolicyInvalid
from tests.unit.adapters.policy.examples import CONTRACT, policy_of, question

GROUPS = ("oncall", "leads")
NOT_IN_SETTINGS = "which is not in [groups] of settings.toml"
OUTCOMES = "'allowed', '1 approval', '2 approvals', '3 approvals' or 'denied'"


def case(given: str, expect: str, more: str = "") -> str:
    """Write one case."""
    return f'[[case]]\nname = "it"\ngiven = {{ {given} }}\nexpect = "{expect}"\n{more}\n'


def problems_of(text: str) -> tuple[str, ...]:
    """Return what is wrong with a text."""
    with pytest.raises(PolicyInvalid) as caught:
        parse_cases(text, GROUPS)
    return caught.value.problems


def test_what_a_case_leaves_out_stays_as_it_was() -> None:
    """A case names only what it is about: workers and timeout are then those from before, and so in the question."""
    (found,) = parse_cases(case('action = "scale", workersBefore = 5, timeoutBefore = 7', "denied"), GROUPS)
    asked = found.case.given.question()

    assert (asked.workers, asked.workers_before) == (5, 5)
    assert (asked.timeout_minutes, asked.timeout_before_minutes) == (7, 7)
    assert asked.requester is None


def test_every_word_of_a_case_reaches_the_question() -> None:
    """A case can say all that a policy can ask about, in the policy's own words."""
    given = (
        'action = "approve", user = "U1", requester = "U2", groups = ["leads"], channel = "C1", workers = 3,'
        " timeout = 4, workersBefore = 5, timeoutBefore = 6, forMinutes = 7, hasReason = true, breakGlass = true,"
        ' job = { id = "J", name = "n", type = "t", status = "s" }'
    )
    (found,) = parse_cases(case(given, "denied"), GROUPS)

    expected = question(
        Action.APPROVE,
        "leads",
        user_id="U1",
        channel_id="C1",
        requester="U2",
        target=Target("J", "n", "t", "s"),
        workers=3,
        timeout_minutes=4,
        workers_before=5,
        timeout_before_minutes=6,
        for_minutes=7,
        has_reason=True,
        break_glass=True,
    )
    asked = found.case.given.question()

    assert replace(expected, actor=replace(expected.actor, team_id="")) == asked


def test_cases_that_hold_fail_nothing() -> None:
    """Outcome and names as expected, in any order, are no failure; no cases at all are none either."""
    text = case(
        'groups = ["oncall"], action = "scale", workers = 4, forMinutes = 5', "allowed", 'because = ["oncall-small"]'
    )

    assert check_cases(policy_of(CONTRACT), parse_cases(text, GROUPS)) == ()
    assert parse_cases("", GROUPS) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            case('groups = ["oncall"], action = "scale", workers = 9', "allowed"),
            '"it" expects allowed; the policy says 1 approval because of oncall-with-approval.',
        ),
        (case('action = "scale"', "3 approvals"), '"it" expects 3 approvals; the policy says denied.'),
        (
            case('groups = ["oncall"], action = "scale", timeoutBefore = 10', "denied"),
            '"it" expects denied; the policy says allowed because of oncall-small.',
        ),
        (
            case('action = "approve", user = "U1", requester = "U1"', "denied", 'because = ["oncall-small"]'),
            '"it" expects denied because of oncall-small; the policy says denied because of four-eyes.',
        ),
    ],
)
def test_a_case_that_fails_says_what_was_expected_and_what_came(text: str, expected: str) -> None:
    """A failure names the case, what it expects, what the policy says, and because of which @id."""
    assert check_cases(policy_of(CONTRACT), parse_cases("# one\n" + text, GROUPS)) == (
        f"cases.toml, line 2: {expected}",
    )


def test_two_approvals_are_said_so() -> None:
    """A number of approvals is an expectation like any other."""
    policy = policy_of("permit(principal, action, resource) when { context.approvals >= 2 };")

    assert check_cases(policy, parse_cases(case('action = "run"', "2 approvals"), GROUPS)) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            case('action = "scael"', "denied"),
            "cases.toml, line 1: case.1.given.action must be one of view, scale, run, cancel, approve, audit.",
        ),
        (
            case("action = 3", "denied"),
            "cases.toml, line 1: case.1.given.action must be one of view, scale, run, cancel, approve, audit.",
        ),
        (
            case('action = "run"', "denied") + case('action = "run", workerBefore = 3', "denied"),
            "cases.toml, line 6: case.2.given.workerBefore is not a setting; did you mean case.given.workersBefore?",
        ),
        (
            case('action = "run", groups = ["onkall"]', "denied"),
            f'cases.toml, line 1: "it" names the group onkall, {NOT_IN_SETTINGS}; did you mean oncall?',
        ),
        (
            case('action = "run"', "maybe"),
            f"cases.toml, line 1: case.1.expect is not right: input should be {OUTCOMES}.",
        ),
        (
            case('action = "run", workers = "4"', "denied"),
            "cases.toml, line 1: case.1.given.workers is not right: input should be a valid integer.",
        ),
        ("case = 3", "cases.toml: case is not right: input should be a valid tuple."),
        ("[[case", "cases.toml is not TOML: Expected ']]' at the end of an array declaration (at end of document)."),
    ],
)
def test_a_case_that_cannot_be_understood_is_refused(text: str, expected: str) -> None:
    """A slip in the file is told by case and key, so that no case silently tests nothing."""
    assert problems_of(text) == (expected,)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('\n  [[ case ]]\nname = "it"\ngiven = { action = "run" }\nexpect = "allowed"', "cases.toml, line 2"),
        ('case = [{ name = "it", given = { action = "run" }, expect = "allowed" }]', "cases.toml"),
        ('[["case"]]\nname = "it"\ngiven = { action = "run" }\nexpect = "allowed"', "cases.toml"),
    ],
)
def test_a_case_is_told_by_its_line_where_that_is_known(text: str, where: str) -> None:
    """Whichever way TOML lets the cases be written, a wrong line is never told."""
    expected = f'{where}: "it" expects allowed; the policy says denied.'

    assert check_cases(policy_of(CONTRACT), parse_cases(text, GROUPS)) == (expected,)


def test_a_mistake_in_a_case_without_a_line_is_told_by_its_number() -> None:
    """Cases in one array have no line of their own: the number says which."""
    assert problems_of('case = [{ name = "it", expect = "allowed" }]') == ("cases.toml: case.1.given is missing.",)
