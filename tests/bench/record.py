"""The record of a benchmark: fresh tables on the local AWS, which answers at once."""

from __future__ import annotations

import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from infra.local.emulator import ensure_environment, running_emulator
from infra.local.processes import Processes
from tests.contract.ledgers import Dynamo, local_dynamodb

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]


@contextmanager
def fresh_record() -> Iterator[tuple[Dynamo, dict[str, str]]]:
    """Start the local AWS with both tables; give them, and the environment in which a worker finds them."""
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as scratch, Processes() as processes:
        folder, home = Path(scratch), ROOT / ".playground"
        home.mkdir(exist_ok=True)
        python = ensure_environment(home / "venv", ROOT / "requirements-playground.lock", folder, processes, print)
        with running_emulator(python, folder, processes) as aws, closing(local_dynamodb(aws)) as database:
            dynamo = Dynamo(database)
            tables = {"REQUESTS_TABLE": dynamo.requests_table, "AUDIT_TABLE": dynamo.audit_table}
            yield dynamo, {**aws.environment, **tables}
