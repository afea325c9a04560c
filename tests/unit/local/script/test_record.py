"""The script's auditor notices a table that is not as it was written."""

from __future__ import annotations

from typing import Any

from handler.domain.audit import BEFORE_FIRST, Event, Fact, chained
from handler.domain.model import Head
from infra.local.script.record import problems

FIRST = chained(BEFORE_FIRST, Fact(request_id="ab12-cd34", seq=0, at="t", event=Event.REQUESTED, actor="U0KIM"))
REFUSED = chained(BEFORE_FIRST, Fact(request_id="ab12-cd34", seq=0, at="t", event=Event.REFUSED, actor="U0CHOI"))
SECOND = chained(FIRST.head, Fact(request_id="ab12-cd34", seq=0, at="t", event=Event.DENIED, actor="U0LEE"))


def chain() -> dict[str, list[dict[str, Any]]]:
    """A request's two facts as the table holds them."""
    return {"ab12-cd34": [FIRST.attributes(), SECOND.attributes()]}


def test_a_chain_that_ends_where_its_request_says_is_right() -> None:
    """Nothing is wrong with it; with a refusal, which has no request, neither."""
    assert problems(chain(), {"ab12-cd34": SECOND.head}) == {"ab12-cd34": ()}
    assert problems({"ab12-cd34": [REFUSED.attributes()]}, {}) == {"ab12-cd34": ()}


def test_a_changed_fact_a_cut_off_end_and_a_missing_chain_are_found() -> None:
    """Each is named under its request."""
    changed, cut = chain(), chain()
    changed["ab12-cd34"][0]["actor"] = "U0CHOI"
    cut["ab12-cd34"].pop()
    assert problems(changed, {"ab12-cd34": SECOND.head})["ab12-cd34"] != ()
    assert problems(cut, {"ab12-cd34": SECOND.head})["ab12-cd34"] != ()
    assert problems(chain(), {}) == {"ab12-cd34": ("there is no request",)}
    assert problems({}, {"ab12-cd34": Head(1, FIRST.hash)}) == {"ab12-cd34": ("there is no fact",)}
