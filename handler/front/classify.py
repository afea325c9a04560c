"""A signed request → what it is: something to hand over, or a challenge to answer.

Sources: docs.slack.dev/interactivity/implementing-slash-commands (commands), docs.slack.dev/interactivity/
handling-user-interaction (payloads), docs.slack.dev/apis/events-api (events).
"""

from __future__ import annotations

import json
from typing import NamedTuple
from urllib.parse import parse_qsl

from handler.front import replies

# Slack waits for the content of these answers; everything else is acknowledged and done behind.
AWAITED = frozenset({"view_submission", "block_suggestion"})
_INTERACTIONS = AWAITED | {"block_actions", "shortcut", "message_action", "view_closed"}


class Delivery(NamedTuple):
    """What goes to the worker: `kind` is command, interaction or event, `name` Slack's own word for it."""

    kind: str
    name: str
    body: dict[str, object]

    @property
    def is_awaited(self) -> bool:
        """Tell whether Slack wants the worker's own answer, within its three seconds."""
        return self.kind == "interaction" and self.name in AWAITED


class Challenge(NamedTuple):
    """Slack's question whether this address is ours (`url_verification`)."""

    text: str


def classify(body: bytes, content_type: str) -> Delivery | Challenge:
    """Return what the signed `body` (UTF-8) holds.

    Raises:
        TurnedAway: 415 for another content type, 400 for what cannot be read or is not known.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/x-www-form-urlencoded":
        return _from_form(body.decode())
    if media_type == "application/json":
        return _from_event(_json_object(body.decode()))
    raise replies.unreadable(replies.UNSUPPORTED_MEDIA_TYPE, "content_type")


def _from_form(text: str) -> Delivery:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise replies.unreadable(replies.BAD_REQUEST, "form") from None
    fields = dict(reversed(pairs))  # of a repeated field the first counts
    if "payload" in fields:
        payload = _json_object(fields["payload"])
        name = payload.get("type")
        if not isinstance(name, str) or name not in _INTERACTIONS:
            raise replies.unreadable(replies.BAD_REQUEST, "unknown_interaction")
        return _delivery("interaction", name, payload)
    if not fields.get("command"):
        raise replies.unreadable(replies.BAD_REQUEST, "unknown_form")
    return _delivery("command", "slash_command", fields)


def _from_event(event: dict[str, object]) -> Delivery | Challenge:
    challenge = event.get("challenge")
    if event.get("type") == "url_verification" and isinstance(challenge, str):
        return Challenge(challenge)
    if event.get("type") != "event_callback":
        raise replies.unreadable(replies.BAD_REQUEST, "unknown_event")
    return _delivery("event", "event_callback", event)


def _delivery(kind: str, name: str, fields: dict[str, object] | dict[str, str]) -> Delivery:
    # `token` is Slack's deprecated shared secret: nothing behind the door needs it.
    return Delivery(kind, name, {key: value for key, value in fields.items() if key != "token"})


def _json_object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise replies.unreadable(replies.BAD_REQUEST, "json") from None
    if not isinstance(value, dict):
        raise replies.unreadable(replies.BAD_REQUEST, "json")
    return value
