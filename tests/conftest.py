"""Fixtures that several tiers share."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from handler.telemetry import Measured, measuring
from infra.local.emulator import ensure_environment, one_at_a_time, running_emulator
from infra.local.processes import ProcessError, Processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.emulator import Emulator

# How long one example takes says nothing on a machine that is busy with others.
settings.register_profile("sluice", deadline=None)
settings.load_profile("sluice")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def emulator_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python in whose environment the local AWS is installed."""
    home = ROOT / ".playground"
    home.mkdir(exist_ok=True)
    lock, logs = ROOT / "requirements-playground.lock", tmp_path_factory.mktemp("local-aws-install")
    with Processes() as processes:
        try:
            with one_at_a_time(home / "lock", print):
                return ensure_environment(home / "venv", lock, logs, processes, print)
        except ProcessError as error:
            pytest.skip(f"the local AWS could not be installed from requirements-playground.lock: {error}")


@pytest.fixture(scope="session")
def local_aws(emulator_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One local AWS, empty at first, for all tests that want one: each makes what it needs under names of its own."""
    with (
        Processes() as processes,
        running_emulator(emulator_python, tmp_path_factory.mktemp("local-aws"), processes) as emulator,
    ):
        yield emulator


@pytest.fixture
def figures() -> Iterator[list[Measured]]:
    """What is measured while the test runs, in order."""
    measured: list[Measured] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            measured.append(vars(record)["measured"])

    keeper, level = Keeper(), measuring.level
    measuring.addHandler(keeper)
    measuring.setLevel(logging.INFO)
    yield measured
    measuring.removeHandler(keeper)
    measuring.setLevel(level)
