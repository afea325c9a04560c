"""A desk with everything it touches, what Slack delivers to it, and what people then see."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from handler.delivery import Desk
from handler.noticeboard import Noticeboard
from handler.slack.catalogue import load_words
from handler.slack.payloads import Slash, click
from handler.slack.voice import Voice
from handler.telling import Herald
from tests.fakes.chat import FakeChat
from tests.makers import JOB_ID, actor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from handler.domain.request import Card, Request, State
    from handler.ports import Message
    from tests.flows.conftest import Story

ADDRESS = "https://slack.invalid/response/1"
WORDS = load_words()


@dataclass
class Office:
    """A desk with everything it touches; each press is a delivery of its own unless told otherwise."""

    story: Story
    chat: FakeChat = field(default_factory=FakeChat)
    approvals_channel: str = ""
    triggers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def desk(self) -> Desk:
        """The desk, as the composition root makes it."""
        world = self.story.world
        board = Noticeboard(world, self.chat, Voice(WORDS, "/dataflow"), self.approvals_channel)
        return Desk(world, Herald(board))

    def type(self, text: str, user: str = "U0KIM", trigger_id: str = "trigger-1") -> None:
        """Deliver a slash command."""
        self.desk.typed(Slash(text, actor(user), trigger_id, ADDRESS))

    def click(self, action_id: str, value: str = JOB_ID, user: str = "U0KIM", **person: object) -> None:
        """Deliver a button press."""
        trigger_id = f"press-{next(self.triggers)}"
        self.desk.pressed(click(pressed(action_id, value, user, trigger_id, **person)))

    def click_on(self, card: Card, action_id: str, user: str = "U0LEE") -> None:
        """Press a button of a message that was posted, as it is now."""
        body = pressed(action_id, buttons(self.shown(card))[action_id], user, f"press-{next(self.triggers)}")
        container = {"type": "message", "channel_id": card.channel_id, "message_ts": card.ts, "is_ephemeral": False}
        self.desk.pressed(click({**body, "container": container}))

    def press(self, action_id: str, user: str = "U0LEE", **person: object) -> None:
        """Press a button as the card shows it to people now. There must be one."""
        self.click(action_id, buttons(self.card)[action_id], user, **person)

    def submit(self, reason: str, user: str = "U0LEE", **person: object) -> None:
        """Fill in the form that was opened last, and send it."""
        form = self.chat.forms[-1][1]
        self.desk.submitted(submitted(str(form["private_metadata"]), reason, user, **person))

    @property
    def request(self) -> Request:
        """The one request there is."""
        (request,) = self.story.ledger.requests.values()
        return request

    def state(self) -> State:
        """Return where the one request stands now."""
        return self.request.state

    @property
    def card(self) -> Message:
        """The one request's card as people see it now."""
        assert self.request.card is not None
        return self.shown(self.request.card)

    def shown(self, card: Card) -> Message:
        """Return a message that was posted as people see it now."""
        (shown,) = [message for place, message in self.chat.posts if place == card]
        return next((message for place, message in reversed(self.chat.updates) if place == card), shown)

    @property
    def whispered(self) -> list[str]:
        """What one person alone was told, at an address or in a channel."""
        return [read(each.message) for each in self.chat.responses if not each.in_channel] + [
            read(message) for _, _, message in self.chat.whispers
        ]


def pressed(
    action_id: str, value: str, user: str = "U0KIM", trigger_id: str = "trigger-2", **person: object
) -> Mapping[str, object]:
    """Make the payload of a button press; ``person`` is what Slack says of the one who pressed it."""
    return {
        "type": "block_actions",
        "user": {"id": user, **person},
        "team": {"id": "T0SLUICE"},
        "channel": {"id": "C0INCIDENT"},
        "trigger_id": trigger_id,
        "response_url": ADDRESS,
        "actions": [{"action_id": action_id, "value": value, "type": "button"}],
    }


def submitted(private_metadata: str, reason: object, user: str = "U0LEE", **person: object) -> Mapping[str, object]:
    """Make the payload of a filled-in form."""
    view = {
        "type": "modal",
        "callback_id": "deny_reason",
        "private_metadata": private_metadata,
        "state": {"values": {"reason": {"reason": {"type": "plain_text_input", "value": reason}}}},
    }
    return {"type": "view_submission", "user": {"id": user, **person}, "team": {"id": "T0SLUICE"}, "view": view}


def read(message: Message) -> str:
    """Return everything that is to be read in a message's blocks."""
    return "\n".join(_texts(list(message.blocks)))


def _texts(block: Any) -> list[str]:
    if isinstance(block, list):
        return [text for each in block for text in _texts(each)]
    if not isinstance(block, dict):
        return []
    own = [block["text"]] if isinstance(block.get("text"), str) else []
    return own + [text for each in block.values() for text in _texts(each)]


def buttons(message: Message) -> dict[str, str]:
    """Return the buttons of a message: what each is called, and what it carries."""
    rows: list[Any] = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return {each["action_id"]: each["value"] for row in rows for each in row}
