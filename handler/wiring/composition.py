"""From settings to a desk that answers."""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Final, TypeVar

import boto3
from botocore.config import Config

from handler.adapters.ambient import SystemClock, incident_id
from handler.adapters.chat import TIMEOUT_SECONDS, SlackChat
from handler.adapters.dataflow.client import HttpDataFlow, open_client
from handler.adapters.dataflow.retry import Patience
from handler.adapters.dataflow.signature import NcpSignatureV2
from handler.adapters.directory import SlackDirectory
from handler.adapters.ledger.calls import dynamodb_config
from handler.adapters.ledger.dynamodb import DynamoLedger
from handler.adapters.policy.cedar import CedarPolicy
from handler.adapters.secrets import read_secret
from handler.delivery import Desk
from handler.domain.errors import SettingsInvalid
from handler.noticeboard import Noticeboard
from handler.ports import World
from handler.settings import InSecretsManager, NcpKeys, WorkerSettings
from handler.slack.catalogue import load_words
from handler.slack.voice import Voice
from handler.telling import Herald
from handler.wiring.watched import watched

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

    from handler.ports import Clock

log = logging.getLogger(__name__)

_Found = TypeVar("_Found")

SECRETS_CONFIG: Final = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "max_attempts": 3})


@dataclass(frozen=True, slots=True)
class Waits:
    """How long each neighbour is waited for."""

    dataflow: Patience = field(default_factory=Patience)
    dynamodb: Config = field(default_factory=dynamodb_config)
    secrets: Config = SECRETS_CONFIG
    slack_seconds: float = TIMEOUT_SECONDS


def compose(
    settings: WorkerSettings,
    clock: Clock | None = None,
    waits: Waits | None = None,
    seconds_left: Callable[[], float] = lambda: inf,
) -> Desk:
    """Make everything; the machine's clock and the usual waits, unless others are given.

    ``seconds_left`` says how much time there is for what is being done.
    Raises SettingsInvalid with every problem when a secret or the policy is not as it should be.
    """
    clock, waits = clock or SystemClock(), waits or Waits()
    problems: list[str] = []
    token = _found(problems, lambda: _bot_token(settings.bot_token, waits))
    keys = _found(problems, lambda: _ncp_keys(settings.ncp_keys, waits))
    policy = _found(problems, lambda: CedarPolicy.from_folder(settings.policy_dir))
    if token is None or keys is None or policy is None:
        raise SettingsInvalid(tuple(problems))
    slack = SlackChat(
        token.get_secret_value(),
        settings.slack_api_url,
        waits.slack_seconds,
        seconds_left=seconds_left,
        sleep=clock.sleep,
    )
    chat = watched(slack, "slack")
    for warning in policy.warnings:
        log.warning("policy", extra={"warning": warning})
    world = World(
        dataflow=watched(_dataflow(settings, keys, clock, waits), "dataflow"),
        ledger=watched(_ledger(settings, clock, waits), "dynamodb", clock),
        policy=policy,
        directory=SlackDirectory(policy.settings.groups, chat.group_members, clock),
        clock=clock,
        new_id=incident_id,
    )
    voice = Voice(load_words(), settings.slack_command)
    return Desk(world, Herald(Noticeboard(world, chat, voice, settings.approvals_channel)), seconds_left)


def _found(problems: list[str], read: Callable[[], _Found]) -> _Found | None:
    """Read one thing, or note what is wrong with it, so that everything that is wrong is said at once."""
    try:
        return read()
    except SettingsInvalid as invalid:
        problems += invalid.problems
        return None


def _ledger(settings: WorkerSettings, clock: Clock, waits: Waits) -> DynamoLedger:
    return DynamoLedger(
        boto3.client("dynamodb", config=waits.dynamodb),
        requests_table=settings.requests_table,
        audit_table=settings.audit_table,
        clock=clock,
        jitter=random.random,
        worker=incident_id(),
    )


def _dataflow(settings: WorkerSettings, keys: NcpKeys, clock: Clock, waits: Waits) -> HttpDataFlow:
    auth = NcpSignatureV2(keys.access_key.get_secret_value(), keys.secret_key.get_secret_value(), clock)
    return HttpDataFlow(open_client(settings.dataflow_url, auth), clock, random.random, waits.dataflow)


def _bot_token(source: SecretStr | InSecretsManager, waits: Waits) -> SecretStr:
    if isinstance(source, InSecretsManager):
        return _secret(source, waits, "bot_token")["bot_token"]
    return source


def _ncp_keys(source: NcpKeys | InSecretsManager, waits: Waits) -> NcpKeys:
    if isinstance(source, InSecretsManager):
        found = _secret(source, waits, "access_key", "secret_key")
        return NcpKeys(access_key=found["access_key"], secret_key=found["secret_key"])
    return source


def _secret(source: InSecretsManager, waits: Waits, *keys: str) -> dict[str, SecretStr]:
    return read_secret(boto3.client("secretsmanager", config=waits.secrets), source.secret_id, keys)
