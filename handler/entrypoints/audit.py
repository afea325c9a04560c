"""``sluice audit``: the record, read by an operator with credentials that no function has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.entrypoints.audit_export import add_export
from handler.entrypoints.audit_tail import add_tail
from handler.entrypoints.audit_verify import add_verify

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping


def add_audit(topics: argparse._SubParsersAction[argparse.ArgumentParser], environ: Mapping[str, str]) -> None:
    """Teach the commands about the record to a parser."""
    audit = topics.add_parser("audit", help="the record", description="The record: what was asked, decided and done.")
    commands = audit.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_verify(commands, environ)
    add_export(commands, environ)
    add_tail(commands, environ)
