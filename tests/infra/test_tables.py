"""The two tables: protected, encrypted, found by their keys; and the audit table closed to all but its writer."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack import ROOT

pytestmark = pytest.mark.xdist_group("template")  # one template, whichever process runs these

Template = dict[str, Any]

ACCOUNT = "123456789012"
WORKER = f"arn:aws:iam::{ACCOUNT}:role/sluice-prod-worker"
FRONT = f"arn:aws:iam::{ACCOUNT}:role/sluice-prod-front"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
OWNER = f"arn:aws:iam::{ACCOUNT}:user/owner"
OWN_KEY = f"arn:aws:kms:ap-northeast-2:{ACCOUNT}:key/0a1b"
TABLE = f"arn:aws:dynamodb:ap-northeast-2:{ACCOUNT}:table/sluice-prod-audit"
CHANGES = ("UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete", "PartiQLInsert")
READS = ("Query", "GetItem", "Scan", "BatchGetItem", "PartiQLSelect", "ConditionCheckItem")
# What CloudFormation does with a table in the deployer's name, and what must stay possible to mend the policy itself.
KEEPING = ("UpdateTable", "DeleteTable", "UpdateContinuousBackups", "PutResourcePolicy", "DescribeTable", "TagResource")

# The local AWS judges no table's policy by itself, but its judge of policies can be asked.
JUDGE = """
import json, sys
from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
policy, questions = json.load(sys.stdin)
region, account = "ap-northeast-2", "123456789012"
asked = [EvalContext(who, "AssumedRole", account, what, table, region) for who, what, table in questions]
print(json.dumps([evaluate_resource_policy(policy, each).decision for each in asked]))
"""


def properties(template: Template, name: str) -> dict[str, Any]:
    """The properties of one resource."""
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def resolved(value: Any, parameters: dict[str, str]) -> Any:
    """What CloudFormation makes of a value with these parameters; what it leaves out is None."""
    if isinstance(value, list):
        return [each for part in value if (each := resolved(part, parameters)) is not None]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": "AWS::NoValue"}:
            return None
        case {"Ref": str(name)}:
            return parameters.get(name, "")
        case {"Fn::If": [condition, yes, no]}:
            return resolved(yes if parameters.get(condition.removeprefix("Has"), "") else no, parameters)
        case {"Fn::Sub": str(text)}:
            pseudo = {"Partition": "aws", "Region": "ap-northeast-2", "AccountId": ACCOUNT}
            return re.sub(r"\$\{AWS::(\w+)\}", lambda found: pseudo[found[1]], text)
        case _:
            whole = {name: resolved(part, parameters) for name, part in value.items()}
            return {name: part for name, part in whole.items() if part is not None}


@pytest.mark.parametrize("table", ["RequestsTable", "AuditTable"])
def test_a_table_outlives_mistakes(template: Template, table: str) -> None:
    """On demand, with point-in-time recovery, protected from deletion, and kept when the stack goes."""
    resource = template["Resources"][table]

    assert resource["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
    assert resource["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert resource["Properties"]["DeletionProtectionEnabled"] is True
    assert resource["DeletionPolicy"] == "Retain"
    assert resource["UpdateReplacePolicy"] == "Retain"


def test_only_what_may_be_forgotten_is(template: Template) -> None:
    """Items of the requests table that say so are forgotten; the audit table forgets nothing."""
    assert properties(template, "RequestsTable")["TimeToLiveSpecification"] == {
        "AttributeName": "forget_at",
        "Enabled": True,
    }
    assert "TimeToLiveSpecification" not in properties(template, "AuditTable")


@pytest.mark.parametrize("table", ["RequestsTable", "AuditTable"])
@pytest.mark.parametrize("own_key", ["", OWN_KEY])
def test_a_table_is_encrypted_with_a_key_of_the_account(template: Template, table: str, own_key: str) -> None:
    """With DynamoDB's key in KMS, whose use is logged, or with the deployer's own."""
    encrypted = resolved(properties(template, table)["SSESpecification"], {"TableKey": own_key})

    assert encrypted == {"SSEEnabled": True, "SSEType": "KMS"} | ({"KMSMasterKeyId": own_key} if own_key else {})


def test_worker_may_use_the_deployer_s_key_through_dynamodb_only(template: Template) -> None:
    """There is such a right only with such a key, and it opens nothing but the tables."""
    policy = template["Resources"]["WorkerTableKeyPolicy"]
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]

    assert policy["Condition"] == "HasTableKey"
    assert policy["Properties"]["Roles"] == [{"Ref": "WorkerRole"}]
    assert statement == {
        "Sid": "OpenTablesKey",
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:DescribeKey"],
        "Resource": {"Ref": "TableKey"},
        "Condition": {"StringEquals": {"kms:ViaService": {"Fn::Sub": "dynamodb.${AWS::Region}.amazonaws.com"}}},
    }


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("RequestsTable", {"": ["pk"], "open": ["gsi_open", "gsi_due_at"]}),
        (
            "AuditTable",
            {
                "": ["request_id", "seq"],
                "by_job": ["job_id", "gsi_at"],
                "by_actor": ["actor", "gsi_at"],
                "by_day": ["gsi_day", "gsi_at"],
            },
        ),
    ],
)
def test_a_table_has_the_keys_agreed(template: Template, table: str, keys: dict[str, list[str]]) -> None:
    """Key and indexes are those the ledger reads and writes, and an index holds whole items."""
    configured = properties(template, table)
    indexes = configured["GlobalSecondaryIndexes"]
    schemas = {"": configured["KeySchema"]} | {index["IndexName"]: index["KeySchema"] for index in indexes}

    assert {name: [part["AttributeName"] for part in schema] for name, schema in schemas.items()} == keys
    assert {index["Projection"]["ProjectionType"] for index in indexes} == {"ALL"}


def test_the_number_of_a_fact_is_a_number(template: Template) -> None:
    """`seq` sorts as a number; every other key is a string."""
    types = {
        attribute["AttributeName"]: attribute["AttributeType"]
        for table in ("RequestsTable", "AuditTable")
        for attribute in properties(template, table)["AttributeDefinitions"]
    }

    assert {name for name, kind in types.items() if kind == "N"} == {"seq"}


@pytest.mark.parametrize("admin", ["", ADMIN])
def test_facts_are_added_by_worker_and_changed_by_the_administrator_at_most(
    template: Template, emulator_python: Path, admin: str
) -> None:
    """The table's policy denies it to everybody else; reading and keeping it are left as they are granted."""
    policy = resolved(properties(template, "AuditTable")["ResourcePolicy"]["PolicyDocument"], {"AuditAdmin": admin})
    people = (WORKER, FRONT, OWNER, ADMIN)
    verbs = (*CHANGES, "PutItem", *READS, *KEEPING)
    asked = [(who, verb) for who in people for verb in verbs]
    questions = [(who, f"dynamodb:{verb}", TABLE) for who, verb in asked]
    judged = subprocess.run(  # noqa: S603 - the local AWS's own Python
        [emulator_python, "-c", JUDGE],
        input=json.dumps([policy, questions]),
        capture_output=True,
        text=True,
        check=True,
    )
    denied = {pair for pair, decision in zip(asked, json.loads(judged.stdout), strict=True) if decision == "Deny"}
    may_change = {ADMIN} if admin else set()
    expected = {(who, verb) for who in people for verb in CHANGES if who not in may_change}
    expected |= {(who, "PutItem") for who in people if who not in may_change | {WORKER}}

    assert denied == expected


def test_the_requests_table_has_no_policy_of_its_own(template: Template) -> None:
    """Its items are meant to change; the role says who may."""
    assert "ResourcePolicy" not in properties(template, "RequestsTable")


@pytest.mark.parametrize(
    ("parameter", "fitting", "unfitting"),
    [
        (
            "AuditAdmin",
            ("", ADMIN, OWNER, f"arn:aws:iam::{ACCOUNT}:role/on/call/Break.Glass_1"),
            (
                "*",
                f"arn:aws:iam::{ACCOUNT}:role/*",
                f"arn:aws:iam::{ACCOUNT}:root",
                f"arn:aws:iam::*:role/{ADMIN}",
                "me",
            ),
        ),
        (
            "TableKey",
            ("", f"arn:aws:kms:ap-northeast-2:{ACCOUNT}:key/0a1b2c3d-0000-4000-8000-000000000000"),
            ("*", f"arn:aws:kms:ap-northeast-2:{ACCOUNT}:key/*", f"arn:aws:kms:ap-northeast-2:{ACCOUNT}:alias/mine"),
        ),
    ],
)
def test_a_parameter_takes_one_name_and_no_pattern(
    template: Template, parameter: str, fitting: tuple[str, ...], unfitting: tuple[str, ...]
) -> None:
    """A star for an administrator would open the audit table to everybody: the stack does not take it."""
    pattern = template["Parameters"][parameter]["AllowedPattern"]
    taken = {text for text in (*fitting, *unfitting) if re.search(pattern, text)}

    assert taken == set(fitting)


def test_a_parameter_is_the_template_s_own_default(packaged: Callable[..., Template]) -> None:
    """A first deploy makes the deploy tool's bucket alone before it makes the rest.

    CloudFormation refuses values for parameters that this smaller template does not have (CreateStack), so none may go
    with the calls. A default that is left to the template holds for updates too (CloudFormation API, Parameter).
    """
    given = {"tableKey": OWN_KEY, "auditAdmin": ADMIN, "alarmEmail": "oncall@example.com"}
    defaults = {name: each["Default"] for name, each in packaged("prod", **given)["Parameters"].items()}

    assert defaults == {"TableKey": OWN_KEY, "AuditAdmin": ADMIN, "AlarmAddress": "oncall@example.com"}
    assert {each["Default"] for each in packaged("prod")["Parameters"].values()} == {""}
    assert "stackParameters" not in (ROOT / "serverless.yml").read_text(encoding="utf-8")
