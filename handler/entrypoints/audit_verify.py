"""``sluice audit verify``: is the record what was recorded?"""

from __future__ import annotations

import argparse
import re
import sys
from itertools import chain
from typing import TYPE_CHECKING, Final

from handler.domain.model import JobId
from handler.domain.sealing import SEALS
from handler.entrypoints.audit_lines import printable
from handler.entrypoints.audit_tables import JOB_TAKES, add_tables, day, reading
from handler.flows.prove import Examiner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from handler.audit_ports import Archive
    from handler.flows.prove import Tally

EPILOG: Final = """\
What is wrong is printed line by line, with the fact (REQUEST#NUMBER), the request or the day that it is about.
Without an option everything is read, in pieces, so that more facts take longer and no more memory.

exit codes:
  0  everything that was looked at is as it was recorded
  1  something is not
  2  the command was called wrongly, the tables could not be read, or no fact is of the day or job that was named
"""
NOTHING_CHECKED: Final = 2
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_TELL_EACH: Final = 10_000


def add_verify(commands: argparse._SubParsersAction[argparse.ArgumentParser], environ: Mapping[str, str]) -> None:
    """Teach the command to a parser."""
    verify = commands.add_parser(
        "verify",
        help="recompute every hash, every chain and every seal",
        description="Recompute every hash, every chain and every seal of the record. Nothing is changed.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = verify.add_mutually_exclusive_group()
    what.add_argument("--day", type=day, metavar="DAY", help="only this day's seal, and the requests with facts on it")
    what.add_argument("--request", metavar="ID", help=f"only this request; {SEALS}: the chain of seals")
    what.add_argument("--job", type=JobId, metavar="ID", help="only the requests about this job (its id)")
    verify.add_argument(
        "--seal",
        type=_hash,
        action="append",
        default=[],
        metavar="HASH",
        help="a seal's hash as the audit channel was told it, which must be among the seals; may be given again",
    )
    add_tables(verify, environ)
    verify.set_defaults(run=lambda args: reading(args, lambda archive: _verify(archive, args)))


def _hash(text: str) -> str:
    if not _HASH.fullmatch(text.strip().lower()):
        raise argparse.ArgumentTypeError("a seal's hash is 64 hexadecimal digits")
    return text.strip().lower()


def _verify(archive: Archive, args: argparse.Namespace) -> int:
    examiner = Examiner(archive, Progress())
    faults = 0
    for fault in chain(_posted(examiner, args.seal), _examined(examiner, args)):
        print(printable(fault))
        faults += 1
    tally = examiner.tally
    if not (faults or tally.facts or tally.requests or tally.seals):
        return _nothing(args)
    print(*_summary(tally), sep="\n")
    if faults:
        print("1 thing is wrong." if faults == 1 else f"{faults:,} things are wrong.")
        return 1
    print("Nothing is wrong.")
    return 0


def _examined(examiner: Examiner, args: argparse.Namespace) -> Iterator[str]:
    if args.day is not None:
        return examiner.day(args.day)
    if args.request is not None:
        return examiner.request(args.request)
    if args.job is not None:
        return examiner.job(args.job)
    return examiner.everything()


def _nothing(args: argparse.Namespace) -> int:
    """Say that there was nothing to look at; whoever named a day or a job expected something."""
    unchecked = f"nothing{' else' if args.seal else ''} was checked."
    if args.day is not None:
        print(f"No fact was recorded on {args.day}: {unchecked}", file=sys.stderr)
        return NOTHING_CHECKED
    if args.job is not None:
        print(f"No fact is about a job with the id {printable(args.job)}: {unchecked} {JOB_TAKES}", file=sys.stderr)
        return NOTHING_CHECKED
    print(f"The record is empty: {unchecked}")
    return 0


def _posted(examiner: Examiner, hashes: list[str]) -> Iterator[str]:
    for each in hashes:
        seal = examiner.posted(each)
        if seal is None:
            yield f"{each}: no seal has this hash: it was mistyped, or the record was rewritten after it was posted"
        else:
            print(f"The seal of {seal.day} ({SEALS}#{seal.number}, {seal.count:,} facts) is the one that was posted.")


class Progress:
    """Tells on the error stream how far a long examination has come."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, tally: Tally) -> None:
        """Tell, if it has come far enough since it was told last."""
        if tally.facts - self._told >= _TELL_EACH:
            self._told = tally.facts
            print(f"{tally.facts:,} facts so far", file=sys.stderr)


def _summary(tally: Tally) -> Iterator[str]:
    chains = f"{_number(tally.facts, 'fact')} in {_number(tally.chains, 'chain')}"
    requests = f", {_number(tally.requests, 'request')}" if tally.requests else ""
    seals = ""
    if tally.seals:
        first, last = tally.seals[0].day, tally.seals[-1].day
        seals = f", {_number(len(tally.seals), 'sealed day')} ({first if first == last else f'{first} to {last}'})"
    yield f"{chains}{requests}{seals}."
    for each in tally.unsealed:
        yield f"{each} is not sealed."
    if tally.requests and tally.seals:
        before = sum(count for each, count in tally.days.items() if each < tally.seals[0].day.isoformat())
        after = sum(count for each, count in tally.days.items() if each > tally.seals[-1].day.isoformat())
        if before:
            yield f"{_number(before, 'fact')} from before the first sealed day: chained, but under no seal."
        if after:
            yield f"{_number(after, 'fact')} since the last sealed day: chained, but under no seal yet."


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
