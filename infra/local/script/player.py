"""Plays people: types, presses, fills in forms, lets time pass; and waits until everything expected has been seen."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.script.reading import labels, readable
from infra.local.script.sights import Place, person_of, place_of
from infra.local.slack.cast import PLAYGROUND
from infra.local.ticks import tick

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.playground import Playground
    from infra.local.script.sights import Sight
    from infra.local.slack.conversation import Message
    from infra.local.slack.workspace_state import Delivery, WorkspaceState

INCIDENT = "C0INCIDENT"
SEEN_WITHIN_SECONDS = 30.0
_BROADCASTS = ("<!channel", "<!here", "<!everyone")


class Unmet(Exception):
    """Something did not come up as it must; the rest of the scene would make no sense."""


@dataclass(slots=True)
class Player:
    """Acts in a playground, prints what people see of it, and keeps what did not come out as it must.

    ``mishaps`` counts what goes wrong for good: a step's sights are waited for no longer once it has grown.
    """

    playground: Playground
    say: Callable[[str], None]
    failures: list[str] = field(default_factory=list)
    patience_seconds: float = SEEN_WITHIN_SECONDS
    mishaps: Callable[[], int] = lambda: 0
    _mishaps_before: int = 0
    _told: dict[tuple[str, str, str | None], str] = field(default_factory=dict)

    def types(self, user: str, text: str, *sights: Sight) -> Message:
        """Type a command; return the message that was the first sight."""
        self.say(f"\n{name(user)}: /dataflow {text}")
        self._delivered(self.playground.workspace.command(user, INCIDENT, text))
        return self._sees(sights)[0]

    def presses(self, user: str, card: Message, label: str, *sights: Sight) -> Message:
        """Press a button of a message; return the message that was the first sight."""
        self.say(f"\n{name(user)} presses [{label}]")
        self._delivered(self._press(user, card, label))
        return self._sees(sights, card)[0]

    def opens(self, user: str, card: Message, label: str) -> str:
        """Press a button that opens a form; return the form's id."""
        workspace = self.playground.workspace
        self.say(f"\n{name(user)} presses [{label}]")
        self._delivered(self._press(user, card, label))
        try:
            view = workspace.wait_until(lambda state: next(iter(state.views.stacks.get(user, [])), None), 10.0)
        except TimeoutError as late:
            raise Unmet(f"[{label}] opened no form") from late
        self.say(f"  a form opens: {view.definition['title']['text']}")
        for block in view.blocks:
            self.say(f"    {block['label']['text']}: ____")
        self.say(f"    [{view.definition['close']['text']}] [{view.definition['submit']['text']}]")
        return view.id

    def submits(self, user: str, form: str, card: Message, entered: str, *sights: Sight) -> Message:
        """Fill in a form's one input and send it; return the message that was the first sight."""
        self.say(f"\n{name(user)} writes “{entered}” and sends the form")
        self._delivered(self.playground.workspace.submit(user, form, {"reason": entered}))
        if self.playground.workspace.views(user):
            raise Unmet("the form is still open after it was sent")
        return self._sees(sights, card)[0]

    def waits(self, until: float, meaning: str) -> None:
        """Let time pass until a moment of ``time.monotonic``."""
        self.say(f"\n… {meaning} …")
        time.sleep(max(0.0, until - time.monotonic()))

    def ticks(self, card: Message, *sights: Sight) -> Message:
        """Let the minute's tick come; return the message that was the first sight."""
        self.say("  the minute's tick comes")
        tick(self.playground.deployment)
        return self._sees(sights, card)[0]

    def ticks_by(self, card: Message, *sights: Sight) -> Message:
        """Let the minute's tick come, unless the local AWS's own has come before; return the first sight's message."""
        self.say("  the minute's tick comes")
        tick(self.playground.deployment)
        return self.finds(card, *sights)

    def finds(self, card: Message, *sights: Sight) -> Message:
        """See what may have come up before, beside other scenes; return the message that was the first sight."""
        return self._sees(sights, card, also_told=True)[0]

    def catches_up(self) -> None:
        """Take note of all that has been said before this player came, so that none of it is taken for news."""
        for message in self.playground.workspace.wait_until(lambda state: (self._news(state),), 1.0)[0]:
            self._told[_key(message)] = readable(message, PLAYGROUND)
        self._mishaps_before = self.mishaps()

    def checks(self, what: str, *, holds: bool, quiet: bool = False) -> None:
        """Keep in mind what does not hold; say it either way unless it is to be quiet."""
        if not holds:
            self.failures.append(what)
        if not quiet or not holds:
            self.say(f"  {'✓' if holds else '✗'} {what}")

    def _press(self, user: str, card: Message, label: str) -> Delivery:
        offered = labels(card.blocks)
        if label not in offered:
            raise Unmet(f"there is no button [{label}]: there are {list(offered)}")
        return self.playground.workspace.click(user, card.channel, card.ts, offered[label])

    def _delivered(self, delivery: Delivery) -> None:
        if delivery.error:
            raise Unmet(f"{delivery.what}: {delivery.error}")

    def _sees(
        self, sights: tuple[Sight, ...], about: Message | None = None, *, also_told: bool = False
    ) -> list[Message]:
        """Wait until every sight is there, print all that is new, and return the sights' messages."""

        def look(state: WorkspaceState) -> list[Message] | None:
            among = state.conversation.messages if also_told else self._news(state)
            found = [_found(sight, among, about) for sight in sights]
            return [message for message in found if message] if all(found) else None

        until, seen = time.monotonic() + self.patience_seconds, None
        while seen is None and time.monotonic() < until:
            is_hopeless = self.mishaps() > self._mishaps_before
            with suppress(TimeoutError):
                seen = self.playground.workspace.wait_until(look, 1.0)
            if is_hopeless:
                break
        news = self.playground.workspace.wait_until(lambda state: (self._news(state),), 1.0)[0]
        if seen is None:
            missing = "; ".join(_unmet(sight, news, about) for sight in sights if not _found(sight, news, about))
            self._print(news)
            raise Unmet(missing)
        self._print(news)
        self._mishaps_before = self.mishaps()
        return seen

    def _news(self, state: WorkspaceState) -> list[Message]:
        said = [message for message in state.conversation.messages if not message.deleted]
        return [message for message in said if self._told.get(_key(message)) != readable(message, PLAYGROUND)]

    def _print(self, news: list[Message]) -> None:
        for message in sorted(news, key=lambda each: each.edited_ts or each.ts):
            reads = self._told[_key(message)] = readable(message, PLAYGROUND)
            self.say(f"  Sluice, {_audience(message)}:")
            for line in reads.splitlines():
                self.say(f"    {line}")
            loud = any(word in f"{message.text} {message.blocks}" for word in _BROADCASTS)
            self.checks("no message calls the whole channel", holds=not loud, quiet=True)


def name(user: str) -> str:
    """Name somebody with their role."""
    person = PLAYGROUND.people[user]
    return f"{person.real_name} ({person.role})"


def _key(message: Message) -> tuple[str, str, str | None]:
    return message.channel, message.ts, message.ephemeral_to


def _audience(message: Message) -> str:
    place, person = place_of(message), person_of(message)
    whom = PLAYGROUND.people[person].real_name if person else ""
    return {
        Place.ALONE: f"only visible to {whom}",
        Place.DIRECT: f"directly to {whom}",
        Place.BELOW: "below its message",
        Place.EDITED: "the same message, changed",
        Place.NEW: f"to #{PLAYGROUND.conversations[message.channel].name}",
    }[place]


def _found(sight: Sight, news: list[Message], about: Message | None) -> Message | None:
    return next((message for message in news if sight.missing_in(message, about, PLAYGROUND) == []), None)


def _unmet(sight: Sight, news: list[Message], about: Message | None) -> str:
    lacking = [missing for message in news if (missing := sight.missing_in(message, about, PLAYGROUND))]
    if not lacking:
        return f"nothing came up {sight.place.value}, with {list(sight.words)}"
    nearest = min((", ".join(missing) for missing in lacking), key=len)
    return f"{sight.place.value}: it lacks {nearest}"
