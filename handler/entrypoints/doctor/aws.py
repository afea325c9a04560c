"""Asking AWS with the operator's own credentials, and what each refusal means to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import boto3.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

from handler.entrypoints.doctor.findings import Red

_Answer = TypeVar("_Answer")

Clients = Callable[[str], Any]
"""Makes boto3's client of a service; their methods are made at run time, so no type knows them all."""

QUICK: Final = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
SIGN_IN: Final = "aws sts get-caller-identity   (then sign in again, or set AWS_PROFILE or AWS_ACCESS_KEY_ID)"
# AWS's words for "there is no such thing", by service.
MISSING: Final = frozenset(
    {
        "InvalidRequestException",
        "ResourceNotFoundException",
        "ValidationError",
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
    }
)
_NOT_SIGNED_IN: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


def clients_of(region: str | None, profile: str | None) -> Clients:
    """Return a maker of clients; nothing is read or asked before it is called."""

    def client(service: str) -> Any:  # noqa: ANN401 - see Clients
        session = boto3.session.Session(region_name=region, profile_name=profile)
        return session.client(service, config=QUICK)  # type: ignore[call-overload]  # the name is not a literal

    return client


def asked(what: str, call: Callable[[], _Answer], missing: Red | None = None) -> _Answer | Red:
    """Return AWS's answer, or why there is none; ``missing`` is what it means that there is no such thing."""
    try:
        return call()
    except ClientError as error:
        return _refused(what, error, missing)
    except (NoCredentialsError, PartialCredentialsError):
        return Red("There are no AWS credentials here.", SIGN_IN)
    except ProfileNotFound as error:
        return Red(f"{error}.", "aws configure list-profiles")
    except NoRegionError:
        return Red("No AWS region is named.", "give --region, or set AWS_REGION")
    except BotoCoreError as error:
        return Red(
            f"AWS could not be asked for {what} ({type(error).__name__}).",
            "look at the network, the name of the region and AWS_ENDPOINT_URL, then run this again",
        )


def _refused(what: str, error: ClientError, missing: Red | None) -> Red:
    code = error.response.get("Error", {}).get("Code", "no code")
    if missing is not None and code in MISSING:
        return missing
    if code in _NOT_SIGNED_IN:
        return Red(f"AWS does not take these credentials ({code}).", SIGN_IN)
    if "AccessDenied" in code or "Unauthorized" in code:
        return Red(
            f"These credentials may not read {what} ({code} at {error.operation_name}).",
            f"let whoever runs the doctor call {error.operation_name} (AWS console, IAM)",
        )
    return Red(f"AWS did not tell {what} ({code} at {error.operation_name}).", "run this again in a minute")
