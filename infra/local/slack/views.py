"""Modals and Home tabs, and the triggers that open them. Pure: the time and the ids are arguments."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.local.slack.block_kit import view_problems
from infra.local.slack.conversation import Blocks, Conversation
from infra.local.slack.refusals import SlackError

TRIGGER_LIFE = timedelta(seconds=3)
"""docs.slack.dev, reference/methods/views.open."""
MOST_MODALS = 3
"""A root view and two pushed upon it (reference/methods/views.push)."""
LARGEST_VIEW_BYTES = 250_000


@dataclass(slots=True)
class Trigger:
    """The short-lived right to show a person one modal."""

    user: str
    channel: str | None
    issued_at: datetime
    exchanged: bool = False


@dataclass(slots=True)
class View:
    """A modal or Home tab as it stands on somebody's screen."""

    id: str
    user: str
    definition: dict[str, Any]
    """What the app sent, with ids filled in."""
    hash: str
    root_id: str
    previous_id: str | None = None
    channel: str | None = None
    """Where the modal was asked for; a playground's knowledge, Slack does not send it."""
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    """`state.values`: block_id → action_id → what was entered, as of the last submission."""
    errors: dict[str, str] = field(default_factory=dict)
    """block_id → what is shown below that input."""
    trouble: str | None = None
    """What Slack itself says at the top of the modal when the app did not answer well."""

    @property
    def blocks(self) -> Blocks:
        """The view's blocks."""
        blocks: Blocks = self.definition["blocks"]
        return blocks


@dataclass(slots=True)
class Views:
    """Every open view: each person's stack of modals and each person's Home tab."""

    conversation: Conversation
    triggers: dict[str, Trigger] = field(default_factory=dict)
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    _ids_given: int = 0

    def issue_trigger(self, user: str, channel: str | None, unique: str, now: datetime) -> str:
        """Give out a trigger id in Slack's form, `<number>.<number>.<hex>`."""
        trigger_id = f"{round(now.timestamp() * 1000)}.{len(self.triggers) + 1}.{unique}"
        self.triggers[trigger_id] = Trigger(user, channel, now)
        return trigger_id

    def exchange(self, trigger_id: str, now: datetime) -> Trigger:
        """Use a trigger up.

        Raises:
            SlackError: `invalid_trigger_id`, `exchanged_trigger_id`, or `expired_trigger_id` after 3 seconds.
        """
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        if now - trigger.issued_at > TRIGGER_LIFE:
            raise SlackError("expired_trigger_id")
        trigger.exchanged = True
        return trigger

    def open(self, user: str, channel: str | None, definition: Mapping[str, Any], now: datetime) -> View:
        """Show a modal instead of whatever modals the person had open."""
        view = self._made(user, definition, now, channel=channel, kind="modal")
        self.stacks[user] = [view]
        return view

    def push(self, user: str, definition: Mapping[str, Any], now: datetime) -> View:
        """Show a modal upon the person's others.

        Raises:
            SlackError: `not_found` without a root view, `push_limit_reached` above 3, or what is wrong with it.
        """
        stack = self.stacks.get(user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= MOST_MODALS:
            raise SlackError("push_limit_reached")
        view = self._made(user, definition, now, channel=stack[-1].channel, kind="modal")
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def replace(self, view: View, definition: Mapping[str, Any], now: datetime, *, unless: str | None = None) -> None:
        """Put a new definition into a view that is open; `unless` is the hash the app thinks it has.

        Raises:
            SlackError: `hash_conflict` when somebody was quicker, or what is wrong with the definition.
        """
        if unless and unless != view.hash:
            raise SlackError("hash_conflict")
        made = self._made(view.user, definition, now, channel=view.channel, kind=view.definition["type"])
        view.definition, view.hash = made.definition, made.hash
        view.errors, view.trouble = {}, None

    def publish(self, user: str, definition: Mapping[str, Any], now: datetime) -> View:
        """Set a person's Home tab."""
        view = self._made(user, definition, now, kind="home")
        self.homes[user] = view
        return view

    def close(self, view: View, *, whole_stack: bool = False) -> None:
        """Take a modal, or the person's whole stack, off the screen."""
        stack = self.stacks.get(view.user, [])
        self.stacks[view.user] = [] if whole_stack else [other for other in stack if other is not view]

    def find(self, *, view_id: str | None = None, external_id: str | None = None) -> View:
        """Find a view on somebody's screen.

        Raises:
            SlackError: `not_found`.
        """
        for view in self.everywhere():
            if view.id == view_id or (external_id and view.definition.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def everywhere(self) -> list[View]:
        """List every view on a screen."""
        return [*(view for stack in self.stacks.values() for view in stack), *self.homes.values()]

    def _made(
        self, user: str, definition: Mapping[str, Any], now: datetime, *, kind: str, channel: str | None = None
    ) -> View:
        if len(json.dumps(definition)) > LARGEST_VIEW_BYTES:
            raise SlackError("view_too_large")
        problems = view_problems(definition)
        if not problems and definition["type"] != kind:
            problems = [f"[ERROR] must be one of: {kind} [json-pointer:/view/type]"]
        if problems:
            raise SlackError("invalid_arguments", problems)
        self._ids_given += 1
        view_id = f"V{self._ids_given:08}"
        blocks = self.conversation.with_ids(definition["blocks"])
        stamp = self.conversation.timestamp(now)
        return View(
            id=view_id,
            user=user,
            definition={**definition, "blocks": blocks},
            hash=f"{stamp.partition('.')[0]}.{self._ids_given:08}",
            root_id=view_id,
            channel=channel,
        )
