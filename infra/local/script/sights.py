"""What somebody must see after a step: who sees it, where, and the words and buttons it must have. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from infra.local.script.reading import labels, readable

if TYPE_CHECKING:
    from infra.local.slack.cast import Cast
    from infra.local.slack.conversation import Message


class Place(Enum):
    """Where a message stands, and so who sees it."""

    ALONE = "for one person's eyes, in the channel"
    DIRECT = "in one person's direct messages"
    BELOW = "in the thread below another message"
    EDITED = "in place of what the message said before"
    NEW = "in the channel, for everybody"


@dataclass(frozen=True, slots=True)
class Sight:
    """A message that must come up: ``words`` are parts of what it reads like; ``buttons`` are all it has, if given."""

    place: Place
    words: tuple[str, ...]
    person: str | None = None
    buttons: tuple[str, ...] | None = None

    def missing_in(self, message: Message, about: Message | None, cast: Cast) -> list[str] | None:
        """Return what this message lacks of the sight, nothing when it is it; None when it is another message."""
        if place_of(message) is not self.place or (self.person and self.person != person_of(message)):
            return None
        if self.place is Place.BELOW and about is not None and message.thread_ts != about.ts:
            return None
        if self.place is Place.EDITED and about is not None and message.ts != about.ts:
            return None
        reads = readable(message, cast)
        missing = [f"“{words}”" for words in self.words if words not in reads]
        has = tuple(labels(message.blocks))
        if self.buttons is not None and self.buttons != has:
            missing.append(f"the buttons {list(self.buttons)}: it has {list(has)}")
        return missing


def alone(person: str, *words: str) -> Sight:
    """Something in the channel that only this person sees."""
    return Sight(Place.ALONE, words, person)


def direct(person: str, *words: str) -> Sight:
    """Something in this person's direct messages."""
    return Sight(Place.DIRECT, words, person)


def posted(*words: str, buttons: tuple[str, ...] | None = None) -> Sight:
    """A new message that the whole channel sees."""
    return Sight(Place.NEW, words, buttons=buttons)


def card(*words: str, buttons: tuple[str, ...] = ()) -> Sight:
    """The message that the step is about, edited; without ``buttons`` it must have none left."""
    return Sight(Place.EDITED, words, buttons=buttons)


def below(*words: str) -> Sight:
    """A reply below the message that the step is about."""
    return Sight(Place.BELOW, words)


def place_of(message: Message) -> Place:
    """Tell where a message stands."""
    if message.ephemeral_to is not None:
        return Place.ALONE
    if message.channel.startswith("D"):
        return Place.DIRECT
    if message.thread_ts is not None:
        return Place.BELOW
    return Place.NEW if message.edited_ts is None else Place.EDITED


def person_of(message: Message) -> str | None:
    """Tell who alone sees a message; None when it is for everybody."""
    if message.ephemeral_to is not None:
        return message.ephemeral_to
    return f"U{message.channel[1:]}" if message.channel.startswith("D") else None
