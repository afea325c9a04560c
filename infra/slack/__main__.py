"""`python -m infra.slack`: prints the manifest of the Slack app, to be pasted at api.slack.com/apps."""

from __future__ import annotations

import argparse
import json
import re
import sys
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from handler.entrypoints.doctor.aws import clients_of
from handler.entrypoints.doctor.deployed import FRONT_URL, read_stack
from handler.entrypoints.doctor.findings import Red
from infra.slack.manifest import LONGEST_COMMAND, LONGEST_NAME, LONGEST_URL, NAME, App, manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

EPILOG: Final = """\
examples:
  python -m infra.slack --stage prod --region ap-northeast-2
  python -m infra.slack --url https://abc.lambda-url.ap-northeast-2.on.aws/
  python -m infra.slack --socket        for `sluice socket`, which needs no address

Paste it at https://api.slack.com/apps, "Create New App", "From a manifest"; --link prints an address that does so.
"""
DEFAULT_COMMAND: Final = "/dataflow"
_CREATE: Final = "https://api.slack.com/apps?new_app=1&manifest_json="
_COMMAND: Final = re.compile(r"/[^\s/]+")


def main(words: Sequence[str] | None = None) -> int:
    """Print the manifest: 0; 1 when the stage could not be read. Raises SystemExit with 2 for words that make none."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.slack",
        description="Print the manifest of the Slack app.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--stage", help="a deployed stage, whose stack tells the address and the command")
    where.add_argument("--url", type=_url, help="the address of front, as the stack's output FrontUrl tells it")
    where.add_argument("--socket", dest="url", action="store_const", const="", help="for Socket Mode, without address")
    parser.add_argument("--region", help="the stage's AWS region; default: as AWS's own tools find it")
    parser.add_argument("--profile", help="the AWS profile; default: the same")
    parser.add_argument("--command", type=_command, help="the slash command; default: the stage's, else /dataflow")
    parser.add_argument("--name", type=_name, default=NAME, help="the app's name; default: %(default)s")
    parser.add_argument("--link", action="store_true", help="print an address that creates the app, not the manifest")
    asked = parser.parse_args(words)
    url, command = asked.url or "", asked.command
    if asked.stage is not None:
        stack = read_stack(clients_of(asked.region, asked.profile), asked.stage, f"make deploy STAGE={asked.stage}")
        if isinstance(stack, Red):
            sys.stderr.write(f"{stack.wrong}\n→ {stack.mend}\n")
            return 1
        url, command = stack.outputs[FRONT_URL], command or stack.worker.get("SLACK_COMMAND")
    made = manifest(App(url=url, command=command or DEFAULT_COMMAND, name=asked.name))
    compact = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    shown = _CREATE + quote(compact, safe="") if asked.link else json.dumps(made, ensure_ascii=False, indent=2)
    sys.stdout.write(f"{shown}\n")
    return 0


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or len(text) > LONGEST_URL:
        raise argparse.ArgumentTypeError("Slack sends to addresses with https:// only; give the stack's FrontUrl")
    return text


def _command(text: str) -> str:
    if not _COMMAND.fullmatch(text) or len(text) > LONGEST_COMMAND:
        raise argparse.ArgumentTypeError(f"one word that begins with /, at most {LONGEST_COMMAND} characters")
    return text


def _name(text: str) -> str:
    if not 0 < len(text.strip()) <= LONGEST_NAME:
        raise argparse.ArgumentTypeError(f"1 to {LONGEST_NAME} characters")
    return text.strip()


if __name__ == "__main__":
    raise SystemExit(main())
