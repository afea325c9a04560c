"""What the tests of rendering share."""

from __future__ import annotations

import pytest

from handler.slack.catalogue import load_words
from handler.slack.voice import Voice


@pytest.fixture(scope="session")
def say() -> Voice:
    """Sluice's voice, in English."""
    return Voice(load_words(), "/dataflow")
