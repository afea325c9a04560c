"""One thing each that is no longer as it should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any, Final

from handler.adapters.ledger.items import request_attributes, wire
from handler.adapters.ledger.pulse import tick_item
from handler.adapters.ledger.seals import sealing_item
from handler.domain import sealing
from handler.entrypoints.doctor.evidence import Wanted
from handler.ports import Tick
from tests import makers
from tests.unit.doctor.clinic import Clinic, Reply

WORKER: Final = "get_function_configuration sluice-prod-worker"
FRONT: Final = "get_function_configuration sluice-prod-front"
SIGNING: Final = "get_secret_value sluice/prod/slack-signing"
BOT: Final = "get_secret_value sluice/prod/slack-bot"
NCP: Final = "get_secret_value sluice/prod/ncp"
REQUESTS: Final = "describe_table sluice-prod-requests"
AUDIT: Final = "describe_table sluice-prod-audit"

Spoil = Callable[[Clinic], object]


def answering(operation: str, answer: Any) -> Spoil:
    """Let AWS answer an operation so."""
    return lambda clinic: clinic.aws.answers.update({operation: answer})


def saying(method: str, error: str) -> Spoil:
    """Let Slack refuse a method with this word."""
    return lambda clinic: clinic.slack.update({method: Reply({"ok": False, "error": error})})


def naver(status: int, code: str = "", **headers: str) -> Spoil:
    """Let NAVER answer with this status and code."""

    def spoil(clinic: Clinic) -> None:
        clinic.naver = Reply({"error": {"errorCode": code, "message": "no"}}, status, headers)

    return spoil


def told(function: str, **variables: str) -> Spoil:
    """Change what a function is told; an empty value takes the variable away."""

    def spoil(clinic: Clinic) -> None:
        known = clinic.aws.answers[function]["Environment"]["Variables"]
        known.update(variables)
        for name, value in variables.items():
            if not value:
                del known[name]

    return spoil


def table(operation: str, **attributes: Any) -> Spoil:
    """Change what DynamoDB says of a table."""
    return lambda clinic: clinic.aws.answers[operation]["Table"].update(attributes)


def secret(operation: str, text: str) -> Spoil:
    """Put this text into a secret."""
    return answering(operation, {"SecretString": text})


def door(status: int, body: str = "") -> Spoil:
    """Let something answer so where front should."""

    def spoil(clinic: Clinic) -> None:
        clinic.door = lambda _event: {"statusCode": status, "headers": {}, "body": body}

    return spoil


def echo(clinic: Clinic) -> None:
    """Let something answer that takes whatever it is sent, however it is signed."""
    clinic.door = lambda event: {"statusCode": 200, "headers": {}, "body": event["body"]}


def nobody(clinic: Clinic) -> None:
    """Let nobody listen where front should."""
    clinic.wanted = Wanted("prod", through="http://127.0.0.1:9")


def policy_file(name: str, text: str) -> Spoil:
    """Write a file of the policy anew, and deploy it."""

    def spoil(clinic: Clinic) -> None:
        (clinic.folder / name).write_text(text, "utf-8")
        clinic.aws.answers["get_item tick#last"] = {"Item": tick_item(Tick(clinic.clock.now(), clinic.policy_version))}

    return spoil


def late_tick(clinic: Clinic) -> None:
    """Let the schedule have stopped a quarter of an hour ago."""
    tick = Tick(clinic.clock.now() - timedelta(minutes=14), clinic.policy_version)
    clinic.aws.answers["get_item tick#last"] = {"Item": tick_item(tick)}


def sealed(**changes: Any) -> Spoil:
    """Let sealing have begun yesterday, but for these changes."""

    def spoil(clinic: Clinic) -> None:
        so_far = replace(sealing.begun(clinic.clock.now()), **changes)
        clinic.aws.answers["get_item seals"] = {"Item": sealing_item(so_far)}

    return spoil


def other_policy(clinic: Clinic) -> None:
    """Let worker go by another policy than the one here."""
    clinic.aws.answers["get_item tick#last"] = {"Item": tick_item(Tick(clinic.clock.now(), "000000000000"))}


def wrong_clock(clinic: Clinic) -> None:
    """Let NAVER's clock be two minutes ahead."""
    theirs = clinic.clock.now() + timedelta(minutes=2)
    clinic.naver = Reply({"list": []}, headers={"date": format_datetime(theirs)})


def newer_request(clinic: Clinic) -> None:
    """Let a request be open that a later version wrote."""
    request = makers.opening().request
    item = wire({name: value for name, value in request_attributes(request).items() if value is not None})
    readable = {"pk": {"S": request.id}, **item}
    clinic.aws.answers["query"] = {"Items": [readable, {**readable, "schema": {"N": "99"}}]}
