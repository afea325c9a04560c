"""A test of the domain that does not end fails; without this, an endless loop would be waited for."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_CPU_SECONDS = 30.0


class NeverEnded(BaseException):
    """Not an Exception, which hypothesis would take for a finding, and try again and again."""


@pytest.fixture(autouse=True)
def _it_ends() -> Iterator[None]:
    """Stop a test after this much time on the processor, busy machine or not; the slowest takes half in mutmut."""

    def stop(_signal: int, _frame: object) -> None:
        raise NeverEnded(f"the test used {MOST_CPU_SECONDS:.0f} seconds of the processor")

    former = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, MOST_CPU_SECONDS)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, former)
