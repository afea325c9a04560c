"""The stage of the stories, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.stage import built

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.emulator import Emulator
    from tests.faults.stage import Stage


@pytest.fixture(scope="session")
def stage(local_aws: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Real workers between a local Slack, Data Flow and AWS."""
    with built(local_aws, tmp_path_factory.mktemp("faults")) as made:
        yield made
