"""The people of the workspace: they type, press, submit, and see what comes of it. What scripts and tests drive."""

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.slack import entries, lookup, payloads
from infra.local.slack.conversation import Content, Envelope, Message
from infra.local.slack.dispatcher import Acknowledgement, Address
from infra.local.slack.entries import Entered
from infra.local.slack.faults import Fault, Faults
from infra.local.slack.outbox import Outbox
from infra.local.slack.signing import SlackRequest
from infra.local.slack.submissions import apply_answer
from infra.local.slack.views import View
from infra.local.slack.workspace_state import Delivery, Found, Store, WorkspaceState


class Workspace:
    """One workspace with one app in it. Each verb sends one signed request and gives its `Delivery` back.

    Verbs raise `UnknownInPlaygroundError`, with nothing sent, for people, messages, elements or views there are not.
    """

    def __init__(self, store: Store, outbox: Outbox, faults: Faults) -> None:
        self._store = store
        self._outbox = outbox
        self.faults = faults

    @property
    def url(self) -> str:
        """The page's address."""
        with self._store.reading() as state:
            return state.base_url

    @property
    def api_url(self) -> str:
        """What `SLACK_API_URL` is to be."""
        return f"{self.url}/api/"

    def connect(self, front_url: str, front_host: str | None = None) -> None:
        """Tell where the app listens."""
        self._outbox.dispatcher.address = Address(front_url, front_host)

    # What people do

    def command(self, user: str, channel: str, text: str) -> Delivery:
        """Type the slash command with `text` after it."""
        with self._store.changing() as state:
            lookup.channel(state, user, channel)
            issued = self._outbox.issue(state, user, channel)
            request = payloads.command_form(state, user, channel, text, issued)
            doing = self._outbox.doing("command", user, channel, f"{state.cast.command} {text}".rstrip())
        acknowledged = self._outbox.dispatcher.send(request)
        with self._store.changing() as state:
            error = self._outbox.answer_command(state, user, channel, acknowledged)
            return self._outbox.logged(state, doing, request, acknowledged, error)

    def click(self, user: str, channel: str, message_ts: str, action_id: str, value: Entered = None) -> Delivery:
        """Press a button of a message, or choose `value` in one of its menus."""
        with self._store.changing() as state:
            message = lookup.message(state, user, channel, message_ts)
            action, what = self._outbox.action(state, message.blocks, action_id, value)
            issued = self._outbox.issue(state, user, channel, message)
            request = payloads.interaction_form(payloads.message_action(state, user, message, action, issued))
        return self._outbox.send(self._outbox.doing("block_actions", user, channel, what), request)

    def click_in_view(self, user: str, view_id: str, action_id: str, value: Entered = None) -> Delivery:
        """Press a button, or choose `value` in a menu, of an open modal or of a Home tab."""
        with self._store.changing() as state:
            view = lookup.view(state, user, view_id)
            action, what = self._outbox.action(state, view.blocks, action_id, value)
            issued = self._outbox.issue(state, user, view.channel)
            request = payloads.interaction_form(payloads.view_action(state, user, view, action, issued))
        return self._outbox.send(self._outbox.doing("block_actions", user, view.channel, what), request)

    def submit(self, user: str, view_id: str, values: Mapping[str, Entered]) -> Delivery:
        """Submit a modal. `values`: action_id → what is entered; inputs left out keep their initial value.

        When Slack's own client would refuse the form, nothing is sent, the modal shows why and the
        delivery's error is `incomplete`.
        """
        with self._store.changing() as state:
            view = lookup.view(state, user, view_id)
            view.values = entries.values(view.blocks, values)
            view.errors, view.trouble = entries.complaints(view.blocks, view.values), None
            what = str((view.definition.get("submit") or {}).get("text", "Submit"))
            doing = self._outbox.doing("view_submission", user, view.channel, what)
            if view.errors:
                unsent = Acknowledgement(None, "", 0.0, "incomplete")
                return self._outbox.logged(state, doing, SlackRequest(), unsent, unsent.error)
            issued = self._outbox.issue(state, user, view.channel)
            request = payloads.interaction_form(payloads.view_submission(state, view, issued))
        acknowledged = self._outbox.dispatcher.send(request)
        with self._store.changing() as state:
            error = apply_answer(state.views, view, acknowledged, self._store.clock())
            return self._outbox.logged(state, doing, request, acknowledged, error)

    def close_view(self, user: str, view_id: str) -> Delivery | None:
        """Dismiss a modal; the app is told only if it asked for it (`notify_on_close`), else None comes back."""
        with self._store.changing() as state:
            view = lookup.view(state, user, view_id)
            state.views.close(view, whole_stack=bool(view.definition.get("clear_on_close")))
            if not view.definition.get("notify_on_close"):
                return None
            request = payloads.interaction_form(payloads.view_closed(state, view, is_cleared=False))
        return self._outbox.send(self._outbox.doing("view_closed", user, view.channel, "Close"), request)

    def suggest(self, user: str, view_id: str, action_id: str, typed: str) -> Delivery:
        """Type into an external select; the app's options are in the delivery's `answer["options"]`."""
        with self._store.changing() as state:
            view = lookup.view(state, user, view_id)
            block_id, _ = lookup.element(view.blocks, action_id)
            request = payloads.interaction_form(payloads.block_suggestion(state, view, block_id, action_id, typed))
        return self._outbox.send(self._outbox.doing("block_suggestion", user, view.channel, typed), request)

    def shortcut(self, user: str, channel: str, callback_id: str, message_ts: str | None = None) -> Delivery:
        """Use a global shortcut, or with `message_ts` one from that message's menu."""
        with self._store.changing() as state:
            if message_ts is None:
                issued = self._outbox.issue(state, lookup.person(state, user), channel)
                now = self._store.clock()
                request = payloads.interaction_form(payloads.global_shortcut(state, user, callback_id, issued, now))
            else:
                message = lookup.message(state, user, channel, message_ts)
                issued = self._outbox.issue(state, user, channel, message)
                request = payloads.interaction_form(
                    payloads.message_shortcut(state, user, callback_id, message, issued)
                )
        return self._outbox.send(self._outbox.doing("shortcut", user, channel, callback_id), request)

    def event(self, user: str, event: Mapping[str, Any]) -> Delivery:
        """Send an Events API event, such as `{"type": "app_home_opened", "user": "U0KIM", "tab": "home"}`."""
        with self._store.reading() as state:
            request = payloads.event_callback(state, event, f"Ev{self._outbox.new_id()}", self._store.clock())
        return self._outbox.send(self._outbox.doing("event", user, None, str(event.get("type"))), request)

    def resend(self, delivery: Delivery) -> Delivery:
        """Send the very same body again, newly signed, as a redelivery does."""
        doing = self._outbox.doing(delivery.kind, delivery.user, delivery.channel, delivery.what)
        return self._outbox.send(doing, delivery.request)

    def say(self, user: str, channel: str, text: str) -> Message:
        """Post an ordinary message; the app is not told."""
        with self._store.changing() as state:
            to = Envelope(lookup.channel(state, user, channel), user)
            return state.conversation.post(to, Content(text), self._store.clock())

    # What people see

    def messages(self, user: str, channel: str) -> list[Message]:
        """List what this person sees in a channel, oldest first."""
        with self._store.reading() as state:
            return list(state.conversation.seen_by(user, lookup.channel(state, user, channel)))

    def views(self, user: str) -> list[View]:
        """List the person's open modals, the topmost last."""
        with self._store.reading() as state:
            return list(state.views.stacks.get(lookup.person(state, user), []))

    def deliveries(self) -> list[Delivery]:
        """List every request sent so far."""
        with self._store.reading() as state:
            return list(state.deliveries)

    def wait_until(self, look: Callable[[WorkspaceState], Found | None], timeout_seconds: float = 10.0) -> Found:
        """Wait until `look` finds something.

        Raises:
            TimeoutError: it did not in time.
        """
        found = self._store.wait_until(look, timeout_seconds)
        if not found:
            raise TimeoutError(f"nothing of the kind within {timeout_seconds} s")
        return found

    def wait_for_message(
        self, user: str, channel: str, matches: Callable[[Message], bool], timeout_seconds: float = 10.0
    ) -> Message:
        """Wait until this person sees a message that matches; the newest one is given.

        Raises:
            TimeoutError: it did not come in time; the text tells what the person sees instead.
        """

        def look(state: WorkspaceState) -> Message | None:
            seen = list(state.conversation.seen_by(user, channel))
            return next((message for message in reversed(seen) if matches(message)), None)

        try:
            return self.wait_until(look, timeout_seconds)
        except TimeoutError as error:
            seen = [message.text for message in self.messages(user, channel)]
            raise TimeoutError(f"no such message within {timeout_seconds} s; {user} sees {seen}") from error

    # What goes wrong, and starting anew

    def fail(self, fault: Fault) -> None:
        """Let the next calls of a Web API method go wrong."""
        self.faults.plan(fault)

    def remove_from_channel(self, user: str, channel: str) -> None:
        """Take somebody, the bot too, out of a channel."""
        with self._store.changing() as state:
            state.members[channel].discard(user)

    def reset(self) -> None:
        """Empty the workspace and forget planned faults."""
        self.faults.clear()
        self._store.reset()
