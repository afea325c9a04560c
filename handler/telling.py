"""Who hears what, and where: the asker alone, the channel, the card, the people whose approval was passed by."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from handler.domain.errors import ChatError, ChatRefused, LedgerError, facts_of
from handler.domain.model import ChannelId
from handler.domain.outcomes import ChangeShown, ClickRefused, EndNear, NotPutBack, Trouble
from handler.domain.request import State
from handler.domain.review import Objection
from handler.flows.access import deciders_of
from handler.flows.review import give_up
from handler.slack.blocks import told
from handler.slack.change_view import change_message
from handler.slack.messages import render, render_call
from handler.slack.review_view import (
    last_word,
    skipped_message,
    unposted_message,
    waiting_message,
)

if TYPE_CHECKING:
    from handler.domain.model import Actor, RequestId, UserId
    from handler.domain.outcomes import Call, Outcome
    from handler.domain.request import Card, Request
    from handler.ports import Chat, Message, World
    from handler.slack.voice import Voice

log = logging.getLogger(__name__)

# What people are called for: an edit of the card alone notifies nobody.
NEWS: Final = frozenset(State) - {State.PENDING, State.APPROVED, State.APPLYING, State.REVERTING}
# A request that moves on while its card is drawn is drawn again; it cannot move this often.
MOST_EDITS: Final = 5


@dataclass(frozen=True, slots=True)
class Herald:
    """Tells outcomes. ``approvals_channel`` is where cards go when the policy names none; empty: where it was asked."""

    world: World
    chat: Chat
    voice: Voice
    approvals_channel: str = ""

    def tell(self, outcome: Outcome, actor: Actor, response_url: str, *, replace: bool = False) -> None:
        """Tell the one who typed or clicked, or everybody when it is about a change."""
        match outcome:
            case ChangeShown(request) if request.card is not None:
                self._call(outcome, self._edit(request.card, outcome))
            case ChangeShown(request) if request.state is State.PENDING or request.emergency:
                self._card(outcome, response_url)
            case ChangeShown():
                self._publish(outcome, response_url)
            case _:
                if isinstance(outcome, ClickRefused) and outcome.request and outcome.request.card:
                    self._correct(outcome, outcome.request, outcome.request.card)
                if message := self._rendered(outcome):
                    self.whisper(actor, response_url, message, replace=replace)

    def pressed_on(self, card: Card | None, request_id: RequestId, outcome: Outcome) -> Outcome:
        """Return the outcome of a click with the card it was pressed on, when its request knows none.

        People may be faster than the worker that posted the card and is about to remember it.
        """
        if not isinstance(outcome, ChangeShown | ClickRefused) or card is None or outcome.request is None:
            return outcome
        request = outcome.request
        if request.id != request_id or request.card is not None:
            return outcome
        self._remember(request, card)
        return replace(outcome, request=request.with_card(card))

    def announce(self, shown: ChangeShown) -> None:
        """Tell what the tick found: on the card, and below it to the one who asked."""
        request = shown.request
        try:
            if request.card is not None:
                self._call(shown, self._edit(request.card, shown))
                return
            card = self._posted(shown)
            if request.emergency:
                self._tell_skipped(request, card.channel_id)
        except ChatError as error:
            log.error("could not announce", extra={"request_id": request.id, **described(error)})  # noqa: TRY400 - expected

    def remind(self, outcome: Call) -> None:
        """Call people to the card, below it; it is posted now if that could not be done before."""
        request = outcome.request
        message = render_call(self.voice, outcome)
        shown = ChangeShown(request, approvers=getattr(outcome, "approvers", None))
        channels = [ChannelId(to) for to in getattr(outcome, "escalated_to", ()) if to.startswith(("C", "G"))]
        for channel_id in (None, *channels):
            try:
                if channel_id is not None:
                    self.chat.post(channel_id, message)
                    continue
                card = request.card or self._posted(shown)
                if isinstance(outcome, EndNear | NotPutBack):
                    card = self._edit(card, shown)
                self.chat.post(card.channel_id, message, thread=card)
            except ChatError as error:
                log.error("could not remind", extra={"request_id": request.id, **described(error)})  # noqa: TRY400 - expected

    def whisper(self, actor: Actor, response_url: str, message: Message, *, replace: bool = False) -> None:
        """Tell one person only."""
        self.whisper_to(actor.channel_id, actor.user_id, response_url, message, replace=replace)

    def whisper_to(
        self, channel_id: ChannelId, user_id: UserId, response_url: str, message: Message, *, replace: bool = False
    ) -> None:
        """Tell one person only, at the address Slack gave or, when that is dead, in the channel."""
        try:
            self.chat.respond(response_url, message, replace=replace)
        except ChatError as error:
            log.warning("response address failed", extra=described(error))
            self.chat.whisper(channel_id, user_id, message)

    def press_again(self, actor: Actor, response_url: str) -> None:
        """Say that the form came too late."""
        self.whisper(actor, response_url, told([self.voice("click.press_again")]))

    def _rendered(self, outcome: Outcome) -> Message | None:
        if isinstance(outcome, Trouble):
            log.warning("trouble", extra={"incident": outcome.incident, **described(outcome.error)})
        return render(self.voice, outcome)

    def _shown(self, request: Request) -> ChangeShown:
        pending = request.state is State.PENDING
        return ChangeShown(request, approvers=deciders_of(self.world, request) if pending else None)

    def _place(self, request: Request) -> ChannelId:
        """Where a request's card goes: what needs others to the approvals channel, the rest where it was asked."""
        if request.review is None and request.emergency is None:
            return request.requester.channel_id
        return ChannelId(self.world.policy.terms.channel or self.approvals_channel or request.requester.channel_id)

    def _card(self, shown: ChangeShown, response_url: str) -> None:
        """Post the card of a request that needs others; when nobody can see it, the request does not hang."""
        request, place = shown.request, self._place(shown.request)
        asker = request.requester
        try:
            self._posted(shown)
        except ChatRefused as error:
            log.warning("card not posted", extra={"request_id": request.id, **described(error)})
            if request.emergency:
                self._publish(shown, response_url)
                self._tell_skipped(request, asker.channel_id)
            else:
                given_up = give_up(self.world, request.id, error.code) or request
                self.whisper(asker, response_url, unposted_message(self.voice, given_up, place, error.code))
            return
        if request.emergency:
            self._tell_skipped(request, place)
        if place != asker.channel_id:
            became = _without_buttons(change_message(self.voice, shown))
            elsewhere = became if request.emergency else waiting_message(self.voice, request, place)
            self.whisper(asker, response_url, elsewhere)

    def _posted(self, shown: ChangeShown) -> Card:
        """Post the card, and remember where it stands."""
        card = self.chat.post(self._place(shown.request), change_message(self.voice, shown))
        self._remember(shown.request, card)
        return card

    def _publish(self, shown: ChangeShown, response_url: str) -> None:
        """Tell the channel. Where the bot cannot post, Slack's own address for the answer reaches the channel too."""
        request, message = shown.request, change_message(self.voice, shown)
        try:
            card = self.chat.post(request.requester.channel_id, message)
        except ChatRefused as error:
            log.warning("could not post", extra={"request_id": request.id, **described(error)})
            self.chat.respond(response_url, _without_buttons(message), in_channel=True)
            return
        self._remember(request, card)

    def _edit(self, card: Card, shown: ChangeShown) -> Card:
        """Draw a card until it shows the request as it is: two workers may tell of it at once. Return the card.

        One that Slack lets nobody edit any more, as it was deleted, is posted anew.
        """
        try:
            for _ in range(MOST_EDITS):
                self.chat.update(card, change_message(self.voice, shown))
                drawn, current = shown.request, self._current(shown.request)
                if replace(current, head=drawn.head, card=drawn.card) == drawn:
                    break  # at the most an attempt was put on record, which no card shows
                shown = self._shown(current)
        except ChatRefused as error:
            log.warning("card not edited", extra={"request_id": shown.request.id, **described(error)})
            card = self.chat.post(card.channel_id, change_message(self.voice, shown))
            self._remember(shown.request, card)
        return card

    def _current(self, request: Request) -> Request:
        """Return the request as it is now, or as it was when that cannot be found out."""
        try:
            return self.world.ledger.request(request.id) or request
        except LedgerError:
            return request

    def _correct(self, refused: ClickRefused, request: Request, card: Card) -> None:
        """Let the card say what the one who clicked is about to be told, if that can be."""
        try:
            card = self._edit(card, self._shown(request))
            if refused.why is Objection.EXPIRED:
                self._call(ChangeShown(request), card)
        except ChatError as error:
            log.warning("card not corrected", extra={"request_id": request.id, **described(error)})

    def _call(self, shown: ChangeShown, card: Card) -> None:
        """Call the one who asked to a card that says something new."""
        if shown.is_news and shown.request.state in NEWS:
            self.chat.post(card.channel_id, last_word(self.voice, shown.request), thread=card)

    def _tell_skipped(self, request: Request, place: ChannelId) -> None:
        """Tell everybody whose approval was passed by, one by one."""
        for user_id in deciders_of(self.world, request) or ():
            try:
                self.chat.post(ChannelId(user_id), skipped_message(self.voice, request, place))
            except ChatError as error:
                log.warning("skipped approver not told", extra={"user_id": user_id, **described(error)})

    def _remember(self, request: Request, card: Card) -> None:
        try:
            self.world.ledger.remember_card(request.id, card)
        except LedgerError as error:
            log.warning("message not remembered", extra={"request_id": request.id, **described(error)})


def _without_buttons(message: Message) -> Message:
    return replace(message, blocks=tuple(block for block in message.blocks if block["type"] != "actions"))


def described(error: Exception) -> dict[str, object]:
    """Return what the log says of an error of the tree."""
    return {"error": type(error).__name__, "facts": facts_of(error)}
