"""The example job of the two API documents, which the playground must hold exactly as printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.local.dataflow.documented import SEED_ID, example, masked_like

if TYPE_CHECKING:
    from tests.unit.local.dataflow.caller import Caller


def test_get_answers_as_printed(caller: Caller) -> None:
    """GET of the example's id answers with the printed example: every field, their order, nothing more."""
    printed = example("get-job-response.txt")
    answer = caller.call("GET", f"/api/v1/jobs/{SEED_ID}").json()
    assert printed == masked_like(answer, printed)
    assert list(printed) == list(answer)


def test_masked_ids_are_numbers_and_link_the_nodes(caller: Caller) -> None:
    """The masked ids are distinct 13-digit numbers, and each node names the one before it as parent."""
    nodes = caller.call("GET", f"/api/v1/jobs/{SEED_ID}").json()["nodes"]
    source, transform, target = (node["id"] for node in nodes)
    assert (source, transform, target) == (1697770000006, 1697770000007, 1697770000008)
    assert [[], [source], [transform]] == [node["parentNodeIds"] for node in nodes]


def test_put_of_the_printed_request_echoes_the_printed_response(caller: Caller) -> None:
    """With echo "documented" the printed PUT gets the printed, contradicting response, and is applied."""
    caller.control("POST", "/options", {"echo": "documented"})
    printed = example("put-executions-response.txt")
    sent = example("put-executions-request.json")
    answer = caller.call("PUT", f"/api/v1/jobs/{SEED_ID}/executions", sent).json()
    assert printed == masked_like(answer, printed)
    assert sent["jobCondition"] == caller.world.job(SEED_ID)["runCondition"]


def test_read_modify_write_of_the_example(caller: Caller) -> None:
    """Sending everything back with 4 workers passes although the example's timeout and nrn are out of range."""
    before = caller.world.job(SEED_ID)["runCondition"]
    answer = caller.put(SEED_ID, numWorker=4)
    assert answer.status_code == 200
    assert {**before, "numWorker": 4} == answer.json()["runCondition"] == caller.world.job(SEED_ID)["runCondition"]
    assert (before["timeout"], before["nrn"]) == (2880, "")
