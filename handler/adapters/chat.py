"""Slack's Web API: messages and user groups (docs.slack.dev/reference/methods)."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from http.client import HTTPException
from math import inf
from typing import TYPE_CHECKING, Any, Final, cast

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from handler.adapters.marks import marked, metadata_of, next_cursor, oldest
from handler.adapters.slack_waits import IfSurelyNotSent, WaitAsSlackSays, retry_after
from handler.domain.errors import ChatError, ChatRefused, ChatUnavailable
from handler.domain.model import ChannelId, UserId
from handler.domain.request import Card

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from slack_sdk.http_retry.handler import RetryHandler
    from slack_sdk.web import SlackResponse

    from handler.domain.model import RequestId
    from handler.domain.news import Mark
    from handler.ports import Message

TIMEOUT_SECONDS: Final = 5
PAGE: Final = 200
MOST_PAGES: Final = 5
# Slack's words for "not now" (docs.slack.dev/reference/methods/chat.postMessage, "Errors").
PASSING: Final = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "http_200",  # ours, for an answer that is not Slack's: a proxy's page, or nothing
    }
)
WORD: Final = re.compile(r"[a-z0-9_]{1,80}")


class SlackChat:
    """Sends messages and reads user groups with the bot's token; waits ``timeout_seconds`` for each answer.

    When Slack says to wait, it ``sleep``s as long as that fits into the ``seconds_left``.
    """

    def __init__(
        self,
        token: str,
        base_url: str,
        timeout_seconds: float = TIMEOUT_SECONDS,
        *,
        seconds_left: Callable[[], float] = lambda: inf,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        # slack_sdk says int, and only hands it on to urllib, which takes fractions of a second.
        self._timeout = cast("int", timeout_seconds)
        waits = WaitAsSlackSays(seconds_left, sleep)
        self._again: list[RetryHandler] = [ConnectionErrorRetryHandler(), waits]
        self._client = WebClient(token=token, base_url=base_url, timeout=self._timeout)
        self._client.retry_handlers = self._again
        # What is posted twice stands there twice.
        self._poster = WebClient(token=token, base_url=base_url, timeout=self._timeout)
        self._poster.retry_handlers = [IfSurelyNotSent(), waits]

    def post(
        self, channel_id: ChannelId, message: Message, *, thread: Card | None = None, mark: Mark | None = None
    ) -> Card:
        """Post a message that the whole channel sees, or below another; Slack unfurls nothing in it."""
        answer = self._called(
            "chat.postMessage",
            lambda: self._poster.chat_postMessage(
                channel=channel_id,
                text=message.text,
                blocks=[dict(block) for block in message.blocks],
                thread_ts=None if thread is None else thread.ts,
                unfurl_links=False,
                unfurl_media=False,
                metadata=None if mark is None else metadata_of(mark),
            ),
        )
        ts = answer.get("ts")
        if not isinstance(ts, str) or not ts:
            raise ChatUnavailable("chat.postMessage", "no_ts_in_answer")  # whether it stands there is found out later
        return Card(ChannelId(str(answer.get("channel", channel_id))), ts, mark.seq if mark else 0)

    def find(
        self, channel_id: ChannelId, request_id: RequestId, since: datetime, *, thread: Card | None = None
    ) -> Mapping[Mark, Card]:
        """Find the messages with a mark of this request among the newest ones since then, or in a thread."""
        asked = {"channel": channel_id, "oldest": oldest(since), "include_all_metadata": True, "limit": PAGE}
        found: list[tuple[Mark, Card]] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            answer = self._page(asked, thread, cursor)
            found += marked(channel_id, answer.get("messages"))
            cursor = next_cursor(answer.get("response_metadata"))
            if not cursor:
                break
        oldest_first = sorted(found, key=lambda each: each[1].ts)
        return {mark: card for mark, card in oldest_first if mark.request_id == request_id}

    def _page(self, asked: dict[str, Any], thread: Card | None, cursor: str | None) -> SlackResponse:
        if thread is None:
            return self._called(
                "conversations.history", lambda: self._client.conversations_history(**asked, cursor=cursor)
            )
        return self._called(
            "conversations.replies",
            lambda: self._client.conversations_replies(**asked, ts=thread.ts, cursor=cursor),
        )

    def update(self, card: Card, message: Message) -> None:
        """Replace a message that was posted."""
        blocks = [dict(block) for block in message.blocks]
        self._called(
            "chat.update",
            lambda: self._client.chat_update(channel=card.channel_id, ts=card.ts, text=message.text, blocks=blocks),
        )

    def whisper(self, channel_id: ChannelId, user_id: UserId, message: Message) -> None:
        """Post a message that only one person sees."""
        blocks = [dict(block) for block in message.blocks]
        self._called(
            "chat.postEphemeral",
            lambda: self._client.chat_postEphemeral(channel=channel_id, user=user_id, text=message.text, blocks=blocks),
        )

    def respond(self, response_url: str, message: Message, *, in_channel: bool = False, replace: bool = False) -> None:
        """Answer at the address that Slack gave (five times within 30 minutes)."""
        if not response_url.startswith(("https://", "http://")):
            raise ChatRefused("response_url", "no_response_url")
        webhook = WebhookClient(response_url, timeout=self._timeout)
        webhook.retry_handlers = self._again
        try:
            answer = webhook.send(
                text=message.text,
                blocks=[dict(block) for block in message.blocks],
                response_type="in_channel" if in_channel else "ephemeral",
                replace_original=replace,
                unfurl_links=False,
                unfurl_media=False,
            )
        except (OSError, HTTPException, SlackClientError) as error:
            raise ChatUnavailable("response_url", type(error).__name__) from error
        if answer.status_code != HTTPStatus.OK:
            raise _refusal("response_url", answer.status_code, f"http_{answer.status_code}", answer.headers)

    def open_form(self, trigger_id: str, form: Mapping[str, object]) -> None:
        """Open a modal; Slack takes a trigger for three seconds, and once."""
        self._called("views.open", lambda: self._client.views_open(trigger_id=trigger_id, view=dict(form)))

    def group_members(self, usergroup_id: str) -> frozenset[UserId]:
        """Return the members of a user group (scope ``usergroups:read``)."""
        answer = self._called(
            "usergroups.users.list", lambda: self._client.usergroups_users_list(usergroup=usergroup_id)
        )
        users = answer.get("users")
        if not isinstance(users, list):
            raise ChatUnavailable("usergroups.users.list", "no_users_in_answer")
        return frozenset(UserId(user) for user in users if isinstance(user, str))

    def _called(self, method: str, call: Callable[[], SlackResponse]) -> SlackResponse:
        try:
            return call()
        except SlackApiError as error:
            status = int(getattr(error.response, "status_code", HTTPStatus.OK))
            headers = getattr(error.response, "headers", None)
            raise _refusal(method, status, _word(error) or f"http_{status}", headers) from error
        # slack_sdk trips over an answer that is JSON but no object: AttributeError.
        except (OSError, HTTPException, SlackClientError, AttributeError) as error:
            raise ChatUnavailable(method, type(error).__name__) from error


def _word(error: SlackApiError) -> str | None:
    """Return Slack's word for what is wrong; of an answer that is not Slack's, slack_sdk makes a sentence instead."""
    answer = getattr(error.response, "data", None)
    word = answer.get("error") if isinstance(answer, dict) else None
    return word if isinstance(word, str) and WORD.fullmatch(word) else None


def _refusal(method: str, status: int, code: str, headers: object) -> ChatError:
    """Only Slack's own word, or HTTP's for a wrong request, is a no; whatever else is no answer yet."""
    passing = code in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS
    return ChatUnavailable(method, code, retry_after(status, headers)) if passing else ChatRefused(method, code)
