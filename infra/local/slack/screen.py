"""What one person's screen shows, as the page draws it. Pure."""

from typing import Any

from infra.local.slack import lookup
from infra.local.slack.control import delivery_json
from infra.local.slack.conversation import Message
from infra.local.slack.outbox import SLACKBOT
from infra.local.slack.view_json import view_json
from infra.local.slack.views import View
from infra.local.slack.workspace_state import WorkspaceState

_KINDS_SHOWN = ("command", "block_actions", "view_submission", "shortcut")


def screen_json(state: WorkspaceState, user: str, revision: int) -> dict[str, Any]:
    """Show the workspace as this person sees it: channels with messages, open modals, the Home tab, what was sent.

    Raises:
        UnknownInPlaygroundError: nobody has this id.
    """
    cast = state.cast
    lookup.person(state, user)
    people = [
        {"id": person.id, "name": person.real_name, "role": person.role, "is_bot": person.is_bot}
        for person in cast.people.values()
    ]
    return {
        "revision": revision,
        "team": cast.team_name,
        "bot": cast.bot_user,
        "command": cast.command,
        "examples": list(cast.examples),
        "me": user,
        "people": [*people, {"id": SLACKBOT, "name": "Slackbot", "role": "", "is_bot": True}],
        "groups": [{"id": group.id, "name": group.name, "handle": group.handle} for group in cast.groups.values()],
        "channels": [
            {
                "id": channel.id,
                "name": channel.name,
                "purpose": channel.purpose,
                "messages": [_message_json(message) for message in state.conversation.seen_by(user, channel.id)],
                "deliveries": [
                    delivery_json(delivery)
                    for delivery in state.deliveries
                    if (delivery.user, delivery.channel) == (user, channel.id) and delivery.kind in _KINDS_SHOWN
                ],
            }
            for channel in cast.channels.values()
        ],
        "modals": [_modal_json(view, state) for view in state.views.stacks.get(user, [])],
        "home": view_json(state.views.homes[user], cast) if user in state.views.homes else None,
    }


def _message_json(message: Message) -> dict[str, Any]:
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "only_you": message.ephemeral_to is not None,
        "thread_ts": message.thread_ts,
        "edited": message.edited_ts is not None,
    }


def _modal_json(view: View, state: WorkspaceState) -> dict[str, Any]:
    return {**view_json(view, state.cast), "errors": view.errors, "trouble": view.trouble}
