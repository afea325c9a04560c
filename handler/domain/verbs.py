"""The words that say what a command is: ``status``, ``scale``, ``break glass scale``, ``why break-glass scale``."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from handler.domain import tokens
from handler.domain.errors import Usage, UsageError
from handler.domain.options import dashed
from handler.domain.vocabulary import NOT_YET, TOPICS, VERBS, Topic, key, near

_SCALES = tuple(word for word, topic in TOPICS.items() if topic is Topic.SCALE)


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a command is about; ``end`` is where the clean text goes on with what it is asked of.

    ``is_emergency`` is said of a change (SCALE, BREAK_GLASS) or of a question about one (WHY).
    """

    topic: Topic
    end: int
    is_emergency: bool = False


def phrase(text: str) -> Phrase | None:
    """Read the first words of a clean text; None when there are none.

    Raises:
        UsageError: UNKNOWN_WORD, NOT_YET or UNEXPECTED_WORD.
    """
    verb = _next(text, 0)
    if verb is None:
        return None
    match _topic(verb):
        case None:
            raise UsageError(Usage.UNKNOWN_WORD, word=tokens.excerpt(verb.text), near=near(key(verb.text), VERBS))
        case Topic.WHY:
            return _asked(text, verb.end)
        case Topic.BREAK_GLASS:
            return _hurried(text, verb.end)
        case topic:
            return Phrase(topic, verb.end)


def _asked(text: str, at: int) -> Phrase:
    """Read on after ``why``: ``scale`` may be left out, since nothing else can be asked about."""
    verb = _next(text, at)
    if verb is not None and _topic(verb) is Topic.BREAK_GLASS:
        return _asked_of(Phrase(Topic.WHY, verb.end, is_emergency=True), _next(text, verb.end))
    return _asked_of(Phrase(Topic.WHY, at), verb)
