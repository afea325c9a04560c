"""The outside of the program at one time: Slack, Data Flow and the tables, behind a proxy; and the workers."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
import certifi

from handler.adapters.ledger.archive import DynamoArchive
from handler.domain.model import RequestId
from handler.settings import PACKAGED_POLICY
from infra.local.dataflow import World, serve
from infra.local.dataflow.world import PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY
from infra.local.slack import payloads, serving
from infra.local.slack.cast import PLAYGROUND
from infra.local.slack.payloads import Issued
from tests.contract.ledgers import Dynamo, local_dynamodb
from tests.faults import proxy
from tests.faults.invocation import standing_in
from tests.faults.workers import Ended, nursery

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from types_boto3_dynamodb.client import DynamoDBClient

    from handler.domain.request import Request
    from infra.local.emulator import Emulator
    from infra.local.slack.conversation import Message
    from infra.local.slack.workspace import Workspace
    from infra.local.slack.workspace_state import WorkspaceState
    from tests.faults.invocation import Lambda
    from tests.faults.proxy import Proxy
    from tests.faults.workers import Event, Life, Nursery

ASKER, LEAD, OTHER_LEAD, VIEWER, BOT, CHANNEL = "U0KIM", "U0LEE", "U0HAN", "U0PARK", "U0SLUICE", "C0INCIDENT"
AUDIT_CHANNEL = "C0DATA"
JOB_ID, WORKERS = "Wc7RtQ2mLx9B", 2
TICK: Event = {"detail-type": "Scheduled Event"}
BEGUN = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HOLDING = frozenset({"pending", "approved", "applying", "unknown", "reverting"})
SIGNING_SECRET_ID = "sluice/faults/slack-signing"
BOT_SECRET, NCP_SECRET = "sluice/faults/slack-bot", "sluice/faults/ncp"
CERTIFICATE, CERTIFICATE_ENDS = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----\n"
RETRIED_AFTER = timedelta(minutes=1)


@dataclass(slots=True)
class Stage:
    """One request's world at a time: ``fresh`` begins another. Whatever a worker sends goes through the proxy."""

    workspace: Workspace
    dataflow: World
    client: DynamoDBClient
    nursery: Nursery
    hours: Hours
    proxy: Proxy
    function: Lambda
    dynamo: Dynamo
    lives: list[Life]
    delivered: list[Event] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_impatient: bool = False
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    turn: Lock = field(default_factory=Lock)  # of whoever waits for a worker: the door may have stopped waiting

    def fresh(self) -> None:
        """Begin anew: empty tables, jobs as at first, nothing said in Slack, no worker."""
        self.end()
        self.hours.now = BEGUN
        self.is_impatient = False
        self.delivered.clear()
        self.notes.clear()
        self.function.queue.clear()
        self.proxy.begin()
        self.dataflow.reset()
        self.workspace.reset()
        for table in (self.dynamo.requests_table, self.dynamo.audit_table):
            self.client.delete_table(TableName=table)
        self.dynamo = Dynamo(self.client)

    def end(self) -> None:
        """Let all workers go."""
        while self.lives:
            self.lives.pop().end()

    def deliver(self, event: Event) -> Ended:
        """Invoke the worker: the one that is warm, or a new one."""
        with self.turn:
            self.delivered.append(event)
            life = self._warm() or self.born()
            ended = life.invoke(event, self.hours.now, is_impatient=self.is_impatient)
            if ended == Ended():
                self.end()
            return ended

    def deliver_at_once(self, events: Sequence[Event]) -> list[Ended]:
        """Invoke a worker for each of these at the same moment; return how each invocation ended."""
        self.end()
        lives = [self.born() for _ in events]
        with ThreadPoolExecutor(len(lives)) as at_once:
            return list(at_once.map(lambda life, event: life.invoke(event, self.hours.now), lives, events))

    def deliver_as_lambda_does(self, event: Event) -> Ended:
        """Invoke the worker for what may wait: what failed is tried once more, a minute later."""
        ended = self.deliver(event)
        if ended.is_well:
            return ended
        self.hours.pass_by(RETRIED_AFTER)
        return self.deliver(event)

    def born(self) -> Life:
        """Start a worker."""
        life = self.nursery.born(_tables(self.dynamo))
        self.lives.append(life)
        return life

    def tick(self) -> Ended:
        """Let a minute go by, and the schedule come."""
        self.hours.pass_by(timedelta(minutes=1))
        return self.deliver_as_lambda_does(TICK)

    def work_off(self) -> None:
        """Let Lambda deliver what it was handed over to be delivered later."""
        while self.function.queue:
            self.deliver_as_lambda_does(self.function.queue.pop(0))

    # What people do

    def command(self, text: str, user_id: str = ASKER) -> Event:
        """Return what is handed over when somebody types the slash command."""
        issued = self._issued(user_id)
        body = {
            "command": PLAYGROUND.command,
            "text": text,
            "user_id": user_id,
            "channel_id": CHANNEL,
            "team_id": PLAYGROUND.team_id,
            "trigger_id": issued.trigger_id,
            "response_url": issued.response_url,
        }
        return _handed_over("command", body)

    def press(self, user_id: str, action_id: str) -> Event:
        """Return what is handed over when somebody presses a button of the newest card that has it."""
        state = self.state()
        card, action = self.buttons(action_id)[-1]
        issued = self._issued(user_id, card)
        return _handed_over("interaction", payloads.message_action(state, user_id, card, action, issued))

    def form(self, user_id: str, reason: str) -> Event:
        """Return what is handed over when somebody sends the form in which they say why not."""
        (request,) = self.requests()
        view = {
            "id": "V0DENY",
            "type": "modal",
            "callback_id": "deny_reason",
            "private_metadata": json.dumps({"value": f"{request.id} {request.digest}", "channel": CHANNEL}),
            "state": {"values": {"reason": {"reason": {"type": "plain_text_input", "value": reason}}}},
        }
        user = {"id": user_id, "team_id": PLAYGROUND.team_id}
        body = {"type": "view_submission", "team": {"id": PLAYGROUND.team_id}, "user": user, "view": view}
        return _handed_over("interaction", body)

    # What there is to see

    def buttons(self, action_id: str) -> list[tuple[Message, dict[str, Any]]]:
        """Return the cards that have this button, with the button."""
        return [
            (message, element)
            for message in self.cards()
            for block in message.blocks
            for element in block.get("elements", ())
            if element.get("action_id") == action_id
        ]

    def state(self) -> WorkspaceState:
        """Return the workspace."""
        return self.workspace.wait_until(lambda state: state)

    def cards(self) -> list[Message]:
        """Return what the bot has said to the whole channel, not below another message, the oldest first."""
        return [each for each in self.posts() if each.thread_ts is None]

    def posts(self) -> list[Message]:
        """Return what the bot has said to the whole channel, threads too, the oldest first."""
        return [
            each
            for each in self.state().conversation.messages
            if each.user == BOT and each.channel == CHANNEL and each.ephemeral_to is None and not each.deleted
        ]

    def seals(self) -> list[Message]:
        """Return what was said in the channel of the seals."""
        return [each for each in self.state().conversation.messages if each.channel == AUDIT_CHANNEL]

    def whispers(self, user_id: str = ASKER) -> list[Message]:
        """Return what the bot has said to one person alone."""
        return [each for each in self.state().conversation.messages if each.ephemeral_to == user_id]

    def requests(self) -> list[Request]:
        """Return all requests there are; only their items have a state."""
        items = self._items(self.dynamo.requests_table)
        ids = sorted(RequestId(item["pk"]["S"]) for item in items if "state" in item)
        return [request for each in ids if (request := self.dynamo.ledger.request(each)) is not None]

    def locks(self) -> list[str]:
        """Return the keys of all locks there are."""
        keys = [item["pk"]["S"] for item in self._items(self.dynamo.requests_table)]
        return [key for key in keys if key.startswith("lock#")]

    def look_at_the_lock(self) -> None:
        """Note when somebody else could change the job while a request still has it."""
        items = self._items(self.dynamo.requests_table)
        holding = [item["state"]["S"] for item in items if "state" in item and item["state"]["S"] in HOLDING]
        if holding and not any(item["pk"]["S"].startswith("lock#") for item in items):
            self.notes.append(f"nothing keeps others from the job, and the request is {holding}")

    def due(self) -> list[datetime]:
        """Return when the tick owes something, the soonest first, as the index that it reads says."""
        items = self._items(self.dynamo.requests_table)
        return sorted(datetime.fromisoformat(item["gsi_due_at"]["S"]) for item in items if "gsi_due_at" in item)

    def chain(self, request: Request) -> list[dict[str, Any]]:
        """Return a request's facts in their order."""
        return [dict(fact) for fact in self.dynamo.ledger.chain(request.id)]

    def archive(self) -> DynamoArchive:
        """Return the record as an operator reads it."""
        tables = self.dynamo
        return DynamoArchive(self.client, requests_table=tables.requests_table, audit_table=tables.audit_table)

    def puts(self) -> list[dict[str, Any]]:
        """Return what was sent to the API to be written, whatever became of it, the oldest first."""
        return [each.body["jobCondition"] for each in self.dataflow.log if each.method == "PUT"]

    def job(self) -> dict[str, Any]:
        """Return the settings of the job as it is."""
        return dict(self.dataflow.job(JOB_ID)["runCondition"])

    def _items(self, table: str) -> list[dict[str, Any]]:
        return list(self.client.scan(TableName=table, ConsistentRead=True)["Items"])

    def _warm(self) -> Life | None:
        return self.lives[-1] if self.lives else None

    def _issued(self, user_id: str, message: Message | None = None) -> Issued:
        state, token = self.state(), f"token{next(self.numbers)}"
        state.response_urls.issue(token, CHANNEL, user_id, self.hours.now, message)
        trigger_id = state.views.issue_trigger(user_id, CHANNEL, token, self.hours.now)
        return Issued(trigger_id, f"{self.proxy.urls['slack']}/response/{token}")


@dataclass(slots=True)
class Hours:
    """The time of the story outside of the workers."""

    now: datetime = BEGUN

    def seconds(self) -> float:
        """Return the moment in epoch seconds."""
        return self.now.timestamp()

    def pass_by(self, time: timedelta) -> None:
        """Let time go by."""
        self.now += time


@contextmanager
def built(local_aws: Emulator, folder: Path) -> Iterator[Stage]:
    """Start everything."""
    hours = Hours()
    lives: list[Life] = []

    def kill() -> None:
        lives[-1].kill()

    def run(event: Event) -> Ended:
        return stage.deliver(event)

    with (
        standing_in(run) as function,
        serving.serve(clock=lambda: hours.now) as workspace,
        serve(World(clock=lambda: hours.now)) as dataflow,
        proxy.started(
            {"aws": local_aws.endpoint_url, "slack": workspace.url, "dataflow": dataflow.url, "lambda": function.url},
            kill,
        ) as between,
        closing(local_dynamodb(local_aws)) as client,
    ):
        _keep_secrets(local_aws)
        first = Dynamo(client)
        environment = {**local_aws.environment, **_environment(between, folder), **_tables(first)}
        with nursery(environment, folder / "workers.log") as children:
            stage = Stage(workspace, dataflow.world, client, children, hours, between, function, first, lives)
            yield stage
            stage.end()


def _environment(between: Proxy, folder: Path) -> dict[str, str]:
    return {
        # There is no TLS here, and to read all the world's authorities would be half of a worker's start.
        "SSL_CERT_FILE": str(_one_authority(folder / "authority.pem")),
        "AWS_ENDPOINT_URL": between.urls["aws"],
        "SLACK_SECRET_ID": BOT_SECRET,
        "SLACK_API_URL": f"{between.urls['slack']}/api/",
        "NCP_SECRET_ID": NCP_SECRET,
        "NCP_DATAFLOW_URL": between.urls["dataflow"],
        "POLICY_DIR": str(_policy(folder / "policy")),
        "LOG_LEVEL": "WARNING",
    }


def _tables(dynamo: Dynamo) -> dict[str, str]:
    return {"REQUESTS_TABLE": dynamo.requests_table, "AUDIT_TABLE": dynamo.audit_table}


def _policy(folder: Path) -> Path:
    """Copy the shipped policy, and let it name a channel for the seals."""
    shutil.copytree(PACKAGED_POLICY, folder)
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[audit]\nchannel = "{AUDIT_CHANNEL}"\n')
    return folder


def _one_authority(path: Path) -> Path:
    bundle = Path(certifi.where()).read_text("utf-8")
    path.write_text(bundle[bundle.index(CERTIFICATE) : bundle.index(CERTIFICATE_ENDS)] + CERTIFICATE_ENDS, "utf-8")
    return path


def _keep_secrets(local_aws: Emulator) -> None:
    client = boto3.client(
        "secretsmanager",
        endpoint_url=local_aws.endpoint_url,
        region_name=local_aws.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    told = {
        SIGNING_SECRET_ID: {"signing_secret": PLAYGROUND.signing_secret},
        BOT_SECRET: {"bot_token": PLAYGROUND.bot_token},
        NCP_SECRET: {"access_key": PLAYGROUND_ACCESS_KEY, "secret_key": PLAYGROUND_SECRET_KEY},
    }
    for name, secret in told.items():
        with suppress(client.exceptions.ResourceExistsException):
            client.create_secret(Name=name, SecretString=json.dumps(secret))
    client.close()


def _handed_over(kind: str, body: dict[str, Any]) -> Event:
    return {"sluice": 1, "kind": kind, "body": body, "received_at": 0}
