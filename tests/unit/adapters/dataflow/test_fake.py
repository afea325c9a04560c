"""What the fake can be told beyond the port, for tests of the flows."""

from __future__ import annotations

import pytest

from handler.domain.dataflow_errors import DataFlowTimedOut, DataFlowUnavailable, NotFound
from tests.fakes.dataflow import FakeDataFlow, Fault, Put
from tests.makers import JOB_ID, job, run_condition

FOUR = run_condition(numWorker=4)


def test_a_fault_strikes_as_often_as_it_is_told() -> None:
    """Twice the job cannot be read, other methods work, and then all is well."""
    dataflow = FakeDataFlow([job()])
    dataflow.faults.append(Fault("job", DataFlowUnavailable("getJobById", may_have_changed=False), times=2))
    for _ in range(2):
        with pytest.raises(DataFlowUnavailable):
            dataflow.job(JOB_ID)
    assert len(dataflow.jobs()) == 1
    assert job() == dataflow.job(JOB_ID)
    assert dataflow.faults == []


def test_faults_of_one_method_strike_in_their_order() -> None:
    """The first that was told strikes first, each once."""
    dataflow = FakeDataFlow([job()])
    dataflow.faults += [Fault("jobs", DataFlowTimedOut("getJobs")), Fault("jobs", DataFlowUnavailable("getJobs"))]
    with pytest.raises(DataFlowTimedOut):
        dataflow.jobs()
    with pytest.raises(DataFlowUnavailable):
        dataflow.jobs()


@pytest.mark.parametrize(("takes_effect", "workers"), [(True, 4), (False, 2)])
def test_a_write_may_be_accepted_without_being_done(*, takes_effect: bool, workers: int) -> None:
    """A fault without an error lets the write be accepted; it is remembered whether or not it was done."""
    dataflow = FakeDataFlow([job()])
    dataflow.faults.append(Fault("put_run_condition", None, takes_effect))
    dataflow.put_run_condition(JOB_ID, FOUR)
    assert [Put(JOB_ID, FOUR)] == dataflow.puts
    assert workers == dataflow.stored(JOB_ID).workers


def test_a_write_can_be_slow_to_show() -> None:
    """The next two reads show the job as before, the third as written; it was stored all along."""
    dataflow = FakeDataFlow([job()])
    dataflow.reads_until_shown = 2
    dataflow.put_run_condition(JOB_ID, FOUR)
    assert dataflow.stored(JOB_ID).workers == 4
    assert [dataflow.job(JOB_ID).run_condition.workers for _ in range(4)] == [2, 2, 4, 4]


def test_somebody_else_can_change_or_remove_a_job() -> None:
    """An edit in the console shows at once and is no write of ours; a removed job is not found."""
    dataflow = FakeDataFlow([job()])
    dataflow.edit(JOB_ID, timeout=60)
    assert run_condition(timeout=60) == dataflow.job(JOB_ID).run_condition
    assert dataflow.puts == []
    dataflow.remove(JOB_ID)
    with pytest.raises(NotFound):
        dataflow.job(JOB_ID)
