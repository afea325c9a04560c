"""Help, and what to read when something was not understood or did not do its part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handler.domain.authority import Action
from handler.domain.errors import LedgerUnavailable, Usage
from handler.domain.vocabulary import Topic
from handler.slack.blocks import told
from handler.slack.faults import in_its_own_words, what_happened, what_next
from handler.slack.mrkdwn import Mrkdwn, code

if TYPE_CHECKING:
    from handler.domain.outcomes import HelpShown, Misunderstood, Trouble
    from handler.ports import Message
    from handler.slack.voice import Voice

LONGEST_TYPED: Final = 80
TOPICS: Final = frozenset(Topic)
# The ledger's operations that a question asks: whatever becomes of them, no change is under way because of it.
ASKS: Final = frozenset({"history", "open_requests", "chain", "record"})


def help_message(say: Voice, shown: HelpShown) -> Message:
    """Show the words that this person may use."""
    lines = [say("help.title")]
    lines += [
        say(f"help.{action.value}") for action in (Action.VIEW, Action.SCALE, Action.AUDIT) if action in shown.actions
    ]
    lines.append(say("help.values") if shown.actions else say("help.nothing"))
    return told(lines)


def misunderstood_message(say: Voice, outcome: Misunderstood) -> Message:
    """Teach what to type."""
    error = outcome.error
    word = code(error.word, LONGEST_TYPED)
    if error.usage is Usage.MISSING_SUBJECT and error.word:
        what = say("usage.missing_subject_named", word=word)
    elif error.usage is Usage.MISSING_JOB and error.topic == Topic.STATUS:
        what = say("usage.missing_job_status")
    else:
        what = say(f"usage.{error.usage.value}", word=word, limit=error.limit)
    lines = [say("usage.intro", what=what)]
    if error.near:
        lines.append(say("usage.near", near=say.either(error.near)))
    if error.usage is not Usage.NOT_YET:
        topic = error.topic if error.topic in TOPICS else Topic.HELP.value
        lines.append(say("usage.type", line=say(f"type.{topic}")))
    return told(lines)


def trouble_message(say: Voice, trouble: Trouble) -> Message:
    """Say what did not do its part, whether anything was changed, and what to do next."""
    error = trouble.error
    if isinstance(error, LedgerUnavailable) and error.operation not in ASKS:
        then = say("trouble.record")
    else:
        then = say("trouble.unchanged", next=what_next(say, error))
    lines = [say("trouble.intro", what=what_happened(say, error)), then]
    if said := in_its_own_words(error):
        lines.append(say("trouble.api", said=said))
    return told(lines, _incident(say, trouble.incident))


def unexpected_message(say: Voice, incident: str) -> Message:
    """Say that something broke that nobody foresaw."""
    return told([say("trouble.unexpected"), say("trouble.unexpected_next")], _incident(say, incident))


def unknown_button_message(say: Voice) -> Message:
    """Answer a click on a button that this version does not know."""
    return told([say("trouble.unknown_button")])


def _incident(say: Voice, incident: str) -> Mrkdwn:
    return say("trouble.footer", incident=code(incident))
