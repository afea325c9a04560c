"""``policy.cedar`` against our schema and groups: every problem in a sentence that says where it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from cedarpy import PolicySet, Schema, policies_to_json_str, validate_policies

from handler.adapters.policy.folder import POLICY_FILE, SETTINGS_FILE
from handler.adapters.policy.statements import Statement, statements
from handler.adapters.policy.tables import did_you_mean
from handler.domain.errors import PolicyInvalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

PERMITS_NOTHING: Final = (
    f"{POLICY_FILE} has no permit, so nobody may do anything. To lock everything for a while, keep the rules and add:"
    " forbid (principal, action, resource);"
)

_PREFIX: Final = re.compile(r"^for policy `policy\d+`, |^Policy parse error: ")
_FOR_ACTION: Final = re.compile(r' for (Action::"\w+")')


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy as written: ``permit`` or ``forbid``, its text, and the line it begins in (from 1)."""

    effect: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class ValidPolicy:
    """Policies that may be asked.

    ``names`` tells each one's ``@id``, or its position, by Cedar's own name for it; ``rules`` what stands under that
    name, in the order of the file.
    """

    policies: PolicySet
    names: Mapping[str, str]
    rules: Mapping[str, Rule]
    warnings: tuple[str, ...] = ()


@cache
def schema() -> Schema:
    """Return what policies may speak of, parsed once for the process."""
    return Schema.from_str(Path(__file__).with_name("schema.cedarschema").read_text("utf-8"))


def validate(text: str, groups: Collection[str] | None) -> ValidPolicy:
    """Validate a whole ``policy.cedar``; ``groups`` are those of the settings, None when these are not known.

    Raises PolicyInvalid with a sentence for each problem. A text that permits nothing is valid, as nothing is then
    allowed to anybody; it is a warning, as it is seldom what was meant.
    """
    problems: list[str] = []
    names: dict[str, str] = {}
    rules: dict[str, Rule] = {}
    found = tuple(statements(text))
    for position, statement in enumerate(found):
        where = f"{POLICY_FILE}, line {statement.line}"
        try:
            policy = _parsed(statement)
        except ValueError as error:
            problems.append(f"{where}: this policy cannot be read: {error}.")
            continue
        name = (policy.get("annotations") or {}).get("id") or f"policy{position}"
        if name in rules:
            problems.append(f'{where}: @id "{name}" is taken by the policy in line {rules[name].line}.')
        rules.setdefault(name, Rule(policy["effect"], statement.text, statement.line))
        names[f"policy{position}"] = name
        problems += (f"{where}, {name}: {problem}" for problem in _problems(statement, policy, groups))
    if problems:
        raise PolicyInvalid(tuple(problems))
    permits = any(rule.effect == "permit" for rule in rules.values())
    policies = PolicySet.from_str("\n".join(statement.text for statement in found))
    return ValidPolicy(
        policies, MappingProxyType(names), MappingProxyType(rules), () if permits else (PERMITS_NOTHING,)
    )


def _parsed(statement: Statement) -> Mapping[str, Any]:
    if statement.is_too_much:
        raise ValueError("it is too long or too deeply nested; split it into several policies")
    policies = json.loads(policies_to_json_str(statement.text))
    if policies["templates"]:
        raise ValueError("?principal and ?resource make a template, which would never apply here; name who or what")
    policy: Mapping[str, Any] = policies["staticPolicies"]["policy0"]
    return policy


def _problems(statement: Statement, policy: Mapping[str, Any], groups: Collection[str] | None) -> Iterator[str]:
    actions_by_message: dict[str, list[str]] = {}
    for error in validate_policies(statement.text, schema()).errors:
        message = _PREFIX.sub("", error.error)
        actions_by_message.setdefault(_FOR_ACTION.sub("", message), []).extend(_FOR_ACTION.findall(message))
    for message, actions in sorted(actions_by_message.items()):
        yield message + (f" for {', '.join(sorted(actions))}" if actions else "") + "."
    nodes = tuple(_nodes({part: value for part, value in policy.items() if part != "annotations"}))
    if any(_asks_in_of_another(node) for node in nodes):
        yield "asks `in` of something else than principal, action or resource, but nobody else's groups are known."
    named = {node["id"] for node in nodes if node.keys() == {"type", "id"} and node["type"] == "Group"}
    for group in sorted(named.difference(named if groups is None else groups)):
        yield f'names Group::"{group}", which is not in [groups] of {SETTINGS_FILE}{did_you_mean(group, groups or ())}'


def _nodes(value: object) -> Iterator[Mapping[str, Any]]:
    """Every object in Cedar's JSON form of a policy; without recursion, as chains of operators nest deeply there."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as node:
                yield node
                waiting += node.values()
            case list() as items:
                waiting += items
            case _:
                pass


def _asks_in_of_another(node: Mapping[str, Any]) -> bool:
    """Whether this is ``x in y`` or ``x is T in y`` in a condition, and x is no variable of the scope."""
    match node:
        case {"in": {"left": left}} | {"is": {"left": left, "in": _}}:
            return not (isinstance(left, dict) and left.keys() == {"Var"})
        case _:
            return False
