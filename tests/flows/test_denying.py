"""Forms of a denial beside each other: each is its sender's own, and none carries out what it speaks against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handler.domain.outcomes import ClickRefused
from handler.domain.request import State
from handler.domain.review import Objection
from handler.flows.review import approve, deny
from tests.fakes.ledger import Fault
from tests.flows.conftest import CHOI, LEE, ONE_APPROVAL, PARK
from tests.flows.office import submitted

if TYPE_CHECKING:
    from tests.flows.conftest import Story
    from tests.flows.office import Office


def test_a_form_sent_by_another_is_an_attempt_of_its_own(office: Office) -> None:
    """Two people who may not decide send forms about the same request: the record has both, and each of them once."""
    office.type(ONE_APPROVAL)
    office.press("deny", LEE)
    carried = str(office.chat.forms[-1][1]["private_metadata"])
    for user in (PARK, CHOI, PARK):
        office.desk.submitted(submitted(carried, "no", user))
    assert [fact["actor"] for fact in office.story.facts("click_refused")] == [PARK, CHOI]


def test_a_denial_never_carries_out_what_its_sender_approved(story: Story) -> None:
    """Who approved with the last yes, whose worker died, sends a form that was open still: nothing is written."""
    request = story.opened()
    story.ledger.faults += [Fault("advance", takes_effect=True)]
    story.press(approve, request, LEE)
    assert story.now(request).state is State.APPROVED
    outcome = story.press(lambda world, click: deny(world, click, "too many"), request, LEE)
    assert outcome == ClickRefused(Objection.CLOSED, story.now(request))
    assert (story.now(request).state, story.dataflow.puts) == (State.APPROVED, [])
