"""The subjects of the ledger's contract suite, the fake, moto in this process and the local AWS; and how to use one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import boto3
import yaml  # type: ignore[import-untyped]  # comes with moto; its stubs would be one more dependency

from handler.adapters.ledger.calls import dynamodb_config
from handler.adapters.ledger.dynamodb import DynamoLedger
from handler.domain.model import RequestId
from tests import makers
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import FakeLedger

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

    from handler.domain.audit import Fact
    from handler.domain.model import JobId
    from handler.domain.moves import Move
    from handler.domain.request import Request, State
    from handler.ports import Ledger
    from infra.local.emulator import Emulator

TEMPLATE = Path(__file__).resolve().parents[2] / "infra" / "aws" / "tables.yml"
_numbers = count(1)


class Subject(Protocol):
    """A ledger, and what a test may do behind its back."""

    @property
    def ledger(self) -> Ledger:
        """The ledger under test."""

    def lock(self, job_id: JobId) -> RequestId | None:
        """Return the request that owns the job's lock, None when there is no lock."""

    def put_lock(self, job_id: JobId, owner: RequestId | None) -> None:
        """Make this request the owner of the job's lock; None takes the lock away."""

    def put_fact(self, fact: Fact) -> None:
        """Put a fact into the audit table that no ledger has recorded."""


@dataclass(slots=True)
class Fake:
    """The ledger in memory."""

    ledger: FakeLedger = field(default_factory=FakeLedger)

    def lock(self, job_id: JobId) -> RequestId | None:
        """Look at the lock."""
        return self.ledger.locks.get(job_id)

    def put_lock(self, job_id: JobId, owner: RequestId | None) -> None:
        """Change the lock."""
        self.ledger.locks.pop(job_id, None)
        if owner is not None:
            self.ledger.locks[job_id] = owner

    def put_fact(self, fact: Fact) -> None:
        """Add a fact."""
        self.ledger.facts.setdefault(fact.request_id, []).append(fact.attributes())


@dataclass(slots=True)
class Dynamo:
    """The ledger on DynamoDB, with fresh tables made from the template that is deployed."""

    client: DynamoDBClient
    requests_table: str = field(default_factory=lambda: f"requests-{next(_numbers)}")
    audit_table: str = field(default_factory=lambda: f"audit-{next(_numbers)}")
    ledger: DynamoLedger = field(init=False)

    def __post_init__(self) -> None:
        self.client.create_table(TableName=self.requests_table, **_definition("RequestsTable"))
        self.client.create_table(TableName=self.audit_table, **_definition("AuditTable"))
        self.ledger = self.ledger_with(self.client)

    def ledger_with(self, client: DynamoDBClient, worker: str = "") -> DynamoLedger:
        """Make another ledger on the same tables, another worker's when it is named."""
        return DynamoLedger(
            client,
            requests_table=self.requests_table,
            audit_table=self.audit_table,
            clock=FakeClock(),
            jitter=lambda: 1.0,
            worker=worker,
        )

    def lock(self, job_id: JobId) -> RequestId | None:
        """Read the lock item."""
        answer = self.client.get_item(TableName=self.requests_table, Key={"pk": {"S": f"lock#{job_id}"}})
        return RequestId(answer["Item"]["owner"]["S"]) if "Item" in answer else None

    def put_lock(self, job_id: JobId, owner: RequestId | None) -> None:
        """Change the lock item."""
        key = {"pk": {"S": f"lock#{job_id}"}}
        if owner is None:
            self.client.delete_item(TableName=self.requests_table, Key=key)
        else:
            self.client.put_item(TableName=self.requests_table, Item={**key, "owner": {"S": owner}})

    def put_fact(self, fact: Fact) -> None:
        """Add a fact's item."""
        key = {"request_id": {"S": fact.request_id}, "seq": {"N": str(fact.seq)}}
        self.client.put_item(TableName=self.audit_table, Item=key)

    def put_request_item(self, item: dict[str, Any]) -> None:
        """Put an item into the table of requests, whatever it is."""
        self.client.put_item(TableName=self.requests_table, Item=item)

    def request_item(self, request_id: RequestId) -> dict[str, Any]:
        """Read a request's item as it lies in the table."""
        return dict(self.client.get_item(TableName=self.requests_table, Key={"pk": {"S": request_id}})["Item"])


def local_dynamodb(aws: Emulator) -> DynamoDBClient:
    """Return a client of the local AWS; whoever asked for it closes it."""
    return boto3.client(
        "dynamodb",
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=dynamodb_config(),
    )


def opened(ledger: Ledger, move: Move) -> Request:
    """Open a request and return it."""
    ledger.open(move.request, move.fact)
    return move.request


def advanced(ledger: Ledger, before: Request, state: State) -> Request:
    """Move a request on and return it."""
    return made(ledger, before, makers.step(before, state))


def made(ledger: Ledger, before: Request, move: Move) -> Request:
    """Record a move and return the request as it is then."""
    ledger.advance(before, move.request, move.fact)
    return move.request


class _Template(yaml.SafeLoader):  # type: ignore[misc] # as untyped as yaml
    """Reads CloudFormation's own tags as nothing: what they stand for is not what a ledger needs."""


_Template.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


@cache
def _definition(resource: str) -> dict[str, Any]:
    properties = yaml.load(TEMPLATE.read_text("utf-8"), _Template)["Resources"][resource]["Properties"]  # noqa: S506 - a SafeLoader
    names = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    return {name: properties[name] for name in names}
