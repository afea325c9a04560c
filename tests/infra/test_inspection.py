"""The last look into a finished archive, on archives made for the occasion."""

import zipfile
from pathlib import Path

import pytest

from infra.package.errors import BuildError
from infra.package.inspection import inspect
from infra.package.target import Target, lambda_target

ARM = b"\x7fELF" + bytes(14) + (0xB7).to_bytes(2, "little")
INTEL = b"\x7fELF" + bytes(14) + (0x3E).to_bytes(2, "little")
MACH_O = b"\xcf\xfa\xed\xfe" + bytes(16)
HOST = Target(name="this machine", python="3.13")


def archive_of(folder: Path, files: dict[str, bytes]) -> Path:
    """A zip file with these files."""
    path = folder / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def refusal(folder: Path, files: dict[str, bytes], target: Target) -> str:
    """What is said about an archive with these files, from the target's name up to what to do."""
    with pytest.raises(BuildError) as refused:
        inspect(archive_of(folder, files), target, shown="some.zip", data=("words.toml",))
    return str(refused.value).partition(f"{target.name}: ")[2].partition(". Nothing was")[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("fast.cpython-313-aarch64-linux-gnu.so", ARM),
        ("fast.abi3.so", ARM),
        ("libs/libfast.so.1.2", ARM),
    ],
)
def test_what_runs_there_passes(tmp_path: Path, name: str, content: bytes) -> None:
    """Libraries for Lambda's processor and Python, or for any Python 3, are let through."""
    files = {"words.toml": b"", "a/b.py": b"", "a/__pycache__/b.cpython-313.pyc": b"", name: content}
    archive = archive_of(tmp_path, files)
    inspect(archive, lambda_target("3.13", "arm64"), shown="some.zip", data=("words.toml",))

    assert archive.exists()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "words.toml is missing"),
        ({"words.toml": b"", "a/b.py": b""}, "a/b.py has no bytecode of Python 3.13"),
        (
            {"words.toml": b"", "a/b.py": b"", "a/__pycache__/b.cpython-312.pyc": b""},
            "a/b.py has no bytecode of Python 3.13",
        ),
        ({"words.toml": b"", "x/fast.abi3.so": INTEL}, "x/fast.abi3.so is for another processor than aarch64"),
        ({"words.toml": b"", "fast.so": MACH_O}, "fast.so is for another processor than aarch64"),
        ({"words.toml": b"", "libs/libfast.so.1": INTEL}, "libs/libfast.so.1 is for another processor than aarch64"),
        (
            {"words.toml": b"", "fast.cpython-312-aarch64-linux-gnu.so": ARM},
            "fast.cpython-312-aarch64-linux-gnu.so is for another Python than 3.13",
        ),
        ({"words.toml": b"", "fast.pyd": b"MZ"}, "fast.pyd is for another system"),
    ],
)
def test_what_would_not_run_there_is_named(tmp_path: Path, files: dict[str, bytes], said: str) -> None:
    """Each kind of misfit stops the build, and the file is in the message."""
    assert refusal(tmp_path, files, lambda_target("3.13", "arm64")) == said


def test_of_many_misfits_some_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    """The message stays readable when a whole package was left uncompiled."""
    files = {"words.toml": b""} | {f"m{number}.py": b"" for number in range(7)}

    assert refusal(tmp_path, files, HOST).endswith("m4.py has no bytecode of Python 3.13; and 2 more")


def test_libraries_of_this_machine_are_pips_business(tmp_path: Path) -> None:
    """A build for the machine that builds takes what pip chose for it, whatever its processor."""
    archive = archive_of(tmp_path, {"words.toml": b"", "fast.so": MACH_O})
    inspect(archive, HOST, shown="some.zip", data=("words.toml",))

    assert archive.exists()
