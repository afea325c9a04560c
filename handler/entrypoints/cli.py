"""``sluice``: the operator's command line."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from handler.entrypoints.audit import add_audit
from handler.entrypoints.doctor.command import add_doctor
from handler.entrypoints.policy_check import add_check
from handler.entrypoints.policy_why import add_why
from handler.entrypoints.socket_command import add_socket
from handler.settings import PACKAGED_POLICY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class _Parser(argparse.ArgumentParser):
    """Refuses a word that it does not know with its own usage: argparse leaves it to the topmost parser."""

    def parse_known_args(  # type: ignore[override]  # its overloads say the same of any namespace
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse; exit with 2 when a word is left."""
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return known, unknown


def main(words: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run a command; return the exit code: 0 all is well, 1 something is not, 2 it was called wrongly.

    Raises SystemExit with 2 for words that make no command, and with 0 after ``--help``.
    """
    parser: argparse.ArgumentParser = _Parser(prog="sluice", description="Look after Sluice.")
    topics = parser.add_subparsers(dest="topic", required=True, metavar="TOPIC")
    policy = topics.add_parser("policy", help="who may do what", description="Who may do what.")
    commands = policy.add_subparsers(dest="command", required=True, metavar="COMMAND")
    folder = Path(environ.get("POLICY_DIR") or PACKAGED_POLICY)
    add_check(commands, folder)
    add_why(commands, folder)
    add_audit(topics, environ)
    add_doctor(topics, environ)
    add_socket(topics, environ)
    args = parser.parse_args(words)
    code: int = args.run(args)
    return code


if __name__ == "__main__":
    sys.exit(main())
