"""From what Slack delivered to what a person reads: parse, answer, tell, remember the message."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Final

from handler.domain.commands import ShowStatus
from handler.domain.errors import ChatError, ChatRefused, LedgerError, UsageError, described
from handler.domain.grammar import parse
from handler.domain.identity import delivery_digest
from handler.domain.model import RequestId
from handler.domain.outcomes import ChangeShown, Misunderstood
from handler.flows import afterwards, ending, review
from handler.flows.access import Asker
from handler.flows.answer import answer, attempted
from handler.flows.click import Click, Ref
from handler.flows.takeover import take_over
from handler.flows.upkeep import tick
from handler.notary import seal_and_post
from handler.ports import Tick
from handler.slack.forms import DENY_REASON, complaint, denial, deny_form
from handler.slack.mishap_view import unexpected_message, unknown_button_message
from handler.slack.pages import history_of
from handler.slack.payloads import where
from handler.telemetry import count, known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handler.domain.outcomes import Outcome
    from handler.ports import World
    from handler.slack.forms import Complaint
    from handler.slack.payloads import Click as Pressed
    from handler.slack.payloads import Slash
    from handler.telling import Herald

log = logging.getLogger(__name__)

# What the slowest duty may take: one write, looked at for seconds, and Slack.
ENOUGH_SECONDS: Final = 15


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers deliveries of one workspace; every dependency is an argument."""

    world: World
    herald: Herald
    seconds_left: Callable[[], float] = lambda: inf

    def typed(self, said: Slash) -> None:
        """Answer a slash command."""
        try:
            command = parse(said.text)
        except UsageError as error:
            self.herald.tell(Misunderstood(error), said.actor, said.response_url)
            return
        asker = Asker(said.actor, delivery_digest(said.delivery))
        self.herald.tell(answer(self.world, asker, command), said.actor, said.response_url)
        self._keep_what_was_seen()

    def pressed(self, pressed: Pressed) -> None:
        """Answer a button; none is met with silence."""
        asker = Asker(pressed.actor, delivery_digest(pressed.delivery))
        match pressed.action_id:
            case "refresh":
                outcome = answer(self.world, asker, ShowStatus(pressed.value))
                self.herald.tell(outcome, pressed.actor, pressed.response_url, replace=True)
            case "history_open":
                outcome = attempted(self.world, lambda: answer(self.world, asker, history_of(pressed.value)))
                self.herald.tell(outcome, pressed.actor, pressed.response_url)
            case "deny":
                self._ask_why(pressed, _click(asker, pressed.value, is_stranger=pressed.is_stranger))
            case action if action in STORIES:
                click = _click(asker, pressed.value, is_stranger=pressed.is_stranger)
                outcome = attempted(self.world, lambda: STORIES[action](self.world, click))
                outcome = self.herald.pressed_on(pressed.card, click.ref.request_id, outcome)
                self.herald.tell(outcome, pressed.actor, pressed.response_url)
            case _:
                self.herald.whisper(
                    pressed.actor, pressed.response_url, unknown_button_message(self.herald.board.voice)
                )
        self._keep_what_was_seen()

    def incomplete(self, body: Mapping[str, object]) -> Complaint | None:
        """Say what a filled-in form lacks."""
        return complaint(self.herald.board.voice, body)

    def submitted(self, body: Mapping[str, object]) -> None:
        """Take a filled-in form: the reason of a denial."""
        sent = denial(body)
        asker = Asker(sent.actor, delivery_digest(f"{DENY_REASON} {sent.form_id} {sent.actor.user_id} {sent.value}"))
        click = _click(asker, sent.value, is_stranger=sent.is_stranger)
        outcome = attempted(self.world, lambda: review.deny(self.world, click, sent.reason))
        self.herald.tell(outcome, sent.actor, "")

    def tick(self) -> None:
        """Do what is due, tell the channels what came of it, and seal the days that are over.

        What does not fit in is due again a minute later.
        """
        try:
            self._do_what_is_due()
        finally:
            seal_and_post(self.world, self.herald.board.chat, self.herald.board.voice)

    def _do_what_is_due(self) -> None:
        ticked = tick(self.world, self._has_time, self._has_time_to_work)
        for request_id, error in ticked.failed:
            log.error("duty failed", extra={"request_id": request_id, **described(error)})
            count("DutiesFailed", request_id=request_id)
        if ticked.overdue and ticked.overdue.is_any:
            log.warning("overdue", extra=ticked.overdue.figures())
        own = (*(shown.request for shown in ticked.told), *ticked.unrecorded)
        if all(self._has_time() and self.herald.announce(request) for request in own):
            all(self._has_time() and self._taken_over(request_id) for request_id in ticked.untold)
        self._keep_what_was_seen()
        self._keep_pulse()

    def _taken_over(self, request_id: RequestId) -> bool:
        """Tell what was left untold of a request; False when Slack cannot take it now."""
        try:
            left = take_over(self.world, request_id)
        except LedgerError as error:
            log.error("telling not taken over", extra={"request_id": request_id, **described(error)})  # noqa: TRY400 - expected
            return True
        return left is None or self.herald.announce(left, is_taken_over=True)

    def _has_time(self) -> bool:
        return self.seconds_left() >= ENOUGH_SECONDS

    def _has_time_to_work(self) -> bool:
        """Whether another duty may be begun, so that there is time left to tell what came of all."""
        return self.seconds_left() >= 2 * ENOUGH_SECONDS

    def broke(self, body: Mapping[str, object], error: Exception) -> None:
        """Tell the person, and the log, that something broke; the caller raises it on."""
        incident = self.world.new_id()
        log.error("unexpected", exc_info=error, extra={"incident": incident})
        channel_id, user_id, response_url = where(body)
        try:
            self.herald.whisper_to(
                channel_id, user_id, response_url, unexpected_message(self.herald.board.voice, incident)
            )
        except ChatError as unsent:
            log.error("could not tell", extra={"incident": incident, **described(unsent)})  # noqa: TRY400 - expected

    def _keep_what_was_seen(self) -> None:
        """Keep the jobs that were read, for when the API does not answer: only now, so that nobody waits for it."""
        for seen in self.world.noted.taken():
            try:
                self.world.ledger.sightings.keep(seen)
            except LedgerError as error:
                log.warning("job not kept", extra={"job_id": seen.job.id, **described(error)})

    def _keep_pulse(self) -> None:
        """Keep that this tick came to its end, for the operator; the next one does if this one cannot."""
        try:
            self.world.ledger.ticked(Tick(self.world.clock.now(), self.world.policy.version))
        except LedgerError as error:
            log.warning("tick not kept", extra=described(error))

    def _ask_why(self, pressed: Pressed, click: Click) -> None:
        """Open the form for the reason of a denial; Slack takes its trigger for three seconds only."""
        refused = attempted(self.world, lambda: review.may_deny(self.world, click))
        refused = self.herald.pressed_on(pressed.card, click.ref.request_id, refused)
        if not isinstance(refused, ChangeShown):
            self.herald.tell(refused, pressed.actor, pressed.response_url)
            return
        name = refused.request.change.job_name
        form = deny_form(self.herald.board.voice, pressed.value, pressed.actor.channel_id, name)
        try:
            self.herald.board.chat.open_form(pressed.trigger_id, form)
        except ChatRefused as error:
            log.warning("form not opened", extra=described(error))
            self.herald.press_again(pressed.actor, pressed.response_url)


STORIES: Mapping[str, Callable[[World, Click], Outcome]] = {
    "approve": review.approve,
    "withdraw": review.withdraw,
    "ask_again": afterwards.ask_again,
    "reviewed": afterwards.mark_reviewed,
    "extend": ending.extend,
    "keep": ending.keep,
    "revert": ending.revert_now,
}


def _click(asker: Asker, value: str, *, is_stranger: bool) -> Click:
    request_id, _, digest = value.partition(" ")
    known(request_id=request_id)
    return Click(asker, Ref(RequestId(request_id), digest), is_stranger=is_stranger)
