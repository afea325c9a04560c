"""The card of each request, and the calls below it: each posted once, even when a worker dies over it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from handler.domain.errors import ChatRefused, LedgerError, described
from handler.domain.model import ChannelId
from handler.domain.news import Kind, Mark
from handler.domain.outcomes import ChangeShown
from handler.domain.request import State
from handler.flows.approvers import deciders_of
from handler.flows.calls import call_of
from handler.slack.change_view import change_message
from handler.slack.messages import render_call
from handler.slack.review_view import last_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.chat_port import Chat
    from handler.domain.news import News
    from handler.domain.request import Card, Request
    from handler.ports import World
    from handler.slack.voice import Voice

log = logging.getLogger(__name__)

# A request that moves on while its card is drawn is drawn again; it cannot move this often.
MOST_EDITS: Final = 5


@dataclass(frozen=True, slots=True)
class Noticeboard:
    """Shows requests. ``approvals_channel`` is where cards go when the policy names none; empty: where it was asked."""

    world: World
    chat: Chat
    voice: Voice
    approvals_channel: str = ""

    def place(self, request: Request) -> ChannelId:
        """Where a request's card goes: what needs others to the approvals channel, the rest where it was asked."""
        if request.review is None and request.emergency is None:
            return request.requester.channel_id
        return ChannelId(self.world.policy.terms.channel or self.approvals_channel or request.requester.channel_id)

    def shown(self, request: Request) -> ChangeShown:
        """Return what there is to show of a request as it is."""
        pending = request.state is State.PENDING
        return ChangeShown(request, approvers=deciders_of(self.world, request) if pending else None)

    def show(self, shown: ChangeShown) -> tuple[Request, Card]:
        """Draw the card, or post it where there is none yet; return the request as it is shown, and its card.

        Raises ChatRefused when Slack lets nobody see it, ChatUnavailable.
        """
        request, place = shown.request, self.place(shown.request)
        if request.card is not None:
            return self.draw(shown, request.card)
        if request.emergency is None or place == request.requester.channel_id:
            return self._put_up(shown, place)
        try:
            return self._put_up(shown, place)
        except ChatRefused as error:
            log.warning("card not posted", extra={"request_id": request.id, **described(error)})
            return self._put_up(shown, request.requester.channel_id)  # who waits for nobody is no less loud

    def draw(self, shown: ChangeShown, card: Card) -> tuple[Request, Card]:
        """Draw a card until it shows the request as it is: two workers may tell of it at once.

        One that Slack lets nobody edit any more, as it was deleted, is posted anew.
        """
        told = shown.request
        try:
            for _ in range(MOST_EDITS):
                self.chat.update(card, change_message(self.voice, shown))
                drawn, current = shown.request, self._current(shown.request)
                if _looks_like(current, drawn):
                    # At the most an attempt was put on record since, which no card shows.
                    told = current if current.untold == told.untold else told
                    break
                shown = self.shown(current)
        except ChatRefused as error:
            log.warning("card not edited", extra={"request_id": told.id, **described(error)})
            mark = Mark(told.id, Kind.CARD, card.seq)
            card = self.chat.post(card.channel_id, change_message(self.voice, shown), mark=mark)
            self.remember(told, card)
        return told, card

    def call(self, request: Request, news: News, card: Card, *, is_first: bool) -> None:
        """Call people to the card, below it; and in the channels that are turned to.

        Unless ``is_first``, somebody may have done so and died over it. Raises ChatUnavailable.
        """
        call, mark = call_of(self.world, request, news), Mark(request.id, Kind.CALL, news.seq)
        message = last_word(self.voice, request) if call is None else render_call(self.voice, call)
        to = (ChannelId(each) for each in getattr(call, "escalated_to", ()) if each.startswith(("C", "G")))
        for channel_id, thread in ((card.channel_id, card), *((each, None) for each in to)):
            try:
                if is_first or mark not in self._posted(channel_id, request, thread):
                    self.chat.post(channel_id, message, thread=thread, mark=mark)
            except ChatRefused as error:
                log.error("could not call", extra={"request_id": request.id, **described(error)})  # noqa: TRY400 - expected

    def recognised(self, card: Card, request: Request) -> Card:
        """Return a card that somebody pressed on, with what it told when it was posted. Raises ChatUnavailable."""
        posted = self._posted(card.channel_id, request, None)
        return next((each for each in posted.values() if each.ts == card.ts), card)

    def remember(self, request: Request, card: Card) -> None:
        """Keep where a request's card stands, if that can be."""
        try:
            self.world.ledger.remember_card(request.id, card)
        except LedgerError as error:
            log.warning("message not remembered", extra={"request_id": request.id, **described(error)})

    def _put_up(self, shown: ChangeShown, channel_id: ChannelId) -> tuple[Request, Card]:
        """Post the card, unless somebody did who had no time to remember it."""
        request = shown.request
        if not shown.is_fresh:
            posted = self._posted(channel_id, request, None)
            cards = [card for mark, card in posted.items() if mark.kind is Kind.CARD]
            if cards:
                card = max(cards, key=lambda card: card.ts)
                self.remember(request, card)
                return self.draw(shown, card)
        mark = Mark(request.id, Kind.CARD, request.head.seq)
        card = self.chat.post(channel_id, change_message(self.voice, shown), mark=mark)
        self.remember(request, card)
        return request, card

    def _posted(self, channel_id: ChannelId, request: Request, thread: Card | None) -> Mapping[Mark, Card]:
        """Find what was posted of a request. What may not be read counts as not posted: rather twice than never."""
        try:
            return self.chat.find(channel_id, request.id, request.created_at, thread=thread)
        except ChatRefused as error:
            log.warning("could not look for what was posted", extra={"request_id": request.id, **described(error)})
            return {}

    def _current(self, request: Request) -> Request:
        """Return the request as it is now, or as it was when that cannot be found out."""
        try:
            return self.world.ledger.request(request.id) or request
        except LedgerError:
            return request


def _looks_like(current: Request, drawn: Request) -> bool:
    unseen = {"head": drawn.head, "card": drawn.card, "tell_at": drawn.tell_at, "untold": drawn.untold}
    return replace(current, **unseen) == drawn  # type: ignore[arg-type]  # each is what its field holds
