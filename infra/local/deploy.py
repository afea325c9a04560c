"""The real stack on the local AWS: osls deploys the unmodified serverless.yml, then the secrets get their values."""

import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.aws import local_client
from infra.local.emulator import Emulator
from infra.local.node import osls
from infra.local.processes import ProcessError, Processes

STAGE = "playground"
STACK = f"sluice-{STAGE}"
DEPLOY_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Secrets:
    """The values that the stack's three empty secrets get. Not shown in a repr."""

    signing_secret: str = field(repr=False)
    bot_token: str = field(repr=False)
    ncp_access_key: str = field(repr=False)
    ncp_secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outside:
    """The world outside AWS, as the deployed functions are to find it.

    Args:
        slack_api_url: base of the Slack Web API, with the last slash.
        dataflow_url: base of the Data Flow API, without `/api/v1`.
        secrets: what Slack and NAVER know too.
    """

    slack_api_url: str
    dataflow_url: str
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class Deployment:
    """The deployed stack, as one who sends to it or looks into it needs it.

    Args:
        front_url: address on loopback of the public door; any path below it works.
        front_host_header: the `Host` header that makes the local AWS take a request to it for the door's.
        front_function: name of the door's function.
        worker_function: name of the worker's.
        requests_table: name of the table of requests.
        audit_table: name of the table of audit facts.
        failure_queue_url: where hand-overs go that the worker could not carry out.
        endpoint_url: every service of the local AWS.
        region: of all of it.
    """

    front_url: str
    front_host_header: str
    front_function: str
    worker_function: str
    requests_table: str
    audit_table: str
    failure_queue_url: str
    endpoint_url: str
    region: str

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """A boto3 client of this local AWS."""
        return local_client(service, self.endpoint_url, self.region)

    def log_lines(self, function: str) -> list[str]:
        """What a function wrote to its log, oldest first."""
        pages = self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{function}")
        return [str(event["message"]).rstrip() for page in pages for event in page["events"]]


def deploy(root: Path, artifacts: Path, emulator: Emulator, outside: Outside, processes: Processes) -> Deployment:
    """Deploy the stack and fill its secrets.

    Args:
        root: the work tree, with serverless.yml and node_modules.
        artifacts: folder with front.zip and worker.zip, built for the emulator's Python.
        emulator: the local AWS.
        outside: the stand-ins' addresses and secrets.
        processes: the registry of started programs.

    Raises:
        ProcessError: the deploy tool failed; the message has the end of what it said.
    """
    parameters = {
        "artifacts": str(artifacts),
        "slackApiUrl": outside.slack_api_url,
        "dataflowUrl": outside.dataflow_url,
    }
    words = ["deploy", "--stage", STAGE, "--region", emulator.region]
    words += [f"--param={name}={value}" for name, value in parameters.items()]
    often = {"SLS_AWS_MONITORING_FREQUENCY": "500"}  # ms between two looks at the stack; its default is 5,000
    command = osls(root, words, {**emulator.environment, **often}, emulator.folder / "deploy.log")
    processes.run(command, timeout_seconds=DEPLOY_SECONDS)
    outputs = _outputs(emulator)
    _fill_secrets(emulator, outputs, outside.secrets)
    return Deployment(
        front_url=f"{emulator.endpoint_url}/",
        front_host_header=urllib.parse.urlsplit(outputs["FrontUrl"]).netloc,
        front_function=outputs["FrontFunction"],
        worker_function=outputs["WorkerFunction"],
        requests_table=outputs["RequestsTableName"],
        audit_table=outputs["AuditTableName"],
        failure_queue_url=outputs["FailureQueueUrl"],
        endpoint_url=emulator.endpoint_url,
        region=emulator.region,
    )


def _outputs(emulator: Emulator) -> Mapping[str, str]:
    cloudformation = local_client("cloudformation", emulator.endpoint_url, emulator.region)
    stacks = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    if not stacks:
        raise ProcessError(f"The deploy tool said nothing, yet the stack {STACK} is not there.")
    return {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}


def _fill_secrets(emulator: Emulator, outputs: Mapping[str, str], secrets: Secrets) -> None:
    manager = local_client("secretsmanager", emulator.endpoint_url, emulator.region)
    values = {
        "SlackSigningSecretName": {"signing_secret": secrets.signing_secret},
        "SlackBotSecretName": {"bot_token": secrets.bot_token},
        "NcpSecretName": {"access_key": secrets.ncp_access_key, "secret_key": secrets.ncp_secret_key},
    }
    for output, value in values.items():
        manager.put_secret_value(SecretId=outputs[output], SecretString=json.dumps(value))
