"""A record on DynamoDB, and an environment in which the commands find it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from moto import mock_aws

from handler.adapters.ledger.calls import dynamodb_config
from tests.contract.ledgers import Dynamo
from tests.records import recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


@contextmanager
def recorded_tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dynamo]:
    """Make the tables of three recorded days."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        made = Dynamo(boto3.client("dynamodb", config=dynamodb_config()))
        recorded(made.ledger)
        yield made


def environ(tables: Dynamo) -> dict[str, str]:
    """Name the tables as a deployment does."""
    return {"REQUESTS_TABLE": tables.requests_table, "AUDIT_TABLE": tables.audit_table}
