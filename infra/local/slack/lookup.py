"""Finds what a script or a page names, or says what there is instead. Pure."""

from typing import Any

from infra.local.slack.block_kit import elements_of
from infra.local.slack.conversation import Blocks, Message, find_element
from infra.local.slack.refusals import SlackError, UnknownInPlaygroundError
from infra.local.slack.views import View
from infra.local.slack.workspace_state import WorkspaceState


def person(state: WorkspaceState, user: str) -> str:
    """Check that somebody is in the cast."""
    if user not in state.cast.people:
        raise UnknownInPlaygroundError(f"no person {user!r}: there are {sorted(state.cast.people)}")
    return user


def channel(state: WorkspaceState, user: str, name: str) -> str:
    """Check that a channel is in the cast, or is this person's own direct messages with the bot."""
    there = [*state.cast.channels, state.cast.direct_with(person(state, user)).id]
    if name not in there:
        raise UnknownInPlaygroundError(f"{user} sees no channel {name!r}: there are {sorted(there)}")
    return name


def message(state: WorkspaceState, user: str, where: str, ts: str) -> Message:
    """Find a message that this person sees in a channel."""
    seen = list(state.conversation.seen_by(user, channel(state, user, where)))
    for candidate in seen:
        if candidate.ts == ts:
            return candidate
    raise UnknownInPlaygroundError(f"{user} sees no message {ts!r} in {where}: there are {[m.ts for m in seen]}")


def view(state: WorkspaceState, user: str, view_id: str) -> View:
    """Find a view on this person's screen."""
    try:
        found = state.views.find(view_id=view_id)
    except SlackError as error:
        open_views = [other.id for other in state.views.everywhere() if other.user == user]
        raise UnknownInPlaygroundError(f"no view {view_id!r} is open: {user} has {open_views}") from error
    if found.user != person(state, user):
        raise UnknownInPlaygroundError(f"the view {view_id!r} is on the screen of {found.user}, not of {user}")
    return found


def element(blocks: Blocks, action_id: str) -> tuple[str, dict[str, Any]]:
    """Find an interactive element; gives its `block_id` and itself."""
    found = find_element(blocks, action_id)
    if found is None:
        there = [str(part["action_id"]) for block in blocks for part in elements_of(block) if "action_id" in part]
        raise UnknownInPlaygroundError(f"no element {action_id!r} here: there are {there}")
    return found
