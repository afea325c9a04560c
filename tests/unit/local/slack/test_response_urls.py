"""A `response_url` can be used five times within 30 minutes, and then no more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.webhook import WebhookClient

from tests.unit.local.slack.conftest import CHANNEL, KIM, LEE

if TYPE_CHECKING:
    from infra.local.slack.workspace import Workspace
    from tests.fakes.clock import FakeClock
    from tests.unit.local.slack.stub_app import StubApp

BUTTON = {
    "type": "actions",
    "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}],
}


@pytest.fixture
def after_command(workspace: Workspace, app: StubApp) -> WebhookClient:
    """The address that came with a command."""
    workspace.command(KIM, CHANNEL, "help")
    return WebhookClient(app.got[-1].form["response_url"])


def texts(workspace: Workspace, user: str) -> list[str]:
    """What this person reads in the channel."""
    return [message.text for message in workspace.messages(user, CHANNEL)]


def test_an_answer_is_for_the_person_alone_unless_it_says_otherwise(
    workspace: Workspace, after_command: WebhookClient
) -> None:
    """Without `in_channel` only whoever typed the command reads it."""
    after_command.send(text="for you")
    after_command.send(text="for all", response_type="in_channel")
    assert (texts(workspace, KIM), texts(workspace, LEE)) == (["for you", "for all"], ["for all"])


def test_five_uses_and_no_sixth(workspace: Workspace, after_command: WebhookClient) -> None:
    """The sixth use is refused, and nothing appears."""
    answers = [after_command.send(text=str(number)) for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert json.loads(answers[-1].body)["error"] == "used_url"
    assert texts(workspace, KIM) == ["0", "1", "2", "3", "4"]


def test_thirty_minutes_and_not_a_second_more(
    workspace: Workspace, clock: FakeClock, after_command: WebhookClient
) -> None:
    """The address lives for 30 minutes."""
    clock.move_on(minutes=30)
    in_time = after_command.send(text="in time")
    clock.move_on(seconds=1)
    late = after_command.send(text="late")
    assert (in_time.status_code, late.status_code, json.loads(late.body)["error"]) == (200, 404, "expired_url")
    assert texts(workspace, KIM) == ["in time"]


@pytest.mark.parametrize(
    ("answer", "reads"),
    [
        ({"text": "done", "replace_original": True}, ["done"]),
        ({"delete_original": True}, []),
        ({"text": "beside", "response_type": "in_channel"}, ["press it", "beside"]),
    ],
    ids=["replaced", "deleted", "beside"],
)
def test_what_was_clicked_can_be_replaced_or_deleted(
    workspace: Workspace, app: StubApp, answer: dict[str, Any], reads: list[str]
) -> None:
    """A click's address reaches the message with the button."""
    app_says(workspace, app, {"response_type": "in_channel", "text": "press it", "blocks": [BUTTON]})
    (message,) = workspace.messages(KIM, CHANNEL)
    workspace.click(LEE, CHANNEL, message.ts, "go")
    WebhookClient(app.got[-1].payload["response_url"]).send_dict(answer)
    assert reads == texts(workspace, KIM)


def app_says(workspace: Workspace, app: StubApp, answer: dict[str, Any]) -> None:
    """Let the app say something through a command's address."""
    workspace.command(KIM, CHANNEL, "help")
    WebhookClient(app.got[-1].form["response_url"]).send_dict(answer)


def test_a_commands_acknowledgement_cannot_be_replaced(workspace: Workspace, after_command: WebhookClient) -> None:
    """`replace_original` after a slash command is one more message, as in Slack."""
    after_command.send(text="first")
    after_command.send(text="second", replace_original=True)
    assert texts(workspace, KIM) == ["first", "second"]


def test_a_wrong_message_is_refused_and_counts_as_a_use(workspace: Workspace, after_command: WebhookClient) -> None:
    """Blocks are checked here as everywhere."""
    refused = after_command.send(blocks=[{"type": "sparkle"}])
    for number in range(5):
        after_command.send(text=str(number))
    assert (refused.status_code, json.loads(refused.body)["error"]) == (400, "invalid_blocks")
    assert texts(workspace, KIM) == ["0", "1", "2", "3"]


def test_an_address_nobody_was_given_is_refused(workspace: Workspace) -> None:
    """A made-up address answers 404."""
    assert WebhookClient(f"{workspace.url}/response/made-up").send(text="x").status_code == 404
