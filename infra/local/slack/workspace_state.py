"""The whole workspace at one moment, and its one lock: what the Web API, the sender and the page share."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from infra.local.slack.cast import Cast
from infra.local.slack.conversation import Conversation, Message
from infra.local.slack.response_urls import ResponseUrls
from infra.local.slack.signing import SlackRequest
from infra.local.slack.views import Views

Clock = Callable[[], datetime]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One signed request to the app and what came of it within Slack's three seconds."""

    kind: str
    """`command`, `block_actions`, `view_submission`, `view_closed`, `block_suggestion`, `shortcut`, `event`, ..."""
    user: str
    channel: str | None
    what: str
    """For a person: the command as typed, or the button that was pressed."""
    at: datetime
    status: int | None
    """The HTTP status; None when no answer came in time, or nothing was sent."""
    body: str
    acknowledged_in_ms: float
    error: str | None = None
    """`operation_timeout`, `dispatch_failed`, `connection_failed`, `invalid_response`; None when Slack is content."""
    answer: Any = None
    """The parsed JSON body, if it was JSON."""
    request: SlackRequest = field(default_factory=SlackRequest, repr=False)
    """What was sent, for `Workspace.resend`."""


@dataclass(slots=True)
class WorkspaceState:
    """Everything that requests change."""

    cast: Cast
    base_url: str
    scopes: list[str]
    members: dict[str, set[str]]
    conversation: Conversation
    views: Views
    response_urls: ResponseUrls
    deliveries: list[Delivery] = field(default_factory=list)

    def message_json(self, message: Message) -> dict[str, Any]:
        """Show a message as the Web API and interaction payloads do (reference/objects/message)."""
        shown: dict[str, Any] = {
            "type": "message",
            "user": message.user,
            "ts": message.ts,
            "text": message.text,
            "team": self.cast.team_id,
        }
        if message.user == self.cast.bot_user:
            shown |= {"bot_id": self.cast.bot_id, "app_id": self.cast.app_id}
        if message.blocks:
            shown["blocks"] = message.blocks
        if message.thread_ts is not None:
            shown["thread_ts"] = message.thread_ts
        elif replies := self.conversation.replies(message):
            latest = replies[-1].ts
            shown |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": latest}
        if message.metadata is not None:
            shown["metadata"] = message.metadata
        if message.edited_ts is not None:
            shown["edited"] = {"user": message.user, "ts": message.edited_ts}
        return shown


def new_state(cast: Cast, base_url: str) -> WorkspaceState:
    """Make an empty workspace. `base_url` has no slash at its end."""
    conversation = Conversation()
    return WorkspaceState(
        cast=cast,
        base_url=base_url,
        scopes=list(cast.scopes),
        members={channel.id: set(channel.members) for channel in cast.conversations.values()},
        conversation=conversation,
        views=Views(conversation),
        response_urls=ResponseUrls(conversation, cast.bot_user),
    )


class Store:
    """Guards a `WorkspaceState` for the server's thread and a script's, and tells listeners when it changed."""

    def __init__(self, state: WorkspaceState, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self._state = state
        self._changed = threading.Condition(threading.RLock())
        self._listeners: list[Callable[[], None]] = []
        self.clock = clock
        self.revision = 0

    @contextmanager
    def reading(self) -> Iterator[WorkspaceState]:
        """Look at the state while nobody changes it."""
        with self._changed:
            yield self._state

    @contextmanager
    def changing(self) -> Iterator[WorkspaceState]:
        """Change the state, then wake whoever waits; also after an error, since part may have been done."""
        try:
            with self._changed:
                try:
                    yield self._state
                finally:
                    self.revision += 1
                    self._changed.notify_all()
        finally:
            for listener in tuple(self._listeners):
                listener()

    def wake(self) -> None:
        """Wake whoever waits or listens, without a change."""
        with self.changing():
            return

    def reset(self) -> None:
        """Forget everything that was said; addresses and people stay."""
        with self.changing():
            self._state = new_state(self._state.cast, self._state.base_url)

    def wait_until(self, look: Callable[[WorkspaceState], Found | None], timeout_seconds: float) -> Found | None:
        """Wait for `look` to find something; None when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: look(self._state), timeout_seconds)

    @contextmanager
    def listening(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call `listener` after each change, in the thread that made it."""
        with self._changed:
            self._listeners.append(listener)
        try:
            yield
        finally:
            with self._changed:
                self._listeners.remove(listener)
