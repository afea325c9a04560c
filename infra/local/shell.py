"""What a shell needs to look at the playground, or to let `sluice socket` work on it: a file of exports."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infra.local.dataflow.world import PLAYGROUND_ACCESS_KEY, PLAYGROUND_SECRET_KEY
from infra.local.deploy import STAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from infra.local.deploy import Deployment

# A socket's own: the deployed worker's tick would tell the Slack stand-in of what was asked in a real workspace.
SOCKET_TABLES = {"REQUESTS_TABLE": "sluice-socket-requests", "AUDIT_TABLE": "sluice-socket-audit"}
# Would lead astray: a profile of the user's own, or a session of it.
_FORGOTTEN = ("AWS_PROFILE", "AWS_SESSION_TOKEN")


def variables(deployment: Deployment, dataflow_url: str) -> Mapping[str, str]:
    """Return all that `sluice` is to be told but Slack's tokens; every value is invented."""
    return {
        "AWS_ENDPOINT_URL": deployment.endpoint_url,
        "AWS_REGION": deployment.region,
        "AWS_DEFAULT_REGION": deployment.region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "NCP_DATAFLOW_URL": dataflow_url,
        "NCP_ACCESS_KEY": PLAYGROUND_ACCESS_KEY,
        "NCP_SECRET_KEY": PLAYGROUND_SECRET_KEY,
        **SOCKET_TABLES,
    }


def exports(told: Mapping[str, str]) -> str:
    """Return the lines that a shell reads with `.`."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in told.items()]
    return "\n".join([f"unset {' '.join(_FORGOTTEN)}", *lines, ""])


def doctor_words(deployment: Deployment) -> list[str]:
    """Return what to say to `sluice` so that it looks the playground over."""
    return ["doctor", "--stage", STAGE, "--through", deployment.front_url, "--disposable"]


def make_socket_tables(deployment: Deployment) -> None:
    """Make a second pair of tables like the stack's."""
    client = deployment.client("dynamodb")
    for name, like in zip(SOCKET_TABLES.values(), (deployment.requests_table, deployment.audit_table), strict=True):
        table = client.describe_table(TableName=like)["Table"]
        indexes = [
            {part: index[part] for part in ("IndexName", "KeySchema", "Projection")}
            for index in table["GlobalSecondaryIndexes"]
        ]
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=table["AttributeDefinitions"],
            KeySchema=table["KeySchema"],
            GlobalSecondaryIndexes=indexes,
        )


@contextmanager
def written(path: Path, deployment: Deployment, dataflow_url: str) -> Iterator[Path]:
    """Keep the file, and the tables it names, for as long as there is something to look at."""
    make_socket_tables(deployment)
    path.write_text(exports(variables(deployment, dataflow_url)), encoding="utf-8")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
