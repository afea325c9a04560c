"""``cases.toml``: a policy's own examples, given → expect, told in the words of the policy (contract, "Policy")."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Final, Literal, assert_never

from pydantic import BeforeValidator, Field

from handler.adapters.policy.folder import CASES_FILE, SETTINGS_FILE
from handler.adapters.policy.tables import CamelTable, Table, did_you_mean, read_table
from handler.domain.authority import Action, Allowed, Decision, Denied, NeedsApproval, Question, Target
from handler.domain.errors import PolicyInvalid
from handler.domain.model import Actor, ChannelId, GroupName, UserId
from handler.ports import Policy

_BEGIN: Final = re.compile(r"^[ \t]*\[\[[ \t]*case[ \t]*\]\]", re.MULTILINE)
_NUMBERED: Final = re.compile(rf"^{re.escape(CASES_FILE)}(?=: case\.([0-9]+))")

Expected = Literal["allowed", "1 approval", "2 approvals", "3 approvals", "denied"]


def _action(value: object) -> Action:
    known = tuple(action.value for action in Action)
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"must be one of {', '.join(known)}")
    return Action(value)


def _names(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class GivenJob(Table):
    """The job of a case."""

    id: str = "job-of-a-case"
    name: str = ""
    type: str = ""
    status: str = ""


class Given(CamelTable):
    """Who asks for what; ``workers`` and ``timeout`` (minutes) stay as before when they are left out."""

    action: Annotated[Action, BeforeValidator(_action)]
    groups: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()
    user: str = "U0SOMEBODY"
    requester: str = "U0REQUESTER"
    job: GivenJob = GivenJob()
    channel: str = ""
    workers_before: int = 2
    workers: int | None = None
    timeout_before: int = 360
    timeout: int | None = None
    for_minutes: int = 0
    has_reason: bool = False
    break_glass: bool = False

    def question(self) -> Question:
        """Put the case as a flow would."""
        return Question(
            actor=Actor(UserId(self.user), ChannelId(self.channel)),
            groups=frozenset(GroupName(group) for group in self.groups),
            action=self.action,
            target=Target(self.job.id, self.job.name, self.job.type, self.job.status),
            workers=self.workers_before if self.workers is None else self.workers,
            timeout_minutes=self.timeout_before if self.timeout is None else self.timeout,
            workers_before=self.workers_before,
            timeout_before_minutes=self.timeout_before,
            for_minutes=self.for_minutes,
            has_reason=self.has_reason,
            break_glass=self.break_glass,
            requester=UserId(self.requester) if self.action is Action.APPROVE else None,
        )


class Case(Table):
    """One example; ``because``, when given, are the ``@id``s that must decide it, in any order."""

    name: Annotated[str, Field(min_length=1)]
    given: Given
    expect: Expected
    because: Annotated[tuple[str, ...] | None, BeforeValidator(_names)] = None


class _Cases(Table):
    case: Annotated[tuple[Case, ...], BeforeValidator(_names)] = ()


@dataclass(frozen=True, slots=True)
class PlacedCase:
    """A case, and where it stands: the file, with the line where that is known."""

    case: Case
    where: str


def parse_cases(text: str, groups: Collection[str]) -> tuple[PlacedCase, ...]:
    """Read ``cases.toml``. Raises PolicyInvalid with each problem, also for groups that the settings do not know."""
    lines = [text.count("\n", 0, begin.start()) + 1 for begin in _BEGIN.finditer(text)]
    try:
        cases = read_table(CASES_FILE, text, _Cases).case
    except PolicyInvalid as error:
        raise PolicyInvalid(tuple(_placed(problem, lines) for problem in error.problems)) from error
    if len(lines) == len(cases):
        placed = tuple(PlacedCase(case, _where(line)) for case, line in zip(cases, lines, strict=True))
    else:  # written in another of TOML's ways
        placed = tuple(PlacedCase(case, CASES_FILE) for case in cases)
    problems = tuple(
        f'{each.where}: "{each.case.name}" names the group {group}, which is not in [groups] of {SETTINGS_FILE}'
        f"{did_you_mean(group, groups)}"
        for each in placed
        for group in each.case.given.groups
        if group not in groups
    )
    if problems:
        raise PolicyInvalid(problems)
    return placed


def _where(line: int) -> str:
    return f"{CASES_FILE}, line {line}"


def _placed(problem: str, lines: list[int]) -> str:
    """Put the line of its case into a sentence that numbers it."""
    found = _NUMBERED.match(problem)
    number = int(found[1]) if found else 0
    return _NUMBERED.sub(_where(lines[number - 1]), problem) if 0 < number <= len(lines) else problem


def check_cases(policy: Policy, cases: Collection[PlacedCase]) -> tuple[str, ...]:
    """Ask the policy every case; return a sentence for each that it answers otherwise than expected."""
    decided = ((each, policy.decide(each.case.given.question())) for each in cases)
    return tuple(f"{each.where}: {failure}" for each, decision in decided if (failure := _failure(each.case, decision)))


def _failure(case: Case, decision: Decision) -> str:
    same = case.because is None or set(case.because) == set(decision.because)
    if _outcome(decision) == case.expect and same:
        return ""
    expected = case.expect + _because(case.because or ())
    return f'"{case.name}" expects {expected}; the policy says {_outcome(decision)}{_because(decision.because)}.'


def _outcome(decision: Decision) -> str:
    match decision:
        case Allowed():
            return "allowed"
        case NeedsApproval(approvals=approvals):
            return f"{approvals} approval{'s' if approvals > 1 else ''}"
        case Denied():
            return "denied"
        case _:
            assert_never(decision)


def _because(names: tuple[str, ...]) -> str:
    return f" because of {', '.join(names)}" if names else ""
