"""A last look into a finished archive: whatever could not run where it is going stops the build."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from infra.package.errors import BuildError
from infra.package.target import Target

# e_machine at offset 18 of an ELF file (System V ABI; "AMD64" 4.1 and "AArch64" 4.1 of the processor supplements).
ELF_MACHINES = {"aarch64": 0xB7, "x86_64": 0x3E}
ELF_MAGIC = b"\x7fELF"
HEAD_BYTES = 20
# What the code opens at run time besides Python files.
WORKER_DATA = (
    "handler/slack/en.toml",
    "handler/adapters/policy/schema.cedarschema",
    "infra/policy/policy.cedar",
    "infra/policy/settings.toml",
)
MOST_TOLD = 5


def inspect(archive: Path, target: Target, *, shown: str, data: Iterable[str] = ()) -> None:
    """Refuse an archive that lacks bytecode or data, or that holds a library for another machine or Python.

    Args:
        archive: the finished zip file.
        target: what it has to run on.
        shown: what to call it in the message.
        data: names that must be in it.

    Raises:
        BuildError: it would not run there, or would start slowly; the message names the files.
    """
    with zipfile.ZipFile(archive) as whole:
        names = frozenset(whole.namelist())
        problems = [
            *(f"{name} is missing" for name in sorted(frozenset(data) - names)),
            *(f"{name} has no bytecode of Python {target.python}" for name in _without_bytecode(names, target.python)),
            *_foreign_libraries(whole, names, target),
        ]
    if problems:
        more = f"; and {len(problems) - MOST_TOLD} more" if len(problems) > MOST_TOLD else ""
        raise BuildError(
            f"{shown} would not run well on {target.name}: {'; '.join(problems[:MOST_TOLD])}{more}. Nothing was"
            " replaced. Remove the folder .build and build again; if it stays so, renew the lock with `make lock`."
        )


def _without_bytecode(names: frozenset[str], python: str) -> Iterator[str]:
    tag = f"cpython-{python.replace('.', '')}"
    for name in sorted(names):
        path = PurePosixPath(name)
        if path.suffix == ".py" and str(path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc") not in names:
            yield name


def _foreign_libraries(whole: zipfile.ZipFile, names: frozenset[str], target: Target) -> Iterator[str]:
    """Sentences about compiled libraries that the target cannot load; of the machine that builds, pip knows best."""
    if not target.machine:
        return
    for name in sorted(names):
        path = PurePosixPath(name)
        if path.suffix in {".dll", ".pyd", ".dylib"}:
            yield f"{name} is for another system"
        elif ".so" in path.suffixes:
            with whole.open(name) as library:
                head = library.read(HEAD_BYTES)
            if head[:4] != ELF_MAGIC or int.from_bytes(head[18:20], "little") != ELF_MACHINES[target.machine]:
                yield f"{name} is for another processor than {target.machine}"
            elif _other_python(path.name, target.python):
                yield f"{name} is for another Python than {target.python}"


def _other_python(file_name: str, python: str) -> bool:
    """Whether the name of an extension module (PEP 3149) ties it to another minor version; `abi3` fits them all."""
    tags = [part for part in file_name.split(".")[1:-1] if part.startswith("cpython-")]
    return any(tag.split("-")[1] != python.replace(".", "") for tag in tags)
