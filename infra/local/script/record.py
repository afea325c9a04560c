"""The audit table as an auditor with read access sees it; every reading is fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handler.adapters.ledger.archive import DynamoArchive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.local.deploy import Deployment


class Record:
    """Reads the deployed tables by the same code as ``sluice audit``."""

    def __init__(self, deployment: Deployment) -> None:
        self.archive = DynamoArchive(
            deployment.client("dynamodb"),
            requests_table=deployment.requests_table,
            audit_table=deployment.audit_table,
        )

    def events(self, request_id: str) -> list[str]:
        """List what happened to a request, oldest first."""
        return [str(fact["event"]) for fact in self.archive.chain(request_id)]

    def chains(self) -> list[Sequence[Mapping[str, Any]]]:
        """Return every request's facts in their order; the requests by when they began."""
        return sorted((facts for _, facts in self.archive.chains()), key=lambda facts: str(facts[0]["at"]))
