"""What the checks look at, each read once, when it is first needed; or why it is not there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from handler.domain.errors import SettingsInvalid
from handler.entrypoints.doctor import keys, naver, pulse, rules, tables, workspace
from handler.entrypoints.doctor.deployed import FRONT_URL, read_stack
from handler.entrypoints.doctor.door import Door
from handler.entrypoints.doctor.findings import NotChecked, Red, given
from handler.front import config
from handler.settings import PACKAGED_POLICY, worker_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from handler.adapters.ledger.dynamodb import DynamoLedger
    from handler.adapters.policy.cedar import CedarPolicy
    from handler.domain.sealing import Sealing
    from handler.entrypoints.doctor.aws import Clients
    from handler.entrypoints.doctor.deployed import Stack
    from handler.entrypoints.doctor.findings import Absent
    from handler.entrypoints.doctor.naver import Seen
    from handler.entrypoints.doctor.workspace import Bot
    from handler.ports import Clock, NewId, Tick
    from handler.settings import NcpKeys, WorkerSettings

NO_STAGE: Final = "no --stage was given"
NO_STACK: Final = "what is deployed is not known"
NO_SETTINGS: Final = "the settings are not in order"
NO_KEY: Final = "its secret cannot be used"
NO_BOT: Final = "the bot's token could not be used"
NO_POLICY: Final = "the policy is not valid"
NO_TABLE: Final = "the table cannot be used"
NO_TICK: Final = "there is no tick that could tell"
NO_ANSWER: Final = "NAVER was not read"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be looked at: a ``stage``, or the environment when that is empty.

    ``through`` is connected to in place of front's own address; a disposable stage's tables need no protection.
    """

    stage: str = ""
    region: str = ""
    through: str = ""
    is_disposable: bool = False

    @property
    def deploy(self) -> str:
        """The command that deploys it."""
        return f"make deploy {self.where}"

    @property
    def fill(self) -> str:
        """The command that fills its secrets; none knows where those of a laptop are."""
        return f"make secrets {self.where}" if self.stage else ""

    @property
    def where(self) -> str:
        """The stage as ``make`` takes it."""
        return f"STAGE={self.stage or '...'}" + (f" REGION={self.region}" if self.region else "")


@dataclass(frozen=True, slots=True)
class Tools:
    """What it is looked at with."""

    environ: Mapping[str, str]
    clients: Clients
    clock: Clock
    new_id: NewId


class Evidence:
    """Everything that more than one check needs."""

    def __init__(self, wanted: Wanted, tools: Tools) -> None:
        self.wanted: Final = wanted
        self.tools: Final = tools
        # The policy that a deploy would pack, unless told otherwise.
        self.policy_dir: Final = Path(tools.environ.get("POLICY_DIR") or PACKAGED_POLICY)

    @cached_property
    def stack(self) -> Stack | Absent:
        """What is deployed."""
        wanted = self.wanted
        return read_stack(self.tools.clients, wanted.stage, wanted.deploy) if wanted.stage else NotChecked(NO_STAGE)

    @cached_property
    def settings(self) -> WorkerSettings | Absent:
        """What worker is told: by the stack or, without a stage, by the environment."""
        if not self.wanted.stage:
            return self._settings(self.tools.environ, (), "set them in this shell, or give --stage")
        return given(self.stack, NO_STACK, self._settings_of)

    @cached_property
    def policy(self) -> CedarPolicy | Red:
        """The policy here."""
        return rules.read_policy(self.policy_dir)

    @cached_property
    def signing_secret(self) -> SecretStr | Absent:
        """What Slack signs with."""
        return given(
            self.stack,
            NO_STACK,
            lambda stack: keys.signing_secret(
                stack.outputs["SlackSigningSecretName"], self.tools.clients, self.wanted.fill
            ),
        )

    @cached_property
    def token(self) -> SecretStr | Absent:
        """The bot's token."""
        clients, fill = self.tools.clients, self.wanted.fill
        return given(self.settings, NO_SETTINGS, lambda settings: keys.bot_token(settings, clients, fill))

    @cached_property
    def door(self) -> Door | Absent:
        """Where front is."""

        def find(stack: Stack) -> Door:
            log = tail(stack.outputs["FrontFunction"])
            return Door(stack.outputs[FRONT_URL], self.wanted.through, log, self.wanted.deploy)

        return given(self.stack, NO_STACK, find)

    @cached_property
    def bot(self) -> Bot | Absent:
        """Whose token it is."""

        def ask(settings: WorkerSettings) -> Bot | Absent:
            url = settings.slack_api_url
            return given(self.token, NO_KEY, lambda token: workspace.read_bot(token.get_secret_value(), url))

        return given(self.settings, NO_SETTINGS, ask)

    @cached_property
    def channels(self) -> tuple[str, ...] | Absent:
        """Where cards, escalations and seals go."""

        def find(settings: WorkerSettings) -> tuple[str, ...] | NotChecked:
            def named(policy: CedarPolicy) -> tuple[str, ...]:
                approvals = policy.terms.channel or settings.approvals_channel
                wanted = (approvals, *policy.terms.escalate_to, policy.settings.audit.channel or "")
                return tuple(each for each in wanted if each.startswith(("C", "G")))

            return given(self.policy, NO_POLICY, named)

        return given(self.settings, NO_SETTINGS, find)

    @cached_property
    def ncp_keys(self) -> NcpKeys | Absent:
        """NAVER's keys."""
        clients, fill = self.tools.clients, self.wanted.fill
        return given(self.settings, NO_SETTINGS, lambda settings: keys.ncp_keys(settings, clients, fill))

    @cached_property
    def jobs(self) -> Seen | Absent:
        """What a signed read told."""

        def read(settings: WorkerSettings) -> Seen | Absent:
            url, clock = settings.dataflow_url, self.tools.clock
            return given(self.ncp_keys, NO_KEY, lambda held: naver.read_jobs(url, held, clock))

        return given(self.settings, NO_SETTINGS, read)

    @cached_property
    def requests(self) -> Mapping[str, Any] | Absent:
        """The table of requests, as DynamoDB describes it."""
        return given(self.settings, NO_SETTINGS, lambda settings: self._table(settings.requests_table))

    @cached_property
    def audit(self) -> Mapping[str, Any] | Absent:
        """The table of facts, as DynamoDB describes it."""
        return given(self.settings, NO_SETTINGS, lambda settings: self._table(settings.audit_table))

    @cached_property
    def tick(self) -> Tick | Absent:
        """The last tick of the schedule; a laptop has none."""
        log = self.worker_log
        return given(
            self.stack, NO_STACK, lambda _: given(self.ledger, NO_TABLE, lambda ledger: pulse.read_tick(ledger, log))
        )

    @cached_property
    def sealing(self) -> Sealing | Absent:
        """How far the days are sealed."""
        log = self.worker_log
        return given(
            self.tick, NO_TICK, lambda _: given(self.ledger, NO_TABLE, lambda ledger: pulse.read_sealing(ledger, log))
        )

    @cached_property
    def ledger(self) -> DynamoLedger | Absent:
        """What reads both tables as worker does."""

        def make(settings: WorkerSettings) -> DynamoLedger | Absent:
            tools = self.tools
            return given(self.requests, NO_TABLE, lambda _: pulse.open_ledger(tools.clients, settings, tools.clock))

        return given(self.settings, NO_SETTINGS, make)

    @property
    def worker_log(self) -> str:
        """The command that shows why worker does not do its work; empty where nothing is deployed."""
        return "" if isinstance(self.stack, Red | NotChecked) else tail(self.stack.outputs["WorkerFunction"])

    def _settings_of(self, stack: Stack) -> WorkerSettings | Red:
        told = config.read({**stack.front, "AWS_REGION": stack.region}).problems
        problems = tuple(f"front: {problem}" for problem in told)
        return self._settings(stack.worker, problems, f"mend serverless.yml, then: {self.wanted.deploy}")

    def _settings(self, told: Mapping[str, str], problems: tuple[str, ...], mend: str) -> WorkerSettings | Red:
        try:
            settings = worker_settings({**told, "POLICY_DIR": str(self.policy_dir)})
        except SettingsInvalid as error:
            return Red(" ".join((*problems, *error.problems)), mend)
        return Red(" ".join(problems), mend) if problems else settings

    def _table(self, name: str) -> Mapping[str, Any] | Red:
        return tables.describe(self.tools.clients, name, self.wanted.deploy)


def tail(function: str) -> str:
    """Return the command that shows what a function has written to its log."""
    return f"aws logs tail /aws/lambda/{function} --since 15m"
