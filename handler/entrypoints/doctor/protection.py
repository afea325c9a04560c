"""What keeps a table from being lost, forged or forgotten, as infra/aws/tables.yml turns it on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from handler.entrypoints.doctor.aws import asked
from handler.entrypoints.doctor.findings import Green, Red

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from handler.entrypoints.doctor.aws import Clients
    from handler.entrypoints.doctor.findings import Verdict

FORGET_AT: Final = "forget_at"
"""The attribute by which items of the requests table may expire; those of the audit table never do."""
DENIED: Final = frozenset(f"dynamodb:{verb}" for verb in ("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"))
"""What the audit table's own policy denies, but for those it names."""
_ON: Final = frozenset({"ENABLED", "ENABLING", "UPDATING"})


@dataclass(frozen=True, slots=True)
class _Kept:
    """A table's protections: as ``describe_table`` tells it, and what is told apart from that."""

    table: Mapping[str, Any]
    recovery: str
    expiry: Mapping[str, str]

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.table["TableName"])


def check_requests_kept(clients: Clients, table: Mapping[str, Any]) -> Verdict:
    """Look whether the table of requests is safe, and forgets what it may, and nothing else."""
    kept = _read(clients, table)
    if isinstance(kept, Red):
        return kept
    return _judged([*_lost(kept), *_forgets(kept)], f"what may be forgotten has {FORGET_AT}")


def check_audit_kept(clients: Clients, table: Mapping[str, Any], deploy: str) -> Verdict:
    """Look whether the table of facts is safe, forgets nothing, and denies by itself what would change a fact."""
    kept = _read(clients, table)
    if isinstance(kept, Red):
        return kept
    policy = asked(f"the policy of {kept.name}", lambda: _policy(clients, table["TableArn"]))
    if isinstance(policy, Red):
        return policy
    forged = _forged(kept.name, policy, deploy)
    return _judged([*_lost(kept), *_must_not_forget(kept), *forged], "nothing expires or is changed")


def _read(clients: Clients, table: Mapping[str, Any]) -> _Kept | Red:
    name = table["TableName"]

    def read() -> _Kept:
        client = clients("dynamodb")
        backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus", "DISABLED")
        return _Kept(table, recovery, client.describe_time_to_live(TableName=name)["TimeToLiveDescription"])

    return asked(f"the protection of {name}", read)


def _policy(clients: Clients, arn: str) -> str:
    """Read a table's own policy; empty when it has none."""
    try:
        return str(clients("dynamodb").get_resource_policy(ResourceArn=arn)["Policy"])
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "PolicyNotFoundException":
            return ""
        raise


def _judged(problems: list[tuple[str, str]], also: str) -> Verdict:
    if problems:
        return Red(" ".join(wrong for wrong, _ in problems), " && ".join(mend for _, mend in problems))
    return Green(f"deletion protection, point-in-time recovery, encryption; {also}")


def _lost(kept: _Kept) -> Iterator[tuple[str, str]]:
    """Give each way to lose the table, with the command that closes it."""
    update = f"aws dynamodb update-table --table-name {kept.name}"
    if not kept.table.get("DeletionProtectionEnabled"):
        yield f"{kept.name} could be deleted by mistake.", f"{update} --deletion-protection-enabled"
    if kept.recovery != "ENABLED":
        setting = "--point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
        yield (
            f"{kept.name} cannot be put back to an earlier moment.",
            f"aws dynamodb update-continuous-backups --table-name {kept.name} {setting}",
        )
    encryption = kept.table.get("SSEDescription", {})
    if encryption.get("Status") not in _ON:
        # DynamoDB encrypts all the same, with a key whose use nobody sees.
        yield (
            f"{kept.name} is not encrypted with a key of KMS.",
            f"{update} --sse-specification Enabled=true,SSEType=KMS",
        )
    elif "InaccessibleEncryptionDateTime" in encryption:
        key = encryption.get("KMSMasterKeyArn", "...")
        yield f"The key that {kept.name} is encrypted with cannot be used.", f"aws kms describe-key --key-id {key}"


def _forgets(kept: _Kept) -> Iterator[tuple[str, str]]:
    if not _expires(kept):
        yield f"What {kept.name} may forget stays for ever.", _expiring(kept, FORGET_AT, on=True)
    elif kept.expiry.get("AttributeName") != FORGET_AT:
        other = kept.expiry.get("AttributeName", "...")
        yield f"Items of {kept.name} expire by {other}, not by {FORGET_AT}.", _expiring(kept, other, on=False)


def _must_not_forget(kept: _Kept) -> Iterator[tuple[str, str]]:
    if _expires(kept):
        mend = _expiring(kept, kept.expiry.get("AttributeName", "..."), on=False)
        yield f"Items of {kept.name} expire, though it must keep everything.", mend


def _expires(kept: _Kept) -> bool:
    return kept.expiry.get("TimeToLiveStatus") in _ON


def _expiring(kept: _Kept, attribute: str, *, on: bool) -> str:
    setting = f"Enabled={str(on).lower()},AttributeName={attribute}"
    return f"aws dynamodb update-time-to-live --table-name {kept.name} --time-to-live-specification {setting}"


def _forged(name: str, policy: str, deploy: str) -> Iterator[tuple[str, str]]:
    if absent := sorted(DENIED - _denied(policy)):
        verbs = ", ".join(verb.removeprefix("dynamodb:") for verb in absent)
        yield f"{name} does not deny {verbs} by itself, so whoever is granted it could change facts.", deploy


def _denied(policy: str) -> set[str]:
    """Return what a policy denies to all but those that it names."""
    try:
        statements = json.loads(policy)["Statement"]
        return {
            action
            for statement in statements
            if statement["Effect"] == "Deny" and statement["Principal"] in ("*", {"AWS": "*"})
            for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        }
    except (ValueError, KeyError, TypeError):
        return set()
