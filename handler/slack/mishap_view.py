"""What went wrong: what happened, whether anything was changed, what to do next, and an id that the log has too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.authority import Action
from handler.domain.errors import DataFlowError, JobAmbiguous, JobNotFound, LedgerError, Usage
from handler.ports import Message
from handler.slack.blocks import Block, as_blocks, context, section
from handler.slack.mrkdwn import Mrkdwn, code

if TYPE_CHECKING:
    from handler.domain.outcomes import HelpShown, Misunderstood, Trouble
    from handler.slack.voice import Voice

TOPICS = ("scale", "status", "list", "history", "requests", "help")


def help_message(say: Voice, shown: HelpShown) -> Message:
    """Show the words that this person may use."""
    lines = [say("help.title")]
    lines += [
        say(f"help.{action.value}") for action in (Action.VIEW, Action.SCALE, Action.AUDIT) if action in shown.actions
    ]
    lines.append(say("help.values") if shown.actions else say("help.nothing"))
    text = Mrkdwn("\n".join(lines))
    return Message(text, as_blocks([section(text)]))


def misunderstood_message(say: Voice, outcome: Misunderstood) -> Message:
    """Teach what to type."""
    error = outcome.error
    word = code(error.word, 60)
    lines = [say("usage.intro"), say(f"usage.{error.usage.value}", word=word)]
    if error.near:
        lines.append(say("usage.near", near=say.listed(error.near)))
    topic = error.topic if error.topic in TOPICS else "help"
    if error.usage is not Usage.NOT_YET:
        lines.append(say("usage.type", line=Mrkdwn(f"`{say(f'usage.{topic}')}`")))
    text = Mrkdwn("\n".join(lines))
    return Message(text, as_blocks([section(text)]))


def trouble_message(say: Voice, trouble: Trouble) -> Message:
    """Say what did not do its part."""
    error = trouble.error
    lines = [say("trouble.intro", what=_what(say, trouble))]
    if isinstance(error, JobNotFound):
        lines.append(say("trouble.near", near=say.listed(error.near)) if error.near else say("trouble.near_none"))
    if isinstance(error, JobAmbiguous):
        lines.append(say("trouble.candidates", near=say.listed(error.candidates)))
    if isinstance(error, DataFlowError) and (said := _said(error)):
        lines.append(say("trouble.api", said=code(said)))
    lines.append(say("trouble.record") if isinstance(error, LedgerError) else say("trouble.unchanged"))
    text = Mrkdwn("\n".join(lines))
    blocks: list[Block] = [section(text), context(say("trouble.footer", incident=code(trouble.incident)))]
    return Message(text, as_blocks(blocks))


def _what(say: Voice, trouble: Trouble) -> Mrkdwn:
    error = trouble.error
    if isinstance(error, JobNotFound):
        return say("error.JobNotFound", asked=code(error.asked))
    if isinstance(error, JobAmbiguous):
        return say("error.JobAmbiguous", asked=code(error.asked), total=error.total)
    return say.error(error)


def _said(error: DataFlowError) -> str:
    status = f"HTTP {error.status}" if error.status else ""
    return " ".join(part for part in (status, error.code or "", error.message or "") if part)


def unexpected_message(say: Voice, incident: str) -> Message:
    """Say that something broke that nobody foresaw."""
    text = say("trouble.unexpected")
    return Message(text, as_blocks([section(text), context(say("trouble.footer", incident=code(incident)))]))


def unknown_button_message(say: Voice) -> Message:
    """Answer a click on a button that this version does not know."""
    text = say("trouble.unknown_button")
    return Message(text, as_blocks([section(text)]))
