"""One signed request from somebody to the app: what is given out with it, how it is sent, and its entry in the log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.local.slack import lookup
from infra.local.slack.conversation import Blocks, Content, Envelope, Message
from infra.local.slack.dispatcher import Acknowledgement, Dispatcher
from infra.local.slack.entries import Entered, entry
from infra.local.slack.payloads import Issued
from infra.local.slack.refusals import SlackError
from infra.local.slack.signing import SlackRequest
from infra.local.slack.workspace_state import Delivery, Store, WorkspaceState

SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Doing:
    """What somebody does: the fields of `Delivery` that are known before it is sent."""

    kind: str
    user: str
    channel: str | None
    what: str
    at: datetime


class Outbox:
    """Sends what people do and logs it."""

    def __init__(self, store: Store, dispatcher: Dispatcher, new_id: Callable[[], str]) -> None:
        self._store = store
        self.dispatcher = dispatcher
        self.new_id = new_id

    def issue(self, state: WorkspaceState, user: str, channel: str | None, message: Message | None = None) -> Issued:
        """Give out a trigger and, where there is a channel, a `response_url`."""
        now = self._store.clock()
        trigger_id = state.views.issue_trigger(user, channel, self.new_id(), now)
        if channel is None:
            return Issued(trigger_id)
        token = self.new_id()
        state.response_urls.issue(token, channel, user, now, message)
        return Issued(trigger_id, f"{state.base_url}/response/{token}")

    def action(
        self, state: WorkspaceState, blocks: Blocks, action_id: str, value: Entered
    ) -> tuple[dict[str, Any], str]:
        """Build one item of `actions`; also gives what a person would call it."""
        block_id, element = lookup.element(blocks, action_id)
        chosen = element.get("value") if element["type"] == "button" else value
        action = {
            **entry(element, chosen),
            "action_id": action_id,
            "block_id": block_id,
            "action_ts": state.conversation.timestamp(self._store.clock()),
        }
        for name in ("text", "style"):
            if name in element:
                action[name] = element[name]
        if action.get("value", "") is None:
            del action["value"]
        return action, str(element.get("text", {}).get("text", action_id))

    def doing(self, kind: str, user: str, channel: str | None, what: str) -> Doing:
        """Note what somebody does now."""
        return Doing(kind, user, channel, what, self._store.clock())

    def send(self, doing: Doing, request: SlackRequest) -> Delivery:
        """Send one request whose answer changes nothing on the screen."""
        acknowledged = self.dispatcher.send(request)
        with self._store.changing() as state:
            return self.logged(state, doing, request, acknowledged, acknowledged.error)

    def logged(
        self,
        state: WorkspaceState,
        doing: Doing,
        request: SlackRequest,
        acknowledged: Acknowledgement,
        error: str | None,
    ) -> Delivery:
        """Enter a request and what came of it into the log."""
        delivery = Delivery(
            kind=doing.kind,
            user=doing.user,
            channel=doing.channel,
            what=doing.what,
            at=doing.at,
            status=acknowledged.status,
            body=acknowledged.body,
            acknowledged_in_ms=acknowledged.took_ms,
            error=error,
            answer=acknowledged.answer,
            request=request,
        )
        state.deliveries.append(delivery)
        return delivery

    def answer_command(
        self, state: WorkspaceState, user: str, channel: str, acknowledged: Acknowledgement
    ) -> str | None:
        """Show what the acknowledgement of a slash command says, or that the command failed; gives Slack's error."""
        error = acknowledged.error
        answer = acknowledged.answer
        if error is None and acknowledged.body.strip():
            said = answer if isinstance(answer, dict) else {"text": acknowledged.body}
            try:
                state.response_urls.say(channel, user, said, self._store.clock())
            except SlackError:
                error = "invalid_command_response"
        if error is not None:
            failed = Content(f'{state.cast.command} failed with the error "{error}"')
            state.conversation.post(Envelope(channel, SLACKBOT, ephemeral_to=user), failed, self._store.clock())
        return error
