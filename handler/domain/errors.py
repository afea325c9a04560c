"""The error tree. An error carries facts; its sentence is the catalogue's (``handler/slack/en.toml``).

SluiceError
├── UsageError                 the words typed make no command; nothing was asked of anybody
├── JobNotFound                no job of that id or name
├── JobAmbiguous               several jobs begin with that name
├── RequestNotFound            no request has this id
├── GroupUndetermined          it could not be found out who belongs to a group; nothing is allowed
├── SettingsInvalid            the function is set up wrongly; lists every problem
│   └── PolicyInvalid          the policy does not validate
├── DataFlowError              the Data Flow API did not do what was asked
│   ├── DataFlowRefused        a definite no: nothing was changed
│   │   ├── AuthenticationFailed
│   │   ├── ClockSkewed
│   │   ├── PermissionDenied
│   │   ├── NotFound
│   │   ├── BadParameter
│   │   ├── BadState
│   │   └── Throttled
│   └── DataFlowUnclear        no usable answer: a write may have been done
│       ├── DataFlowUnavailable
│       ├── DataFlowTimedOut
│       └── DataFlowUnreadable
├── LedgerError
│   ├── LedgerUnavailable      DynamoDB did not answer or refused; nothing was recorded, or it is not known
│   ├── DeliveryKnown          this very delivery has opened a request already
│   ├── IdTaken                another delivery has the same short id
│   ├── JobBusy                another open request owns the job
│   ├── Moved                  the request is no longer as it was read
│   └── BadCursor              what should lead to the next page of a history leads nowhere
├── ChatError
│   ├── ChatUnavailable        Slack did not answer, or said to wait
│   └── ChatRefused            Slack said no: wrong channel, wrong token, wrong blocks
└── IllegalMove                a state may not follow another; a defect of ours
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from handler.domain.request import Request, State


class SluiceError(Exception):
    """Whatever goes wrong in a way that we know of."""


class Usage(StrEnum):
    """What was wrong with the words typed; each has a sentence that says what to type."""

    UNKNOWN_WORD = "unknown_word"
    NOT_YET = "not_yet"
    MISSING_JOB = "missing_job"
    MISSING_CHANGE = "missing_change"
    MISSING_VALUE = "missing_value"
    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    NEGATIVE_TIME = "negative_time"
    NEGATIVE_LENGTH = "negative_length"
    TOO_BIG = "too_big"
    NOT_A_DURATION = "not_a_duration"
    NOT_A_WHEN = "not_a_when"
    BACKWARDS = "backwards"
    GIVEN_TWICE = "given_twice"
    UNEXPECTED_WORD = "unexpected_word"
    MISSING_REASON = "missing_reason"
    MISSING_REQUEST = "missing_request"
    MISSING_SUBJECT = "missing_subject"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"


class UsageError(SluiceError):
    """The words typed make no command.

    ``word`` is the part that was not understood, ``near`` what may have been meant, ``topic`` the command whose
    usage helps, ``limit`` the most there may be (characters for TOO_LONG, the number itself for TOO_BIG), else 0.
    """

    def __init__(
        self, usage: Usage, *, word: str = "", near: tuple[str, ...] = (), topic: str = "", limit: int = 0
    ) -> None:
        super().__init__(usage.value)
        self.usage = usage
        self.word = word
        self.near = near
        self.topic = topic
        self.limit = limit


class JobNotFound(SluiceError):
    """No job has this id or name; ``near`` are names that are close to it."""

    def __init__(self, asked: str, near: tuple[str, ...] = ()) -> None:
        super().__init__("job not found")
        self.asked = asked
        self.near = near


class JobAmbiguous(SluiceError):
    """Several jobs begin with this name; ``candidates`` are their names, at most ten of ``total``."""

    def __init__(self, asked: str, candidates: tuple[str, ...], total: int) -> None:
        super().__init__("job name is ambiguous")
        self.asked = asked
        self.candidates = candidates
        self.total = total


class RequestNotFound(SluiceError):
    """No request has this id, as it was typed."""

    def __init__(self, asked: str) -> None:
        super().__init__("request not found")
        self.asked = asked


class GroupUndetermined(SluiceError):
    """It could not be found out who is in this group; that is not the same as not being in it."""

    def __init__(self, group: str, cause: str) -> None:
        super().__init__(f"members of {group} could not be found out: {cause}")
        self.group = group
        self.cause = cause


class SettingsInvalid(SluiceError):
    """The settings cannot work; ``problems`` are sentences, one each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class PolicyInvalid(SettingsInvalid):
    """The policy folder does not hold a valid policy."""


class LedgerError(SluiceError):
    """The record could not be written or read as asked."""


class LedgerUnavailable(LedgerError):
    """DynamoDB did not do it; ``operation`` and ``cause`` say what, without values."""

    def __init__(self, operation: str, cause: str) -> None:
        super().__init__(f"{operation}: {cause}")
        self.operation = operation
        self.cause = cause


class DeliveryKnown(LedgerError):
    """This very delivery has opened ``existing`` already."""

    def __init__(self, existing: Request) -> None:
        super().__init__("delivery already known")
        self.existing = existing


class IdTaken(LedgerError):
    """The short id belongs to another delivery."""


class JobBusy(LedgerError):
    """Another open request owns the job; ``holder`` is None when it ended while we looked."""

    def __init__(self, holder: Request | None) -> None:
        super().__init__("job is busy")
        self.holder = holder


class Moved(LedgerError):
    """The request is no longer as it was read; ``current`` is what it is now."""

    def __init__(self, current: Request | None) -> None:
        super().__init__("request has moved")
        self.current = current


class BadCursor(LedgerError):
    """No history has returned this cursor: a defect of ours, or a forgery, never a person's slip."""

    def __init__(self) -> None:
        super().__init__("not a cursor of a history")


class ChatError(SluiceError):
    """Slack did not take a message; ``code`` is Slack's own word."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"{method}: {code}")
        self.method = method
        self.code = code


class ChatUnavailable(ChatError):
    """Slack did not answer, or said to wait ``retry_after``: the message may be sent later."""

    def __init__(self, method: str, code: str, retry_after: timedelta | None = None) -> None:
        super().__init__(method, code)
        self.retry_after = retry_after


class ChatRefused(ChatError):
    """Slack said no: sending the same again will not help."""


class IllegalMove(SluiceError):
    """A state may not follow another; a defect of ours, never a person's mistake."""

    def __init__(self, before: State, after: State) -> None:
        super().__init__(f"{before} may not become {after}")
        self.before = before
        self.after = after


def facts_of(error: Exception) -> Mapping[str, object]:
    """Return the error's own plain fields, for the log; none of them is ever a secret.

    Of errors that are not ours nothing is told: a JSON decoder's, for one, holds the whole document.
    """
    if not isinstance(error, SluiceError):
        return {}
    return {name: value for name, value in vars(error).items() if isinstance(value, str | int | float)}


def described(error: Exception) -> Mapping[str, object]:
    """Return what the log says of an error of the tree."""
    return {"error": type(error).__name__, "facts": facts_of(error)}
