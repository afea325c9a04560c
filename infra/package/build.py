"""Building the two archives from the work tree: front's holds the door only, worker's the rest and the policy."""

import shutil
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.package.archive import write_archive
from infra.package.bill import write_bill
from infra.package.bytecode import compile_folder
from infra.package.dependencies import dependencies
from infra.package.errors import BuildError
from infra.package.inspection import WORKER_DATA, inspect
from infra.package.target import Target, find_interpreter

FRONT_MOST_BYTES = 64 * 1024
WORKER_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Artifacts:
    """Two archives ready for the deploy tool.

    Args:
        folder: what serverless.yml's parameter `artifacts` names.
        front: the public door's archive, in `folder`.
        worker: the worker's archive, in `folder`.
        target: what they were built for.
    """

    folder: Path
    front: Path
    worker: Path
    target: Target


def build(  # noqa: PLR0913 - what to build, from which parts, and for what
    root: Path,
    out: Path,
    target: Target,
    *,
    cache: Path | None = None,
    policy: Path | None = None,
    say: Callable[[str], None] = print,
) -> Artifacts:
    """Build `front.zip` and `worker.zip` for the target, each with its bill of materials beside it.

    The same input gives the same bytes.

    Args:
        root: the work tree, with `handler/`, `infra/policy/`, `requirements.lock` and `pyproject.toml`.
        out: the folder for the archives; made when it is not there.
        target: what they are for.
        cache: the folder of installed dependencies; by default `.build/cache` in the work tree.
        policy: the folder that is packed as `infra/policy`; by default that of the work tree.
        say: told what happens, one line at a time.

    Raises:
        BuildError: a part is missing, does not install or compile, is too big, or could not run on the target.
    """
    interpreter = find_interpreter(target)
    out.mkdir(parents=True, exist_ok=True)
    installed = dependencies(root / "requirements.lock", target, interpreter, cache or root / ".build" / "cache", say)
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    front = _pack(
        out / "front.zip",
        _front_files(root),
        lambda folder: compile_folder(folder, interpreter, docstrings=False),
        lambda archive: inspect(archive, target, shown="front.zip"),
        most_bytes=FRONT_MOST_BYTES,
    )
    worker = _pack(
        out / "worker.zip",
        _worker_files(root, policy or root / "infra" / "policy"),
        lambda folder: compile_folder(folder, interpreter),
        lambda archive: inspect(archive, target, shown="worker.zip", data=WORKER_DATA),
        most_bytes=WORKER_MOST_BYTES,
        onto=installed.archive,
    )
    for archive, most_bytes, packages in (
        (front, FRONT_MOST_BYTES, []),
        (worker, WORKER_MOST_BYTES, installed.packages),
    ):
        bill = write_bill(archive, version, packages)
        size = archive.stat().st_size
        say(
            f"{archive.name} {size:,} bytes of at most {most_bytes:,} for {target.name}; {bill.name} says what is in it"
        )
    return Artifacts(out, front, worker, target)


def _front_files(root: Path) -> dict[str, Path]:
    package = root / "handler" / "__init__.py"
    return {"handler/__init__.py": package} | _files(root / "handler" / "front", "handler/front")


def _worker_files(root: Path, policy: Path) -> dict[str, Path]:
    code = _files(root / "handler", "handler")
    private = {name: path for name, path in code.items() if not name.startswith("handler/front/")}
    return private | _files(policy, "infra/policy")


def _files(folder: Path, packed_as: str) -> dict[str, Path]:
    """Name in the archive → file, below a folder: no bytecode of earlier runs, nothing hidden."""
    files = {
        f"{packed_as}/{path.relative_to(folder).as_posix()}": path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part == "__pycache__" or part.startswith(".") for part in path.relative_to(folder).parts)
    }
    if not files:
        raise BuildError(f"{packed_as} has no files. Nothing was replaced. Is the clone whole?")
    return files


def _pack(  # noqa: PLR0913 - what to pack, how, within which bounds
    archive: Path,
    files: dict[str, Path],
    compile_ahead: Callable[[Path], None],
    look_into: Callable[[Path], None],
    *,
    most_bytes: int,
    onto: Path | None = None,
) -> Path:
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix="packing-") as scratch:
        folder = Path(scratch) / "task"
        for name, path in files.items():
            copy = folder / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        compile_ahead(folder)
        drafted = Path(scratch) / archive.name
        write_archive(drafted, folder, onto=onto)
        size = drafted.stat().st_size
        if size > most_bytes:
            raise BuildError(
                f"{archive.name} would be {size:,} bytes, more than {most_bytes:,}. Nothing was replaced."
                " See which dependency or file grew, and leave it out."
            )
        look_into(drafted)
        drafted.replace(archive)
    return archive
