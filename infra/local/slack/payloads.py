"""The requests Slack sends to an app, field by field (docs.slack.dev/interactivity, reference/interaction-payloads)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from infra.local.slack.conversation import Message
from infra.local.slack.signing import JSON, SlackRequest
from infra.local.slack.view_json import view_json
from infra.local.slack.views import View
from infra.local.slack.workspace_state import WorkspaceState

VERIFICATION_TOKEN = "playground-verification-token"
"""Slack's deprecated `token` field, which an app must not trust."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What Slack gives out with one request: a trigger, and an address to answer to ("" where there is none)."""

    trigger_id: str
    response_url: str = ""


def command_form(state: WorkspaceState, user: str, channel: str, text: str, issued: Issued) -> SlackRequest:
    """Build a slash command's form body (interactivity/implementing-slash-commands)."""
    cast = state.cast
    body = urlencode(
        {
            "token": VERIFICATION_TOKEN,
            "team_id": cast.team_id,
            "team_domain": cast.team_domain,
            "channel_id": channel,
            "channel_name": cast.conversations[channel].name,
            "user_id": user,
            "user_name": cast.people[user].name,
            "command": cast.command,
            "text": text,
            "api_app_id": cast.app_id,
            "is_enterprise_install": "false",
            "response_url": issued.response_url,
            "trigger_id": issued.trigger_id,
        },
    )
    return SlackRequest(body.encode())


def interaction_form(payload: Mapping[str, Any]) -> SlackRequest:
    """Build the form body of an interaction: one field, `payload`, holding JSON."""
    return SlackRequest(urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode())


def message_action(
    state: WorkspaceState, user: str, message: Message, action: Mapping[str, Any], issued: Issued
) -> dict[str, Any]:
    """Build the `block_actions` payload of a click in a message; ephemeral ones carry no `message`."""
    ephemeral = message.ephemeral_to is not None
    payload = {
        **_interaction(state, "block_actions", user),
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": ephemeral,
        },
        "channel": _channel(state, message.channel),
        "trigger_id": issued.trigger_id,
        "response_url": issued.response_url,
        "state": {"values": {}},
        "actions": [dict(action)],
    }
    return payload if ephemeral else {**payload, "message": state.message_json(message)}


def view_action(
    state: WorkspaceState, user: str, view: View, action: Mapping[str, Any], issued: Issued
) -> dict[str, Any]:
    """Build the `block_actions` payload of a click in a modal or a Home tab."""
    return {
        **_interaction(state, "block_actions", user),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": issued.trigger_id,
        "view": view_json(view, state.cast),
        "actions": [dict(action)],
    }


def view_submission(state: WorkspaceState, view: View, issued: Issued) -> dict[str, Any]:
    """Build the payload of a modal's submit button."""
    return {
        **_interaction(state, "view_submission", view.user),
        "trigger_id": issued.trigger_id,
        "view": view_json(view, state.cast),
        "response_urls": [],
    }


def view_closed(state: WorkspaceState, view: View, *, is_cleared: bool) -> dict[str, Any]:
    """Build the payload that tells an app a modal was dismissed."""
    return {
        **_interaction(state, "view_closed", view.user),
        "view": view_json(view, state.cast),
        "is_cleared": is_cleared,
    }


def block_suggestion(state: WorkspaceState, view: View, block_id: str, action_id: str, typed: str) -> dict[str, Any]:
    """Build the question for an external select's options."""
    return {
        **_interaction(state, "block_suggestion", view.user),
        "container": {"type": "view", "view_id": view.id},
        "action_id": action_id,
        "block_id": block_id,
        "value": typed,
        "view": view_json(view, state.cast),
    }


def global_shortcut(
    state: WorkspaceState, user: str, callback_id: str, issued: Issued, now: datetime
) -> dict[str, Any]:
    """Build the payload of a shortcut from the lightning menu."""
    return {
        **_interaction(state, "shortcut", user),
        "callback_id": callback_id,
        "trigger_id": issued.trigger_id,
        "action_ts": f"{now.timestamp():.6f}",
    }


def message_shortcut(
    state: WorkspaceState, user: str, callback_id: str, message: Message, issued: Issued
) -> dict[str, Any]:
    """Build the payload of a shortcut from a message's menu."""
    return {
        **_interaction(state, "message_action", user),
        "callback_id": callback_id,
        "trigger_id": issued.trigger_id,
        "response_url": issued.response_url,
        "action_ts": message.ts,
        "message_ts": message.ts,
        "channel": _channel(state, message.channel),
        "message": state.message_json(message),
    }


def event_callback(state: WorkspaceState, event: Mapping[str, Any], event_id: str, now: datetime) -> SlackRequest:
    """Build an Events API body (apis/events-api), JSON."""
    body = json.dumps(
        {
            "token": VERIFICATION_TOKEN,
            "team_id": state.cast.team_id,
            "api_app_id": state.cast.app_id,
            "event": dict(event),
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(now.timestamp()),
        },
        ensure_ascii=False,
    )
    return SlackRequest(body.encode(), JSON)


def _interaction(state: WorkspaceState, kind: str, user: str) -> dict[str, Any]:
    cast = state.cast
    name = cast.people[user].name
    return {
        "type": kind,
        "team": {"id": cast.team_id, "domain": cast.team_domain},
        "user": {"id": user, "username": name, "name": name, "team_id": cast.team_id},
        "api_app_id": cast.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel(state: WorkspaceState, channel: str) -> dict[str, str]:
    return {"id": channel, "name": state.cast.conversations[channel].name}
