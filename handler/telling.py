"""Who hears what, and where: the asker alone, the channel, the card, the people whose approval was passed by.

What became of a change is told until it is told: whoever moved a request tells people and then clears what is untold;
what a worker leaves untold, as it died or Slack was away, the tick takes over.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handler.domain.audit import Event
from handler.domain.errors import ChatError, ChatRefused, ChatUnavailable, LedgerError, Moved, SluiceError, described
from handler.domain.model import ChannelId
from handler.domain.news import OUTCOMES, owed
from handler.domain.outcomes import ChangeShown, ClickRefused, LeftUntold, Trouble, Undone
from handler.domain.request import State
from handler.domain.review import Objection
from handler.flows.approvers import deciders_of
from handler.flows.review import give_up
from handler.slack.blocks import told
from handler.slack.change_view import change_message, undone_message
from handler.slack.messages import render
from handler.slack.review_view import skipped_message, unposted_message, waiting_message

if TYPE_CHECKING:
    from handler.domain.model import Actor, RequestId, UserId
    from handler.domain.outcomes import Outcome
    from handler.domain.request import Card, Request
    from handler.noticeboard import Noticeboard
    from handler.ports import Message

log = logging.getLogger(__name__)

AT_ONCE: Final = timedelta(0)
# So long those whose approval was passed by are told again from the first, when Slack takes it from some of them only.
NEWS_FOR: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Herald:
    """Tells outcomes."""

    board: Noticeboard

    def tell(self, outcome: Outcome, actor: Actor, response_url: str, *, replace: bool = False) -> None:
        """Tell the one who typed or clicked, or everybody when it is about a change."""
        match outcome:
            case ChangeShown():
                self._spread(outcome, response_url, again_in=AT_ONCE)
            case LeftUntold(request):
                self.announce(request, is_taken_over=True)
            case Undone(request):
                self._spread(self.board.shown(request), again_in=AT_ONCE)
                self.whisper(actor, response_url, undone_message(self.board.voice, request))
            case _:
                if isinstance(outcome, ClickRefused) and outcome.request:
                    self._correct(outcome.why, outcome.request)
                if message := self._rendered(outcome):
                    self.whisper(actor, response_url, message, replace=replace)

    def announce(self, request: Request, *, is_taken_over: bool = False) -> bool:
        """Tell what the tick found, or what another worker left untold; False when Slack cannot take it now."""
        try:
            return self._spread(self.board.shown(request), is_taken_over=is_taken_over)
        except SluiceError as error:
            log.error("could not announce", extra={"request_id": request.id, **described(error)})  # noqa: TRY400 - expected
            return True

    def pressed_on(self, card: Card | None, request_id: RequestId, outcome: Outcome) -> Outcome:
        """Return the outcome of a click with the card it was pressed on, when its request knows none.

        People may be faster than the worker that posted the card and is about to remember it.
        """
        if not isinstance(outcome, ChangeShown | ClickRefused) or card is None or outcome.request is None:
            return outcome
        request = outcome.request
        if request.id != request_id or request.card is not None:
            return outcome
        try:
            card = self.board.recognised(card, request)
        except ChatUnavailable:
            return outcome  # nor can anybody be told; whoever can does so
        self.board.remember(request, card)
        return replace(outcome, request=request.with_card(card))

    def whisper(self, actor: Actor, response_url: str, message: Message, *, replace: bool = False) -> None:
        """Tell one person only."""
        self.whisper_to(actor.channel_id, actor.user_id, response_url, message, replace=replace)

    def whisper_to(
        self, channel_id: ChannelId, user_id: UserId, response_url: str, message: Message, *, replace: bool = False
    ) -> None:
        """Tell one person only, at the address Slack gave or, when that is dead, in the channel."""
        try:
            self.board.chat.respond(response_url, message, replace=replace)
        except ChatError as error:
            log.warning("response address failed", extra=described(error))
            self.board.chat.whisper(channel_id, user_id, message)

    def press_again(self, actor: Actor, response_url: str) -> None:
        """Say that the form came too late."""
        self.whisper(actor, response_url, told([self.board.voice("click.press_again")]))

    def _rendered(self, outcome: Outcome) -> Message | None:
        if isinstance(outcome, Trouble):
            log.warning("trouble", extra={"incident": outcome.incident, **described(outcome.error)})
        return render(self.board.voice, outcome)

    def _spread(
        self,
        shown: ChangeShown,
        response_url: str = "",
        *,
        is_taken_over: bool = False,
        again_in: timedelta | None = None,
    ) -> bool:
        """Tell everybody, and keep that it was told; False when Slack cannot take it now.

        It is then told again, ``again_in`` or when Slack says, else when the tick takes over anyway.
        """
        request = shown.request
        if request.card is None and not request.untold:
            return True  # whoever moved it on is about to post the card, or has told the asker alone
        try:
            request = self._made_known(shown, response_url, is_taken_over=is_taken_over)
        except ChatUnavailable as error:
            log.warning("telling put off", extra={"request_id": request.id, **described(error)})
            self._put_off(request, again_in if error.retry_after is None else error.retry_after)
            return False
        if request.tell_at is not None:
            try:
                self.board.world.ledger.told(request)
            except LedgerError as error:
                log.warning("not kept that it was told", extra={"request_id": request.id, **described(error)})
        return True

    def _put_off(self, request: Request, wait: timedelta | None) -> None:
        """Let it be told again after a while, if it is still ours to tell."""
        if wait is None or request.tell_at is None:
            return
        try:
            self.board.world.ledger.claim_telling(request, self.board.world.clock.now() + wait)
        except (LedgerError, Moved) as error:
            log.warning("telling not put off", extra={"request_id": request.id, **described(error)})

    def _made_known(self, shown: ChangeShown, response_url: str, *, is_taken_over: bool) -> Request:
        """Show the card and call people to it; return the request as it was told. Raises ChatUnavailable."""
        request = shown.request
        try:
            told, card = self.board.show(shown)
        except ChatRefused as error:
            return self._unseen(shown, error, response_url)
        if _is_new(request):
            self._tell_skipped(request, card.channel_id)
            self._tell_asker(shown, card, response_url)
        for news in owed(request):
            if news.event not in OUTCOMES or news.seq > card.seq:
                is_first = not is_taken_over and news.seq == request.head.seq
                self.board.call(request, news, card, is_first=is_first)
        return told

    def _unseen(self, shown: ChangeShown, error: ChatRefused, response_url: str) -> Request:
        """Tell the one who asked what no channel can be told. A request that nobody can decide about is ended."""
        request, place = shown.request, self.board.place(shown.request)
        log.warning("card not posted", extra={"request_id": request.id, **described(error)})
        if request.state is State.PENDING and request.card is None:
            given_up = give_up(self.board.world, request.id, error.code) or request
            message = unposted_message(self.board.voice, given_up, place, error.code)
            self._tell_alone(request, message, response_url)
            return given_up
        if _is_new(request):
            self._tell_skipped(request, request.requester.channel_id)
        self._tell_alone(request, self._without_buttons(shown), response_url, in_channel=True)
        return request

    def _tell_asker(self, shown: ChangeShown, card: Card, response_url: str) -> None:
        """Tell the one who asked for something whose card stands elsewhere."""
        request = shown.request
        if card.channel_id == request.requester.channel_id:
            return
        waits = waiting_message(self.board.voice, request, card.channel_id)
        self._tell_alone(request, self._without_buttons(shown) if request.emergency else waits, response_url)

    def _tell_alone(self, request: Request, message: Message, response_url: str, *, in_channel: bool = False) -> None:
        """Tell the one who asked at the address Slack gave, which may reach their channel too, else directly.

        Raises ChatUnavailable.
        """
        chat = self.board.chat
        if response_url:
            try:
                chat.respond(response_url, message, in_channel=in_channel)
            except ChatError as error:
                log.warning("response address failed", extra=described(error))
            else:
                return
        try:
            chat.post(ChannelId(request.requester.user_id), message)
        except ChatRefused as error:
            log.error("could not tell", extra={"request_id": request.id, **described(error)})  # noqa: TRY400 - expected

    def _tell_skipped(self, request: Request, place: ChannelId) -> None:
        """Tell everybody whose approval was passed by, one by one. Raises ChatUnavailable while it is news."""
        if request.emergency is None:
            return
        is_news = self.board.world.clock.now() - request.created_at < NEWS_FOR
        for user_id in deciders_of(self.board.world, request) or ():
            try:
                self.board.chat.post(ChannelId(user_id), skipped_message(self.board.voice, request, place))
            except ChatError as error:
                if is_news and isinstance(error, ChatUnavailable):
                    raise  # who was told before is told again: rather twice than never
                log.warning("skipped approver not told", extra={"user_id": user_id, **described(error)})

    def _correct(self, why: Objection, request: Request) -> None:
        """Let the card say what the one who clicked is about to be told, if that can be."""
        if why is Objection.EXPIRED:
            self._spread(ChangeShown(request), again_in=AT_ONCE)
        elif request.card is not None:
            try:
                self.board.draw(self.board.shown(request), request.card)
            except ChatError as error:
                log.warning("card not corrected", extra={"request_id": request.id, **described(error)})

    def _without_buttons(self, shown: ChangeShown) -> Message:
        message = change_message(self.board.voice, shown)
        return replace(message, blocks=tuple(block for block in message.blocks if block["type"] != "actions"))


def _is_new(request: Request) -> bool:
    """Whether nobody has been told of this request at all."""
    return any(news.event is Event.REQUESTED for news in request.untold)
