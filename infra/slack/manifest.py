"""The app's manifest: what Slack is told of the app (docs.slack.dev/reference/app-manifest).

Only what the app answers today is declared: one slash command, and buttons with their forms. It takes no events, so
it subscribes to none. Every address is the same, since `front` tells deliveries apart by what they hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from handler.adapters.scopes import SCOPES
from handler.slack.catalogue import load_words
from handler.slack.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = "Sluice"
LONGEST_NAME: Final = 35
LONGEST_COMMAND: Final = 32
LONGEST_URL: Final = 3000


@dataclass(frozen=True, slots=True)
class App:
    """What differs between two apps.

    Args:
        url: where Slack sends everything, with https; empty for Socket Mode, in which the app fetches it.
        command: the slash command with its slash, at most 32 characters.
        name: of the app and its bot, at most 35 characters.
    """

    url: str
    command: str
    name: str = NAME

    @property
    def is_socket(self) -> bool:
        """Whether the app fetches what Slack has for it."""
        return not self.url


def manifest(app: App) -> Mapping[str, Any]:
    """Return the manifest as Slack reads it, from JSON."""
    say = Voice(load_words(), app.command)
    command = {
        "command": app.command,
        "description": str(say("app.command")),
        "usage_hint": str(say("app.usage")),
        # The grammar reads <@U…> and <#C…>: with plain @names nobody could say whom they mean.
        "should_escape": True,
    }
    return {
        "display_information": {
            "name": app.name,
            "description": str(say("app.short")),
            "long_description": str(say("app.long")),
            "background_color": "#1f3a4d",
        },
        "features": {
            # People whose approval was passed by are written to; what they would answer is read by nobody.
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": app.name, "always_online": True},
            "slash_commands": [command if app.is_socket else {**command, "url": app.url}],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "interactivity": {"is_enabled": True} if app.is_socket else {"is_enabled": True, "request_url": app.url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": app.is_socket,
            "token_rotation_enabled": False,
        },
    }
