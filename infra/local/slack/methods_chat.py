"""The `chat.*` methods (docs.slack.dev/reference/methods)."""

from collections.abc import Mapping
from typing import Any

from infra.local.slack.conversation import Content, Envelope
from infra.local.slack.refusals import SlackError
from infra.local.slack.web_api import Call, Method


def _content(call: Call) -> Content:
    return Content(str(call.args.get("text") or ""), call.args.get("blocks") or [])


def _post_message(call: Call) -> dict[str, Any]:
    """Post to a channel, or to a person, whose direct messages with the bot the answer then names."""
    thread_ts = call.args.get("thread_ts") or None
    to = Envelope(
        call.channel(or_person=True), call.state.cast.bot_user, None, thread_ts, call.args.get("metadata") or None
    )
    message = call.state.conversation.post(to, _content(call), call.now)
    return {"channel": message.channel, "ts": message.ts, "message": call.state.message_json(message)}


def _post_ephemeral(call: Call) -> dict[str, Any]:
    channel, user = call.channel(), str(call.args["user"])
    if user not in call.state.members[channel]:
        raise SlackError("user_not_in_channel")
    to = Envelope(channel, call.state.cast.bot_user, user, call.args.get("thread_ts") or None)
    return {"message_ts": call.state.conversation.post(to, _content(call), call.now).ts}


def _update(call: Call) -> dict[str, Any]:
    message = call.state.conversation.find(call.channel(), str(call.args["ts"]))
    if message.user != call.state.cast.bot_user:
        raise SlackError("cant_update_message")
    if not ({"text", "blocks"} & call.args.keys()):
        raise SlackError("no_text")
    call.state.conversation.update(message, call.args.get("text"), call.args.get("blocks"), call.now)
    if call.args.get("metadata"):
        message.metadata = call.args["metadata"]
    shown = call.state.message_json(message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def _delete(call: Call) -> dict[str, Any]:
    message = call.state.conversation.find(call.channel(), str(call.args["ts"]))
    if message.user != call.state.cast.bot_user:
        raise SlackError("cant_delete_message")
    message.deleted = True
    return {"channel": message.channel, "ts": message.ts}


def _get_permalink(call: Call) -> dict[str, Any]:
    message = call.state.conversation.find(call.channel(), str(call.args["message_ts"]))
    path = f"/archives/{message.channel}/p{message.ts.replace('.', '')}"
    return {"channel": message.channel, "permalink": call.state.base_url + path}


CHAT: Mapping[str, Method] = {
    "chat.postMessage": Method(_post_message, ("channel",), "chat:write"),
    "chat.postEphemeral": Method(_post_ephemeral, ("channel", "user"), "chat:write"),
    "chat.update": Method(_update, ("channel", "ts"), "chat:write"),
    "chat.delete": Method(_delete, ("channel", "ts"), "chat:write"),
    "chat.getPermalink": Method(_get_permalink, ("channel", "message_ts")),
}
