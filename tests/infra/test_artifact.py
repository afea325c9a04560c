"""The archives: what is in them, for which machine, how big, and always the same bytes."""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.stack import ROOT
from infra.package import build as building
from infra.package.build import Artifacts, build
from infra.package.errors import BuildError
from infra.package.target import Target, find_interpreter, host_target, lambda_target

pytestmark = pytest.mark.xdist_group("artifact")  # one build, whichever process runs these

AARCH64 = 0xB7  # e_machine of the ELF header (System V ABI for the Arm 64-bit architecture)
ELF_FOR_X86_64 = b"\x7fELF" + bytes(14) + (0x3E).to_bytes(2, "little")  # as far as it is looked at
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
        "handler/slack/en.toml",
        "handler/adapters/policy/schema.cedarschema",
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


@pytest.fixture
def strict_umask() -> Iterator[None]:
    """New files are for their owner only, as on a careful builder's machine."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("strict_umask")
def test_two_builds_give_the_same_bytes(lambda_artifacts: Artifacts, tmp_path: Path) -> None:
    """A second builder, with the clone elsewhere, files of another day and mode, and nothing kept, gets the same."""
    clone = tmp_path / "another clone"
    for part in ("handler", "infra/policy"):
        shutil.copytree(ROOT / part, clone / part)
    for part in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / part, clone)
    for path in clone.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700)
    made = build(clone, clone / "out", lambda_artifacts.target, say=print)

    assert {path.name: digest(path) for path in made.folder.iterdir()} == {
        path.name: digest(path) for path in lambda_artifacts.folder.iterdir()
    }


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

    front, worker = made.front.stat().st_size, made.worker.stat().st_size
    target = host_target().name
    assert said[-2:] == [
        f"front.zip {front:,} bytes of at most 65,536 for {target}; front.cdx.json says what is in it",
        f"worker.zip {worker:,} bytes of at most 16,777,216 for {target}; worker.cdx.json says what is in it",
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
    shutil.rmtree(small_tree / "infra" / "policy")
    with pytest.raises(BuildError, match="infra/policy has no files"):
        build(small_tree, tmp_path / "out", host_target(), cache=warm, say=print)


def test_a_missing_data_file_stops_the_build(small_tree: Path, tmp_path: Path, warm: Path) -> None:
    """What the code opens besides modules is looked for before an archive appears."""
    (small_tree / "handler" / "slack" / "en.toml").unlink()
    with pytest.raises(BuildError, match=r"handler/slack/en\.toml is missing"):
        build(small_tree, tmp_path / "out", host_target(), cache=warm, say=print)

    assert not (tmp_path / "out" / "worker.zip").exists()


def test_a_library_for_another_processor_stops_the_build(small_tree: Path, tmp_path: Path, warm: Path) -> None:
    """A wheel of the wrong platform does not travel to Lambda, whichever way it came in."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    (small_tree / "handler" / "domain" / "fast.so").write_bytes(ELF_FOR_X86_64)
    with pytest.raises(BuildError, match=r"handler/domain/fast\.so is for another processor than aarch64"):
        build(small_tree, tmp_path / "out", lambda_target(python), cache=warm, say=print)


def test_another_policy_can_be_packed_in_its_place(small_tree: Path, tmp_path: Path, warm: Path) -> None:
    """The playground's artifact holds the rules it is given, where the worker looks for the shipped ones."""
    another = tmp_path / "another"
    another.mkdir()
    (another / "settings.toml").touch()
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


def test_without_the_targets_interpreter_nothing_is_built(small_tree: Path, tmp_path: Path) -> None:
    """An archive without bytecode would start slowly for ever, so a person is told what to install instead."""
    unknown = Target(name="lambda-of-the-future", python="3.99")
    with pytest.raises(BuildError, match=r"^There is no Python 3\.99 on this machine .* `uv python install 3\.99`"):
        build(small_tree, tmp_path / "out", unknown, cache=tmp_path / "cache", say=print)

    assert not (tmp_path / "out").exists()


def test_this_interpreter_is_found_for_its_own_version() -> None:
    """Building for the host needs no search."""
    assert find_interpreter(host_target()) == Path(sys.executable)


def test_an_architecture_that_lambda_does_not_have_is_refused() -> None:
    """The message names the two there are."""
    with pytest.raises(BuildError, match="arm64 or x86_64"):
        lambda_target(architecture="riscv")


def test_the_bill_names_every_package_of_the_archive_by_its_wheel(lambda_artifacts: Artifacts) -> None:
    """The bill lists what lies in the archive, each with its version and a hash of the lock, and names the archive."""
    bill = json.loads((lambda_artifacts.folder / "worker.cdx.json").read_text(encoding="utf-8"))
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    held = {
        tuple(name.partition(".dist-info/")[0].lower().replace("_", "-").rsplit("-", 1))
        for name in names(lambda_artifacts.worker)
        if ".dist-info/" in name
    }

    assert {(component["name"], component["version"]) for component in bill["components"]} == held
    assert [
        component["name"] for component in bill["components"] if component["hashes"][0]["content"] not in lock
    ] == []
    assert bill["metadata"]["component"]["hashes"][0]["content"] == digest(lambda_artifacts.worker)


def test_the_bill_says_who_needs_whom_and_under_which_licence(lambda_artifacts: Artifacts) -> None:
    """A scanner can follow a package up to the one that brought it in, and read its licence."""
    bill = json.loads((lambda_artifacts.folder / "worker.cdx.json").read_text(encoding="utf-8"))
    needs = {entry["ref"].partition("@")[0]: entry["dependsOn"] for entry in bill["dependencies"]}
    licences = {component["name"]: component.get("licenses") for component in bill["components"]}

    assert [ref.partition("@")[0] for ref in needs["pkg:pypi/slack-bolt"]] == ["pkg:pypi/slack-sdk"]
    assert {"pkg:pypi/slack-bolt", "pkg:pypi/httpx", "pkg:pypi/pydantic", "pkg:pypi/cedarpy"} == {
        ref.partition("@")[0] for ref in needs["sluice-worker"]
    }
    assert licences["httpx"] == [{"license": {"name": "BSD License"}}]
    assert licences["idna"] == [{"expression": "BSD-3-Clause"}]


def test_fronts_bill_is_empty(lambda_artifacts: Artifacts) -> None:
    """The door stands on the standard library alone, and its bill says so."""
    bill = json.loads((lambda_artifacts.folder / "front.cdx.json").read_text(encoding="utf-8"))

    assert bill["components"] == []
