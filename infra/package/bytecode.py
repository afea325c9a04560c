"""Compiling ahead: Lambda's task folder is read-only, so without `.pyc` every cold start compiles everything anew."""

import os
import subprocess
from pathlib import Path

from infra.package.errors import BuildError

# Where Lambda unpacks an archive; the paths inside the bytecode say the same.
TASK_FOLDER = "/var/task"
LONGEST_SECONDS = 300


def compile_folder(folder: Path, interpreter: Path) -> None:
    """Put a `.pyc` beside every `.py` below `folder`, which Python then loads without looking at the source.

    `unchecked-hash` (PEP 552): neither a file's time nor its hash is compared, which is right for files that never
    change after they are packed. The order of a set's constants depends on the hash seed, so it is fixed.

    Raises:
        BuildError: a file does not compile.
    """
    command = [str(interpreter), "-m", "compileall", "-q", "-s", str(folder), "-p", TASK_FOLDER]
    result = subprocess.run(  # noqa: S603 - an interpreter that was found and asked, on our own folder, no shell
        [*command, "--invalidation-mode", "unchecked-hash", str(folder)],
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    if result.returncode != 0:
        raise BuildError(f"A file does not compile. Nothing was replaced. {result.stdout}{result.stderr}".strip())
