"""Many at once: whatever the order, one wins, and the others are told who."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from handler.domain.audit import breaks
from handler.domain.errors import DeliveryKnown, JobBusy, LedgerError, Moved
from handler.domain.request import State
from tests import makers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handler.domain.moves import Move
    from tests.contract.ledgers import Subject

RACERS = 6


def race(runners: Sequence[Callable[[], None]]) -> list[LedgerError | None]:
    """Let all start at the same moment; return what each was told, None for those who won."""
    start = threading.Barrier(len(runners))

    def run(runner: Callable[[], None]) -> LedgerError | None:
        start.wait(timeout=10)
        try:
            runner()
        except LedgerError as error:
            return error
        return None

    with ThreadPoolExecutor(len(runners)) as pool:
        return list(pool.map(run, runners))


def test_of_many_who_want_a_job_one_gets_it(racing_subject: Subject) -> None:
    """Requests of different people for one job: one is opened, and all others are told of it."""
    ledger = racing_subject.ledger
    moves = [makers.opening(f"req-{number}") for number in range(RACERS)]
    told = race([lambda move=move: ledger.open(move.request, move.fact) for move in moves])  # type: ignore[misc]
    assert told.count(None) == 1
    winner = moves[told.index(None)].request
    assert [winner] * (RACERS - 1) == [error.holder for error in told if isinstance(error, JobBusy)]
    assert (winner,) == ledger.open_requests(limit=RACERS)


def test_of_many_deliveries_alike_one_opens_the_request(racing_subject: Subject) -> None:
    """A delivery that arrives many times at once opens one request, and every other arrival is told of it."""
    ledger = racing_subject.ledger
    moves = [makers.opening(created_at=makers.at(number)) for number in range(RACERS)]
    told = race([lambda move=move: ledger.open(move.request, move.fact) for move in moves])  # type: ignore[misc]
    assert told.count(None) == 1
    winner = moves[told.index(None)].request
    assert [winner] * (RACERS - 1) == [error.existing for error in told if isinstance(error, DeliveryKnown)]
    assert breaks(ledger.chain(winner.id), winner.head) == ()


def test_of_many_who_move_a_request_on_one_succeeds(racing_subject: Subject) -> None:
    """Workers that start the same request: one does, and all others get its record."""
    ledger = racing_subject.ledger
    opening = makers.opening()
    ledger.open(opening.request, opening.fact)
    moves = [makers.step(opening.request, State.APPLYING, writer=f"worker {number}") for number in range(RACERS)]

    def run(move: Move) -> None:
        ledger.advance(opening.request, move.request, move.fact)

    told = race([lambda move=move: run(move) for move in moves])  # type: ignore[misc]
    assert told.count(None) == 1
    winner = moves[told.index(None)].request
    assert [winner] * (RACERS - 1) == [error.current for error in told if isinstance(error, Moved)]
    assert breaks(ledger.chain(winner.id), winner.head) == ()


def test_a_card_and_a_move_at_once_lose_neither(racing_subject: Subject) -> None:
    """Who remembers the card and who moves the request on do not undo each other."""
    ledger = racing_subject.ledger
    opening = makers.opening()
    ledger.open(opening.request, opening.fact)
    move = makers.step(opening.request, State.APPLYING)
    told = race(
        [
            lambda: ledger.remember_card(opening.request.id, makers.card()),
            lambda: ledger.advance(opening.request, move.request, move.fact),
        ]
    )
    assert told == [None, None]
    assert move.request.with_card(makers.card()) == ledger.request(opening.request.id)
