"""Slack in memory: what was posted, edited, answered and whispered; it can refuse or be away."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from handler.domain.errors import ChatRefused
from handler.domain.request import Card

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handler.domain.errors import ChatError
    from handler.domain.model import ChannelId, RequestId, UserId
    from handler.domain.news import Mark
    from handler.ports import Message


@dataclass(frozen=True, slots=True)
class Response:
    """An answer at a response address."""

    response_url: str
    message: Message
    in_channel: bool
    replace: bool


@dataclass(slots=True)
class FakeChat:
    """``failing`` is what a method raises from now on, by its name; ``closed``, what posting to a channel raises."""

    posts: list[tuple[Card, Message]] = field(default_factory=list)
    replies: list[tuple[Card, Message]] = field(default_factory=list)
    forms: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    updates: list[tuple[Card, Message]] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    whispers: list[tuple[ChannelId, UserId, Message]] = field(default_factory=list)
    marks: list[tuple[Card, str | None, Mark]] = field(default_factory=list)
    members: dict[str, frozenset[UserId]] = field(default_factory=dict)
    failing: dict[str, ChatError] = field(default_factory=dict)
    closed: dict[str, ChatError] = field(default_factory=dict)

    def post(
        self, channel_id: ChannelId, message: Message, *, thread: Card | None = None, mark: Mark | None = None
    ) -> Card:
        """Post a message that the whole channel sees, or below another."""
        self._strike("post")
        if channel_id in self.closed:
            raise self.closed[channel_id]
        if thread is not None and thread.channel_id != channel_id:
            raise ChatRefused("chat.postMessage", "thread_not_found")
        if thread is not None:
            self.replies.append((thread, message))
            return self._marked(Card(channel_id, f"1795402246.{len(self.replies):06d}"), thread, mark)
        card = self._marked(Card(channel_id, f"1795402245.{len(self.posts):06d}"), None, mark)
        self.posts.append((card, message))
        return card

    def find(
        self,
        channel_id: ChannelId,
        request_id: RequestId,
        since: datetime,  # noqa: ARG002 - nothing in this chat is older than a request
        *,
        thread: Card | None = None,
    ) -> Mapping[Mark, Card]:
        """Find the messages that carry a mark of this request; this chat forgets nothing, however long ago."""
        self._strike("find")
        below = None if thread is None else thread.ts
        return {
            mark: card
            for card, ts, mark in sorted(self.marks, key=lambda each: each[0].ts)
            if (card.channel_id, ts, mark.request_id) == (channel_id, below, request_id)
        }

    def update(self, card: Card, message: Message) -> None:
        """Replace a message that was posted."""
        self._strike("update")
        self.updates.append((card, message))

    def respond(self, response_url: str, message: Message, *, in_channel: bool = False, replace: bool = False) -> None:
        """Answer at the address that Slack gave."""
        self._strike("respond")
        if not response_url:
            raise ChatRefused("response_url", "no_response_url")
        self.responses.append(Response(response_url, message, in_channel, replace))

    def whisper(self, channel_id: ChannelId, user_id: UserId, message: Message) -> None:
        """Post a message that only one person sees."""
        self._strike("whisper")
        self.whispers.append((channel_id, user_id, message))

    def open_form(self, trigger_id: str, form: Mapping[str, object]) -> None:
        """Open a form."""
        self._strike("open_form")
        self.forms.append((trigger_id, form))

    def group_members(self, usergroup_id: str) -> frozenset[UserId]:
        """Return the members of a user group."""
        self._strike("group_members")
        return self.members.get(usergroup_id, frozenset())

    def _marked(self, card: Card, thread: Card | None, mark: Mark | None) -> Card:
        if mark is None:
            return card
        marked = replace(card, seq=mark.seq)
        self.marks.append((marked, None if thread is None else thread.ts, mark))
        return marked

    def _strike(self, method: str) -> None:
        if method in self.failing:
            raise self.failing[method]
