"""The run-time dependencies as one archive, kept by what it was made of so that the next build need not install."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from infra.package.archive import write_archive
from infra.package.bytecode import compile_folder
from infra.package.errors import BuildError
from infra.package.lock import needed, read_lock
from infra.package.target import Target

# Raise it when this module changes what it puts into the archive.
FORMAT = "2"
LONGEST_SECONDS = 900
# Written by pip with paths or times of this machine in them; nothing at run time reads them.
INSTALLER_FILES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")


def dependencies(lock: Path, target: Target, interpreter: Path | None, cache: Path, say: Callable[[str], None]) -> Path:
    """The archive with the lock's run-time packages for the target, from `cache` when it is there.

    Args:
        lock: `requirements.lock`, with hashes.
        target: what it is for.
        interpreter: compiles ahead; None leaves the bytecode out.
        cache: a folder of earlier archives.
        say: told what takes long.

    Raises:
        BuildError: the lock cannot be installed for the target.
    """
    pins = needed(read_lock(lock.read_text(encoding="utf-8")))
    conditional = [pin.name for pin in pins if pin.marker]
    if conditional and target.platforms:
        names = ", ".join(conditional)
        raise BuildError(
            f"{lock.name} pins {names} under a condition, which pip would judge for this machine and not for"
            " Lambda. Nothing was built. Compile the lock for Lambda's Python only."
        )
    requirements = "".join(pin.text for pin in pins)
    compiled = "compiled" if interpreter else "source"
    key = hashlib.sha256(f"{FORMAT}\n{target.name}\n{compiled}\n{requirements}".encode()).hexdigest()[:16]
    archive = cache / f"dependencies-{target.name}-{key}.zip"
    if archive.exists():
        return archive
    say(f"installing {len(pins)} packages for {target.name} (once per change of the lock)")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="installing-") as scratch:
        folder = Path(scratch) / "packages"
        _install(requirements, target, Path(scratch) / "requirements.txt", folder)
        _leave_out_what_differs_between_machines(folder)
        if interpreter:
            compile_folder(folder, interpreter)
        drafted = Path(scratch) / archive.name
        write_archive(drafted, folder)
        drafted.replace(archive)
    return archive


def _install(requirements: str, target: Target, listing: Path, folder: Path) -> None:
    listing.write_text(requirements, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--target", str(folder), "--require-hashes", "--no-deps", "--no-compile", "--only-binary=:all:"]
    if target.platforms:
        command += ["--implementation", "cp", "--python-version", target.python]
        command += [word for tag in target.platforms for word in ("--platform", tag)]
    result = subprocess.run(  # noqa: S603 - pip of this very interpreter, arguments of our own, no shell
        [*command, "--requirement", str(listing)],
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if result.returncode != 0:
        raise BuildError(
            f"pip could not install the lock for {target.name}. Nothing was replaced. Look at what it says, mend the"
            f" lock or the connection, and run it again.\n{result.stderr.strip()}"
        )


def _leave_out_what_differs_between_machines(folder: Path) -> None:
    shutil.rmtree(folder / "bin", ignore_errors=True)  # command-line scripts begin with this machine's interpreter
    for information in folder.glob("*.dist-info"):
        for name in INSTALLER_FILES:
            (information / name).unlink(missing_ok=True)
