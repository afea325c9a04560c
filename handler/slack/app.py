"""The Bolt app: routes what Slack delivers to two calls. One app, whoever the mouth is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn, Protocol

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult

from handler.slack.payloads import Click, Slash, click, slash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt import Ack


class Desk(Protocol):
    """Whoever answers what Slack delivers."""

    def typed(self, said: Slash) -> None:
        """Answer a slash command."""

    def pressed(self, pressed: Click) -> None:
        """Answer a button."""

    def broke(self, body: Mapping[str, object], error: Exception) -> None:
        """Tell the person, and the log, that something broke."""


def create_app(desk: Desk, command: str) -> App:
    """Make the app. It checks no signature (``front`` did) and never calls Slack itself.

    An exception of a listener is told to the person and then raised to whoever dispatched the payload, so that Lambda
    sees a failed invocation (slack-and-lambda.md, section 5).
    """
    app = App(
        name="sluice",
        authorize=_authorize,
        token_verification_enabled=False,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        process_before_response=True,
    )

    @app.command(command)
    def on_command(ack: Ack, body: dict[str, object]) -> None:
        ack()
        desk.typed(slash(body))

    @app.action(re.compile(""))
    def on_action(ack: Ack, body: dict[str, object]) -> None:
        ack()
        desk.pressed(click(body))

    @app.error
    def on_error(error: Exception, body: dict[str, object]) -> NoReturn:
        desk.broke(body, error)
        raise error

    return app


def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    # The messages go out through the chat adapter, which holds the token: Bolt is given none.
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)
