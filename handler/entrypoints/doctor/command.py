"""The words of ``sluice doctor``."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from handler.adapters.ambient import SystemClock, incident_id
from handler.entrypoints.doctor.aws import clients_of
from handler.entrypoints.doctor.evidence import Evidence, Tools, Wanted
from handler.entrypoints.doctor.examination import examine
from handler.entrypoints.doctor.report import as_json, exit_code, lines, summary

if TYPE_CHECKING:
    from collections.abc import Mapping

EPILOG: Final = """\
examples:
  sluice doctor --stage prod --region ap-northeast-2     a deployment, with your AWS credentials
  sluice doctor                                          the variables of this shell, as for `sluice socket`

exit codes:
  0  nothing is wrong
  1  something is; each red line says what mends it
  2  the command was called wrongly
"""
_STAGE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,62}")


def add_doctor(topics: argparse._SubParsersAction[argparse.ArgumentParser], environ: Mapping[str, str]) -> None:
    """Teach the command to a parser."""
    doctor = topics.add_parser(
        "doctor",
        help="look a deployment over",
        description="Look over everything a deployment needs, from settings to the last tick. Nothing is changed.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    doctor.add_argument("--stage", type=_stage, help="the deployed stage (default: this shell's variables)")
    doctor.add_argument("--region", help="the AWS region (default: as AWS's own tools find it)")
    doctor.add_argument("--profile", help="the AWS profile (default: the same)")
    doctor.add_argument("--through", type=_url, metavar="URL", help="reach front by this address instead")
    doctor.add_argument(
        "--disposable", action="store_true", help="the stage's tables may be lost: ask for no protection"
    )
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.set_defaults(
        run=lambda args: look_over(
            Wanted(args.stage or "", args.region or "", args.through or "", is_disposable=args.disposable),
            Tools(environ, clients_of(args.region, args.profile), SystemClock(), incident_id),
            json=args.json,
        )
    )


def look_over(wanted: Wanted, tools: Tools, *, json: bool = False) -> int:
    """Print each finding as soon as there is one, or all of them as JSON; return the exit code."""
    findings = []
    for finding in examine(Evidence(wanted, tools)):
        findings.append(finding)
        if not json:
            print(*lines(finding), sep="\n", flush=True)
    print(as_json(findings) if json else f"\n{summary(findings)}")
    return exit_code(findings)


def _stage(text: str) -> str:
    if not _STAGE.fullmatch(text):
        raise argparse.ArgumentTypeError("letters, digits and dashes, such as prod")
    return text


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise argparse.ArgumentTypeError("an address with http:// or https://")
    return text
