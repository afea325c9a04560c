"""The three secrets: are they there, and do they hold what they should?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from handler.adapters.secrets import read_secret
from handler.domain.errors import SettingsInvalid
from handler.entrypoints.doctor.aws import asked
from handler.entrypoints.doctor.findings import Red
from handler.settings import InSecretsManager, NcpKeys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from handler.entrypoints.doctor.aws import Clients
    from handler.settings import WorkerSettings

SIGNING: Final = {"signing_secret": "..."}
BOT: Final = {"bot_token": "xoxb-..."}
NAVER: Final = {"access_key": "...", "secret_key": "..."}
_BOT_TOKEN: Final = re.compile(r"(?:xoxe\.)?xoxb-[!-~]+")


def signing_secret(secret_id: str, clients: Clients, fill: str) -> SecretStr | Red:
    """Read what Slack signs with; ``fill`` is the command that fills the stage's secrets, empty without a stage."""
    found = _secret(secret_id, SIGNING, clients, fill)
    return found if isinstance(found, Red) else found["signing_secret"]


def bot_token(settings: WorkerSettings, clients: Clients, fill: str) -> SecretStr | Red:
    """Read the bot's token."""
    if not isinstance(settings.bot_token, InSecretsManager):
        return settings.bot_token
    secret_id = settings.bot_token.secret_id
    found = _secret(secret_id, BOT, clients, fill)
    if isinstance(found, Red):
        return found
    if not _BOT_TOKEN.fullmatch(found["bot_token"].get_secret_value()):
        wrong = f"The secret {secret_id} holds no bot token: one begins with xoxb- and has no blanks."
        return Red(wrong, fill or putting(secret_id, BOT))
    return found["bot_token"]


def ncp_keys(settings: WorkerSettings, clients: Clients, fill: str) -> NcpKeys | Red:
    """Read NAVER's keys."""
    if not isinstance(settings.ncp_keys, InSecretsManager):
        return settings.ncp_keys
    found = _secret(settings.ncp_keys.secret_id, NAVER, clients, fill)
    if isinstance(found, Red):
        return found
    return NcpKeys(access_key=found["access_key"], secret_key=found["secret_key"])


def putting(secret_id: str, shape: Mapping[str, str]) -> str:
    """Return the command that fills a secret; from a file, since a command line stays in the shell's history."""
    shown = ", ".join(f'"{name}": "{value}"' for name, value in shape.items())
    return (
        f"aws secretsmanager put-secret-value --secret-id {secret_id} --secret-string file://secret.json"
        f"   (secret.json: {{{shown}}})"
    )


def _secret(secret_id: str, shape: Mapping[str, str], clients: Clients, fill: str) -> dict[str, SecretStr] | Red:
    mend = fill or putting(secret_id, shape)
    answer = asked(
        f"the secret {secret_id}",
        lambda: clients("secretsmanager").get_secret_value(SecretId=secret_id),
        Red(f"The secret {secret_id} is not in this account and region, has no value yet, or is to be deleted.", mend),
    )
    if isinstance(answer, Red):
        return answer
    try:
        return read_secret(_Answered(answer), secret_id, shape)
    except SettingsInvalid as error:
        return Red(" ".join(error.problems), mend)


@dataclass(frozen=True, slots=True)
class _Answered:
    """A Secrets Manager that has answered already."""

    answer: Mapping[str, Any] = field(repr=False)

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]:  # noqa: ARG002, N803 - AWS spells its parameters so
        """Return the answer."""
        return self.answer
