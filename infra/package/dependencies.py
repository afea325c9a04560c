"""The run-time dependencies as one archive, kept by what it was made of so that the next build need not install."""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.package.archive import write_archive
from infra.package.bill import Package, installed_packages, read_packages, write_packages
from infra.package.bytecode import compile_folder
from infra.package.errors import BuildError
from infra.package.lock import needed, read_lock
from infra.package.target import Target

# Raise it when this module changes what it puts into the archive.
FORMAT = "3"
LONGEST_SECONDS = 900
# Written by pip with paths or times of this machine in them; nothing at run time reads them.
INSTALLER_FILES = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The run-time dependencies, ready to be packed.

    Args:
        archive: a zip file with all of them.
        packages: what is in it.
    """

    archive: Path
    packages: list[Package]


def dependencies(
    lock: Path, target: Target, interpreter: Path, cache: Path, say: Callable[[str], None]
) -> Dependencies:
    """The lock's run-time packages for the target, from `cache` when they are there.

    Args:
        lock: `requirements.lock`, with hashes.
        target: what it is for.
        interpreter: compiles ahead.
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
    key = hashlib.sha256(f"{FORMAT}\n{target.name}\n{requirements}".encode()).hexdigest()[:16]
    archive = cache / f"dependencies-{target.name}-{key}.zip"
    listing = archive.with_suffix(".json")
    if archive.exists() and listing.exists():
        return Dependencies(archive, read_packages(listing))
    say(f"installing {len(pins)} packages for {target.name} (once per change of the lock)")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="installing-") as scratch:
        folder = Path(scratch) / "packages"
        report = _install(requirements, target, Path(scratch), folder)
        packages = installed_packages(report, folder, pins)
        _leave_out_what_differs_between_machines(folder)
        compile_folder(folder, interpreter)
        drafted = Path(scratch) / archive.name
        write_archive(drafted, folder)
        write_packages(drafted.with_suffix(".json"), packages)
        drafted.with_suffix(".json").replace(listing)
        drafted.replace(archive)
    return Dependencies(archive, packages)


def _install(requirements: str, target: Target, scratch: Path, folder: Path) -> dict[str, Any]:
    """Install into `folder`; pip's report of what it took."""
    listing, report = scratch / "requirements.txt", scratch / "report.json"
    listing.write_text(requirements, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--target", str(folder), "--require-hashes", "--no-deps", "--no-compile", "--only-binary=:all:"]
    command += ["--report", str(report)]
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
    took: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return took


def _leave_out_what_differs_between_machines(folder: Path) -> None:
    shutil.rmtree(folder / "bin", ignore_errors=True)  # command-line scripts begin with this machine's interpreter
    for information in folder.glob("*.dist-info"):
        for name in INSTALLER_FILES:
            (information / name).unlink(missing_ok=True)
