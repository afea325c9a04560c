"""The messages of a workspace: posted, edited, deleted, or seen by one person only. Pure: the time is an argument."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infra.local.slack.block_kit import MOST_MESSAGE_TEXT, elements_of, message_problems, text_length
from infra.local.slack.refusals import SlackError

Blocks = list[dict[str, Any]]

LONGEST_TEXT = 40_000
"""Characters; Slack cuts a longer text off (docs.slack.dev, reference/methods/chat.postMessage)."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What a message said before it was edited, and when it stopped saying so (Slack timestamp)."""

    text: str
    blocks: Blocks
    until: str


@dataclass(slots=True)
class Message:
    """One message. `ts`, seconds with six decimals, is its identity within the channel."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: Blocks
    ephemeral_to: str | None = None
    """The only person who sees it; None for everybody in the channel."""
    thread_ts: str | None = None
    metadata: dict[str, Any] | None = None
    edited_ts: str | None = None
    edits: list[Edit] = field(default_factory=list)
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says, checked by Slack's rules.

    Raises:
        SlackError: `no_text`, `invalid_blocks` with a sentence for each problem, or `msg_blocks_too_long`.
    """

    text: str = ""
    blocks: Blocks = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.text and not self.blocks:
            raise SlackError("no_text")
        if problems := message_problems(self.blocks):
            raise SlackError("invalid_blocks", problems)
        if text_length(self.blocks) > MOST_MESSAGE_TEXT:
            raise SlackError("msg_blocks_too_long")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who says something, where, and to whom alone."""

    channel: str
    sender: str
    ephemeral_to: str | None = None
    thread_ts: str | None = None
    metadata: dict[str, Any] | None = None


@dataclass(slots=True)
class Conversation:
    """All messages of all channels, oldest first, with deleted ones kept for tests to look at."""

    messages: list[Message] = field(default_factory=list)
    _last_micros: int = 0
    _ids_given: int = 0

    def timestamp(self, now: datetime) -> str:
        """Give out a Slack timestamp that is later than every one before."""
        self._last_micros = max(round(now.timestamp() * 1_000_000), self._last_micros + 1)
        seconds, micros = divmod(self._last_micros, 1_000_000)
        return f"{seconds}.{micros:06}"

    def post(self, to: Envelope, content: Content, now: datetime) -> Message:
        """Add a message; blocks and elements without an id get one, as in Slack."""
        message = Message(
            channel=to.channel,
            ts=self.timestamp(now),
            user=to.sender,
            text=content.text[:LONGEST_TEXT],
            blocks=self.with_ids(content.blocks),
            ephemeral_to=to.ephemeral_to,
            thread_ts=to.thread_ts,
            metadata=to.metadata,
        )
        self.messages.append(message)
        return message

    def update(self, message: Message, text: str | None, blocks: Blocks | None, now: datetime) -> None:
        """Edit a message in place; what is None stays as it was (reference/methods/chat.update).

        Raises:
            SlackError: `msg_too_long`, or what `Content` refuses; the message is then as it was.
        """
        if text is not None and len(text) > LONGEST_TEXT:
            raise SlackError("msg_too_long")
        content = Content(message.text if text is None else text, message.blocks if blocks is None else blocks)
        edited_ts = self.timestamp(now)
        message.edits.append(Edit(message.text, message.blocks, edited_ts))
        message.text, message.edited_ts = content.text, edited_ts
        message.blocks = self.with_ids(content.blocks)

    def find(self, channel: str, ts: str, *, ephemeral_to: str | None = None) -> Message:
        """Find a message that still stands: a channel's, or one person's ephemeral one.

        Raises:
            SlackError: `message_not_found`.
        """
        for message in self.messages:
            if (message.channel, message.ts, message.ephemeral_to) == (
                channel,
                ts,
                ephemeral_to,
            ) and not message.deleted:
                return message
        raise SlackError("message_not_found")

    def replies(self, message: Message) -> list[Message]:
        """List what everybody sees in the thread below a message, oldest first."""
        return [
            reply
            for reply in self.messages
            if (reply.channel, reply.thread_ts) == (message.channel, message.ts)
            and not reply.deleted
            and reply.ephemeral_to is None
        ]

    def seen_by(self, user: str, channel: str) -> Iterator[Message]:
        """Yield what this person sees in a channel, oldest first."""
        for message in self.messages:
            if message.channel == channel and not message.deleted and message.ephemeral_to in (None, user):
                yield message

    def with_ids(self, blocks: Sequence[Mapping[str, Any]]) -> Blocks:
        """Copy blocks, giving a `block_id` and `action_id` where the sender left it out."""
        named: Blocks = []
        for block in blocks:
            copy = {**block, "block_id": block.get("block_id") or self._next_id()}
            if isinstance(copy.get("elements"), list) and copy["type"] == "actions":
                copy["elements"] = [self._with_action_id(element) for element in copy["elements"]]
            for part in ("accessory", "element"):
                if isinstance(copy.get(part), dict) and copy[part].get("type") != "image":
                    copy[part] = self._with_action_id(copy[part])
            named.append(copy)
        return named

    def _with_action_id(self, element: Mapping[str, Any]) -> dict[str, Any]:
        return {**element, "action_id": element.get("action_id") or self._next_id()}

    def _next_id(self) -> str:
        self._ids_given += 1
        return f"id{self._ids_given:04}"


def find_element(blocks: Sequence[Mapping[str, Any]], action_id: str) -> tuple[str, dict[str, Any]] | None:
    """Find an element by its `action_id`; gives its `block_id` and itself, or None."""
    for block in blocks:
        for element in elements_of(block):
            if element.get("action_id") == action_id:
                return str(block["block_id"]), dict(element)
    return None
