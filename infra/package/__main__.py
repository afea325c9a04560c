"""`python -m infra.package`: builds the artifact and says how big it is."""

import argparse
import sys
import time
from pathlib import Path

from infra.package.build import build
from infra.package.errors import BuildError
from infra.package.target import WHEEL_ARCHITECTURES, host_target, lambda_target

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Build as the command line says; 0 when both archives are in place, 1 when they are not."""
    parser = argparse.ArgumentParser(prog="python -m infra.package", description=__doc__)
    parser.add_argument("--platform", choices=["lambda", "host"], default="lambda")
    parser.add_argument("--python", default="3.13", help="Lambda's minor version (default: 3.13)")
    parser.add_argument("--arch", choices=list(WHEEL_ARCHITECTURES), default="arm64", help="Lambda's architecture")
    parser.add_argument("--out", type=Path, default=ROOT / ".build", help="folder for front.zip and worker.zip")
    options = parser.parse_args(arguments)
    target = host_target() if options.platform == "host" else lambda_target(options.python, options.arch)
    started = time.monotonic()
    try:
        build(ROOT, options.out, target, say=_say)
    except BuildError as error:
        _say(str(error))
        return 1
    _say(f"done in {time.monotonic() - started:.1f} s")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
