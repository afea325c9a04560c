"""How DynamoDB is called: what is tried again, what counts as an answer, and which error everything else becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handler.domain.errors import LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from handler.ports import Clock

_Answer = TypeVar("_Answer")

PAUSES_SECONDS: Final = (0.05, 0.1, 0.2, 0.4)
BUDGET: Final = timedelta(seconds=2)
"""No try is begun when this much time has passed since the first."""

_UNMET: Final = "ConditionalCheckFailed"
_CANCELLED: Final = "TransactionCanceledException"
# Nothing was done, and the same may succeed soon (DynamoDB API reference: TransactWriteItems, "Errors" and the codes of
# its cancellation reasons; Developer Guide, "Error handling"). botocore knows the conflicts not at all, and of a
# cancelled transaction does not look at the reasons.
_PASSING: Final = frozenset(
    {
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ThrottlingError",
        "ThrottlingException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
    }
)


class ConditionUnmet(Exception):
    """A conditional write was not done; ``positions`` are those of the transaction's writes whose clauses failed."""

    def __init__(self, positions: frozenset[int]) -> None:
        super().__init__("condition unmet")
        self.positions = positions


def dynamodb_config() -> Config:
    """Return how the client is to be set up: short time-outs, as a person waits, and botocore's standard retries."""
    return Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3})


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls DynamoDB; ``jitter`` returns a number from 0 to 1, different each time."""

    clock: Clock
    jitter: Callable[[], float]

    def do(self, operation: str, call: Callable[[], _Answer]) -> _Answer:
        """Call until there is an answer, a few times within a small budget.

        Raises ConditionUnmet, and LedgerUnavailable for whatever else is no success.
        """
        give_up_at = self.clock.now() + BUDGET
        pauses = iter(PAUSES_SECONDS)
        while True:
            try:
                return call()
            except BotoCoreError as error:
                raise LedgerUnavailable(operation, type(error).__name__) from error
            except ClientError as error:
                codes = _codes(error)
                if unmet := frozenset(place for place, code in enumerate(codes) if code.startswith(_UNMET)):
                    raise ConditionUnmet(unmet) from error
                pause = next(pauses, None)
                if pause is None or self.clock.now() >= give_up_at or not _PASSING.intersection(codes):
                    raise LedgerUnavailable(operation, _cause(codes)) from error
                self.clock.sleep(pause * self.jitter())


def _codes(error: ClientError) -> tuple[str, ...]:
    """Return the error's code, or those of a cancelled transaction: one for each of its writes, by position."""
    code = str(error.response["Error"]["Code"])
    if code != _CANCELLED:
        return (code,)
    reasons = error.response.get("CancellationReasons", [])
    return tuple(reason.get("Code", "None") for reason in reasons) or (code,)


def _cause(codes: Iterable[str]) -> str:
    return next((code for code in codes if code != "None"), _CANCELLED)
