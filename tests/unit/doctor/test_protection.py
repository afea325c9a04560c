"""What keeps a table from being lost, forged or forgotten: each thing that somebody turned off is told."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from handler.entrypoints.doctor.findings import Green, Red
from tests.unit.doctor.clinic import AUDIT_POLICY, Clinic, refusal
from tests.unit.doctor.spoilt import REQUESTS, Spoil, answering, table

EXPIRE: Final = (
    "aws dynamodb update-time-to-live --table-name {} --time-to-live-specification Enabled={},AttributeName={}"
)
RECOVER: Final = (
    "aws dynamodb update-continuous-backups --table-name {}"
    " --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
)
CHANGES, ADDITIONS = AUDIT_POLICY["Statement"]


def expiring(name: str, **told: str) -> Spoil:
    """Let items of a table expire so."""
    return answering(f"describe_time_to_live sluice-prod-{name}", {"TimeToLiveDescription": told})


def denying(*statements: dict[str, Any]) -> Spoil:
    """Let the audit table's own policy be of these statements."""
    return answering("get_resource_policy", {"Policy": json.dumps({"Statement": statements})})


def undenied(verbs: str) -> str:
    """Say what the policy does not deny."""
    return f"sluice-prod-audit does not deny {verbs} by itself, so whoever is granted it could change facts."


@pytest.mark.parametrize(
    ("check", "spoil", "wrong", "mend"),
    [
        (
            "requests kept",
            expiring("requests", TimeToLiveStatus="DISABLED"),
            "What sluice-prod-requests may forget stays for ever.",
            EXPIRE.format("sluice-prod-requests", "true", "forget_at"),
        ),
        (
            "requests kept",
            expiring("requests", TimeToLiveStatus="ENABLED", AttributeName="created_at"),
            "Items of sluice-prod-requests expire by created_at, not by forget_at.",
            EXPIRE.format("sluice-prod-requests", "false", "created_at"),
        ),
        (
            "requests kept",
            table(REQUESTS, SSEDescription={}),
            "sluice-prod-requests is not encrypted with a key of KMS.",
            "aws dynamodb update-table --table-name sluice-prod-requests --sse-specification Enabled=true,SSEType=KMS",
        ),
        (
            "audit kept",
            expiring("audit", TimeToLiveStatus="ENABLING", AttributeName="at"),
            "Items of sluice-prod-audit expire, though it must keep everything.",
            EXPIRE.format("sluice-prod-audit", "false", "at"),
        ),
        (
            "audit kept",
            answering("get_resource_policy", refusal("PolicyNotFoundException", "GetResourcePolicy")),
            undenied("BatchWriteItem, DeleteItem, PutItem, UpdateItem"),
            "make deploy STAGE=prod",
        ),
        (
            "audit kept",
            denying({**CHANGES, "Effect": "Allow"}, ADDITIONS),
            undenied("BatchWriteItem, DeleteItem, UpdateItem"),
            "make deploy STAGE=prod",
        ),
        (
            "audit kept",
            denying({**CHANGES, "Principal": {"AWS": "arn:aws:iam::1:role/other"}}, ADDITIONS),
            undenied("BatchWriteItem, DeleteItem, UpdateItem"),
            "make deploy STAGE=prod",
        ),
        (
            "audit kept",
            denying(CHANGES, {"Effect": "Deny"}),
            undenied("BatchWriteItem, DeleteItem, PutItem, UpdateItem"),
            "make deploy STAGE=prod",
        ),
        (
            "audit kept",
            answering("get_resource_policy", refusal("AccessDenied", "GetResourcePolicy")),
            "These credentials may not read the policy of sluice-prod-audit (AccessDenied at GetResourcePolicy).",
            "let whoever runs the doctor call GetResourcePolicy (AWS console, IAM)",
        ),
    ],
)
def test_what_does_not_keep_a_table_is_told(clinic: Clinic, check: str, spoil: Spoil, wrong: str, mend: str) -> None:
    """Each protection that the stack turns on and somebody turned off is a red line, with what turns it on again."""
    spoil(clinic)
    found = clinic.findings()

    assert {name: verdict for name, verdict in found.items() if not isinstance(verdict, Green)} == {
        check: Red(wrong, mend)
    }


def test_several_problems_of_a_table_are_told_with_what_mends_each(clinic: Clinic) -> None:
    """Whatever a table lacks is told at once, and one line of commands mends it."""
    clinic.aws.answers["describe_continuous_backups"] = {"ContinuousBackupsDescription": {}}
    table(REQUESTS, DeletionProtectionEnabled=False)(clinic)
    found = clinic.findings()

    deleted, lost = "{} could be deleted by mistake.", "{} cannot be put back to an earlier moment."
    name = "sluice-prod-requests"
    assert found["requests kept"] == Red(
        f"{deleted.format(name)} {lost.format(name)}",
        f"aws dynamodb update-table --table-name {name} --deletion-protection-enabled && {RECOVER.format(name)}",
    )
    name = "sluice-prod-audit"
    assert found["audit kept"] == Red(lost.format(name), RECOVER.format(name))
