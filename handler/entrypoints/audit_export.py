"""``sluice audit export``: the record, or a part of it, as JSON Lines or CSV."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final

from handler.adapters.ambient import SystemClock
from handler.audit_ports import Span
from handler.domain.model import JobId, UserId
from handler.entrypoints.audit_lines import COLUMNS, as_cells, as_json
from handler.entrypoints.audit_tables import JOB_TAKES, add_tables, day, reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from handler.audit_ports import Archive, Stored

EPILOG: Final = """\
A part comes in the order of what happened; the whole comes request by request, each in its order.

jsonl  one fact a line, as it is stored: its hash can be recomputed from the line (docs: README, "The audit record")
csv    UTF-8, with a header. before, after and because are JSON. A text that a spreadsheet would take for a formula (it
       begins with = + - @ or a tab) has an apostrophe before it, and so has one that begins with an apostrophe: to get
       the text back, take one apostrophe away

exit codes:
  0  everything that was asked for was written
  2  the command was called wrongly, or the tables could not be read: what was written is not all
"""


def add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser], environ: Mapping[str, str]) -> None:
    """Teach the command to a parser."""
    export = commands.add_parser(
        "export",
        help="write facts as JSON Lines or CSV",
        description="Write facts to the standard output. Nothing is changed.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl", help="default: %(default)s")
    about = export.add_mutually_exclusive_group()
    about.add_argument("--job", type=JobId, metavar="ID", help="only facts about this job (its id)")
    about.add_argument("--person", type=UserId, metavar="ID", help="only what this person did (a Slack user id)")
    export.add_argument("--day", type=day, metavar="DAY", help="only this day (UTC)")
    export.add_argument("--since", type=day, metavar="DAY", help="from this day on (UTC)")
    export.add_argument("--until", type=day, metavar="DAY", help="up to this day and all of it (UTC)")
    add_tables(export, environ)
    export.set_defaults(run=lambda args: _export(args, export))


def _export(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if args.day is not None and (args.since is not None or args.until is not None):
        parser.error("--day is a day by itself: leave out --since and --until")
    since, until = args.day or args.since, args.day or args.until
    if since is not None and until is not None and until < since:
        parser.error("--until is before --since")
    if args.job is None and args.person is None and until is not None and since is None:
        parser.error("--until needs --since, unless it is with --job or --person")

    def run(archive: Archive) -> int:
        count = _written(args.format, _selected(archive, args.job, args.person, since, until))
        print(f"{count:,} fact{'s' * (count != 1)}." if count else _nothing(args), file=sys.stderr)
        return 0

    return reading(args, run)


def _nothing(args: argparse.Namespace) -> str:
    """Say that nothing was written: a slip in an id looks like a part that is empty."""
    if args.job is not None:
        return f"0 facts: nothing matched. {JOB_TAKES}"
    if args.person is not None:
        return "0 facts: nothing matched. --person takes a Slack user id, such as U0123ABCD."
    return "0 facts: nothing matched." if args.day or args.since else "0 facts: the record is empty."


def _selected(
    archive: Archive, job_id: JobId | None, user_id: UserId | None, since: date | None, until: date | None
) -> Iterable[Stored]:
    end = None if until is None else until + timedelta(days=1)
    span = Span(since=str(since or ""), until=str(end or Span().until))
    if job_id is not None:
        return archive.job(job_id, span)
    if user_id is not None:
        return archive.person(user_id, span)
    if since is not None:
        last = until or SystemClock().now().date()
        days = (since + timedelta(days=number) for number in range((last - since).days + 1))
        return chain.from_iterable(archive.day(each, Span()) for each in days)
    return chain.from_iterable(facts for _, facts in archive.chains())


def _written(form: str, facts: Iterable[Stored]) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):  # whatever the terminal's language is, the file is UTF-8
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    counted = _Counted(facts)
    if form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(COLUMNS)
        writer.writerows(as_cells(fact) for fact in counted)
    else:
        sys.stdout.writelines(f"{as_json(fact)}\n" for fact in counted)
    return counted.count


class _Counted:
    """Counts what passes."""

    def __init__(self, facts: Iterable[Stored]) -> None:
        self._facts = facts
        self.count = 0

    def __iter__(self) -> Iterator[Stored]:
        for fact in self._facts:
            self.count += 1
            yield fact
