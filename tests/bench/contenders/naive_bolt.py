"""A Bolt bot on Lambda as its documentation shows it: acknowledge, and a lazy listener that the function runs later.

Source: docs.slack.dev/tools/bolt-python/concepts/lazy-listeners. In its favour: one boto3 client, made at import and
used by Bolt's own runner, and no call to Slack (`auth.test`) at start or on the first event.
"""

from __future__ import annotations

import os
from typing import Any

import boto3
from slack_bolt import App
from slack_bolt.adapter.aws_lambda import SlackRequestHandler
from slack_bolt.adapter.aws_lambda.lazy_listener_runner import LambdaLazyListenerRunner
from slack_bolt.authorization import AuthorizeResult


def _authorize(**_arguments: object) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0SLUICE", bot_user_id="U0SLUICE", bot_token="xoxb-playground")


def _acknowledge(ack: Any) -> None:
    ack()


def _work() -> None:
    """Nothing: it runs in another invocation, which is not measured."""


app = App(
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
    authorize=_authorize,
    process_before_response=True,
)
app.command("/dataflow")(ack=_acknowledge, lazy=[_work])
slack_handler = SlackRequestHandler(app)
lambda_client = boto3.client("lambda")
app.listener_runner.lazy_listener_runner = LambdaLazyListenerRunner(slack_handler.logger, lambda_client)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Let Bolt verify, acknowledge and start the lazy half."""
    answer: dict[str, Any] = slack_handler.handle(event, context)  # type: ignore[no-untyped-call]  # Bolt has no types here
    return answer
