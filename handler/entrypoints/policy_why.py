"""``sluice policy why``: one decision of the policy, explained without asking anybody."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from handler.adapters.policy.cedar import CedarPolicy
from handler.adapters.policy.folder import SETTINGS_FILE, read_texts
from handler.adapters.policy.tables import did_you_mean
from handler.domain import amounts
from handler.domain.commands import Scale, To
from handler.domain.errors import PolicyInvalid, UsageError
from handler.domain.model import NRN, TIMEOUT, WORKERS, Actor, ChannelId, GroupName, Job, JobId, RunCondition
from handler.entrypoints.policy_check import FOLDER_HELP
from handler.entrypoints.policy_explanation import SOMEBODY, Wish, explain
from handler.flows.access import Asker

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.adapters.policy.settings_file import PolicySettings

EPILOG: Final = """\
example:
  sluice policy why --groups oncall --job wordcount --workers 8 --timeout-now 2880

exit codes:
  0  allowed straight away
  1  not so: it needs approvals, is denied or outside the limits, or the policy is not valid
  2  the command was called wrongly
"""
_TIME: Final = "90 (minutes), 90m, 2h, 1h30m or 1d"

_Read = TypeVar("_Read")


def add_why(commands: argparse._SubParsersAction[argparse.ArgumentParser], folder: Path) -> None:
    """Teach the command to a parser; ``folder`` is where the policy is unless told."""
    why = commands.add_parser(
        "why",
        help="explain one decision",
        description="Explain what the policy says to a change of a job. Neither Slack nor the Data Flow API is asked.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    who = why.add_argument_group("who asks: one of the first two, or both")
    who.add_argument("--user", type=_id("UW"), metavar="ID", help="a Slack user id")
    who.add_argument("--groups", nargs="*", metavar="NAME", help=f"their groups in {SETTINGS_FILE}; no name: in none")
    who.add_argument("--channel", type=_id("CDG"), metavar="ID", help="the channel they ask in")
    what = why.add_argument_group("for what")
    what.add_argument("--job", required=True, type=_text, metavar="NAME", help="the job's name or id")
    what.add_argument("--workers", type=_amount(amounts.workers, "8 or +2"), metavar="N", help="8, or +2 for two more")
    what.add_argument("--timeout", type=_amount(amounts.timeout, _TIME), metavar="T", help=_TIME)
    what.add_argument("--for", type=_amount(amounts.lasting, _TIME), dest="minutes", metavar="T", help="for how long")
    what.add_argument("--because", default="", metavar="TEXT", help="the reason")
    what.add_argument("--break-glass", action="store_true", help="as an emergency; needs --because")
    now = why.add_argument_group("the job as it is")
    now.add_argument("--workers-now", type=_count, default=2, metavar="N", help="default: %(default)s")
    now.add_argument(
        "--timeout-now", type=_amount(amounts.lasting, _TIME), default=360, metavar="T", help="default: %(default)s"
    )
    now.add_argument("--type", default="", metavar="WORD", help="default: none")
    now.add_argument("--status", default="", metavar="WORD", help="default: none")
    why.add_argument("--policy", type=Path, default=folder, metavar="FOLDER", help=FOLDER_HELP)
    why.set_defaults(run=lambda args: _why(args, why))


def _why(args: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if args.workers is None and args.timeout is None:
        parser.error("say what should change: --workers, --timeout or both")
    if args.break_glass and not args.because.strip():
        parser.error("--break-glass needs a reason: add --because")
    try:
        texts = read_texts(args.policy)
        policy = CedarPolicy.from_texts(texts)
    except PolicyInvalid as error:
        print(*error.problems, "The policy is not valid, so nothing is allowed.", sep="\n", file=sys.stderr)
        return 1
    try:
        groups = _groups(args.user, args.groups, policy.settings)
    except LookupError as error:
        parser.error(*error.args)
    explanation = explain(policy, texts, _wish(args, groups))
    print(*explanation.lines, sep="\n")
    return 0 if explanation.is_allowed else 1


def _wish(args: argparse.Namespace, groups: frozenset[GroupName]) -> Wish:
    condition = RunCondition({WORKERS: args.workers_now, TIMEOUT: args.timeout_now, NRN: ""})
    return Wish(
        Asker(Actor(args.user or SOMEBODY, ChannelId(args.channel or "")), "", groups),
        Job(JobId(args.job), args.job, condition, args.type, args.status),
        Scale(args.job, args.workers, args.timeout, args.minutes, args.because.strip() or None, args.break_glass),
    )


def _groups(user: str | None, named: list[str] | None, settings: PolicySettings) -> frozenset[GroupName]:
    """Return the groups of whoever asks. Raises LookupError with a sentence when they cannot be told."""
    if named is not None:
        for name in named:
            if name not in settings.groups:
                raise LookupError(f"{name} is not in [groups] of {SETTINGS_FILE}{did_you_mean(name, settings.groups)}")
        return frozenset(map(GroupName, named))
    if user is None:
        raise LookupError("say who asks: --user, --groups or both")
    if in_slack := [name for name, group in settings.groups.items() if isinstance(group, str)]:
        raise LookupError(f"only Slack knows who is in {', '.join(in_slack)}: name the groups of {user} with --groups")
    return frozenset(name for name, group in settings.groups.items() if user in group)


def _amount(read: Callable[[str], _Read], like: str) -> Callable[[str], _Read]:
    def amount(text: str) -> _Read:
        try:
            return read(text)
        except UsageError as error:
            raise argparse.ArgumentTypeError(f"{text!r} cannot be read; write {like}") from error

    return amount


def _count(text: str) -> int:
    count = _amount(amounts.workers, "4")(text)
    if not isinstance(count, To):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be read; write 4")
    return count.value


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise argparse.ArgumentTypeError("this is not text in UTF-8") from error
    return text


def _id(letters: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(f"[{letters}][A-Z0-9]{{2,}}", text):
            raise argparse.ArgumentTypeError(f"{text!r} is not an id of Slack's, such as {letters[0]}0123ABCD")
        return text

    return read
