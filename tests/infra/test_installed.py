"""The `sluice` command without its work tree: what a wheel of this project holds, and whether it runs from there."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.local.stack import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this project, built from a copy, since building leaves traces."""
    clone, out = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("wheel")
    for part in ("handler", "infra"):
        shutil.copytree(ROOT / part, clone / part)
    for part in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / part, clone)
    words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*words, "--wheel-dir", str(out), str(clone)], check=True, capture_output=True)  # noqa: S603 - our own words
    (built,) = out.iterdir()
    return built


def test_a_wheel_holds_every_data_file_that_the_code_opens(wheel: Path) -> None:
    """Whatever is not Python beside the deployed code and in the policy's folder comes along."""
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if not name.endswith(".py") and ".dist-info/" not in name}
    needed = {
        path.relative_to(ROOT).as_posix()
        for folder in ("handler", "infra/policy")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }

    assert held == needed


def test_the_policy_is_checked_from_an_installed_copy(wheel: Path, tmp_path: Path) -> None:
    """Far from the clone the command finds its schema and the shipped policy, and every case comes out."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    program = "import sys; from handler.entrypoints.cli import main; sys.exit(main(['policy', 'check']))"
    environment = {"PATH": os.defpath, "PYTHONPATH": str(tmp_path)}
    result = subprocess.run(  # noqa: S603 - this interpreter, a program of our own
        [sys.executable, "-c", f"import handler; print(handler.__file__); {program}"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0] == str(tmp_path / "handler" / "__init__.py")
    assert "cases came out as expected" in result.stdout
