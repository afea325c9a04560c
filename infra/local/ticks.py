"""The minute's tick on demand: the local AWS fires its schedule once a minute, which is long to wait for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from infra.local.processes import ProcessError

if TYPE_CHECKING:
    from infra.local.deploy import Deployment

# What EventBridge sends (docs.aws.amazon.com, "Amazon EventBridge events", scheduled events), as far as it is read.
EVENT = {"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


def tick(deployment: Deployment) -> None:
    """Invoke the worker as the minute's schedule does, and wait until it has done what is due.

    Raises:
        ProcessError: the worker failed.
    """
    answer = deployment.client("lambda").invoke(
        FunctionName=deployment.worker_function, InvocationType="RequestResponse", Payload=json.dumps(EVENT)
    )
    if "FunctionError" in answer:
        said = answer["Payload"].read().decode("utf-8", "replace")
        raise ProcessError(f"the tick failed: {said[:500]}")
