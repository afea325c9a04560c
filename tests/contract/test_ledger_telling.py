"""What is untold: kept with the request, taken over by one worker at a time, and cleared by whoever told it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handler.domain.audit import Event
from handler.domain.errors import Moved
from handler.domain.news import News, told_by_another
from handler.domain.request import Card, State
from tests import makers
from tests.contract.ledgers import opened

if TYPE_CHECKING:
    from handler.domain.request import Request
    from handler.ports import Ledger
    from tests.contract.ledgers import Dynamo, Subject

NEWS = (News(Event.APPLYING, 2), News(Event.APPLIED, 3))


@pytest.fixture
def ledger(subject: Subject) -> Ledger:
    """Each ledger that there is, empty."""
    return subject.ledger


def applied(ledger: Ledger, request_id: str = makers.REQUEST_ID, *, job_id: str = makers.JOB_ID) -> Request:
    """Record a change that was carried out, of which nobody has been told: the tick is to tell of it at two."""
    asked = opened(ledger, makers.opening(request_id, State.APPLYING, asked=makers.change(job_id=job_id)))
    done = makers.step(asked, State.APPLIED, tell_at=makers.at(2), untold=NEWS)
    ledger.advance(asked, done.request, done.fact)
    return done.request


def test_what_is_untold_is_kept_with_the_request(ledger: Ledger) -> None:
    """Written with the move, read with the request."""
    request = applied(ledger)
    kept = ledger.request(request.id)
    assert kept == request
    assert (kept.untold, kept.tell_at) == (NEWS, makers.at(2))


def test_what_is_untold_is_due_though_nothing_else_is(ledger: Ledger) -> None:
    """The tick finds it when its worker must be gone; it is none of the open requests that people are shown."""
    request = applied(ledger)
    assert ledger.due_requests(makers.at(1.9), limit=5) == ()
    assert ledger.due_requests(makers.at(2), limit=5) == (request,)
    assert ledger.open_requests(limit=5) == ()


def test_what_is_due_comes_in_order_and_no_more_of_it_than_asked(ledger: Ledger) -> None:
    """By what comes first, something to do or something to tell; what is due at no time never is."""
    told = applied(ledger, "aaaa-0001", job_id="job-1")
    to_do = opened(ledger, makers.opening("aaaa-0002", asked=makers.change(job_id="job-2"), due_at=makers.at(1)))
    both = opened(
        ledger,
        makers.opening(
            "aaaa-0003", asked=makers.change(job_id="job-3"), due_at=makers.at(9), tell_at=makers.at(0), untold=NEWS
        ),
    )
    opened(ledger, makers.opening("aaaa-0004", asked=makers.change(job_id="job-4"), due_at=None))
    assert ledger.due_requests(makers.at(60), limit=5) == (both, to_do, told)
    assert ledger.due_requests(makers.at(60), limit=2) == (both, to_do)
    assert ledger.due_requests(makers.at(1), limit=5) == (both, to_do)


def test_what_was_told_is_untold_no_more(ledger: Ledger) -> None:
    """Nothing else of the request is touched, no fact is added, and the tick has no need to look."""
    request = applied(ledger)
    ledger.remember_card(request.id, makers.card())
    facts = ledger.chain(request.id)
    ledger.told(request)
    assert ledger.request(request.id) == told_by_another(request).with_card(makers.card())
    assert ledger.due_requests(makers.at(60), limit=5) == ()
    assert facts == ledger.chain(request.id)


def test_what_was_told_of_an_open_request_leaves_what_is_due(ledger: Ledger) -> None:
    """It is due when it would be anyway."""
    request = opened(ledger, makers.opening(due_at=makers.at(9), tell_at=makers.at(2), untold=NEWS))
    assert ledger.due_requests(makers.at(2), limit=5) == (request,)
    ledger.told(request)
    assert ledger.due_requests(makers.at(8), limit=5) == ()
    assert ledger.due_requests(makers.at(9), limit=5) == ledger.open_requests(limit=5) == (told_by_another(request),)


def test_who_told_what_is_no_longer_so_leaves_the_news(ledger: Ledger) -> None:
    """The request moved on meanwhile: what is new is told by who made it so."""
    before = applied(ledger)
    noted = makers.step(before, State.APPLIED, event=Event.REVIEWED, tell_at=makers.at(3), untold=NEWS)
    ledger.advance(before, noted.request, noted.fact)
    ledger.told(before)
    assert ledger.request(before.id) == noted.request


def test_one_of_two_takes_a_telling_over(ledger: Ledger) -> None:
    """Both read the same; the second is told that it came too late, and the first has it to itself for a while."""
    request = applied(ledger)
    claimed = ledger.claim_telling(request, makers.at(4))
    assert claimed == replace(request, tell_at=makers.at(4))
    with pytest.raises(Moved):
        ledger.claim_telling(request, makers.at(4.1))
    assert ledger.request(request.id) == claimed
    assert ledger.due_requests(makers.at(3.9), limit=5) == ()
    assert ledger.due_requests(makers.at(4), limit=5) == (claimed,)
    ledger.told(claimed)
    assert ledger.due_requests(makers.at(60), limit=5) == ()


def test_what_moved_on_or_was_told_cannot_be_taken_over(ledger: Ledger) -> None:
    """Neither with an old head nor after the telling; nothing is taken of what is not there."""
    before = applied(ledger)
    noted = makers.step(before, State.APPLIED, event=Event.REVIEWED, tell_at=before.tell_at, untold=NEWS)
    ledger.advance(before, noted.request, noted.fact)
    with pytest.raises(Moved):
        ledger.claim_telling(before, makers.at(4))
    ledger.told(noted.request)
    with pytest.raises(Moved):
        ledger.claim_telling(noted.request, makers.at(4))
    with pytest.raises(Moved):
        ledger.claim_telling(makers.request("none-0000", tell_at=makers.at(2)), makers.at(4))
    assert ledger.request(before.id) == told_by_another(noted.request)


def test_what_the_first_worker_tells_after_it_was_taken_over_is_the_second_s_to_clear(ledger: Ledger) -> None:
    """Slow, yet alive: the one that took over has not told everything yet."""
    request = applied(ledger)
    claimed = ledger.claim_telling(request, makers.at(4))
    ledger.told(request)
    assert ledger.request(request.id) == claimed


def test_what_cannot_be_done_yet_is_put_off_and_stays_as_it_is(ledger: Ledger) -> None:
    """The tick turns to others first; what is owed, and what is to be told, is as it was."""
    request = applied(ledger)
    ledger.put_off(request, makers.at(30))
    later = replace(request, due_at=makers.at(30))
    assert ledger.request(request.id) == later
    assert ledger.due_requests(makers.at(3), limit=5) == (later,)
    ledger.told(later)
    assert ledger.due_requests(makers.at(29), limit=5) == ()
    assert [each.id for each in ledger.due_requests(makers.at(30), limit=5)] == [request.id]


def test_what_moved_on_is_not_put_off(ledger: Ledger) -> None:
    """Who has moved it has said when it is due."""
    before = applied(ledger)
    noted = makers.step(before, State.APPLIED, event=Event.REVIEWED, due_at=makers.at(5))
    ledger.advance(before, noted.request, noted.fact)
    with pytest.raises(Moved):
        ledger.put_off(before, makers.at(30))
    assert ledger.request(before.id) == noted.request


def test_where_a_card_stands_is_kept_with_the_fact_it_told_of(ledger: Ledger) -> None:
    """So that nobody is called for what the card itself was the first to tell."""
    request = applied(ledger)
    card = Card(makers.card().channel_id, makers.card().ts, 3)
    ledger.remember_card(request.id, card)
    kept = ledger.request(request.id)
    assert kept is not None
    assert kept.card == card


def test_a_request_of_the_schema_before_has_nothing_untold(dynamo: Dynamo) -> None:
    """It was written by a version that told without keeping note; its card told of no fact in particular."""
    request = opened(dynamo.ledger, makers.opening(due_at=makers.at(9), card=makers.card()))
    item = dynamo.request_item(request.id)
    assert item.pop("untold", None) is None
    item["schema"] = {"N": "1"}
    del item["card"]["M"]["seq"]
    dynamo.put_request_item(item)
    assert dynamo.ledger.request(request.id) == request
    assert dynamo.ledger.due_requests(makers.at(9), limit=5) == (request,)
