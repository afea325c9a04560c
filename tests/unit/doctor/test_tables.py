"""The tables as the stack makes them are those that the doctor expects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from handler.entrypoints.doctor.findings import Green
from handler.entrypoints.doctor.protection import DENIED, check_requests_kept
from handler.entrypoints.doctor.tables import (
    AUDIT_KEYS,
    REQUESTS_KEYS,
    check_keys,
    check_open_requests,
    describe,
)
from tests import makers
from tests.contract.ledgers import Dynamo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_dynamodb.client import DynamoDBClient


@pytest.fixture
def client() -> Iterator[DynamoDBClient]:
    """A DynamoDB in this process."""
    with mock_aws():
        yield boto3.client("dynamodb", region_name="ap-northeast-2")


def test_tables_made_from_the_template_are_in_order(client: DynamoDBClient) -> None:
    """Keys and indexes of infra/aws/tables.yml are the ones that are looked for, and an open request is read."""
    made = Dynamo(client)
    opening = makers.opening()
    made.ledger.open(opening.request, opening.fact)
    requests = describe(lambda _: client, made.requests_table, "make deploy")
    audit = describe(lambda _: client, made.audit_table, "make deploy")

    assert isinstance(requests, dict)
    assert isinstance(audit, dict)
    assert check_keys(requests, REQUESTS_KEYS, "") == Green(f"{made.requests_table}, with 1 index")
    assert check_keys(audit, AUDIT_KEYS, "") == Green(f"{made.audit_table}, with 3 indexes")
    assert check_open_requests(lambda _: client, made.requests_table) == Green("1, and each can be read")


def test_a_table_that_is_protected_is_seen_to_be(client: DynamoDBClient) -> None:
    """What the stack turns on, DynamoDB tells in the form that is read."""
    table = Dynamo(client).requests_table
    client.update_table(TableName=table, DeletionProtectionEnabled=True)
    client.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    client.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "forget_at"})
    # moto tells of encryption only where a table is made with it.
    described = {**client.describe_table(TableName=table)["Table"], "SSEDescription": {"Status": "ENABLED"}}

    assert check_requests_kept(lambda _: client, described) == Green(
        "deletion protection, point-in-time recovery, encryption; what may be forgotten has forget_at"
    )


def test_the_audit_tables_own_policy_denies_what_is_looked_for() -> None:
    """What the doctor asks of the policy is what infra/aws/tables.yml gives it."""
    text = (Path(__file__).resolve().parents[3] / "infra" / "aws" / "tables.yml").read_text("utf-8")
    audit = text.partition("AuditTable:")[2]

    assert {verb for verb in DENIED if verb in audit.partition("AttributeDefinitions")[0]} == DENIED
