"""Building the two archives from the work tree: front's holds the door only, worker's the rest and the policy."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.package.archive import write_archive
from infra.package.bytecode import compile_folder
from infra.package.dependencies import dependencies
from infra.package.errors import BuildError
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
        compiled: whether they hold bytecode.
    """

    folder: Path
    front: Path
    worker: Path
    target: Target
    compiled: bool


def build(  # noqa: PLR0913 - what to build, from which parts, and for what
    root: Path,
    out: Path,
    target: Target,
    *,
    cache: Path | None = None,
    policy: Path | None = None,
    say: Callable[[str], None] = print,
) -> Artifacts:
    """Build `front.zip` and `worker.zip` for the target. The same input gives the same bytes.

    Args:
        root: the work tree, with `handler/`, `infra/policy/` and `requirements.lock`.
        out: the folder for the archives; made when it is not there.
        target: what they are for.
        cache: the folder of installed dependencies; by default `.build/cache` in the work tree.
        policy: the folder that is packed as `infra/policy`; by default that of the work tree.
        say: told what happens, one line at a time.

    Raises:
        BuildError: a part is missing, does not install, does not compile, or is too big.
    """
    interpreter = find_interpreter(target)
    if interpreter is None:
        say(
            f"no Python {target.python} on this machine: the archives hold no bytecode, and cold starts will take"
            f" about twice as long. Install Python {target.python} and build again before you deploy."
        )
    out.mkdir(parents=True, exist_ok=True)
    installed = dependencies(root / "requirements.lock", target, interpreter, cache or root / ".build" / "cache", say)
    front = _pack(
        out / "front.zip", _front_files(root), _compiler(interpreter, docstrings=False), most_bytes=FRONT_MOST_BYTES
    )
    worker = _pack(
        out / "worker.zip",
        _worker_files(root, policy or root / "infra" / "policy"),
        _compiler(interpreter, docstrings=True),
        most_bytes=WORKER_MOST_BYTES,
        onto=installed,
    )
    for archive in (front, worker):
        say(f"{archive.name} {archive.stat().st_size:,} bytes for {target.name}")
    return Artifacts(out, front, worker, target, compiled=interpreter is not None)


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


def _compiler(interpreter: Path | None, *, docstrings: bool) -> Callable[[Path], None]:
    """What to do to a folder before it is packed; without an interpreter, nothing."""
    return lambda folder: compile_folder(folder, interpreter, docstrings=docstrings) if interpreter else None


def _pack(
    archive: Path,
    files: dict[str, Path],
    compile_ahead: Callable[[Path], None],
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
        drafted.replace(archive)
    return archive
