"""Fixtures of the contract suites."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from handler.adapters.ledger.calls import dynamodb_config
from tests.contract.ledgers import Dynamo, Fake, local_dynamodb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_dynamodb.client import DynamoDBClient

    from infra.local.emulator import Emulator
    from tests.contract.ledgers import Subject


@pytest.fixture(params=["fake", "moto", "ministack"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Each ledger that there is, empty."""
    with _subject(request) as made:
        yield made


@pytest.fixture(params=["fake", "ministack"])
def racing_subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """Each ledger that several threads may use at once; moto keeps its tables without locks."""
    with _subject(request) as made:
        yield made


@pytest.fixture(params=["moto", "ministack"])
def dynamo(request: pytest.FixtureRequest) -> Iterator[Dynamo]:
    """Each DynamoDB that there is, with empty tables."""
    with _subject(request) as made:
        assert isinstance(made, Dynamo)
        yield made


@contextmanager
def _subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    match request.param:
        case "fake":
            yield Fake()
        case "moto":
            with mock_aws():
                yield Dynamo(request.getfixturevalue("moto_client"))
        case _:
            yield Dynamo(request.getfixturevalue("ministack_client"))


@pytest.fixture(scope="session")
def moto_client() -> Iterator[DynamoDBClient]:
    """A client whose calls moto answers, as long as it is on."""
    with mock_aws():
        client = boto3.client("dynamodb", region_name="ap-northeast-2", config=dynamodb_config())
    with closing(client):
        yield client


@pytest.fixture(scope="session")
def ministack_client(local_aws: Emulator) -> Iterator[DynamoDBClient]:
    """A client of the local AWS."""
    with closing(local_dynamodb(local_aws)) as client:
        yield client
