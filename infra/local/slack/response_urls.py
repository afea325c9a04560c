"""`response_url`s: what an app may still say to whoever typed or clicked, five times within 30 minutes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.local.slack.conversation import Content, Conversation, Envelope, Message
from infra.local.slack.refusals import SlackError

MOST_USES = 5
LIFE = timedelta(minutes=30)
"""Both from docs.slack.dev/interactivity/handling-user-interaction."""


@dataclass(slots=True)
class ResponseUrl:
    """One address given out with a command or a click."""

    channel: str
    user: str
    issued_at: datetime
    message: Message | None = None
    """The message that was clicked; None after a slash command, whose acknowledgement cannot be replaced."""
    uses: int = 0


@dataclass(slots=True)
class ResponseUrls:
    """Every address given out, by the token at its end."""

    conversation: Conversation
    bot_user: str
    given: dict[str, ResponseUrl] = field(default_factory=dict)

    def issue(self, token: str, channel: str, user: str, now: datetime, message: Message | None = None) -> None:
        """Remember what an address is for."""
        self.given[token] = ResponseUrl(channel, user, now, message)

    def use(self, token: str, answer: Mapping[str, Any], now: datetime) -> None:
        """Do what the app posted there: say something to the person or the channel, edit or delete what was clicked.

        Raises:
            SlackError: `no_such_url`, `expired_url` after 30 minutes, `used_url` after five uses, or what is wrong
                with the message; a refused message counts as a use.
        """
        url = self.given.get(token)
        if url is None:
            raise SlackError("no_such_url")
        if now - url.issued_at > LIFE:
            raise SlackError("expired_url")
        if url.uses >= MOST_USES:
            raise SlackError("used_url")
        url.uses += 1
        if answer.get("delete_original") and url.message is not None:
            url.message.deleted = True
        elif answer.get("replace_original") and url.message is not None:
            self.conversation.update(url.message, answer.get("text", ""), answer.get("blocks", []), now)
        else:
            self.say(url.channel, url.user, answer, now, thread_ts=answer.get("thread_ts"))

    def say(
        self, channel: str, user: str, answer: Mapping[str, Any], now: datetime, *, thread_ts: str | None = None
    ) -> Message:
        """Post an answer: to the person alone unless it says `"response_type": "in_channel"`."""
        alone = answer.get("response_type") != "in_channel"
        content = Content(answer.get("text") or "", answer.get("blocks") or [])
        to = Envelope(channel, self.bot_user, ephemeral_to=user if alone else None, thread_ts=thread_ts)
        return self.conversation.post(to, content, now)
