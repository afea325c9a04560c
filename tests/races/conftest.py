"""The arena of the races, made once."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.contract.ledgers import Dynamo, local_dynamodb
from tests.races.arena import built

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.emulator import Emulator
    from tests.races.arena import Arena


@pytest.fixture(scope="module")
def arena(local_aws: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """Real processes around a local Slack, Data Flow and DynamoDB."""
    policy = tmp_path_factory.mktemp("policy")
    with closing(local_dynamodb(local_aws)) as client, built(local_aws, Dynamo(client), policy) as made:
        yield made
