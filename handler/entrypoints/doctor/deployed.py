"""What is deployed: the stack's outputs, and what both functions are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handler.entrypoints.doctor.aws import asked
from handler.entrypoints.doctor.findings import Red

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.entrypoints.doctor.aws import Clients

SERVICE: Final = "sluice"
FRONT_URL: Final = "FrontUrl"
OUTPUTS: Final = (FRONT_URL, "FrontFunction", "WorkerFunction", "SlackSigningSecretName", "FailureQueueUrl")


@dataclass(frozen=True, slots=True)
class Stack:
    """A stage. ``front`` and ``worker`` are the environments of its functions."""

    stage: str
    region: str
    status: str
    outputs: Mapping[str, str]
    front: Mapping[str, str]
    worker: Mapping[str, str]


def read_stack(clients: Clients, stage: str, deploy: str) -> Stack | Red:
    """Look a stage up in the region of the clients; ``deploy`` is the command that deploys it."""
    name = f"{SERVICE}-{stage}"
    client = asked("the stack", lambda: clients("cloudformation"))
    if isinstance(client, Red):
        return client
    region = client.meta.region_name
    missing = Red(
        f"There is no stack {name} in the region {region} of this account.",
        f"give the --region and --stage of your deployment, or: {deploy}",
    )
    described = asked("the stack", lambda: client.describe_stacks(StackName=name)["Stacks"], missing)
    if isinstance(described, Red):
        return described
    if not described:
        return missing
    status = described[0]["StackStatus"]
    if status.endswith("FAILED") or status == "ROLLBACK_COMPLETE":
        return Red(
            f"The stack {name} is broken ({status}).", f"aws cloudformation describe-stack-events --stack-name {name}"
        )
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described[0].get("Outputs", ())}
    if absent := [each for each in OUTPUTS if each not in outputs]:
        return Red(f"The stack {name} is of another version: it does not tell {', '.join(absent)}.", deploy)
    front = _told(clients, outputs["FrontFunction"], deploy)
    worker = _told(clients, outputs["WorkerFunction"], deploy)
    if isinstance(front, Red):
        return front
    return worker if isinstance(worker, Red) else Stack(stage, region, status, outputs, front, worker)


def _told(clients: Clients, function: str, deploy: str) -> dict[str, str] | Red:
    missing = Red(f"There is no function {function}, though the stack names it.", deploy)
    configured = asked(
        f"the settings of {function}",
        lambda: clients("lambda").get_function_configuration(FunctionName=function),
        missing,
    )
    return configured if isinstance(configured, Red) else dict(configured.get("Environment", {}).get("Variables", {}))
