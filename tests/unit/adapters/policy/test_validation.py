"""What is refused when a policy is loaded, and how the answer says where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.adapters.policy.statements import MOST_DEPTH, MOST_OPERATORS, statements
from handler.adapters.policy.validation import Rule, validate
from handler.domain.errors import PolicyInvalid
from tests.unit.adapters.policy.examples import CONTRACT

GROUPS = ("oncall", "leads")
PERMIT = "permit(principal, action, resource)"
PERMIT_RUN = 'permit(principal, action == Action::"run", resource)'
TOO_MUCH = "it is too long or too deeply nested; split it into several policies."
IN_OF_ANOTHER = "asks `in` of something else than principal, action or resource, but nobody else's groups are known."
NOT_IN_SETTINGS = "which is not in [groups] of settings.toml"
TEMPLATE = "?principal and ?resource make a template, which would never apply here; name who or what."
EVERY_OTHER_ACTION = 'Action::"audit", Action::"cancel", Action::"run", Action::"scale", Action::"view"'


def problems_of(text: str, groups: tuple[str, ...] | None = GROUPS) -> tuple[str, ...]:
    """Return what is wrong with a text."""
    with pytest.raises(PolicyInvalid) as caught:
        validate(text, groups)
    return caught.value.problems


def when(condition: str, head: str = PERMIT) -> str:
    """Write a policy with one condition."""
    return f"{head} when {{ {condition} }};"


def test_the_contracts_example_is_valid() -> None:
    """The policy that the contract shows validates as it stands, and its policies go by their @id."""
    valid = validate(CONTRACT, GROUPS)

    assert valid.warnings == ()
    assert tuple(valid.names.values()) == ("oncall-small", "oncall-with-approval", "leads-approve", "four-eyes")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{PERMIT} when {{ ", "policy.cedar, line 1: this policy cannot be read: unexpected end of input."),
        (PERMIT, "policy.cedar, line 1: this policy cannot be read: unexpected end of input."),
        (f"{PERMIT};\n\n;", "policy.cedar, line 3: this policy cannot be read: unexpected token `;`."),
        ("allow everybody;", "policy.cedar, line 1: this policy cannot be read: unexpected token `everybody`."),
        (
            f'{PERMIT};\n// "\n{when("true +")}',
            "policy.cedar, line 3: this policy cannot be read: unexpected token `}`.",
        ),
        (
            "permit(principal == ?principal, action, resource);",
            f"policy.cedar, line 1: this policy cannot be read: {TEMPLATE}",
        ),
        (
            when(
                'context.channel == "C1" || context.wrokers > 3', 'permit(principal, action == Action::"run", resource)'
            ),
            'policy.cedar, line 1, policy0: attribute `wrokers` in context not found for Action::"run".',
        ),
        (
            when("principal == context.requester", "forbid(principal, action, resource)"),
            f"policy.cedar, line 1, policy0: attribute `requester` in context not found for {EVERY_OTHER_ACTION}.",
        ),
        (
            when('resource.owner == "U1"'),
            "policy.cedar, line 1, policy0: attribute `owner` on entity type `Job` not found.",
        ),
        (
            when("context.workers || true"),
            "policy.cedar, line 1, policy0: unexpected type: expected Bool but saw Long.",
        ),
        (
            'permit(principal in Group::"onkall", action, resource);',
            f'policy.cedar, line 1, policy0: names Group::"onkall", {NOT_IN_SETTINGS}; did you mean oncall?',
        ),
        (
            '@id("who") ' + when('principal in [Group::"leads", Group::"nobody"]'),
            f'policy.cedar, line 1, who: names Group::"nobody", {NOT_IN_SETTINGS}.',
        ),
        (
            f'@id("a") {PERMIT};\n@id("b") {PERMIT};\n\n@id("a")\nforbid(principal, action, resource);',
            'policy.cedar, line 4: @id "a" is taken by the policy in line 1.',
        ),
        (
            f'@id("policy1") {PERMIT};\n{PERMIT};',
            'policy.cedar, line 2: @id "policy1" is taken by the policy in line 1.',
        ),
        (
            when('context.requester in Group::"leads"', 'permit(principal, action == Action::"approve", resource)'),
            f"policy.cedar, line 1, policy0: {IN_OF_ANOTHER}",
        ),
        (
            when('User::"U1" is User in Group::"leads"'),
            f"policy.cedar, line 1, policy0: {IN_OF_ANOTHER}",
        ),
        (f"\ufeff{PERMIT};", "policy.cedar, line 1: this policy cannot be read: invalid token."),
    ],
)
def test_one_mistake_is_one_sentence_that_says_where(text: str, expected: str) -> None:
    """A mistake is told with the file, the line in which its policy begins, and what may have been meant."""
    assert problems_of(text) == (expected,)


def test_an_unknown_action_is_a_problem() -> None:
    """An action that is not the contract's is refused by its name."""
    problems = problems_of('permit(principal, action == Action::"scael", resource);')

    assert 'policy.cedar, line 1, policy0: unrecognized action `Action::"scael"`.' in problems


def test_an_unknown_kind_of_entity_is_a_problem() -> None:
    """Who or what is neither user, group nor job is refused by its name."""
    problems = problems_of('permit(principal in Team::"a", action, resource);')

    assert "policy.cedar, line 1, policy0: unrecognized entity type `Team`." in problems


def test_every_mistake_is_told_at_once() -> None:
    """A text with three bad policies is refused with three sentences, in the order of the file."""
    text = f'{PERMIT} when;\n{PERMIT};\npermit(principal in Group::"x", action, resource);\n{when("context.a")}'

    lines = [problem.partition(",")[2].partition(":")[0] for problem in problems_of(text)]

    assert lines == [" line 1", " line 3, policy2", " line 4, policy3"]


def test_groups_are_not_judged_while_they_are_not_known() -> None:
    """When the settings cannot be read, the policy's groups are not blamed for it."""
    valid = validate('permit(principal in Group::"x", action, resource);', None)

    assert tuple(valid.names) == ("policy0",)


@pytest.mark.parametrize("text", ["", "// nothing yet", "forbid(principal, action, resource);"])
def test_a_policy_that_permits_nothing_is_valid_with_a_warning(text: str) -> None:
    """Permitting nothing is a safe thing to say, as in a lock-down, but seldom meant: it loads and is warned of."""
    expected = (
        "policy.cedar has no permit, so nobody may do anything. To lock everything for a while, keep the rules and add:"
        " forbid (principal, action, resource);"
    )

    assert (expected,) == validate(text, GROUPS).warnings


def test_names_that_are_no_references_do_not_count() -> None:
    """An annotation, a string or a record that looks like a group is none."""
    condition = '{type: "Group", id: "x"} == {type: "Group", id: "y"} || resource.name == "Group::x"'
    text = f'@type("Group") @id("x") {when(condition)}'

    assert tuple(validate(text, GROUPS).names.values()) == ("x",)


def test_an_empty_id_counts_as_none() -> None:
    """A policy whose @id is empty, or has no value, goes by its position."""
    valid = validate(f'@id("") {PERMIT};@id {PERMIT};', GROUPS)

    assert tuple(valid.names.values()) == ("policy0", "policy1")


@pytest.mark.parametrize(
    "condition",
    [
        "(" * MOST_DEPTH + "true" + ")" * MOST_DEPTH,
        "(" * 5000 + "true" + ")" * 5000,
        "[" * 5000 + "]" * 5000 + " == []",
        "1" + " + 1" * MOST_OPERATORS + " > 3",
        "1" + "+1" * 20_000 + " > 3",
        " && ".join(["context.nothing"] * 9_000),
        "context" + ".nothing" * 9_000,
        "if true then true else " * 20_000 + "true",
        "true } when { " * 9_000 + "context.nothing",
    ],
)
def test_what_would_end_cedar_or_slip_past_it_is_not_put_to_it(condition: str) -> None:
    """Deep brackets would end the process and long chains would pass unvalidated, so both are refused before."""
    assert problems_of(when(condition)) == (f"policy.cedar, line 1: this policy cannot be read: {TOO_MUCH}",)


@pytest.mark.parametrize(
    "condition",
    [
        "(" * (MOST_DEPTH - 1) + "context.nothing" + ")" * (MOST_DEPTH - 1),
        "1" + "+1" * (MOST_OPERATORS - 4) + " > context.nothing",
        "if context.hasReason then true else " * (MOST_OPERATORS // 2 - 2) + "context.nothing",
        "true } when { " * (MOST_OPERATORS - 3) + "context.nothing",
        " && ".join(["true"] * (MOST_OPERATORS - 3)) + " && context.nothing",
    ],
)
def test_up_to_its_bounds_a_policy_is_judged_whole(condition: str) -> None:
    """A mistake in the last corner of the largest policy that is taken is still found."""
    expected = 'policy.cedar, line 1, policy0: attribute `nothing` in context not found for Action::"run".'

    assert problems_of(when(condition, PERMIT_RUN)) == (expected,)


def test_a_long_list_of_users_is_not_too_much() -> None:
    """The bounds leave room for what a team may reasonably write: a flat list may have any length."""
    users = ", ".join(f'User::"U{number:010}"' for number in range(2000))

    assert validate(when(f"[{users}].contains(principal)"), GROUPS).warnings == ()


def test_a_rule_can_be_shown_as_it_is_written() -> None:
    """Each rule is kept under its name, in the order of the file, with its effect, its line and its own words."""
    text = f'// why\n@id("b") {PERMIT};\n\nforbid(\n  principal, action, resource);  // end'

    assert dict(validate(text, GROUPS).rules) == {
        "b": Rule("permit", f'@id("b") {PERMIT};', 2),
        "policy1": Rule("forbid", "forbid(\n  principal, action, resource);", 4),
    }
    assert list(validate(text, GROUPS).rules) == ["b", "policy1"]


def test_statements_end_only_where_cedar_ends_them() -> None:
    """A semicolon in a string or a comment ends nothing; comments before a policy do not move its line."""
    text = '// a; b\n\npermit(x) when { "a;\\";b" };  // c;\n\n  @id("q")\nforbid(y); rest'

    found = [(each.text, each.line) for each in statements(text)]

    assert found == [('permit(x) when { "a;\\";b" };', 3), ('@id("q")\nforbid(y);', 5), ("rest", 6)]


def test_what_was_judged_is_what_is_asked() -> None:
    """More policies than Cedar can sort by name keep their own @id, with comments and blanks between them."""
    text = "// first\n".join(f'@id("rule-{number}") {PERMIT};\n\n' for number in range(12)) + "\x1f// last"
    valid = validate(text, GROUPS)

    assert len(valid.policies) == 12
    assert {f"policy{number}": f"rule-{number}" for number in range(12)} == dict(valid.names)


def test_operators_and_depth_are_counted_for_each_statement() -> None:
    """Each policy is measured for itself; a two-letter operator is one, and one inside a string is none."""
    text = 'a(([b])) && c.d;c[{d}] <= "a.b && c";// x && y\n!e;f'

    assert [(each.operators, each.depth) for each in statements(text)] == [(2, 3), (1, 2), (1, 0), (0, 0)]


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text(st.sampled_from(list(PERMIT + ' \n;{}"?@/+!'))))
def test_no_text_raises_anything_but_the_problem(text: str) -> None:
    """Any text either validates or is refused with sentences."""
    problems: tuple[str, ...] = ()
    names = len(list(statements(text)))
    try:
        names = len(validate(text, GROUPS).names)
    except PolicyInvalid as invalid:
        problems = invalid.problems

    assert names == len(list(statements(text)))
    assert all(problem.startswith("policy.cedar, line ") for problem in problems)
