"""``make demo``: the playground, with a page in the browser, or (``--script``) with a fixed conversation."""

from __future__ import annotations

import argparse
import errno
import logging
import sys
import time
from typing import TYPE_CHECKING

from infra.local import shell
from infra.local.playground import Playground, playground
from infra.local.processes import ProcessError, Processes
from infra.local.script.circumstances import TIMES
from infra.local.script.programme import run
from infra.local.stack import ROOT
from infra.package.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DEFAULT_PORT = 8710
LAST_PORT = 65535


def main(words: Sequence[str] | None = None) -> int:
    """Start everything, run until Ctrl-C or the script's end; return the exit code."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--script", action="store_true", help="play a fixed conversation, print it, exit 0 or 1")
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, help="the page's port on 127.0.0.1 (0: a free one)")
    parser.add_argument(
        "--enforce-roles", action="store_true", help="let each function do what its IAM role grants only"
    )
    asked = parser.parse_args(words)
    logging.basicConfig(level=logging.WARNING)
    began = time.monotonic()

    def progress(line: str) -> None:
        print(f"[{time.monotonic() - began:5.1f} s] {line}", flush=True)

    try:
        port, times = (0, TIMES) if asked.script else (asked.port, None)
        with (
            Processes() as processes,
            playground(
                processes,
                progress,
                port=port,
                with_page=not asked.script,
                times=times,
                enforce_roles=asked.enforce_roles,
            ) as up,
        ):
            if asked.script:
                return 0 if run(up, print) else 1
            with shell.written(ROOT / ".playground" / "env", up.deployment, up.dataflow_url) as told:
                _stay(up, told)
    except KeyboardInterrupt:
        print("\nended: nothing of the playground is running any more")
    except (ProcessError, BuildError, OSError) as error:
        print(f"\n{_not_started(error, asked.port)}", file=sys.stderr)
        return 1
    return 0


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 1 to {LAST_PORT}, or 0 for a free one")
    return int(text)


def _not_started(error: Exception, port: int) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f'Port {port} is taken, perhaps by another playground. Stop it, or: make demo ARGS="--port 0".'
    return f"The playground could not start: {error}"


def _stay(up: Playground, told: Path) -> None:
    """Say where the page is, then print what is sent and what the channels say until Ctrl-C."""
    print(f"\n  Open {up.workspace.url} and type /dataflow help")
    words = " ".join(shell.doctor_words(up.deployment))
    print(f"  From another terminal: . {told.relative_to(ROOT)}, then .venv/bin/sluice {words}")
    print("  Ctrl-C ends everything.\n", flush=True)
    shown = 0
    while True:
        deliveries = up.workspace.deliveries()
        for delivery in deliveries[shown:]:
            print(f"  {delivery.user} {delivery.what}  {delivery.error or 'acknowledged'}", flush=True)
        shown = len(deliveries)
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
