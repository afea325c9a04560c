"""What the commands about the record share: which tables, and what it means when they cannot be read."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from typing import TYPE_CHECKING, Final

import boto3
from botocore.exceptions import BotoCoreError

from handler.adapters.ledger.archive import DynamoArchive, archive_config
from handler.domain.errors import LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOT_READ: Final = 2
JOB_TAKES: Final = "--job takes the id that `/dataflow status` shows."
INTERRUPTED: Final = 130
_TABLES: Final = {"--requests-table": "REQUESTS_TABLE", "--audit-table": "AUDIT_TABLE"}


def add_tables(command: argparse.ArgumentParser, environ: Mapping[str, str]) -> None:
    """Teach a command which tables it reads; AWS region and credentials come the standard way."""
    tables = command.add_argument_group("the tables, read with your own AWS credentials")
    for option, variable in _TABLES.items():
        known = environ.get(variable, "").strip()
        tables.add_argument(option, default=known, metavar="NAME", help=f"default: {variable}")
    command.set_defaults(refuse=command.error)


def day(text: str) -> date:
    """Read a day, as 2026-11-22. Raises ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write it as 2026-11-22 (UTC)") from None


def reading(args: argparse.Namespace, run: Callable[[DynamoArchive], int]) -> int:
    """Open the tables and run a command on them; return its exit code, or what it means that it could not go on.

    Raises SystemExit with 2 when a table is not named.
    """
    named = zip(_TABLES.items(), (args.requests_table, args.audit_table), strict=True)
    if missing := {option: variable for (option, variable), name in named if not name}:
        args.refuse(f"which tables? Set {' and '.join(missing.values())}, or add {' and '.join(missing)}")
    try:
        client = boto3.client("dynamodb", config=archive_config())
        code = run(DynamoArchive(client, requests_table=args.requests_table, audit_table=args.audit_table))
        sys.stdout.flush()
    except (LedgerUnavailable, BotoCoreError) as error:
        print(f"The tables could not be read: {_cause(error)}.", file=sys.stderr)
        return NOT_READ
    except BrokenPipeError:
        # Whoever read the output has enough. Python would complain once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    return code


def _cause(error: LedgerUnavailable | BotoCoreError) -> str:
    return error.cause if isinstance(error, LedgerUnavailable) else str(error).rstrip(".")
