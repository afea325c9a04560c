"""An approval and a denial on the page, with different people, against the real stack on the local AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.local.playground import playground
from infra.local.processes import Processes

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.xdist_group("page")  # both tests of the page build the same bundle
def test_people_decide_on_the_page(chromium: str, run: Callable[..., str]) -> None:
    """A lead can approve, neither a viewer nor the requester can; a denial has a reason; no closed card has buttons."""
    with Processes() as processes, playground(processes, print, with_page=True) as up:
        seen = json.loads(run("node", "tests/e2e/approval.mjs", f"{up.workspace.url}/", chromium))
        written = [(put.before["numWorker"], put.after["numWorker"]) for put in up.dataflow.puts]
    expected = {
        "viewer": ["policy does not let you"],
        "oneself": ["your own request"],
        "approved": ["Done:", "wordcount", "workers 2 → 8", "@Lee Jun"],
        "lastWord": ["@Kim Minji", "done"],
        "denied": ["Denied:", "settlement-close", "@Han Bora", "the close runs tonight"],
    }
    missing = [(place, part) for place, words in expected.items() for part in words if part not in seen[place]]
    assert missing == []
    assert seen["buttons"] == ["Approve", "Deny …", "Withdraw"]
    assert seen["complaint"] == "Please complete this required field."
    assert (seen["deadButtons"], seen["errors"]) == (0, [])
    assert written == [(2, 8)]
