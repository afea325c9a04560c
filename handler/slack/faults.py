"""An error of the tree in people's words: what happened, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handler.domain.dataflow_errors import ClockSkewed, DataFlowError
from handler.domain.errors import (
    ChatRefused,
    GroupUndetermined,
    JobAmbiguous,
    JobNotFound,
    RequestNotFound,
    SettingsInvalid,
)
from handler.slack.mrkdwn import LONGEST_VALUE, LONGEST_WORD, Mrkdwn, clean, code, dotted
from handler.slack.quantities import lasting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handler.domain.errors import SluiceError
    from handler.slack.voice import Voice

SECONDS_IN_MINUTE: Final = 60
ALLOWED_SKEW_SECONDS: Final = 300


def leaves(error: type[SluiceError]) -> Iterator[type[SluiceError]]:
    """Yield the classes of the tree below this one that have none below them."""
    below = error.__subclasses__()
    for each in below:
        yield from leaves(each)
    if not below:
        yield error


REMEMBERED: Final = frozenset(each.__name__ for each in leaves(DataFlowError))
"""The names that a request may remember as its problem: their sentences need no more than the name."""


def what_happened(say: Voice, error: SluiceError) -> Mrkdwn:
    """Say what an error means."""
    match error:
        case ClockSkewed() if abs(error.seconds) > ALLOWED_SKEW_SECONDS:
            apart = lasting(say, abs(error.seconds) // SECONDS_IN_MINUTE)
            return say("clock.ahead" if error.seconds > 0 else "clock.behind", apart=apart)
        case JobNotFound():
            return say("error.JobNotFound", asked=code(error.asked))
        case RequestNotFound():
            return say("error.RequestNotFound", asked=code(error.asked))
        case JobAmbiguous():
            return say("error.JobAmbiguous", asked=code(error.asked), total=error.total)
        case GroupUndetermined():
            return say("error.GroupUndetermined", group=code(error.group, LONGEST_WORD), cause=code(error.cause))
        case SettingsInvalid():
            return say(f"error.{type(error).__name__}", problems=" ".join(error.problems))
        case ChatRefused():
            return say("error.ChatRefused", code=code(error.code, LONGEST_WORD))
        case _:
            return say(f"error.{type(error).__name__}")


def what_next(say: Voice, error: SluiceError) -> Mrkdwn:
    """Say what to do about an error."""
    match error:
        case JobNotFound() if error.near:
            return say("next.JobNotFound_near", near=say.either(error.near))
        case JobAmbiguous():
            return say("next.JobAmbiguous", candidates=say.listed(error.candidates, error.total))
        case _:
            return say(f"next.{type(error).__name__}")


def in_its_own_words(error: SluiceError) -> Mrkdwn:
    """Return what the Data Flow API said, letter by letter: HTTP status, its code, its message; empty if nothing."""
    if not isinstance(error, DataFlowError):
        return Mrkdwn("")
    status = f"HTTP {error.status}" if error.status else ""
    own, message = clean(error.code or ""), clean(error.message or "")
    said = dotted((status, own if own != str(error.status) else "", message))
    return code(said, LONGEST_VALUE) if said else said


def problem(say: Voice, name: str | None) -> Mrkdwn:
    """Say an error that a request remembers by its name; empty for none."""
    return say(f"error.{name}") if name in REMEMBERED else Mrkdwn("")


def problem_next(say: Voice, name: str | None) -> Mrkdwn:
    """Say what to do about an error that a request remembers by its name."""
    return say(f"next.{name}") if name in REMEMBERED else say("next.other")
