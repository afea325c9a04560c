"""The policy port kept by Cedar: one question becomes one batch, and whatever cannot be evaluated is not allowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from cedarpy import AuthzResult, is_authorized_batch

from handler.adapters.policy.folder import PolicyTexts, read_texts
from handler.adapters.policy.settings_file import PolicySettings, parse_settings
from handler.adapters.policy.validation import ValidPolicy, schema, validate
from handler.domain.authority import MOST_APPROVALS, Action, Allowed, Decision, Denied, NeedsApproval, Question
from handler.domain.errors import PolicyInvalid
from handler.domain.model import GroupName, Limits
from handler.domain.review import Terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

UNEVALUATED: Final = "could not be evaluated"
"""How a ``because`` ends when a policy, or the question itself, broke the evaluation."""

_ERRING_POLICY: Final = re.compile(r"error while evaluating policy `(policy\d+)`")
_THE_QUESTION: Final = "the question"

Ask = Callable[..., list[AuthzResult]]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What Cedar said to one request; ``errors`` name what it could not evaluate."""

    allows: bool
    because: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(slots=True)
class _Batch:
    """Requests that agree on what every entity is, so that Cedar reads the entities once."""

    entities: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def takes(self, entities: Mapping[tuple[str, str], dict[str, Any]]) -> bool:
        return all(self.entities.get(uid, entity) == entity for uid, entity in entities.items())


@dataclass(frozen=True, slots=True)
class CedarPolicy:
    """A validated policy with its settings; ``ask`` is cedarpy's batch call."""

    valid: ValidPolicy
    settings: PolicySettings
    version: str
    ask: Ask = is_authorized_batch

    @classmethod
    def from_texts(cls, texts: PolicyTexts, ask: Ask = is_authorized_batch) -> Self:
        """Validate the texts. Raises PolicyInvalid with every problem of both files."""
        problems: list[str] = []
        settings, valid = None, None
        try:
            settings = parse_settings(texts.settings)
        except PolicyInvalid as error:
            problems += error.problems
        try:
            valid = validate(texts.policy, None if settings is None else settings.groups)
        except PolicyInvalid as error:
            problems += error.problems
        if settings is None or valid is None:
            raise PolicyInvalid(tuple(problems))
        return cls(valid, settings, texts.version, ask)

    @classmethod
    def from_folder(cls, folder: Path) -> Self:
        """Read and validate the folder that POLICY_DIR names. Raises PolicyInvalid."""
        return cls.from_texts(read_texts(folder))

    @property
    def terms(self) -> Terms:
        """How approvals and emergencies run, from ``settings.toml``."""
        approvals, emergencies = self.settings.approvals, self.settings.break_glass
        escalate = approvals.escalate
        return Terms(
            expires_after=approvals.expires,
            remind_after=approvals.reminded_after,
            escalate_after=None if escalate is None else escalate.after,
            escalate_to=() if escalate is None else self._slack_ids(escalate.to),
            channel=approvals.channel,
            review_within=emergencies.review_within,
            longest_emergency=emergencies.max_for,
            audit_channel=self.settings.audit.channel,
        )

    def _slack_ids(self, to: str) -> tuple[str, ...]:
        """Return the Slack ids of a group of ours, or the id itself."""
        group = self.settings.groups.get(GroupName(to), to)
        return (group,) if isinstance(group, str) else tuple(group)

    @property
    def limits(self) -> Limits:
        """What may be written at all: ``[limits]`` of the settings."""
        return Limits(self.settings.limits.workers, self.settings.limits.timeout)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is valid but seldom meant, as sentences."""
        return self.valid.warnings

    def decide(self, question: Question) -> Decision:
        """Ask with 0 to 3 approvals at once; the smallest number that allows is what is needed.

        What is needed is because of the policies that permit it then, and of those that forbid it with one approval
        less. Cedar skips a policy that it cannot evaluate, and skipping a ``forbid`` would allow more than the policy
        says: one error in any of the four answers denies.
        """
        answers = self._answers([(question, approvals) for approvals in range(MOST_APPROVALS + 1)])
        errors = tuple(dict.fromkeys(error for answer in answers for error in answer.errors))
        if errors:
            return Denied(errors, self.version)
        for approvals, answer in enumerate(answers):
            if answer.allows and approvals == 0:
                return Allowed(answer.because, self.version)
            if answer.allows:
                because = {*answer.because, *answers[approvals - 1].because}
                return NeedsApproval(approvals, tuple(sorted(because, key=list(self.valid.rules).index)), self.version)
        return Denied(answers[-1].because, self.version)

    def permitted(self, questions: Sequence[Question]) -> tuple[bool, ...]:
        """Answer many at once: is each allowed straight away, with nothing that could not be evaluated?"""
        return tuple(answer.allows and not answer.errors for answer in self._answers([(each, 0) for each in questions]))

    def _answers(self, asked: Sequence[tuple[Question, int]]) -> list[_Answer]:
        answers: dict[int, _Answer] = {}
        batches: list[tuple[_Batch, list[int]]] = []
        for position, (question, approvals) in enumerate(asked):
            if not _is_text(question):
                answers[position] = _Answer(allows=False, errors=(f"{_THE_QUESTION} ({UNEVALUATED})",))
                continue
            entities = _entities(question)
            if not batches or not batches[-1][0].takes(entities):
                batches.append((_Batch(), []))
            batch, positions = batches[-1]
            batch.entities.update(entities)
            batch.requests.append(_request(question, approvals))
            positions.append(position)
        for batch, positions in batches:
            results = self.ask(batch.requests, self.valid.policies, list(batch.entities.values()), schema())
            answers.update(zip(positions, map(self._answer, results), strict=True))
        return [answers[position] for position in range(len(asked))]

    def _answer(self, result: AuthzResult) -> _Answer:
        names = self.valid.names
        because = sorted(result.diagnostics.reasons, key=list(names).index)
        erring = (_ERRING_POLICY.search(error) for error in result.diagnostics.errors)
        return _Answer(
            result.allowed,
            tuple(names[policy] for policy in because),
            tuple(f"{names[each[1]] if each else _THE_QUESTION} ({UNEVALUATED})" for each in erring),
        )


def _is_text(question: Question) -> bool:
    """Whether every string can be said in UTF-8; one with half a surrogate pair cannot be put to Cedar."""
    target, actor = question.target, question.actor
    words = (target.id, target.name, target.type, target.status, actor.user_id, actor.channel_id, *question.groups)
    try:
        "".join((*words, question.requester or "")).encode()
    except UnicodeEncodeError:
        return False
    return True


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": name}


def _entities(question: Question) -> dict[tuple[str, str], dict[str, Any]]:
    target, user = question.target, question.actor.user_id
    return {
        ("User", user): {
            "uid": _uid("User", user),
            "attrs": {},
            "parents": [_uid("Group", group) for group in sorted(question.groups)],
        },
        ("Job", target.id): {
            "uid": _uid("Job", target.id),
            "attrs": {"name": target.name, "type": target.type, "status": target.status},
            "parents": [],
        },
    }


def _request(question: Question, approvals: int) -> dict[str, Any]:
    context: dict[str, Any] = {
        "workers": question.workers,
        "timeout": question.timeout_minutes,
        "workersBefore": question.workers_before,
        "timeoutBefore": question.timeout_before_minutes,
        "channel": question.actor.channel_id,
        "forMinutes": question.for_minutes,
        "hasReason": question.has_reason,
        "breakGlass": question.break_glass,
        "approvals": approvals,
    }
    if question.action is Action.APPROVE and question.requester is not None:
        context["requester"] = {"__entity": _uid("User", question.requester)}
    return {
        "principal": _uid("User", question.actor.user_id),
        "action": _uid("Action", question.action.value),
        "resource": _uid("Job", question.target.id),
        "context": context,
    }
