"""The environment of ``worker`` and of the operator's commands, with every problem at once (contract, "Configuration").

``front`` reads its few variables itself, with the standard library alone; AWS_* stay with boto3.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr

from handler.domain.errors import SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGED_POLICY: Final = Path(__file__).resolve().parent.parent / "infra" / "policy"

_SLACK_API_URL: Final = "https://slack.com/api/"
_DATAFLOW_URL: Final = "https://dataflow.apigw.ntruss.com"
_DATAFLOW_PATH: Final = "/api/v1"
_BOT_TOKEN: Final = re.compile(r"(?:xoxe\.)?xoxb-[!-~]+")
_APP_TOKEN: Final = re.compile(r"xapp-[!-~]+")
_TABLE: Final = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_COMMAND: Final = re.compile(r"/[^\s/]{1,31}")
_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{2,}")
_LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class InSecretsManager(_Frozen):
    """Where a secret is kept: a Secrets Manager id or ARN."""

    secret_id: str


class NcpKeys(_Frozen):
    """An access key of NAVER Cloud with its secret."""

    access_key: SecretStr
    secret_key: SecretStr


class WorkerSettings(_Frozen):
    """What ``worker`` is told from outside; URLs are ready to be joined with a path of the API's documents.

    ``slack_api_url`` ends with a slash. ``dataflow_url`` ends without one and without ``/api/v1``.
    ``approvals_channel`` is empty where cards go to the channel of the command.
    """

    bot_token: SecretStr | InSecretsManager
    slack_api_url: str
    ncp_keys: NcpKeys | InSecretsManager
    dataflow_url: str
    requests_table: str
    audit_table: str
    policy_dir: Path
    slack_command: str
    approvals_channel: str
    log_level: str


def worker_settings(environ: Mapping[str, str]) -> WorkerSettings:
    """Read the variables. Raises SettingsInvalid with a sentence for each problem; no secret's value is in any."""
    read = _Reader(environ)
    settings = WorkerSettings(
        bot_token=read.bot_token(),
        slack_api_url=read.url("SLACK_API_URL", _SLACK_API_URL) + "/",
        ncp_keys=read.ncp_keys(),
        dataflow_url=read.url("NCP_DATAFLOW_URL", _DATAFLOW_URL).removesuffix(_DATAFLOW_PATH).rstrip("/"),
        requests_table=read.table("REQUESTS_TABLE"),
        audit_table=read.table("AUDIT_TABLE"),
        policy_dir=Path(read.text("POLICY_DIR") or PACKAGED_POLICY),
        slack_command=read.command(),
        approvals_channel=read.channel(),
        log_level=read.log_level(),
    )
    if settings.requests_table and settings.requests_table == settings.audit_table:
        read.problems.append("REQUESTS_TABLE and AUDIT_TABLE name the same table; they are two.")
    if read.problems:
        raise SettingsInvalid(tuple(read.problems))
    return settings


class SocketSettings(_Frozen):
    """What ``sluice socket`` is told: what ``worker`` is, and the token that opens Slack's websocket."""

    worker: WorkerSettings
    app_token: SecretStr


def socket_settings(environ: Mapping[str, str]) -> SocketSettings:
    """Read the variables. Raises SettingsInvalid with a sentence for each problem; no secret's value is in any."""
    read = _Reader(environ)
    token = read.app_token()
    try:
        worker = worker_settings({"LOG_LEVEL": "WARNING", **environ})
    except SettingsInvalid as error:
        raise SettingsInvalid((*read.problems, *error.problems)) from None
    if read.problems:
        raise SettingsInvalid(tuple(read.problems))
    return SocketSettings(worker=worker, app_token=token)


class _Reader:
    """The variables without surrounding blanks, and what is wrong with them; an empty one counts as not set."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        return self._environ.get(name, "").strip()

    def bot_token(self) -> SecretStr | InSecretsManager:
        token, secret_id = self.text("SLACK_BOT_TOKEN"), self.text("SLACK_SECRET_ID")
        if token and not _BOT_TOKEN.fullmatch(token):
            self.problems.append("SLACK_BOT_TOKEN is no bot token: one begins with xoxb- and has no blanks.")
        if not token and not secret_id:
            self.problems.append("Neither SLACK_SECRET_ID nor SLACK_BOT_TOKEN is set, so Slack cannot be called.")
        return SecretStr(token) if token else InSecretsManager(secret_id=secret_id)

    def app_token(self) -> SecretStr:
        token = self.text("SLACK_APP_TOKEN")
        if not token:
            self.problems.append("SLACK_APP_TOKEN is not set, so Slack's websocket cannot be opened.")
        elif not _APP_TOKEN.fullmatch(token):
            self.problems.append("SLACK_APP_TOKEN is no app-level token: one begins with xapp- and has no blanks.")
        return SecretStr(token)

    def ncp_keys(self) -> NcpKeys | InSecretsManager:
        secret_id = self.text("NCP_SECRET_ID")
        keys = {name: self.text(name) for name in ("NCP_ACCESS_KEY", "NCP_SECRET_KEY")}
        absent = [name for name, value in keys.items() if not value]
        if len(absent) == 1:
            self.problems.append(f"{absent[0]} is not set, but its other half is; set both or neither.")
        if len(absent) == len(keys) and not secret_id:
            self.problems.append(
                "Neither NCP_SECRET_ID nor NCP_ACCESS_KEY with NCP_SECRET_KEY is set, so Data Flow cannot be called."
            )
        if absent:
            return InSecretsManager(secret_id=secret_id)
        access_key, secret_key = map(SecretStr, keys.values())
        return NcpKeys(access_key=access_key, secret_key=secret_key)

    def url(self, name: str, default: str) -> str:
        url = self.text(name) or default
        if not _is_base_url(url):
            self.problems.append(f"{name} is no address of an API; it is written as {default} is, with http or https.")
        return url.rstrip("/")

    def table(self, name: str) -> str:
        table = self.text(name)
        if not table:
            self.problems.append(f"{name} is not set; it names a DynamoDB table.")
        elif not _TABLE.fullmatch(table):
            self.problems.append(f"{name} is no name of a DynamoDB table: 3 to 255 letters, digits, '_', '-' or '.'.")
        return table

    def command(self) -> str:
        command = self.text("SLACK_COMMAND") or "/dataflow"
        if not _COMMAND.fullmatch(command):
            self.problems.append("SLACK_COMMAND is no slash command: one word that begins with /, such as /dataflow.")
        return command

    def channel(self) -> str:
        channel = self.text("APPROVALS_CHANNEL")
        if channel and not _CHANNEL.fullmatch(channel):
            self.problems.append("APPROVALS_CHANNEL is no channel id: one begins with C or G; a name will not do.")
        return channel

    def log_level(self) -> str:
        level = self.text("LOG_LEVEL").upper() or "INFO"
        if level not in _LOG_LEVELS:
            self.problems.append(f"LOG_LEVEL is none of {', '.join(_LOG_LEVELS)}.")
        return level


def _is_base_url(url: str) -> bool:
    if re.search(r"[\s\x00-\x1f\x7f\\]", url):
        return False
    try:
        parts = urlsplit(url)
        port_is_usable = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username is not None)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and plain and port_is_usable
