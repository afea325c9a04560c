"""The values of the stack's secrets: asked for one by one, looked at for slips, and stored."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.errors import Stopped
from infra.deploy.standing import Stack


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a secret.

    Args:
        key: in the secret's JSON object (contract, "Configuration").
        question: what a person is asked for, and where they find it.
        form: what it looks like.
        slip: what to say of something else; never the value itself.
    """

    key: str
    question: str
    form: re.Pattern[str]
    slip: str


# The output of the stack that names a secret → its fields.
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "SlackSigningSecretName": (
        Field(
            "signing_secret",
            "Slack's signing secret (api.slack.com/apps, your app, Basic Information)",
            re.compile(r"[0-9a-f]{32}"),
            "a signing secret is 32 digits and letters from a to f",
        ),
    ),
    "SlackBotSecretName": (
        Field(
            "bot_token",
            "Slack's bot token (the same page, OAuth & Permissions, after the installation)",
            re.compile(r"(?:xoxe\.)?xoxb-[!-~]+"),
            "a bot token begins with xoxb- and has no blanks",
        ),
    ),
    "NcpSecretName": (
        Field(
            "access_key",
            "NAVER Cloud's access key id (the console, My Account, API authentication keys)",
            re.compile(r"[!-~]{8,}"),
            "an access key has no blanks and at least eight characters",
        ),
        Field(
            "secret_key",
            "NAVER Cloud's secret key (beside it)",
            re.compile(r"[!-~]{8,}"),
            "a secret key has no blanks and at least eight characters",
        ),
    ),
}


def fill(
    manager: Any,  # noqa: ANN401 - boto3 makes its clients at run time
    stack: Stack,
    ask: Callable[[str], str],
    say: Callable[[str], None],
) -> bool:
    """Ask for each secret and store it; an empty first answer leaves a secret as it is. Whether any was stored.

    Args:
        manager: a client of Secrets Manager.
        stack: names them.
        ask: shows a question and returns what was typed without echoing it.
        say: told what was done, one line at a time.

    Raises:
        Stopped: a value cannot be what was asked for, or AWS did not take it; the secrets said before are stored.
    """
    stored = False
    for output, fields in FIELDS.items():
        name = stack.outputs[output]
        values = _asked(fields, ask)
        if values is None:
            say(f"{name}: left as it is")
            continue
        try:
            manager.put_secret_value(SecretId=name, SecretString=json.dumps(values))
        except (ClientError, BotoCoreError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            raise Stopped(
                f"{name} was not stored ({code}): use credentials that may put its value, and run it again."
            ) from None  # the error's request holds the value
        say(f"{name}: stored")
        stored = True
    return stored


def start_anew(
    functions: Any,  # noqa: ANN401 - boto3 makes its clients at run time
    stack: Stack,
    now: datetime,
) -> None:
    """Have Lambda replace the worker's processes, each of which read its secrets when it began.

    A change of the configuration does that (Lambda API reference, UpdateFunctionConfiguration: it provisions an
    instance anew); the description is the one that changes nothing else. The door looks for a fresher secret by itself.

    Args:
        functions: a client of Lambda.
        stack: names the worker.
        now: goes into the description.

    Raises:
        Stopped: AWS did not do it; the secrets are stored.
    """
    name = stack.outputs["WorkerFunction"]
    try:
        told = functions.get_function_configuration(FunctionName=name).get("Description", "")
        description = f"{told.partition(' Secrets of ')[0]} Secrets of {now:%Y-%m-%d %H:%M:%S} UTC."
        functions.update_function_configuration(FunctionName=name, Description=description)
    except (ClientError, BotoCoreError) as error:
        raise Stopped(
            f"The secrets are stored, but {name} may go on with the old ones for hours: change its description in the"
            f" Lambda console, which starts it anew ({type(error).__name__})."
        ) from error


def _asked(fields: tuple[Field, ...], ask: Callable[[str], str]) -> dict[str, str] | None:
    values: dict[str, str] = {}
    for field in fields:
        typed = ask(f"{field.question}: ").strip()
        if not typed and not values:
            return None
        if not field.form.fullmatch(typed):
            raise Stopped(f"That is not it: {field.slip}; nothing of it was stored, run it again.")
        values[field.key] = typed
    return values
