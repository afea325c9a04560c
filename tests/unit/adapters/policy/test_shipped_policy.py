"""The policy that is packaged with the product: that it keeps its cases, and that its cases notice every word of it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from handler.adapters.policy.cases import check_cases, parse_cases
from handler.adapters.policy.cedar import CedarPolicy
from handler.adapters.policy.folder import read_texts
from handler.adapters.policy.statements import statements
from handler.domain.authority import Action, Allowed, Decision, Denied, NeedsApproval, Question, Target
from handler.domain.model import Limits
from handler.settings import PACKAGED_POLICY
from tests.unit.adapters.policy.examples import question

TEXTS = read_texts(PACKAGED_POLICY)
SHIPPED = CedarPolicy.from_texts(TEXTS)
DOCUMENT = Path(__file__).parents[4] / "docs" / "policy.md"
CASES = parse_cases(TEXTS.cases or "", SHIPPED.settings.groups)
NUMBER = re.compile(r"(?<=[<>=] )[0-9]+")
OPERATOR = re.compile(r"&&|\|\|")
PARTS = {
    "a condition": re.compile(r"\n(?:when|unless) \{.*?\}(?=\n|;)"),
    "a group or action": re.compile(r'(?:Group|Action)::"\w+", '),
    "the last group or action": re.compile(r', (?:Group|Action)::"\w+"(?=\])'),
    "the left side": re.compile(r"(?<=\{ )[^|&}]+ (?:\|\||&&) "),
    "the right side": re.compile(r" (?:\|\||&&) [^|&}]+(?= \})"),
    "who": re.compile(r'(?<=^  principal) in Group::"\w+"', re.MULTILINE),
    "the beginning": re.compile(r'(?<=like ")\w+-'),
}
SETTLEMENT = Target("J", "settlement-close")


def mutants() -> dict[str, str]:
    """Return policies that say something else than the shipped one, by what was done to it."""
    text = "\n\n".join(statement.text for statement in statements(TEXTS.policy))
    found = {f"{each.text.split()[0]} left out": text.replace(each.text, "") for each in statements(text)}

    def put(part: re.Match[str], words: str, what: str) -> None:
        rule = re.findall(r'@id\("([^"]+)"\)', text[: part.start()])[-1]
        found[f"{rule}, character {part.start()}: {what}"] = text[: part.start()] + words + text[part.end() :]

    for number in NUMBER.finditer(text):
        for other in (int(number[0]) - 1, int(number[0]) + 1):
            put(number, str(other), f"{number[0]} made {other}")
    for operator in OPERATOR.finditer(text):
        other_operator = "||" if operator[0] == "&&" else "&&"
        put(operator, other_operator, f"{operator[0]} made {other_operator}")
    for what, pattern in PARTS.items():
        for part in pattern.finditer(text):
            put(part, "", f"{what} left out")
    return found


MUTANTS = mutants()


def test_the_shipped_policy_keeps_its_own_cases() -> None:
    """The packaged policy answers each case of its folder as the case expects, and nothing about it is odd."""
    assert check_cases(SHIPPED, CASES) == ()
    assert SHIPPED.warnings == ()


@pytest.mark.parametrize("name", MUTANTS)
def test_no_word_of_the_policy_can_change_unnoticed(name: str) -> None:
    """Whoever moves a bound, drops a condition or a rule, or lets a group in or out, breaks a case."""
    policy = CedarPolicy.from_texts(replace(TEXTS, policy=MUTANTS[name]))

    assert any(check_cases(policy, [each]) for each in CASES)


def test_each_way_to_change_the_policy_was_tried() -> None:
    """The patterns still fit how the policy is written: none of them finds nothing."""
    tried = [what for what in PARTS if any(name.endswith(f": {what} left out") for name in MUTANTS)]

    assert tried == list(PARTS)
    assert len(MUTANTS) > 90


def test_the_rule_and_the_case_that_the_documents_show_work() -> None:
    """Whoever copies both from docs/policy.md into the shipped folder has a valid policy and a case that holds."""
    shown = dict(re.findall(r"```(cedar|toml)\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL))
    policy = CedarPolicy.from_texts(replace(TEXTS, policy=TEXTS.policy + shown["cedar"]))
    cases = parse_cases(f"{TEXTS.cases}{shown['toml']}", policy.settings.groups)

    assert len(cases) == len(CASES) + 1
    assert check_cases(policy, cases) == ()
    assert check_cases(SHIPPED, cases[-1:]) != ()


def test_every_rule_has_a_case_that_names_it() -> None:
    """No rule decides nothing, and a case says so for each."""
    assert {name for each in CASES for name in each.case.because or ()} == set(SHIPPED.valid.rules)


def test_the_documented_limits_are_shipped() -> None:
    """Without changes of its own a team gets the bounds of the API documents."""
    assert Limits() == SHIPPED.limits


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (question(Action.SCALE, "oncall", workers=4, timeout_minutes=2880, timeout_before_minutes=2880), Allowed),
        (question(Action.SCALE, "oncall", workers=8, timeout_minutes=2880, timeout_before_minutes=2880), NeedsApproval),
        (question(Action.SCALE, "viewers", workers=4), Denied),
        (question(Action.VIEW), Denied),
        (question(Action.VIEW, "viewers", target=Target("", "")), Allowed),
        (question(Action.CANCEL, "oncall"), Denied),
    ],
)
def test_the_shipped_policy_decides_as_its_readme_would(asked: Question, expected: type[Decision]) -> None:
    """The seed's job, whose timeout is above every bound, gets its workers straight away, and more with an approval."""
    assert isinstance(SHIPPED.decide(asked), expected)


@pytest.mark.parametrize("workers", range(1, 12))
@pytest.mark.parametrize("target", [Target("J", "wordcount"), SETTLEMENT])
@pytest.mark.parametrize("groups", [("oncall",), ("leads",), ("oncall", "leads", "viewers")])
def test_no_emergency_gets_more_than_one_approval_would(workers: int, target: Target, groups: tuple[str, ...]) -> None:
    """What break-glass lets through at once would have been allowed with one approval, and never on settlement jobs."""
    asked = question(
        Action.SCALE,
        *groups,
        target=target,
        workers=workers,
        has_reason=True,
        break_glass=True,
        for_minutes=120,
    )
    ordinary = SHIPPED.decide(replace(asked, break_glass=False))
    passes = isinstance(SHIPPED.decide(asked), Allowed)

    assert passes == (target != SETTLEMENT and approvals(ordinary) <= 1)


def approvals(decision: Decision) -> int:
    """Count the approvals that are needed; more than there can be when none would help."""
    match decision:
        case Allowed():
            return 0
        case NeedsApproval(number):
            return number
        case Denied():
            return 4
