"""The words of `make`: what they pass on, and what they say on a machine that lacks something."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.stack import ROOT


@pytest.fixture(scope="module")
def make() -> str:
    """Where `make` is; the README's commands need it."""
    found = shutil.which("make")
    if found is None:
        pytest.skip("make is not on this machine, and the README's commands need it: install it.")
    return found


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A clone in which nothing was set up."""
    for name in ("Makefile", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def said(make: str, clone: Path, *words: str, path: str) -> tuple[int, str]:
    """Whether `make` refused, and the first line of what it said."""
    run = subprocess.run(  # noqa: S603 - our own Makefile
        [make, *words], cwd=clone, env={"PATH": path}, capture_output=True, text=True, check=False
    )
    return run.returncode, (run.stdout + run.stderr).splitlines()[0]


def test_what_was_typed_is_passed_on(make: str) -> None:
    """Each variable arrives as the word it stands for."""
    words = ["remove", "STAGE=prod", "REGION=us-east-1", "CONFIRM=prod", "ARGS=--param a=b"]
    planned = subprocess.run(  # noqa: S603 - a dry run of our own Makefile
        [make, "--dry-run", "--assume-old=.venv/.ready", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},  # nothing of the `make test` around this
        capture_output=True,
        text=True,
        check=True,
    )

    assert planned.stdout.splitlines()[-1] == (
        '.venv/bin/python -m infra.deploy remove --stage "prod" --region "us-east-1" --confirm "prod" --param a=b'
    )


@pytest.mark.parametrize("word", ["deploy", "check", "demo"])
def test_a_python_that_is_too_old_is_told_before_anything_is_made(make: str, bare: Path, word: str) -> None:
    """The sentence names the Python that was tried, and how to name another."""
    old = bare / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    old.chmod(0o755)

    assert said(make, bare, word, f"PYTHON={old}", path=os.defpath) == (
        2,
        f"Sluice needs Python 3.11 or later; '{old}' is older. Try: make {word} PYTHON=python3.13",
    )
    assert not (bare / ".venv").exists()


def test_a_machine_without_node_is_told_so(make: str, bare: Path) -> None:
    """The deploy tool is a Node program, so nothing is set up without it."""
    assert said(make, bare, "deploy", f"PYTHON={sys.executable}", path="/nowhere") == (
        2,
        "Sluice's deploy tool needs Node 20 or later: install it, then run make again.",
    )
    assert not (bare / ".venv").exists()
