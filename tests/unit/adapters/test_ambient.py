"""What a process knows of the invocation under way."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from handler.adapters.ambient import Invocation


@dataclass
class Context:
    """What Lambda tells of an invocation, as far as it is asked for."""

    milliseconds: int

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left."""
        return self.milliseconds


def test_what_is_left_of_an_invocation_runs_down() -> None:
    """From what Lambda says at its beginning; the next one begins anew."""
    seconds = [100.0]
    invocation = Invocation(lambda: seconds[0])
    invocation.begin(Context(60_000))
    assert invocation.seconds_left() == 60
    seconds[0] += 45.5
    assert invocation.seconds_left() == 14.5
    invocation.begin(Context(30_000))
    assert invocation.seconds_left() == 30


def test_without_a_context_no_end_is_known() -> None:
    """Before the first invocation, and where nobody ends one: on a laptop, in the playground."""
    invocation = Invocation()
    assert invocation.seconds_left() == inf
    invocation.begin(Context(1))
    invocation.begin(None)
    assert invocation.seconds_left() == inf
