"""What an artifact is built for: an interpreter, a platform, and where to find that interpreter for compiling."""

import os
import platform
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.package.errors import BuildError

# Lambda's name of an architecture → the name in wheel tags.
WHEEL_ARCHITECTURES = {"arm64": "aarch64", "x86_64": "x86_64"}
# Lambda's python3.12 and later run on Amazon Linux 2023, whose glibc is 2.34. pip takes each tag literally, so the
# older ones that are also fine are listed.
MANYLINUX_TAGS = ("manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")
TRY_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Target:
    """An interpreter and a platform.

    Args:
        name: what tells this target from others, part of file names in the cache.
        python: the minor version, such as "3.13".
        platforms: the wheel tags pip may take; empty for the interpreter that runs.
        machine: the processor's name in those tags; empty with them.
    """

    name: str
    python: str
    platforms: tuple[str, ...] = ()
    machine: str = ""


def lambda_target(python: str = "3.13", architecture: str = "arm64") -> Target:
    """AWS Lambda's own Python on one of its two architectures.

    Raises:
        BuildError: Lambda has no such architecture.
    """
    if architecture not in WHEEL_ARCHITECTURES:
        known = " or ".join(WHEEL_ARCHITECTURES)
        raise BuildError(f"Lambda has no architecture {architecture!r}. Nothing was built. Use {known}.")
    machine = WHEEL_ARCHITECTURES[architecture]
    tags = tuple(f"{tag}_{machine}" for tag in MANYLINUX_TAGS)
    return Target(name=f"lambda-{architecture}-py{python}", python=python, platforms=tags, machine=machine)


def host_target() -> Target:
    """The interpreter and the machine that run this program."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    where = sysconfig.get_platform().replace("/", "-")
    return Target(name=f"host-{where}-{platform.python_implementation().lower()}-py{python}", python=python)


def find_interpreter(target: Target) -> Path:
    """An interpreter on this machine whose bytecode the target can load.

    Bytecode depends on the minor version only, not on the platform (`importlib.util.MAGIC_NUMBER`).

    Raises:
        BuildError: there is none; without bytecode a cold start takes about twice as long.
    """
    for path in _candidates(target.python):
        if _minor_version(path) == target.python:
            return path
    raise BuildError(
        f"There is no Python {target.python} on this machine to compile with, so nothing was built: install it, for"
        f" example with `uv python install {target.python}` or `pyenv install {target.python}`, and run it again."
    )


def _candidates(python: str) -> Iterator[Path]:
    """Where an interpreter of this minor version may be, the cheapest to ask first."""
    if python == f"{sys.version_info.major}.{sys.version_info.minor}":
        yield Path(sys.executable)
    for folder in os.get_exec_path():
        candidate = Path(folder) / f"python{python}"
        if candidate.is_file():
            yield candidate
    # Version managers keep interpreters off the path.
    for pattern in (
        f".pyenv/versions/{python}.*/bin/python",
        f".local/share/uv/python/cpython-{python}.*/bin/python{python}",
        f".local/share/mise/installs/python/{python}.*/bin/python",
        f".asdf/installs/python/{python}.*/bin/python",
    ):
        yield from sorted(Path.home().glob(pattern), reverse=True)


def _minor_version(interpreter: Path) -> str | None:
    """What the interpreter says it is; None when it does not start (a version manager's shim, say)."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(  # noqa: S603 - asks interpreters found on this machine for their version, no shell
            [interpreter, "-c", ask], capture_output=True, text=True, timeout=TRY_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
