"""The archives: what is in them, for which machine, how big, and always the same bytes."""

import hashlib
import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.package import build as building
from infra.package.build import Artifacts, build
from infra.package.errors import BuildError
from infra.package.target import Target, find_interpreter, host_target, lambda_target

pytestmark = pytest.mark.xdist_group("artifact")  # one build, whichever process runs these

AARCH64 = 0xB7  # e_machine of the ELF header (System V ABI for the Arm 64-bit architecture)
UNCHECKED_HASH = 0b01  # PEP 552: the flags word after the magic number


def names(archive: Path) -> list[str]:
    """What an archive holds."""
    with zipfile.ZipFile(archive) as whole:
        return whole.namelist()


def contents(archive: Path, ending: str) -> dict[str, bytes]:
    """The files of an archive whose names end so."""
    with zipfile.ZipFile(archive) as whole:
        return {name: whole.read(name) for name in whole.namelist() if name.endswith(ending)}


def digest(path: Path) -> str:
    """What two equal files have in common."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_fronts_archive_holds_front_only(lambda_artifacts: Artifacts) -> None:
    """The public door carries nothing that could change anything: its own package and no dependency."""
    strangers = [
        name
        for name in names(lambda_artifacts.front)
        if not name.startswith(("handler/front/", "handler/__init__.py", "handler/__pycache__/__init__."))
    ]

    assert strangers == []


def test_fronts_archive_works_with_the_standard_library_alone(host_artifacts: Artifacts) -> None:
    """The door's module is imported from its archive by an interpreter without site-packages."""
    program = f"import sys; sys.path.insert(0, {str(host_artifacts.front)!r}); import handler.front.door"
    result = subprocess.run(  # noqa: S603 - this interpreter, a program of our own
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )

    assert (result.returncode, result.stderr) == (0, "")


def test_workers_archive_holds_the_code_the_policy_and_the_dependencies(lambda_artifacts: Artifacts) -> None:
    """What the worker needs at run time is there."""
    held = set(names(lambda_artifacts.worker))

    assert {
        "handler/domain/model.py",
        "infra/policy/policy.cedar",
        "infra/policy/settings.toml",
        "slack_bolt/__init__.py",
        "httpx/__init__.py",
        "pydantic/__init__.py",
        "cedarpy/__init__.py",
    } <= held


@pytest.mark.parametrize(
    "stranger", ["handler/front/", "infra/local/", "infra/aws/", "tests/", "boto3/", "botocore/", "bin/"]
)
def test_workers_archive_leaves_out_what_it_does_not_need(lambda_artifacts: Artifacts, stranger: str) -> None:
    """Neither the door, nor the playground, nor what Lambda provides is packed."""
    assert [name for name in names(lambda_artifacts.worker) if name.startswith(stranger)] == []


def test_every_name_is_there_once(lambda_artifacts: Artifacts) -> None:
    """No file of ours covers one of a dependency."""
    held = names(lambda_artifacts.worker)

    assert len(held) == len(set(held))


def test_the_archives_are_small(lambda_artifacts: Artifacts) -> None:
    """What a cold start has to fetch stays within bounds."""
    assert lambda_artifacts.front.stat().st_size < 64 * 1024
    assert lambda_artifacts.worker.stat().st_size < 16 * 1024 * 1024


def test_compiled_libraries_are_for_lambdas_processor(lambda_artifacts: Artifacts) -> None:
    """Every shared library in an arm64 archive is an AArch64 one, whatever machine built it."""
    libraries = contents(lambda_artifacts.worker, ".so")
    machines = {int.from_bytes(content[18:20], "little") for content in libraries.values()}

    assert machines == {AARCH64}


@pytest.mark.parametrize("archive", ["front.zip", "worker.zip"])
def test_every_source_has_its_bytecode_for_lambdas_python(lambda_artifacts: Artifacts, archive: str) -> None:
    """A cold start compiles nothing: each module's `.pyc` is there under the name that Lambda's Python looks for."""
    if not lambda_artifacts.compiled:
        pytest.skip(f"Python {lambda_artifacts.target.python} is not on this machine, so nothing could be compiled.")
    tag = f"cpython-{lambda_artifacts.target.python.replace('.', '')}"
    held = set(names(lambda_artifacts.folder / archive))
    without = [
        name
        for name in held
        if name.endswith(".py") and str(Path(name).parent / "__pycache__" / f"{Path(name).stem}.{tag}.pyc") not in held
    ]

    assert without == []


def test_bytecode_is_loaded_without_looking_at_the_source(host_artifacts: Artifacts) -> None:
    """Each `.pyc` is of the unchecked-hash kind and for the interpreter that runs it."""
    heads = {content[:8] for content in contents(host_artifacts.worker, ".pyc").values()}

    assert heads == {importlib.util.MAGIC_NUMBER + UNCHECKED_HASH.to_bytes(4, "little")}


def test_two_builds_give_the_same_bytes(small_tree: Path, tmp_path: Path) -> None:
    """Built twice from nothing, in different folders, the archives are equal to the byte."""
    first, second = (
        build(small_tree, tmp_path / out, host_target(), cache=tmp_path / f"cache of {out}", say=print)
        for out in ("one", "other")
    )

    assert [digest(first.front), digest(first.worker)] == [digest(second.front), digest(second.worker)]


def test_a_second_build_uses_what_the_first_installed(small_tree: Path, tmp_path: Path) -> None:
    """Dependencies are installed once per lock and target."""
    said: list[str] = []
    for _ in range(2):
        build(small_tree, tmp_path / "out", host_target(), cache=tmp_path / "cache", say=said.append)

    assert [line for line in said if line.startswith("installing")] == [
        f"installing 1 packages for {host_target().name} (once per change of the lock)"
    ]


def test_the_build_says_how_big_the_archives_are(small_tree: Path, tmp_path: Path, warm: Path) -> None:
    """One line for each archive, with its size."""
    said: list[str] = []
    made = build(small_tree, tmp_path / "out", host_target(), cache=warm, say=said.append)

    assert said[-2:] == [
        f"front.zip {made.front.stat().st_size:,} bytes for {host_target().name}",
        f"worker.zip {made.worker.stat().st_size:,} bytes for {host_target().name}",
    ]


def test_bytecode_of_earlier_runs_and_hidden_files_stay_out(small_tree: Path, tmp_path: Path, warm: Path) -> None:
    """Only what is kept in the repository's folders is packed."""
    for stray in ("handler/front/__pycache__/old.cpython-39.pyc", "handler/front/.notes"):
        (small_tree / stray).parent.mkdir(exist_ok=True)
        (small_tree / stray).write_bytes(b"stray")
    made = build(small_tree, tmp_path / "out", host_target(), cache=warm, say=print)

    assert [name for name in names(made.front) if "old" in name or "notes" in name] == []


def test_a_hash_that_does_not_match_stops_the_build(small_tree: Path, tmp_path: Path) -> None:
    """A package that is not the locked one is not packed, and no archive appears."""
    lock = small_tree / "requirements.lock"
    lock.write_text("idna==3.20 \\\n    --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")
    with pytest.raises(BuildError, match="Nothing was replaced") as stopped:
        build(small_tree, tmp_path / "out", host_target(), cache=tmp_path / "cache", say=print)

    assert "HASH" in str(stopped.value).upper()
    assert list((tmp_path / "out").iterdir()) == []


def test_a_lock_without_hashes_stops_the_build(small_tree: Path, tmp_path: Path) -> None:
    """A package that nobody vouched for is not packed."""
    (small_tree / "requirements.lock").write_text("idna==3.20\n", encoding="utf-8")
    with pytest.raises(BuildError, match=r"(?i)hash"):
        build(small_tree, tmp_path / "out", host_target(), cache=tmp_path / "cache", say=print)


def test_a_pin_under_a_condition_is_refused_for_lambda(small_tree: Path, tmp_path: Path) -> None:
    """The condition would be judged for this machine by pip, so the build says so instead."""
    lock = small_tree / "requirements.lock"
    lock.write_text(
        lock.read_text(encoding="utf-8").replace(" \\", ' ; python_version < "3.12" \\', 1), encoding="utf-8"
    )
    with pytest.raises(BuildError, match="idna under a condition"):
        build(small_tree, tmp_path / "out", lambda_target(), cache=tmp_path / "cache", say=print)


def test_a_missing_part_stops_the_build(small_tree: Path, tmp_path: Path, warm: Path) -> None:
    """Without the policy there is no worker's archive, and the message names what is missing."""
    (small_tree / "infra" / "policy" / "policy.cedar").unlink()
    with pytest.raises(BuildError, match="infra/policy has no files"):
        build(small_tree, tmp_path / "out", host_target(), cache=warm, say=print)


def test_another_policy_can_be_packed_in_its_place(small_tree: Path, tmp_path: Path, warm: Path) -> None:
    """The playground's artifact holds the rules it is given, where the worker looks for the shipped ones."""
    another = tmp_path / "another"
    another.mkdir()
    (another / "policy.cedar").write_text("forbid(principal, action, resource);\n", encoding="utf-8")
    made = build(small_tree, tmp_path / "out", host_target(), cache=warm, policy=another, say=print)

    assert contents(made.worker, ".cedar") == {"infra/policy/policy.cedar": b"forbid(principal, action, resource);\n"}


def test_a_file_that_does_not_compile_stops_the_build(small_tree: Path, tmp_path: Path, warm: Path) -> None:
    """A syntax error is found at the build and not at three in the morning."""
    (small_tree / "handler" / "front" / "door.py").write_text("def handler(:\n", encoding="utf-8")
    with pytest.raises(BuildError, match=r"(?s)does not compile.*door\.py"):
        build(small_tree, tmp_path / "out", host_target(), cache=warm, say=print)


def test_a_front_that_grew_too_big_stops_the_build(small_tree: Path, tmp_path: Path, warm: Path) -> None:
    """The size is a gate: the archive does not appear."""
    noise = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(3000))
    (small_tree / "handler" / "front" / "noise.txt").write_text(noise, encoding="utf-8")
    with pytest.raises(BuildError, match=f"more than {building.FRONT_MOST_BYTES:,}"):
        build(small_tree, tmp_path / "out", host_target(), cache=warm, say=print)

    assert list((tmp_path / "out").iterdir()) == []


def test_without_the_targets_interpreter_the_build_says_what_is_missing(small_tree: Path, tmp_path: Path) -> None:
    """The archives are built from sources, and a person is told what that costs and how to mend it."""
    said: list[str] = []
    unknown = Target(name="lambda-of-the-future", python="3.99")
    made = build(small_tree, tmp_path / "out", unknown, cache=tmp_path / "cache", say=said.append)

    assert not made.compiled
    assert contents(made.front, ".pyc") == {}
    assert said[0].startswith("no Python 3.99 on this machine: the archives hold no bytecode")


def test_this_interpreter_is_found_for_its_own_version() -> None:
    """Building for the host needs no search."""
    assert find_interpreter(host_target()) == Path(sys.executable)


def test_an_architecture_that_lambda_does_not_have_is_refused() -> None:
    """The message names the two there are."""
    with pytest.raises(BuildError, match="arm64 or x86_64"):
        lambda_target(architecture="riscv")
