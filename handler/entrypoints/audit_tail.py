"""``sluice audit tail``: what is being recorded, as it comes."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from handler.adapters.ambient import SystemClock
from handler.domain.errors import LedgerUnavailable
from handler.entrypoints.audit_lines import as_json, as_line
from handler.entrypoints.audit_tables import add_tables, reading
from handler.flows.follow import Follower

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handler.audit_ports import Archive, Stored
    from handler.ports import Clock

FORMS: Final[Mapping[str, Callable[[Stored], str]]] = {"line": as_line, "jsonl": as_json}
_SHORTEST: Final = 1.0


def add_tail(commands: argparse._SubParsersAction[argparse.ArgumentParser], environ: Mapping[str, str]) -> None:
    """Teach the command to a parser."""
    tail = commands.add_parser(
        "tail",
        help="follow what is being recorded",
        description="Print each fact as it is recorded, from now on, until Ctrl-C. Nothing is changed.",
    )
    tail.add_argument("--interval", type=_seconds, default=5.0, metavar="SECONDS", help="default: %(default)s")
    tail.add_argument("--format", choices=tuple(FORMS), default="line", help="default: %(default)s")
    add_tables(tail, environ)
    tail.set_defaults(
        run=lambda args: reading(
            args, lambda archive: follow(archive, SystemClock(), args.interval, FORMS[args.format])
        )
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not _SHORTEST <= seconds <= 3600:  # noqa: PLR2004 - an hour; a NaN is not in between either
        raise argparse.ArgumentTypeError(f"{text!r} is no interval: a number of seconds from 1 to 3600")
    return seconds


def follow(archive: Archive, clock: Clock, interval_seconds: float, form: Callable[[Stored], str]) -> int:
    """Print facts as they come, until it is interrupted; what cannot be read once is read the next time.

    Raises LedgerUnavailable when the archive cannot be read to begin with.
    """
    try:
        follower = Follower(archive, clock)
        follower.begin()
        print("Following; Ctrl-C ends it.", file=sys.stderr)
        while True:
            clock.sleep(interval_seconds)
            _look(follower, form)
    except KeyboardInterrupt:
        return 0


def _look(follower: Follower, form: Callable[[Stored], str]) -> None:
    try:
        for fact in follower.look():
            print(form(fact), flush=True)
    except LedgerUnavailable as error:
        print(f"Not read: {error.cause}. Trying again.", file=sys.stderr)
