"""What Slack delivers, as frozen values; only the fields that are used, each as Slack names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handler.domain.model import Actor, ChannelId, UserId
from handler.domain.request import Card


@dataclass(frozen=True, slots=True)
class Slash:
    """A slash command (docs.slack.dev, "Slash commands")."""

    text: str
    actor: Actor
    trigger_id: str
    response_url: str

    @property
    def delivery(self) -> str:
        """What is the same in each delivery of this command, and in no other command."""
        return f"{self.trigger_id} {self.actor.user_id} {self.actor.channel_id} {self.text}"


@dataclass(frozen=True, slots=True)
class Click:
    """A press of a button in a message (docs.slack.dev, "block_actions payload").

    ``card`` is the message, None when only one person sees it or it stands below another.
    """

    action_id: str
    value: str
    actor: Actor
    trigger_id: str
    response_url: str
    is_stranger: bool = False
    card: Card | None = None

    @property
    def delivery(self) -> str:
        """What is the same in each delivery of this press, and in no other press."""
        about, _, _ = self.value.partition(" ")
        return f"{self.trigger_id} {self.actor.user_id} {self.actor.channel_id} {self.action_id} {about}"


def slash(body: Mapping[str, object]) -> Slash:
    """Read a slash command's form fields."""
    actor = Actor(
        user_id=UserId(_text(body, "user_id")),
        channel_id=ChannelId(_text(body, "channel_id")),
        team_id=_text(body, "team_id"),
    )
    return Slash(_text(body, "text"), actor, _text(body, "trigger_id"), _text(body, "response_url"))


def click(body: Mapping[str, object]) -> Click:
    """Read the one button press of a ``block_actions`` payload."""
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else {}
    actor = Actor(
        user_id=UserId(_text(body.get("user"), "id")),
        channel_id=ChannelId(_text(body.get("channel"), "id")),
        team_id=_text(body.get("team"), "id"),
    )
    return Click(
        action_id=_text(action, "action_id"),
        value=_text(action, "value"),
        actor=actor,
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
        is_stranger=is_stranger(body),
        card=_card(body),
    )


def is_stranger(body: Mapping[str, object]) -> bool:
    """Whether a click or a form comes from another workspace (Slack Connect), or from no person at all.

    In an Enterprise Grid a colleague's own workspace may be another of the same organisation's.
    """
    user = body.get("user")
    home, here = _text(user, "team_id"), _text(body.get("team"), "id")
    is_bot = isinstance(user, Mapping) and bool(user.get("is_bot"))
    is_of_another = home != here and "" not in {home, here}
    return is_bot or (is_of_another and not _text(body.get("enterprise"), "id"))


def where(body: Mapping[str, object]) -> tuple[ChannelId, UserId, str]:
    """Return channel, person and response address of any payload, as far as it has them."""
    if "command" in body:
        said = slash(body)
        return said.actor.channel_id, said.actor.user_id, said.response_url
    pressed = click(body)
    return pressed.actor.channel_id, pressed.actor.user_id, pressed.response_url


def _card(body: Mapping[str, object]) -> Card | None:
    container, message = body.get("container"), body.get("message")
    channel_id, ts = _text(container, "channel_id"), _text(container, "message_ts")
    is_for_all = isinstance(container, Mapping) and not container.get("is_ephemeral")
    is_below = _text(message, "thread_ts") not in {"", ts}
    return Card(ChannelId(channel_id), ts) if channel_id and ts and is_for_all and not is_below else None


def _text(body: object, name: str) -> str:
    value = body.get(name) if isinstance(body, Mapping) else None
    return value if isinstance(value, str) else ""
