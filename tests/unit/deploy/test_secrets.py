"""The secrets' values: asked for, looked at, stored, and nowhere to be seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import boto3.session
import pytest
from botocore.stub import Stubber

from infra.deploy.errors import Stopped
from infra.deploy.secrets import fill, start_anew
from infra.deploy.standing import Stack

SIGNING = "0123456789abcdef0123456789abcdef"
TOKEN = "xoxb-playground"
STACK = Stack(
    "CREATE_COMPLETE",
    {},
    {
        "SlackSigningSecretName": "sluice/prod/slack-signing",
        "SlackBotSecretName": "sluice/prod/slack-bot",
        "NcpSecretName": "sluice/prod/ncp",
        "WorkerFunction": "sluice-prod-worker",
    },
)


def manager() -> tuple[Any, Stubber]:
    """A client of Secrets Manager that reaches nobody, and what answers in its place."""
    session = boto3.session.Session("test", "test", region_name="ap-northeast-2")
    client = session.client("secretsmanager")
    return client, Stubber(client)


def expect(answers: Stubber, name: str, values: dict[str, str]) -> None:
    """Take this secret with these values, and no other."""
    answers.add_response("put_secret_value", {"Name": name}, {"SecretId": name, "SecretString": json.dumps(values)})


def filled(answers: list[str], client: Any) -> list[str]:
    """What is said when a person answers so."""
    said: list[str] = []
    left = iter(answers)
    fill(client, STACK, lambda _question: next(left), said.append)
    return said


def test_every_value_goes_where_its_function_reads_it() -> None:
    """Three secrets get the keys of the contract, without the blanks that a paste brings along."""
    client, answers = manager()
    expect(answers, "sluice/prod/slack-signing", {"signing_secret": SIGNING})
    expect(answers, "sluice/prod/slack-bot", {"bot_token": TOKEN})
    expect(answers, "sluice/prod/ncp", {"access_key": "playground-access", "secret_key": "playground-secret"})
    with answers:
        said = filled([f" {SIGNING}\n", TOKEN, "playground-access", "playground-secret"], client)

    assert said == ["sluice/prod/slack-signing: stored", "sluice/prod/slack-bot: stored", "sluice/prod/ncp: stored"]
    answers.assert_no_pending_responses()


def test_an_empty_answer_leaves_a_secret_as_it_is() -> None:
    """One token can be renewed without typing the rest."""
    client, answers = manager()
    expect(answers, "sluice/prod/slack-bot", {"bot_token": TOKEN})
    with answers:
        said = filled(["", TOKEN, ""], client)

    assert said == [
        "sluice/prod/slack-signing: left as it is",
        "sluice/prod/slack-bot: stored",
        "sluice/prod/ncp: left as it is",
    ]


@pytest.mark.parametrize(
    ("typed", "slip"),
    [
        (["xoxb-in-the-wrong-place"], "a signing secret is 32 digits"),
        ([SIGNING.upper()], "a signing secret is 32 digits"),
        (["", "xoxp-of-a-person"], "a bot token begins with xoxb-"),
        (["", "xoxb-two words"], "a bot token begins with xoxb-"),
        (["", "", "playground-access", ""], "a secret key has no blanks"),
        (["", "", "a b c d e f g"], "an access key has no blanks"),
    ],
)
def test_a_slip_is_told_without_the_value(typed: list[str], slip: str) -> None:
    """What cannot be the value asked for is not stored, and not shown either."""
    client, answers = manager()
    with answers, pytest.raises(Stopped, match=slip) as stopped:
        filled(typed, client)

    assert typed[-1] not in str(stopped.value) or not typed[-1]


def test_a_refusal_of_aws_is_told_without_the_value() -> None:
    """The code is said; the error with the request is not carried along."""
    client, answers = manager()
    answers.add_client_error("put_secret_value", "AccessDeniedException", "no")
    with answers, pytest.raises(Stopped) as stopped:
        filled([SIGNING], client)

    assert str(stopped.value).startswith("sluice/prod/slack-signing was not stored (AccessDeniedException)")
    assert stopped.value.__suppress_context__


@pytest.mark.parametrize("before", ["Carries out.", "Carries out. Secrets of 2026-11-01 00:00:00 UTC."])
def test_the_worker_starts_anew_with_the_new_values(before: str) -> None:
    """Its description changes, and nothing else; an earlier time in it is replaced."""
    functions = boto3.session.Session("test", "test", region_name="ap-northeast-2").client("lambda")
    name = {"FunctionName": "sluice-prod-worker"}
    described = {**name, "Description": "Carries out. Secrets of 2026-11-23 06:40:00 UTC."}
    with Stubber(functions) as answers:
        answers.add_response("get_function_configuration", {"Description": before}, name)
        answers.add_response("update_function_configuration", {}, described)
        start_anew(functions, STACK, datetime(2026, 11, 23, 6, 40, tzinfo=UTC))
        answers.assert_no_pending_responses()


def test_a_worker_that_cannot_be_started_anew_is_told() -> None:
    """The secrets are stored all the same, and the message says what is left to do by hand."""
    functions = boto3.session.Session("test", "test", region_name="ap-northeast-2").client("lambda")
    answers = Stubber(functions)
    answers.add_client_error("get_function_configuration", "AccessDeniedException")
    with answers, pytest.raises(Stopped, match=r"^The secrets are stored, but sluice-prod-worker"):
        start_anew(functions, STACK, datetime(2026, 11, 23, 6, 40, tzinfo=UTC))
