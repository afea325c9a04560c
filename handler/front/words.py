"""Every word of the door that a person reads: in Slack, in the answer to a stray request, in the log.

Plain functions and constants in English; a second language is a second module of the same names.
The texts for Slack say what happened, whether anything was changed and what to do next.
"""

from __future__ import annotations

NOT_SIGNED = "This address answers requests that Slack signed, and no others.\n"
FORGED = "Requests with x-slack-bolt headers are refused here.\n"
ONLY_POST = "This address takes POST requests from Slack.\n"
UNREADABLE = "Slack signed this, but it is no command, click or event that Sluice knows. Nothing was changed.\n"

_ASK_AGAIN = "Try it again; if that fails too, tell whoever runs Sluice."
_ASK_OPERATOR = "Trying it again will not help before it is repaired: tell whoever runs Sluice."

# reason of the log → (what happened, what to do next)
_NOT_TAKEN = {
    "throttled": ("its worker is called more often than AWS allows", "Try it again in a minute."),
    "refused": ("AWS refused to start its worker", _ASK_OPERATOR),
    "no_credentials": ("it has no AWS credentials to start its worker with", _ASK_OPERATOR),
}
_NOT_REACHED = ("its worker could not be reached in time", _ASK_AGAIN)
_UNSURE = {
    "worker_failed": "its worker broke off in the middle",
    "worker_unreadable": "its worker gave an answer that makes no sense",
}
_NO_ANSWER = "its worker did not answer in time"


def not_taken(what: str, reason: str, short_id: str) -> str:
    """Say that `what` ("command", "form") surely did not reach the worker."""
    why, then = _NOT_TAKEN.get(reason, _NOT_REACHED)
    return f"Sluice could not take this {what}: {why}. Nothing was changed. {then} {_reference(short_id)}"


def perhaps_taken(what: str, reason: str, command: str, short_id: str) -> str:
    """Say that nobody knows whether the worker has `what`, and where to look before repeating it."""
    why = _UNSURE.get(reason, _NO_ANSWER)
    return (
        f"Sluice cannot tell whether this {what} was carried out: {why}. It may still run. "
        f"Look at {command} requests before you try it again. {_reference(short_id)}"
    )


def door_broken(short_id: str) -> str:
    """Say to any caller, authentic or not, no more than where the operator can look."""
    return f"Sluice cannot answer now. {_reference(short_id)}\n"


def _reference(short_id: str) -> str:
    return f"Reference for the log: {short_id}"


def settings_wrong(problems: tuple[str, ...]) -> str:
    """List every problem of the settings in one message."""
    listed = " ".join(f"({number}) {problem}" for number, problem in enumerate(problems, 1))
    return f"front cannot work with its settings: {listed} Set these in the function's environment."


def missing(variable: str, meaning: str) -> str:
    """Say that a setting is absent."""
    return f"{variable} is not set: {meaning}."


def malformed(variable: str, expected: str) -> str:
    """Say that a setting is not what it should be, without showing it."""
    return f"{variable} is not {expected}."


def secret_not_read(secret_id: str, why: str) -> str:
    """Say why the signing secret could not be had from Secrets Manager."""
    return f"The signing secret could not be read from Secrets Manager ({secret_id}): {why}."


TEXT_ABSENT = "the secret has no text (SecretString)"
TEXT_NOT_JSON = "its text is not a JSON object"
KEY_ABSENT = 'its JSON has no text under "signing_secret"'

SIGNING_MEANING = (
    'the Secrets Manager id of {"signing_secret": "…"}; SLACK_SIGNING_SECRET gives the secret itself on a laptop'
)
WORKER_MEANING = "the name or ARN of the worker function"
REGION_MEANING = "the AWS region of the worker"
A_FUNCTION = "the name or ARN of a Lambda function"
A_REGION = "an AWS region such as ap-northeast-2"
A_COMMAND = "a slash command such as /dataflow"
A_URL = "an http or https address"


def one_of(choices: tuple[str, ...]) -> str:
    """Name the allowed words."""
    return f"one of {', '.join(choices)}"
