"""Compiling ahead: Lambda's task folder is read-only, so without `.pyc` every cold start compiles everything anew."""

import subprocess
from pathlib import Path

from infra.package.errors import BuildError

# Where Lambda unpacks an archive; the paths inside the bytecode say the same.
TASK_FOLDER = "/var/task"
LONGEST_SECONDS = 300

# Run by the target's interpreter. `compileall` would put bytecode without docstrings under another name, which Python
# then looks for only when it is started with -OO, as Lambda's is not.
_PROGRAM = """
import importlib.util, pathlib, py_compile, sys
folder, shown, level = pathlib.Path(sys.argv[1]), pathlib.PurePosixPath(sys.argv[2]), int(sys.argv[3])
for source in sorted(folder.rglob("*.py")):
    py_compile.compile(
        str(source),
        cfile=importlib.util.cache_from_source(str(source), optimization=""),
        dfile=str(shown / source.relative_to(folder).as_posix()),
        doraise=True,
        optimize=level,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
"""


def compile_folder(folder: Path, interpreter: Path, *, docstrings: bool = True) -> None:
    """Put a `.pyc` beside every `.py` below `folder`, which Python then loads without looking at the source.

    `unchecked-hash` (PEP 552): neither a file's time nor its hash is compared, which is right for files that never
    change after they are packed. Column positions are left out (PEP 657): a traceback still names line and function,
    and the bytecode is a tenth smaller to fetch and load.

    Args:
        folder: what to compile.
        interpreter: of the minor version that will run it.
        docstrings: False leaves out docstrings and asserts, for code that has no use of either at run time.

    Raises:
        BuildError: a file does not compile.
    """
    command = [str(interpreter), "-I", "-X", "no_debug_ranges", "-c", _PROGRAM, str(folder), TASK_FOLDER]
    result = subprocess.run(  # noqa: S603 - an interpreter that was found and asked, on our own folder, no shell
        [*command, "0" if docstrings else "2"],
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if result.returncode != 0:
        raise BuildError(f"A file does not compile. Nothing was replaced.\n{result.stderr}".strip())
