"""When a read is tried again, and when no longer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.adapters.dataflow.retry import Deadline, Patience, retried
from handler.domain.dataflow_errors import (
    AuthenticationFailed,
    BadParameter,
    DataFlowError,
    DataFlowTimedOut,
    DataFlowUnavailable,
    DataFlowUnreadable,
    NotFound,
    Throttled,
)
from tests.fakes.clock import FakeClock


class Trying:
    """Fails with the faults it is told, each after some seconds, then succeeds; remembers when it was tried."""

    def __init__(self, *faults: DataFlowError, seconds: float = 0.0, always: DataFlowError | None = None) -> None:
        self.clock = FakeClock()
        self._began_at = self.clock.now()
        self._faults = list(faults)
        self._seconds = seconds
        self._always = always
        self.tried_at: list[float] = []
        self.numbers: list[int] = []

    def attempt(self, number: int) -> str:
        """Try once."""
        self.tried_at.append((self.clock.now() - self._began_at).total_seconds())
        self.numbers.append(number)
        self.clock.move_on(seconds=self._seconds)
        if self._faults:
            raise self._faults.pop(0)
        if self._always:
            raise self._always
        return "read"

    def run(self, random: float = 1.0, patience: Patience | None = None) -> str:
        """Try until it works or patience ends."""
        known = patience or Patience()
        deadline = Deadline.after(self.clock, known.deadline_seconds)
        return retried(self.attempt, patience=known, deadline=deadline, random=lambda: random)


DOWN = DataFlowUnavailable("getJobs", status=503)


def test_pauses_double_up_to_the_longest() -> None:
    """With the largest random number the tries are 0.25, 0.5, 1, 2 and 2 seconds apart, and six in all."""
    trying = Trying(always=DOWN)
    with pytest.raises(DataFlowUnavailable):
        trying.run(random=1.0)
    assert trying.tried_at == [0.0, 0.25, 0.75, 1.75, 3.75, 5.75]
    assert trying.numbers == [1, 2, 3, 4, 5, 6]


def test_pauses_are_a_random_part_of_the_longest() -> None:
    """Full jitter: half the random number is half of each pause, and nothing is none."""
    halves, none = Trying(always=DOWN), Trying(always=DOWN)
    for trying, random in ((halves, 0.5), (none, 0.0)):
        with pytest.raises(DataFlowUnavailable):
            trying.run(random=random)
    assert halves.clock.slept_seconds == [0.125, 0.25, 0.5, 1.0, 1.0]
    assert none.clock.slept_seconds == [0.0] * 5


@pytest.mark.parametrize(
    "fault", [DOWN, DataFlowTimedOut("getJobs"), Throttled("getJobs")], ids=lambda each: type(each).__name__
)
def test_a_fault_that_passes_is_not_seen(fault: DataFlowError) -> None:
    """Time-outs, an API that is down and throttling are tried again."""
    trying = Trying(fault, fault)
    assert (trying.run(), len(trying.tried_at)) == ("read", 3)


@pytest.mark.parametrize(
    "fault",
    [AuthenticationFailed("getJobs"), BadParameter("getJobs"), NotFound("getJobs"), DataFlowUnreadable("getJobs")],
    ids=lambda each: type(each).__name__,
)
def test_a_fault_that_will_not_pass_is_raised_at_once(fault: DataFlowError) -> None:
    """What would be answered the same again is not asked again."""
    trying = Trying(fault)
    with pytest.raises(type(fault)):
        trying.run()
    assert trying.tried_at == [0.0]


def test_no_try_begins_at_or_after_the_deadline() -> None:
    """Tries of three seconds: the third ends at 9.75, and a pause of one second would pass the deadline of ten."""
    trying = Trying(always=DOWN, seconds=3.0)
    with pytest.raises(DataFlowUnavailable):
        trying.run(random=1.0)
    assert trying.tried_at == [0.0, 3.25, 6.75]


def test_a_pause_that_would_end_at_the_deadline_is_not_made() -> None:
    """A pause that takes all that is left leaves no time to read anything."""
    exact = Patience(deadline_seconds=1.0, first_pause_seconds=1.0)
    just_less = Patience(deadline_seconds=1.0, first_pause_seconds=0.999)
    tries = []
    for patience in (exact, just_less):
        trying = Trying(always=DOWN)
        with pytest.raises(DataFlowUnavailable):
            trying.run(patience=patience)
        tries.append(len(trying.tried_at))
    assert tries == [1, 2]


def test_retry_after_is_waited_for() -> None:
    """What the API asks for is waited for when that is longer than the pause."""
    trying = Trying(Throttled("getJobs", retry_after_seconds=4.0), Throttled("getJobs", retry_after_seconds=0.0))
    assert trying.run(random=1.0) == "read"
    assert trying.clock.slept_seconds == [4.0, 0.5]


def test_a_retry_after_beyond_the_deadline_is_raised_at_once() -> None:
    """The person is told how long to wait instead of being kept waiting."""
    trying = Trying(Throttled("getJobs", retry_after_seconds=30.0))
    with pytest.raises(Throttled) as caught:
        trying.run()
    assert (caught.value.retry_after_seconds, trying.clock.slept_seconds) == (30.0, [])


@given(
    seconds=st.floats(0, 12),
    random=st.floats(0, 1, exclude_max=True),
    asked=st.one_of(st.none(), st.floats(0, 1e6)),
    deadline_seconds=st.floats(0.1, 20),
)
def test_every_try_begins_before_the_deadline(
    seconds: float, random: float, asked: float | None, deadline_seconds: float
) -> None:
    """Whatever a try takes, the API asks for and chance says, tries are few and all begin before the deadline."""
    trying = Trying(always=Throttled("getJobs", retry_after_seconds=asked), seconds=seconds)
    with pytest.raises(Throttled):
        trying.run(random, Patience(deadline_seconds=deadline_seconds))
    microsecond = 1e-6  # the grain of the clock
    assert all(at < deadline_seconds + microsecond for at in trying.tried_at)
    assert 1 <= len(trying.tried_at) <= 6
