"""What the bot's token must be allowed: the Web API methods that are called, and the OAuth scopes they need.

Sources: the "Scopes" of each method below docs.slack.dev/reference/methods; docs.slack.dev/reference/scopes. A test
holds the methods to those that the code calls, so that no scope is asked for in vain and none is forgotten.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SLASH_COMMAND: Final = "commands"
"""Needed by no method: the slash command itself comes with it."""

METHODS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "apps.connections.open": frozenset(),  # with the app's own token, by `sluice socket`
        "auth.test": frozenset(),
        "chat.postEphemeral": frozenset({"chat:write"}),
        "chat.postMessage": frozenset({"chat:write"}),
        "chat.update": frozenset({"chat:write"}),
        "conversations.history": frozenset({"channels:history", "groups:history"}),
        "conversations.replies": frozenset({"channels:history", "groups:history"}),
        "usergroups.users.list": frozenset({"usergroups:read"}),
        "views.open": frozenset(),
    }
)
"""Method → scopes."""

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "commands": "The slash command.",
        "chat:write": "Cards and their edits in channels that the bot was invited to, answers, and messages to people.",
        "channels:history": "Whether a card or a call was posted already by a worker that died before it was kept.",
        "groups:history": "The same in private channels.",
        "usergroups:read": "Who is in the policy's groups: without it nothing is allowed to anybody.",
    }
)
"""Scope → why it is asked for; there are no others."""

NOT_ASKED_FOR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "chat:write.public": "The bot speaks where it was invited, and nowhere else.",
        "channels:read": "Whether the bot is in a channel is told by Slack's answer when it reads there.",
        "im:history": "Nothing is read from direct messages: they are only sent.",
        "users:read": "People are shown by their ids, which Slack draws as names.",
    }
)
"""Scope → why the bot does without it; the next one who wants it finds the reason here."""
