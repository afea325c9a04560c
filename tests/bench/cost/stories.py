"""Plays what people do, one story at a time, against the deployed code with its neighbours counted.

The ledger is the real one on moto's DynamoDB with the deployed tables; Slack and Data Flow are fakes that are counted
at their ports, and the groups are read from that Slack; the worker takes what the door hands over.
"""

from __future__ import annotations

import io
import json
import logging
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws

from handler.adapters.directory import SlackDirectory
from handler.adapters.ledger.calls import dynamodb_config
from handler.delivery import Desk
from handler.domain.model import UserId
from handler.entrypoints.worker import Worker
from handler.noticeboard import Noticeboard
from handler.ports import World
from handler.slack.app import create_app
from handler.slack.catalogue import load_words
from handler.slack.voice import Voice
from handler.telemetry import configure
from handler.telling import Herald
from handler.wiring.watched import watched
from infra.local.slack.cast import PLAYGROUND
from tests.bench.cost.capacity import Meter
from tests.contract.ledgers import Dynamo
from tests.fakes.chat import FakeChat
from tests.flows.conftest import Story
from tests.flows.office import ADDRESS, buttons, pressed
from tests.unit.front.doors import Front
from tests.unit.front.loopback import Loopback, taken
from tests.unit.front.slack_request import command_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_dynamodb.client import DynamoDBClient

    from tests.fakes.clock import FakeClock

COMMAND = "/dataflow"


@dataclass(frozen=True, slots=True)
class Counted:
    """What one story took.

    Args:
        deliveries: by the door and, handed over, by the worker.
        ticks: of the worker beyond those of each minute that find nothing to do; they are played, not extra.
        slack_calls: of the Web API.
        dataflow_calls: of the Data Flow API.
        dynamodb_calls: whatever their kind.
        read_units: of DynamoDB.
        write_units: of DynamoDB, with the indexes.
        stored_bytes: that stay, with the indexes.
        log_bytes: printed by the worker itself.
        metrics: name and dimensions' values of each figure that CloudWatch reads out of the log.
    """

    deliveries: int
    ticks: int
    slack_calls: int
    dataflow_calls: int
    dynamodb_calls: int
    read_units: float
    write_units: float
    stored_bytes: int
    log_bytes: int
    metrics: frozenset[tuple[str, ...]]


class Neighbour:
    """Passes every call on and counts it; `by_name` says how often each was made."""

    def __init__(self, real: object) -> None:
        self._real = real
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if not callable(found):
            return found

        def counted(*args: object, **words: object) -> object:
            self.calls += 1
            return found(*args, **words)

        return counted


@dataclass(slots=True)
class Stage:
    """The deployed worker among its neighbours, for one story."""

    client: DynamoDBClient
    meter: Meter
    chat: FakeChat
    clock: FakeClock
    slack: Neighbour
    dataflow: Neighbour
    worker: Worker
    log: io.StringIO
    deliveries: int = 0
    ticks: int = 0
    _numbers: Any = field(default_factory=lambda: count(1))

    def types(self, text: str, user: str = "U0KIM") -> None:
        """Deliver a slash command."""
        body: dict[str, object] = {
            "command": COMMAND,
            "text": text,
            "user_id": user,
            "channel_id": "C0INCIDENT",
            "team_id": "T0SLUICE",
            "trigger_id": f"trigger-{next(self._numbers)}",
            "response_url": ADDRESS,
        }
        self._deliver("command", body)

    def presses(self, action_id: str, user: str = "U0LEE") -> None:
        """Press a button of the newest message that has it."""
        shown = [message for _, message in [*self.chat.posts, *self.chat.updates]]
        shown += [response.message for response in self.chat.responses]
        value = next(buttons(message)[action_id] for message in reversed(shown) if action_id in buttons(message))
        self._deliver("interaction", dict(pressed(action_id, value, user, f"press-{next(self._numbers)}")))

    def ticks_after(self, minutes: float) -> None:
        """Let that much time pass, and then a minute's tick come."""
        self.clock.move_on(minutes=minutes)
        self.ticks += 1
        self.worker.handle({"kind": "tick", "detail-type": "Scheduled Event"})

    def begin_to_count(self) -> None:
        """Forget what came before."""
        self.meter.reset()
        self.slack.calls = self.dataflow.calls = self.deliveries = self.ticks = 0
        self.log.seek(0)
        self.log.truncate()

    def counted(self) -> Counted:
        """What was counted since."""
        lines = self.log.getvalue().splitlines()
        return Counted(
            self.deliveries,
            self.ticks,
            self.slack.calls,
            self.dataflow.calls,
            self.meter.calls,
            self.meter.reads,
            self.meter.writes,
            self.meter.stored_bytes,
            sum(len(line.encode()) + 1 for line in lines),
            frozenset(metric for line in lines for metric in metrics_in(json.loads(line))),
        )

    def _deliver(self, kind: str, body: dict[str, object]) -> None:
        self.deliveries += 1
        at_ms = int(self.clock.now().timestamp() * 1000)
        self.worker.handle({"sluice": 1, "id": "0badcafe", "kind": kind, "body": body, "received_at": at_ms})


def metrics_in(line: dict[str, Any]) -> list[tuple[str, ...]]:
    """The metrics that a line declares: CloudWatch counts one for each name and set of dimensions' values."""
    return [
        (metric["Name"], *(str(line[name]) for name in names))
        for declared in line.get("_aws", {}).get("CloudWatchMetrics", ())
        for names in declared["Dimensions"]
        for metric in declared["Metrics"]
    ]


def play(story: Callable[[Stage], None]) -> Counted:
    """Play one story in a world of its own; a story calls `begin_to_count` when what it needs is there.

    Raises:
        Exception: whatever the worker raises; a story that fails costs nothing that is worth telling.
    """
    with mock_aws():
        clients = [boto3.client("dynamodb", region_name="ap-northeast-2", config=dynamodb_config()) for _ in range(2)]
        with closing(clients[0]), closing(clients[1]):
            stage = _stage(clients[0], Meter(clients[1]))
            story(stage)
            return stage.counted()


def _stage(client: DynamoDBClient, meter: Meter) -> Stage:
    told, tables = Story(), Dynamo(client)
    meter.listen(client)
    chat = FakeChat(members={group.id: frozenset(map(UserId, group.users)) for group in PLAYGROUND.groups.values()})
    slack: Any = Neighbour(chat)
    dataflow: Any = Neighbour(told.dataflow)
    heard = watched(slack, "slack")
    world = World(
        watched(dataflow, "dataflow"),
        watched(tables.ledger, "dynamodb", told.clock),
        told.policy,
        SlackDirectory(told.policy.settings.groups, heard.group_members, told.clock),
        told.clock,
        lambda: "incident",
    )
    desk = Desk(world, Herald(Noticeboard(world, heard, Voice(load_words(), COMMAND))))
    log = io.StringIO()
    configure("INFO", "sluice-prod-worker")
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(log)
    worker = Worker(create_app(desk, COMMAND), desk, lambda: told.clock.now().timestamp())
    return Stage(client, meter, chat, told.clock, slack, dataflow, worker, log)


def door_log_bytes() -> tuple[int, frozenset[tuple[str, ...]]]:
    """What the door prints for one command, and the metrics in it."""
    with Loopback(taken) as aws:
        front = Front(url=aws.url, environ={"AWS_LAMBDA_FUNCTION_NAME": "sluice-prod-front"})
        front.handle(command_event())
    metrics = frozenset(metric for line in front.log for metric in metrics_in(line))
    return sum(len(line.encode()) + 1 for line in front.lines), metrics
