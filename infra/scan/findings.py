"""What the tools found, what was excepted, and what is left of both."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple


class Finding(NamedTuple):
    """A rule of a tool that a resource of the template breaks; the resource is empty when it is the whole template."""

    tool: str
    rule: str
    resource: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``unexpected`` findings have no exception, ``unneeded`` exceptions no finding."""

    unexpected: tuple[Finding, ...]
    unneeded: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Whether findings and exceptions are the same."""
        return not (self.unexpected or self.unneeded)


def judge(found: set[Finding], excepted: set[Finding]) -> Verdict:
    """Compare what was found with what was excepted."""
    return Verdict(tuple(sorted(found - excepted)), tuple(sorted(excepted - found)))


def exceptions(text: str) -> set[Finding]:
    """Read exceptions.toml.

    Raises:
        ValueError: an exception lacks its tool, rule, resources or reason.
    """
    found: set[Finding] = set()
    for each in tomllib.loads(text)["exception"]:
        if not (each.get("tool") and each.get("rule") and each.get("resources") and each.get("reason", "").strip()):
            raise ValueError(f"an exception needs tool, rule, resources and a reason: {each}")
        found |= {Finding(each["tool"], each["rule"], resource) for resource in each["resources"]}
    return found


def of_cfn_lint(output: str) -> set[Finding]:
    """Read what `cfn-lint --format json` printed."""
    return {Finding("cfn-lint", each["Rule"]["Id"], _resource(each["Location"]["Path"])) for each in json.loads(output)}


def of_checkov(output: str) -> set[Finding]:
    """Read what `checkov --output json` printed for one template.

    Raises:
        ValueError: it could not read the template, so that it found nothing in it.
    """
    report = json.loads(output)
    if not isinstance(report, dict) or report.get("summary", {}).get("parsing_errors", 1) or not _passed(report):
        raise ValueError("checkov could not read the template")
    return {Finding("checkov", rule, resource) for rule, resource in _failed(report)}


def _passed(report: dict[str, Any]) -> int:
    return int(report["summary"]["passed"])


def _failed(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for check in report["results"]["failed_checks"]:
        yield check["check_id"], check["resource"].rpartition(".")[2]


def _resource(path: list[object] | None) -> str:
    match path:
        case ["Resources", str(name), *_]:
            return name
        case _:
            return ""
