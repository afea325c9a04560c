"""Secrets from AWS Secrets Manager: read once by whoever needs them, never shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr

from handler.domain.errors import SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SENTENCES: Final = {
    "ResourceNotFoundException": "it does not exist in this account and region, or it has no value yet",
    "AccessDeniedException": "this function's role may not read it (secretsmanager:GetSecretValue)",
    "DecryptionFailure": "its KMS key could not be used to decrypt it",
    "InvalidRequestException": "it is marked for deletion",
}


class SecretsManager(Protocol):
    """The one call of boto3's ``secretsmanager`` client that is made."""

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]:  # noqa: N803 - AWS spells its parameters so
        """Return the secret's current value as ``SecretString`` or ``SecretBinary``."""


def read_secret(client: SecretsManager, secret_id: str, keys: Iterable[str]) -> dict[str, SecretStr]:
    """Read the secret and return these keys of its JSON object; others in it are left alone.

    Raises SettingsInvalid with a sentence for each problem, never with a value of the secret. Nothing is kept: the
    caller reads once for its process.
    """
    try:
        text = client.get_secret_value(SecretId=secret_id).get("SecretString")
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "no code")
        raise _invalid(secret_id, f"{_SENTENCES.get(code, 'it could not be read')} ({code})") from error
    except BotoCoreError as error:
        raise _invalid(secret_id, f"Secrets Manager could not be asked ({type(error).__name__})") from error
    values = _object(secret_id, text)
    wanted = tuple(keys)
    missing = tuple(key for key in wanted if not _usable(values.get(key)))
    if missing:
        raise _invalid(secret_id, *(f'it has no "{key}", or not as a text with something in it' for key in missing))
    return {key: SecretStr(str(values[key]).strip()) for key in wanted}


def _object(secret_id: str, text: object) -> dict[str, object]:
    if not _usable(text):
        raise _invalid(secret_id, "it is empty; put a JSON object into it")
    values = _decoded(str(text))
    if not isinstance(values, dict):
        raise _invalid(secret_id, "it is not a JSON object")
    return values


def _decoded(text: str) -> object:
    """Decode, or return None: the decoder's own error carries the whole text and must not travel with ours."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _usable(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _invalid(secret_id: str, *causes: str) -> SettingsInvalid:
    return SettingsInvalid(tuple(f"The secret {secret_id} cannot be used: {cause}." for cause in causes))
