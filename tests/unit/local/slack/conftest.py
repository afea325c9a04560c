"""A served workspace, an app behind it, and the vendor's client in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk import WebClient

from infra.local.slack.serving import serve
from tests.fakes.clock import FakeClock
from tests.unit.local.slack.stub_app import StubApp, empty, running_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.slack.workspace import Workspace

CHANNEL = "C0INCIDENT"
KIM, LEE = "U0KIM", "U0LEE"


@pytest.fixture(scope="package")
def one_clock() -> FakeClock:
    """One clock for the server of the whole package."""
    return FakeClock()


@pytest.fixture(scope="package")
def one_workspace(one_clock: FakeClock) -> Iterator[Workspace]:
    """One server for the whole package: `workspace` empties it for each test."""
    with serve(clock=one_clock.now) as served:
        yield served


@pytest.fixture(scope="package")
def one_app() -> Iterator[StubApp]:
    """One app for the whole package: `app` forgets for each test."""
    with running_app() as stub:
        yield stub


@pytest.fixture
def app(one_app: StubApp) -> StubApp:
    """An app that acknowledges with an empty 200 and has got nothing yet."""
    one_app.got.clear()
    one_app.answer = empty
    return one_app


@pytest.fixture
def clock(one_clock: FakeClock) -> FakeClock:
    """The clock that the workspace goes by."""
    return one_clock


@pytest.fixture
def workspace(one_workspace: Workspace, app: StubApp) -> Workspace:
    """An empty workspace with the app behind it."""
    one_workspace.reset()
    one_workspace.connect(app.url)
    return one_workspace


@pytest.fixture
def client(workspace: Workspace) -> WebClient:
    """The vendor's own client, with the bot's token."""
    return WebClient("xoxb-playground", base_url=workspace.api_url)
