"""The Bolt app: routes what Slack delivers to two calls. One app, whoever the mouth is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult

from handler.slack.forms import DENY_REASON
from handler.slack.payloads import Click, Slash, click, slash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt import Ack

    from handler.slack.forms import Complaint

FAILURE: Final = "sluice_failure"
SERVER_ERROR: Final = 500


class Desk(Protocol):
    """Whoever answers what Slack delivers."""

    def typed(self, said: Slash) -> None:
        """Answer a slash command."""

    def pressed(self, pressed: Click) -> None:
        """Answer a button."""

    def incomplete(self, body: Mapping[str, object]) -> Complaint | None:
        """Say what a filled-in form lacks; None when it can be taken."""

    def submitted(self, body: Mapping[str, object]) -> None:
        """Take a filled-in form."""

    def broke(self, body: Mapping[str, object], error: Exception) -> None:
        """Tell the person, and the log, that something broke."""


def create_app(desk: Desk, command: str) -> App:
    """Make the app. It checks no signature (``front`` did) and never calls Slack itself.

    A listener's exception is told to the person and kept for ``dispatch`` to raise.
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

    @app.view(DENY_REASON)
    def on_form(ack: Ack, body: dict[str, object]) -> None:
        if complaint := desk.incomplete(body):
            ack(response_action="errors", errors={complaint.block_id: complaint.text})
            return
        ack()
        desk.submitted(body)

    @app.error
    def on_error(error: Exception, body: dict[str, object], context: BoltContext) -> BoltResponse:
        # Raised here, Bolt would call this a second time (slack_bolt 1.30, App.dispatch).
        context[FAILURE] = error
        desk.broke(body, error)
        return BoltResponse(status=SERVER_ERROR)

    return app


def dispatch(app: App, body: dict[str, object]) -> BoltResponse:
    """Hand a payload to the app; return its answer, 404 when it is nothing of ours.

    Raises whatever a listener raised, so that Lambda sees a failed invocation (slack-and-lambda.md, section 5).
    """
    request = BoltRequest(mode="socket_mode", body=body)
    answer = app.dispatch(request)
    failure = request.context.get(FAILURE)
    if isinstance(failure, Exception):
        raise failure
    if answer.status >= SERVER_ERROR:
        raise RuntimeError(f"the app answered {answer.status}")
    return answer


def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    # The messages go out through the chat adapter, which holds the token: Bolt is given none.
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)
