"""The arena of the races, made once."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import boto3
import pytest

from handler.adapters.ledger.calls import dynamodb_config
from tests.contract.ledgers import Dynamo
from tests.races.arena import built

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.emulator import Emulator
    from tests.races.arena import Arena


@pytest.fixture(scope="module")
def arena(local_aws: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """Real processes around a local Slack, Data Flow and DynamoDB."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=local_aws.endpoint_url,
        region_name=local_aws.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=dynamodb_config(),
    )
    with closing(client), built(local_aws, Dynamo(client), tmp_path_factory.mktemp("policy")) as made:
        yield made
