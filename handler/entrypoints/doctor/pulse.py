"""Is it alive? The schedule's last tick, its policy and its seals, and what worker could not carry out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handler.adapters.ledger.dynamodb import DynamoLedger
from handler.domain import sealing
from handler.domain.errors import LedgerUnavailable
from handler.entrypoints.doctor.aws import asked
from handler.entrypoints.doctor.findings import Green, Red

if TYPE_CHECKING:
    from datetime import datetime

    from handler.domain.sealing import Sealing
    from handler.entrypoints.doctor.aws import Clients
    from handler.entrypoints.doctor.findings import Verdict
    from handler.ports import Clock, Tick
    from handler.settings import WorkerSettings

LATEST: Final = timedelta(minutes=3)
"""A tick is due each minute; this much later two of them are missing."""
SEALED_WITHIN: Final = timedelta(hours=6)
"""A tick seals 1,000 facts: by then a day of 360,000 is sealed."""
_COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def open_ledger(clients: Clients, settings: WorkerSettings, clock: Clock) -> DynamoLedger | Red:
    """Make what reads the record as worker does."""
    client = asked("the record", lambda: clients("dynamodb"))
    if isinstance(client, Red):
        return client
    return DynamoLedger(
        client,
        requests_table=settings.requests_table,
        audit_table=settings.audit_table,
        clock=clock,
        jitter=lambda: 1.0,
    )


def read_tick(ledger: DynamoLedger, log: str) -> Tick | Red:
    """Read the last tick; ``log`` is the command that shows the worker's log."""
    try:
        tick = ledger.last_tick()
    except LedgerUnavailable as error:
        return Red(f"The last tick could not be read ({error.cause}).", log)
    return tick or Red("No tick has come to its end yet; the first is due a minute after the deploy.", log)


def read_sealing(ledger: DynamoLedger, log: str) -> Sealing | Red:
    """Read how far sealing has come. Any tick begins with it, so after one it is there."""
    try:
        so_far = ledger.seals.progress()
    except LedgerUnavailable as error:
        return Red(f"How far sealing has come could not be read ({error.cause}).", log)
    return so_far or Red("Nothing says how far sealing has come: no day is sealed.", "docs/operations.md")


def check_tick(tick: Tick, now: datetime, log: str) -> Verdict:
    """Look how long ago the last tick came to its end."""
    ago = max(timedelta(), now - tick.at)
    if ago > LATEST:
        wrong = f"The last tick was {_length(ago)} ago: nothing expires, is put back or reminded of."
        return Red(wrong, log)
    return Green(f"{_length(ago)} ago")


def check_seals(so_far: Sealing, now: datetime, log: str) -> Verdict:
    """Look whether the days that are over are sealed, and whether the audit channel was told."""
    if sealing.is_over(so_far.day, now - SEALED_WITHIN):
        return Red(f"{so_far.day} is over and not sealed.", log)
    if sealing.owes_post(so_far, now):
        count = so_far.head.seq - so_far.posted
        return Red(f"{count} seal{'s were' if count > 1 else ' was'} not posted to the audit channel.", log)
    return Green(f"all days before {so_far.day} (UTC)" if so_far.head.seq else f"{so_far.day} will be the first")


def check_policy(tick: Tick, version: str, deploy: str) -> Verdict:
    """Compare the policy that the last tick went by with the one here."""
    if tick.policy_version != version:
        return Red(f"worker goes by the policy {tick.policy_version}, the one here is {version}.", deploy)
    return Green(f"worker goes by version {version}, as it is here")


def check_failures(clients: Clients, queue_url: str, deploy: str) -> Verdict:
    """Count what worker was handed over and could not carry out."""
    told = asked(
        "the failure queue",
        lambda: clients("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=list(_COUNTS))["Attributes"],
        Red(f"There is no failure queue at {queue_url}.", deploy),
    )
    if isinstance(told, Red):
        return told
    waiting = sum(int(told.get(name, 0)) for name in _COUNTS)
    if waiting:
        return Red(
            f"{waiting} hand-over{'s' if waiting > 1 else ''} to worker failed and lie in the failure queue.",
            f"aws sqs receive-message --queue-url {queue_url} --visibility-timeout 0   (docs/runbook.md)",
        )
    return Green("empty")


def _length(span: timedelta) -> str:
    """Say a span in the largest unit of which there are two."""
    for unit, name in ((timedelta(hours=1), "h"), (timedelta(minutes=1), "min")):
        if span >= 2 * unit:
            return f"{span // unit} {name}"
    return f"{span // timedelta(seconds=1)} s"
