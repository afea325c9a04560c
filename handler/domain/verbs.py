"""The words that say what a command is: ``status``, ``scale``, ``break glass scale``, ``why break-glass scale``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from handler.domain import tokens
from handler.domain.errors import Usage, UsageError
from handler.domain.options import dashed
from handler.domain.vocabulary import NOT_YET, TOPICS, VERBS, Topic, key, near

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCALE: Final = tuple(word for word, topic in TOPICS.items() if topic is Topic.SCALE)


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a command is about; what it is asked of follows in the clean text from ``end`` on.

    ``is_emergency`` is said of a change (BREAK_GLASS) or of a question about one (WHY).
    """

    topic: Topic
    end: int
    is_emergency: bool = False


@dataclass(frozen=True, slots=True)
class _Verb:
    topic: Topic | None
    typed: str
    end: int


def phrase(text: str) -> Phrase | None:
    """Read the verbs that a clean text begins with; None when it has no words.

    Raises:
        UsageError: UNKNOWN_WORD, NOT_YET or UNEXPECTED_WORD.
    """
    verb = _verb(text, 0)
    if verb is None:
        return None
    match verb.topic:
        case None:
            raise UsageError(Usage.UNKNOWN_WORD, word=tokens.excerpt(verb.typed), near=near(key(verb.typed), VERBS))
        case Topic.WHY:
            return _of_change(text, Phrase(Topic.WHY, verb.end))
        case Topic.BREAK_GLASS:
            return _of_change(text, Phrase(Topic.BREAK_GLASS, verb.end, is_emergency=True))
        case topic:
            return Phrase(topic, verb.end)


def _of_change(text: str, begun: Phrase) -> Phrase:
    """Read on to ``scale``. A question may go without it: it asks about nothing else, and can do no harm."""
    verb = _verb(text, begun.end)
    if verb is None:
        return begun
    match verb.topic:
        case Topic.SCALE:
            return replace(begun, end=verb.end)
        case Topic.HELP:
            return Phrase(Topic.HELP, verb.end)
        case Topic.BREAK_GLASS if not begun.is_emergency:
            return _of_change(text, replace(begun, end=verb.end, is_emergency=True))
        case None if begun.topic is Topic.WHY:
            return begun
        case _:
            meant = near(key(verb.typed), _SCALE)
            raise UsageError(Usage.UNEXPECTED_WORD, word=tokens.excerpt(verb.typed), near=meant, topic=begun.topic)


def _verb(text: str, at: int) -> _Verb | None:
    """Read the next word, or the next two when together they are one: ``break glass``, ``- break-glass``."""
    pair = tuple(islice(tokens.words(text, at), 2))
    if not pair:
        return None
    if TOPICS.get(_spelled(pair)) is Topic.BREAK_GLASS:
        return _Verb(Topic.BREAK_GLASS, " ".join(word.text for word in pair), pair[-1].end)
    first = pair[0]
    spelled = _spelled(pair[:1])
    if spelled in NOT_YET:
        raise UsageError(Usage.NOT_YET, word=spelled)
    return _Verb(TOPICS.get(spelled), first.text, first.end)


def _spelled(words: Iterable[tokens.Word]) -> str:
    return "".join(key(dashed(word.text)) for word in words)
