"""What telling people needs of Slack, as a Protocol: the adapter and the fake keep the same contract suite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handler.domain.model import ChannelId, RequestId, UserId
    from handler.domain.news import Mark
    from handler.domain.request import Card
    from handler.ports import Message


class Chat(Protocol):
    """Slack, as far as words are sent. Every method may raise a ChatError of the tree."""

    def post(
        self, channel_id: ChannelId, message: Message, *, thread: Card | None = None, mark: Mark | None = None
    ) -> Card:
        """Post to a channel or a person, below ``thread`` if given. What is posted has the ``seq`` of its ``mark``."""

    def find(
        self, channel_id: ChannelId, request_id: RequestId, since: datetime, *, thread: Card | None = None
    ) -> Mapping[Mark, Card]:
        """Find a request's marked messages, in the channel itself or below ``thread``; of very many only the newest.

        Of two with the same mark it is the later.
        """

    def open_form(self, trigger_id: str, form: Mapping[str, object]) -> None:
        """Open a form (a modal view) for the person whose command or click has this trigger."""

    def update(self, card: Card, message: Message) -> None:
        """Replace a message that was posted."""

    def respond(self, response_url: str, message: Message, *, in_channel: bool = False, replace: bool = False) -> None:
        """Answer a command or click at the address Slack gave for it; only the asker sees it unless ``in_channel``."""

    def whisper(self, channel_id: ChannelId, user_id: UserId, message: Message) -> None:
        """Post a message that only one person sees."""

    def group_members(self, usergroup_id: str) -> frozenset[UserId]:
        """Return the members of a Slack user group."""
