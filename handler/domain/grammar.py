"""From the text of the slash command to a Command, or a UsageError that teaches (contract, "Slack surface")."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from handler.domain import looking_back, scaling, tokens, verbs
from handler.domain.commands import (
    Help,
    ListJobs,
    ListRequests,
    Scale,
    ShowJobHistory,
    ShowStatus,
    ShowUserHistory,
    Undo,
    Why,
)
from handler.domain.errors import Usage, UsageError
from handler.domain.options import is_option
from handler.domain.vocabulary import ASKS_HELP, MYSELF, Topic

if TYPE_CHECKING:
    from handler.domain.commands import Command


def parse(text: str) -> Command:
    """Read what was typed after the slash command; an empty text asks for help.

    A bare ``me`` in ``history me`` gives ``ShowUserHistory(vocabulary.MYSELF)``: only the caller knows who asks.

    Raises:
        UsageError: for any text that makes no command; it raises nothing else.
    """
    readable = tokens.clean(text)
    phrase = verbs.phrase(readable)
    if phrase is None:
        if text.strip():
            raise UsageError(Usage.UNREADABLE)
        return Help()
    first = next(tokens.words(readable, phrase.end), None)
    if first is not None and first.text in ASKS_HELP:
        return Help()
    return _command(phrase, readable)


def _command(phrase: verbs.Phrase, text: str) -> Command:
    topic, at = phrase.topic, phrase.end
    match topic:
        case Topic.HELP:
            return Help()
        case Topic.STATUS:
            job = _job(topic, text, at)
            _expect_end(topic, text, job.end)
            return ShowStatus(job.text)
        case Topic.LIST:
            return ListJobs(_bounded(" ".join(word.text for word in tokens.words(text, at)), topic))
        case Topic.SCALE:
            return _change(phrase, text)
        case Topic.BREAK_GLASS:
            change = _change(phrase, text)
            if change.because is None:
                raise UsageError(Usage.MISSING_REASON, topic=topic)
            return change
        case Topic.WHY:
            return Why(_change(phrase, text.rstrip().rstrip("?\uff1f")))
        case Topic.HISTORY:
            return _history(text, at)
        case Topic.REQUESTS:
            _expect_end(topic, text, at)
            return ListRequests()
        case Topic.UNDO:
            return _undo(text, at)
        case _:
            assert_never(topic)


def _change(phrase: verbs.Phrase, text: str) -> Scale:
    job = _job(phrase.topic, text, phrase.end)
    if is_option(job.text):
        raise UsageError(Usage.MISSING_JOB, word=tokens.excerpt(job.text), topic=phrase.topic)
    try:
        change = scaling.parse(job.text, text, job.end)
    except UsageError as error:
        error.topic = error.topic or phrase.topic
        raise
    return replace(change, is_emergency=phrase.is_emergency)


def _undo(text: str, at: int) -> Undo:
    request = next(tokens.words(text, at), None)
    if request is None or scaling.begins_reason(request.raw):
        raise UsageError(Usage.MISSING_REQUEST, topic=Topic.UNDO)
    _bounded(request.text, Topic.UNDO)
    try:
        return Undo(request.text, scaling.reason_alone(text, request.end))
    except UsageError as error:
        error.topic = Topic.UNDO
        raise


def _history(text: str, at: int) -> ShowJobHistory | ShowUserHistory:
    subject = tokens.name(text, at)
    if subject is None or looking_back.begins_here(text, at, subject.raw):
        raise UsageError(Usage.MISSING_SUBJECT, topic=Topic.HISTORY)
    try:
        period = looking_back.parse(text, subject.end)
    except UsageError as error:
        error.topic = Topic.HISTORY
        raise
    user_id = tokens.mention(subject.raw)
    if user_id is not None:
        return ShowUserHistory(user_id, period)
    if subject.text.casefold() == MYSELF:
        return ShowUserHistory(MYSELF, period)
    if subject.text.startswith("@"):
        # A name that Slack did not turn into an id: it says nothing about whose history is meant.
        raise UsageError(Usage.MISSING_SUBJECT, word=tokens.excerpt(subject.text), topic=Topic.HISTORY)
    return ShowJobHistory(_bounded(subject.text, Topic.HISTORY), period)


def _job(topic: Topic, text: str, at: int) -> tokens.Word:
    job = tokens.name(text, at)
    if job is None:
        raise UsageError(Usage.MISSING_JOB, topic=topic)
    _bounded(job.text, topic)
    return job


def _bounded(text: str, topic: Topic) -> str:
    if len(text) > tokens.LONGEST_WORD:
        raise UsageError(Usage.TOO_LONG, word=tokens.excerpt(text), topic=topic, limit=tokens.LONGEST_WORD)
    return text


def _expect_end(topic: Topic, text: str, at: int) -> None:
    extra = next(tokens.words(text, at), None)
    if extra is not None:
        raise UsageError(Usage.UNEXPECTED_WORD, word=tokens.excerpt(extra.text), topic=topic)
