"""From what Slack delivered to what a person reads: parse, answer, render, send, remember the message."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handler.domain.commands import ShowJobHistory, ShowStatus
from handler.domain.errors import ChatError, ChatRefused, LedgerError, UsageError, facts_of
from handler.domain.grammar import parse
from handler.domain.identity import delivery_digest
from handler.domain.outcomes import ChangeShown, Misunderstood, Trouble
from handler.flows.access import Asker
from handler.flows.answer import answer
from handler.flows.upkeep import tick
from handler.slack.change_view import change_message
from handler.slack.messages import render
from handler.slack.mishap_view import unexpected_message, unknown_button_message
from handler.slack.payloads import where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.domain.model import Actor, ChannelId, UserId
    from handler.domain.outcomes import Outcome
    from handler.domain.request import Request
    from handler.ports import Chat, Message, World
    from handler.slack.payloads import Click, Slash
    from handler.slack.voice import Voice

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers deliveries of one workspace; every dependency is an argument."""

    world: World
    chat: Chat
    voice: Voice

    def typed(self, said: Slash) -> None:
        """Answer a slash command."""
        try:
            command = parse(said.text)
        except UsageError as error:
            self._whisper(said.actor, said.response_url, self._rendered(Misunderstood(error)))
            return
        asker = Asker(said.actor, delivery_digest(said.trigger_id))
        self._tell(answer(self.world, asker, command), said.actor, said.response_url)

    def pressed(self, pressed: Click) -> None:
        """Answer a button: what was pressed is a command with the job's id."""
        asker = Asker(pressed.actor, delivery_digest(pressed.trigger_id))
        match pressed.action_id:
            case "refresh":
                outcome = answer(self.world, asker, ShowStatus(pressed.value))
                self._whisper(pressed.actor, pressed.response_url, self._rendered(outcome), replace=True)
            case "history_open":
                outcome = answer(self.world, asker, ShowJobHistory(pressed.value))
                self._tell(outcome, pressed.actor, pressed.response_url)
            case _:
                self._whisper(pressed.actor, pressed.response_url, unknown_button_message(self.voice))

    def tick(self) -> None:
        """Do what is due, and tell the channels what came of it."""
        ticked = tick(self.world)
        for request_id, error in ticked.failed:
            log.error("duty failed", extra={"request_id": request_id, **_described(error)})
        for outcome in ticked.told:
            self._announce(outcome)

    def broke(self, body: Mapping[str, object], error: Exception) -> None:
        """Tell the person, and the log, that something broke; the caller raises it on."""
        incident = self.world.new_id()
        log.error("unexpected", exc_info=error, extra={"incident": incident})
        channel_id, user_id, response_url = where(body)
        try:
            self._send_whisper(channel_id, user_id, response_url, unexpected_message(self.voice, incident))
        except ChatError as unsent:
            log.error("could not tell", extra={"incident": incident, **_described(unsent)})  # noqa: TRY400 - expected

    def _rendered(self, outcome: Outcome) -> Message | None:
        if isinstance(outcome, Trouble):
            log.warning("trouble", extra={"incident": outcome.incident, **_described(outcome.error)})
        return render(self.voice, outcome)

    def _tell(self, outcome: Outcome, actor: Actor, response_url: str) -> None:
        message = self._rendered(outcome)
        if message is None:
            return
        if isinstance(outcome, ChangeShown):
            self._publish(outcome.request, message, response_url)
        else:
            self._whisper(actor, response_url, message)

    def _publish(self, request: Request, message: Message, response_url: str) -> None:
        """Tell the channel. Where the bot cannot post, Slack's own address for the answer reaches the channel too."""
        try:
            card = self.chat.post(request.requester.channel_id, message)
        except ChatRefused as error:
            log.warning("could not post", extra={"request_id": request.id, **_described(error)})
            self.chat.respond(response_url, message, in_channel=True)
            return
        try:
            self.world.ledger.remember_card(request.id, card)
        except LedgerError as error:
            log.warning("message not remembered", extra={"request_id": request.id, **_described(error)})

    def _announce(self, outcome: ChangeShown) -> None:
        request = outcome.request
        message = change_message(self.voice, outcome)
        try:
            if request.card is not None:
                self.chat.update(request.card, message)
            self.world.ledger.remember_card(request.id, self.chat.post(request.requester.channel_id, message))
        except (ChatError, LedgerError) as error:
            log.error("could not announce", extra={"request_id": request.id, **_described(error)})  # noqa: TRY400 - expected

    def _whisper(self, actor: Actor, response_url: str, message: Message | None, *, replace: bool = False) -> None:
        if message is not None:
            self._send_whisper(actor.channel_id, actor.user_id, response_url, message, replace=replace)

    def _send_whisper(
        self, channel_id: ChannelId, user_id: UserId, response_url: str, message: Message, *, replace: bool = False
    ) -> None:
        try:
            self.chat.respond(response_url, message, replace=replace)
        except ChatError as error:
            log.warning("response address failed", extra=_described(error))
            self.chat.whisper(channel_id, user_id, message)


def _described(error: Exception) -> dict[str, object]:
    return {"error": type(error).__name__, "facts": facts_of(error)}
