"""What each function may do: held on the generated template, verb by verb."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("template")  # one template, whichever process runs these

Template = dict[str, Any]

REQUEST_VERBS = {"ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"}


def statements(template: Template, role: str) -> dict[str, Any]:
    """The statements of a role's only policy, by their Sid."""
    (policy,) = template["Resources"][role]["Properties"]["Policies"]
    return {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}


def actions(statement: dict[str, Any]) -> set[str]:
    """A statement's verbs, whether it has one or several."""
    given = statement["Action"]
    return {given} if isinstance(given, str) else set(given)


def test_front_may_read_its_secret_invoke_worker_and_log(template: Template) -> None:
    """The public door holds four verbs and no table."""
    granted = {verb for statement in statements(template, "FrontRole").values() for verb in actions(statement)}

    assert granted == {
        "lambda:InvokeFunction",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
    }


def test_front_invokes_worker_and_nothing_else(template: Template) -> None:
    """The right to invoke names one function."""
    assert statements(template, "FrontRole")["HandOver"]["Resource"] == {"Fn::GetAtt": ["WorkerLambdaFunction", "Arn"]}


def test_front_reads_the_signing_secret_only(template: Template) -> None:
    """Neither the bot token nor the NAVER keys are within the door's reach."""
    resource = statements(template, "FrontRole")["ReadSigningSecret"]["Resource"]

    assert resource["Fn::Sub"].endswith(":secret:sluice/prod/slack-signing-??????")


def test_worker_holds_exactly_the_verbs_it_uses(template: Template) -> None:
    """Every verb of the worker is one that the code calls for."""
    granted = {verb for statement in statements(template, "WorkerRole").values() for verb in actions(statement)}

    assert granted == {f"dynamodb:{verb}" for verb in REQUEST_VERBS | {"Query"}} | {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
        "sqs:SendMessage",
    }


@pytest.mark.parametrize("role", ["FrontRole", "WorkerRole"])
def test_no_function_may_scan(template: Template, role: str) -> None:
    """What a question costs would grow with the record: nothing that reads a whole table is within reach."""
    granted = {verb for statement in statements(template, role).values() for verb in actions(statement)}

    assert granted.isdisjoint({"dynamodb:Scan", "dynamodb:ExportTableToPointInTime", "dynamodb:PartiQLSelect"})


def test_worker_may_only_append_to_and_query_the_audit_table(template: Template) -> None:
    """The audit table is append-only by permission: no statement that reaches it has another verb."""
    reaching = [
        statement for statement in statements(template, "WorkerRole").values() if "AuditTable" in json.dumps(statement)
    ]
    granted = {verb for statement in reaching for verb in actions(statement)}

    assert granted == {"dynamodb:PutItem", "dynamodb:Query"}


def test_worker_reaches_the_requests_table_and_its_index(template: Template) -> None:
    """Single items of the table are read and written; the index is queried, the table never."""
    granted = statements(template, "WorkerRole")
    keep, find = granted["KeepRequests"], granted["FindOpenRequests"]

    assert actions(keep) == {f"dynamodb:{verb}" for verb in REQUEST_VERBS}
    assert keep["Resource"] == {"Fn::GetAtt": ["RequestsTable", "Arn"]}
    assert actions(find) == {"dynamodb:Query"}
    assert find["Resource"] == {"Fn::Sub": "${RequestsTable.Arn}/index/open"}


def test_worker_reads_its_two_secrets_only(template: Template) -> None:
    """The signing secret is not within the worker's reach: it verifies nothing."""
    resources = statements(template, "WorkerRole")["ReadItsSecrets"]["Resource"]
    names = [resource["Fn::Sub"].partition(":secret:")[2] for resource in resources]

    assert names == ["sluice/prod/slack-bot-??????", "sluice/prod/ncp-??????"]


@pytest.mark.parametrize("role", ["FrontRole", "WorkerRole"])
def test_no_action_has_a_wildcard(template: Template, role: str) -> None:
    """Each verb is spelled out."""
    wild = [verb for statement in statements(template, role).values() for verb in actions(statement) if "*" in verb]

    assert wild == []


@pytest.mark.parametrize("role", ["FrontRole", "WorkerRole"])
def test_a_wildcard_in_a_resource_stands_for_the_log_stream_only(template: Template, role: str) -> None:
    """AWS names log streams itself; every other resource has a name."""
    wild = {sid for sid, statement in statements(template, role).items() if "*" in json.dumps(statement["Resource"])}

    assert wild == {"WriteOwnLog"}


@pytest.mark.parametrize("role", ["FrontRole", "WorkerRole"])
def test_a_role_is_for_lambda_only(template: Template, role: str) -> None:
    """Nobody but the Lambda service takes on a role."""
    (trust,) = template["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_there_are_two_roles_and_each_function_has_its_own(template: Template) -> None:
    """The deploy tool adds no role of its own."""
    resources = template["Resources"]
    roles = {name for name, resource in resources.items() if resource["Type"] == "AWS::IAM::Role"}
    of_functions = {
        name: resource["Properties"]["Role"]["Fn::GetAtt"][0]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Lambda::Function"
    }

    assert roles == {"FrontRole", "WorkerRole"}
    assert of_functions == {"FrontLambdaFunction": "FrontRole", "WorkerLambdaFunction": "WorkerRole"}
