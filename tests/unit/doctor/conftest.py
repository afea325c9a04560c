"""A healthy deployment for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.doctor.clinic import Clinic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """A deployment in perfect order."""
    with Clinic(tmp_path) as healthy:
        yield healthy
