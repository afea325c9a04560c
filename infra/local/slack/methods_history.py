"""The methods that read back what was said (docs.slack.dev/reference/methods): `conversations.history`, `.replies`."""

import base64
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from infra.local.slack.conversation import Message
from infra.local.slack.refusals import SlackError
from infra.local.slack.web_api import Call, Method

MOST = 999
"""Messages in one answer."""


def _history(call: Call) -> dict[str, Any]:
    """Give a channel's messages, newest first, without what stands in threads and what only one person saw."""
    channel = call.channel()
    said = [
        message
        for message in call.state.conversation.messages
        if (message.channel, message.ephemeral_to, message.thread_ts) == (channel, None, None) and not message.deleted
    ]
    return _page(call, [message for message in reversed(said) if _is_asked(call, message)], 100)


def _replies(call: Call) -> dict[str, Any]:
    """Give a message and what stands below it, oldest first."""
    try:
        parent = call.state.conversation.find(call.channel(), str(call.args["ts"]))
    except SlackError as error:
        raise SlackError("thread_not_found") from error
    below = [message for message in call.state.conversation.replies(parent) if _is_asked(call, message)]
    return _page(call, [parent, *below], 1000)


def _is_asked(call: Call, message: Message) -> bool:
    """Tell whether a message is from the time that is asked for, its ends not included unless `inclusive`."""
    ts = Decimal(message.ts)
    oldest, latest = _moment(call, "oldest", "0"), _moment(call, "latest", "Infinity")
    return oldest <= ts <= latest if call.flag("inclusive") else oldest < ts < latest


def _moment(call: Call, name: str, default: str) -> Decimal:
    try:
        return Decimal(str(call.args.get(name) or default))
    except InvalidOperation as error:
        raise SlackError(f"invalid_ts_{name}") from error


def _page(call: Call, messages: list[Message], default_limit: int) -> dict[str, Any]:
    """Cut a page out; its metadata is shown only when it is asked for."""
    limit = min(int(call.args.get("limit") or default_limit), MOST)
    begin = _begin(str(call.args.get("cursor") or ""))
    shown = [call.state.message_json(message) for message in messages[begin : begin + limit]]
    if not call.flag("include_all_metadata"):
        for message in shown:
            message.pop("metadata", None)
    has_more = len(messages) > begin + limit
    cursor = base64.b64encode(f"next:{begin + limit}".encode()).decode() if has_more else ""
    return {"messages": shown, "has_more": has_more, "response_metadata": {"next_cursor": cursor}}


def _begin(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:") or 0)
    except ValueError as error:
        raise SlackError("invalid_cursor") from error


HISTORY: Mapping[str, Method] = {
    "conversations.history": Method(_history, ("channel",), "channels:history"),
    "conversations.replies": Method(_replies, ("channel", "ts"), "channels:history"),
}
