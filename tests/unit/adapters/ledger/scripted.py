"""A DynamoDB client that answers as it is told: for what no emulator can be made to do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from handler.adapters.ledger.dynamodb import DynamoLedger
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_dynamodb.client import DynamoDBClient


@dataclass(slots=True)
class ScriptedClient:
    """Gives each operation's answers in turn, the last one for ever; an exception is raised. Remembers the calls."""

    answers: dict[str, list[Any]]
    calls: defaultdict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    during: Callable[[], None] = lambda: None

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.calls[operation].append(arguments)
            self.during()
            script = self.answers[operation]
            answer = script.pop(0) if len(script) > 1 else script[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def ledger_on(client: ScriptedClient, clock: FakeClock | None = None, jitter: float = 1.0) -> DynamoLedger:
    """Make a ledger that calls this client."""
    return DynamoLedger(
        cast("DynamoDBClient", client),
        requests_table="requests",
        audit_table="audit",
        clock=clock or FakeClock(),
        jitter=lambda: jitter,
    )


def error(code: str, message: str = "U0KIM asked for Wc7RtQ2mLx9B") -> ClientError:
    """Make the error that boto3 raises for this code; its message has values that nobody should read in a log."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def cancelled(*codes: str) -> ClientError:
    """Make the error of a cancelled transaction with these reasons, by position; none is how a reason is absent."""
    made = error("TransactionCanceledException")
    if codes:
        made.response["CancellationReasons"] = [{"Code": code} for code in codes]
    return made
