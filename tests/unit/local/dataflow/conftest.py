"""One running simulator for each module of tests, set back before each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from infra.local.dataflow import Served, World, serve
from tests.unit.local.dataflow.caller import NOW, Caller, Clock

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    """A world without a server."""
    return World(clock=clock)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A simulator over real HTTP on a free port."""
    with serve(World(clock=Clock())) as running:
        yield running


@pytest.fixture
def caller(served: Served) -> Iterator[Caller]:
    """A client of the simulator, whose world is as at the start."""
    assert isinstance(served.world.clock, Clock)
    served.world.clock.now = NOW
    served.world.reset()
    with httpx.Client() as http:
        yield Caller(served, http)
