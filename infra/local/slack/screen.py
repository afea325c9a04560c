"""What one person's screen shows, as the page draws it. Pure."""

from typing import Any

from infra.local.slack import lookup
from infra.local.slack.cast import Channel, Person
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
    people = [_person_json(state, person) for person in cast.people.values()]
    return {
        "revision": revision,
        "team": cast.team_name,
        "bot": cast.bot_user,
        "command": cast.command,
        "examples": list(cast.examples),
        "me": user,
        "people": [*people, {"id": SLACKBOT, "name": "Slackbot", "role": "", "is_bot": True, "direct": None}],
        "groups": [{"id": group.id, "name": group.name, "handle": group.handle} for group in cast.groups.values()],
        "channels": [
            _channel_json(state, user, channel) for channel in [*cast.channels.values(), cast.direct_with(user)]
        ],
        "modals": [_modal_json(view, state) for view in state.views.stacks.get(user, [])],
        "home": view_json(state.views.homes[user], cast) if user in state.views.homes else None,
    }


def _person_json(state: WorkspaceState, person: Person) -> dict[str, Any]:
    """Show a person; `direct` tells when the bot last wrote to them alone, so that the page can mark who has news."""
    direct = {"id": state.cast.direct_with(person.id).id, "latest": ""}
    for message in state.conversation.seen_by(person.id, direct["id"]):
        direct["latest"] = message.ts
    return {
        "id": person.id,
        "name": person.real_name,
        "role": person.role,
        "is_bot": person.is_bot,
        "direct": None if person.is_bot else direct,
    }


def _channel_json(state: WorkspaceState, user: str, channel: Channel) -> dict[str, Any]:
    """Show a channel, or the direct messages, which Slack's own client calls by the other one's name."""
    return {
        "id": channel.id,
        "name": state.cast.people[state.cast.bot_user].real_name if channel.is_direct else channel.name,
        "purpose": channel.purpose,
        "is_direct": channel.is_direct,
        "messages": [_message_json(message) for message in state.conversation.seen_by(user, channel.id)],
        "deliveries": [
            delivery_json(delivery)
            for delivery in state.deliveries
            if (delivery.user, delivery.channel) == (user, channel.id) and delivery.kind in _KINDS_SHOWN
        ],
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
