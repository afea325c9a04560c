"""The stack but for its roles: functions, tables, secrets and what differs between stages."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.package.target import lambda_target

pytestmark = pytest.mark.xdist_group("template")  # one template, whichever process runs these

Template = dict[str, Any]

# contract.md, "Configuration": what each function is told. Secrets come by the name of their place, never as a value.
FRONT_ENVIRONMENT = {"SLACK_SECRET_ID", "SLACK_COMMAND", "WORKER_FUNCTION", "LOG_LEVEL"}
WORKER_ENVIRONMENT = {
    "SLACK_SECRET_ID",
    "SLACK_API_URL",
    "SLACK_COMMAND",
    "NCP_SECRET_ID",
    "NCP_DATAFLOW_URL",
    "REQUESTS_TABLE",
    "AUDIT_TABLE",
    "APPROVALS_CHANNEL",
    "LOG_LEVEL",
}


def properties(template: Template, name: str) -> dict[str, Any]:
    """The properties of one resource."""
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def variables(template: Template, function: str) -> dict[str, Any]:
    """A function's environment."""
    found: dict[str, Any] = properties(template, function)["Environment"]["Variables"]
    return found


@pytest.mark.parametrize("function", ["FrontLambdaFunction", "WorkerLambdaFunction"])
def test_a_function_runs_where_the_artifact_was_built_for(template: Template, function: str) -> None:
    """Runtime and architecture are those for which `make package` builds when told nothing."""
    configured = properties(template, function)
    target = lambda_target(
        python=configured["Runtime"].removeprefix("python"), architecture=configured["Architectures"][0]
    )

    assert target == lambda_target()


def test_the_handlers_are_the_ones_agreed(template: Template) -> None:
    """Each function starts at its entry point."""
    assert properties(template, "FrontLambdaFunction")["Handler"] == "handler.front.door.handler"
    assert properties(template, "WorkerLambdaFunction")["Handler"] == "handler.entrypoints.worker.handler"


def test_front_is_cut_off_soon_after_slack_stops_listening(template: Template) -> None:
    """Slack waits 3 s for an acknowledgement; running much longer would only cost."""
    assert properties(template, "FrontLambdaFunction")["Timeout"] == 4
    assert properties(template, "FrontLambdaFunction")["MemorySize"] == 512


def test_worker_has_a_minute(template: Template) -> None:
    """The worker may wait for NAVER, and is cut off before the next tick but one."""
    assert properties(template, "WorkerLambdaFunction")["Timeout"] == 60
    assert properties(template, "WorkerLambdaFunction")["MemorySize"] == 1024


def test_front_is_told_what_the_contract_says(template: Template) -> None:
    """The door knows its secret's place and whom to invoke, and no table and no key."""
    assert set(variables(template, "FrontLambdaFunction")) == FRONT_ENVIRONMENT


def test_worker_is_told_what_the_contract_says(template: Template) -> None:
    """Each setting of the worker is one of the contract's."""
    assert set(variables(template, "WorkerLambdaFunction")) == WORKER_ENVIRONMENT


def test_a_real_stage_talks_to_the_real_services(template: Template) -> None:
    """Without parameters the addresses are the contract's defaults."""
    told = variables(template, "WorkerLambdaFunction")

    assert told["SLACK_API_URL"] == "https://slack.com/api/"
    assert told["NCP_DATAFLOW_URL"] == "https://dataflow.apigw.ntruss.com"
    assert told["SLACK_COMMAND"] == "/dataflow"
    assert told["APPROVALS_CHANNEL"] == ""
    assert told["LOG_LEVEL"] == "INFO"


def test_the_two_functions_read_different_slack_secrets(template: Template) -> None:
    """The door has the signing secret and the worker the bot token, never both."""
    assert variables(template, "FrontLambdaFunction")["SLACK_SECRET_ID"] == "sluice/prod/slack-signing"
    assert variables(template, "WorkerLambdaFunction")["SLACK_SECRET_ID"] == "sluice/prod/slack-bot"


def test_a_failed_hand_over_is_tried_again_once_soon_and_then_kept(template: Template) -> None:
    """Nothing a person asked for is lost in silence, and nothing is carried out minutes later."""
    configured = properties(template, "WorkerLambdaEvConf")

    assert configured["MaximumRetryAttempts"] == 1
    assert configured["MaximumEventAgeInSeconds"] == 180
    assert configured["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": ["FailureQueue", "Arn"]}}}


def test_worker_is_woken_each_minute(template: Template) -> None:
    """One schedule, on, for the worker."""
    (rule,) = [resource for resource in template["Resources"].values() if resource["Type"] == "AWS::Events::Rule"]

    assert rule["Properties"]["ScheduleExpression"] == "rate(1 minute)"
    assert rule["Properties"]["State"] == "ENABLED"
    assert rule["Properties"]["Targets"][0]["Arn"] == {"Fn::GetAtt": ["WorkerLambdaFunction", "Arn"]}


def test_only_front_has_a_public_address(template: Template) -> None:
    """There is one function URL, and no other way in from outside."""
    urls = [resource for resource in template["Resources"].values() if resource["Type"] == "AWS::Lambda::Url"]
    public = [
        resource["Properties"]["FunctionName"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Permission" and resource["Properties"]["Principal"] == "*"
    ]

    assert [url["Properties"]["TargetFunctionArn"]["Fn::GetAtt"][0] for url in urls] == ["FrontLambdaFunction"]
    assert public == [{"Fn::GetAtt": ["FrontLambdaFunction", "Arn"]}] * 2


def test_secrets_are_created_empty(template: Template) -> None:
    """A secret's value never passes through the template."""
    secrets = {
        resource["Properties"]["Name"]: set(resource["Properties"])
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::SecretsManager::Secret"
    }

    assert secrets == {
        "sluice/prod/slack-signing": {"Name", "Description"},
        "sluice/prod/slack-bot": {"Name", "Description"},
        "sluice/prod/ncp": {"Name", "Description"},
    }


def test_the_stack_says_what_a_deployer_needs(template: Template) -> None:
    """The outputs name the address for Slack, the functions, the tables, the secrets and the queue."""
    assert {
        "FrontUrl",
        "FrontFunction",
        "WorkerFunction",
        "RequestsTableName",
        "AuditTableName",
        "SlackSigningSecretName",
        "SlackBotSecretName",
        "NcpSecretName",
        "FailureQueueUrl",
    } <= set(template["Outputs"])


def test_the_playground_deploys_the_same_stack(packaged: Callable[..., Template]) -> None:
    """Between a real stage and the playground only the names and the tables' protection differ."""
    real, playground = packaged("prod"), json.loads(json.dumps(packaged("playground")).replace("playground", "prod"))
    for table in ("RequestsTable", "AuditTable"):
        kept = real["Resources"][table]
        loose = playground["Resources"][table]
        assert (loose["Properties"]["DeletionProtectionEnabled"], loose["DeletionPolicy"]) == (False, "Delete")
        loose["Properties"]["DeletionProtectionEnabled"] = kept["Properties"]["DeletionProtectionEnabled"]
        loose["DeletionPolicy"] = kept["DeletionPolicy"]
        loose["UpdateReplacePolicy"] = kept["UpdateReplacePolicy"]
    for function in ("FrontLambdaFunction", "WorkerLambdaFunction"):
        for stage in (real, playground):
            del stage["Resources"][function]["Properties"]["Code"]["S3Key"]  # holds the moment of packaging

    assert playground == real
