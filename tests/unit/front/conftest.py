"""Fixtures of the public door's tests."""

from __future__ import annotations

import pytest

from tests.unit.front.authority import Authority, make_authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One certificate authority that vouches for 127.0.0.1."""
    return make_authority(tmp_path_factory.mktemp("authority"))
