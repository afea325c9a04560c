"""How DynamoDB is called: what is tried again and for how long, and which error the rest becomes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectTimeoutError, NoCredentialsError, ReadTimeoutError

from handler.adapters.ledger.calls import dynamodb_config
from handler.domain.errors import LedgerUnavailable
from handler.domain.model import UserId
from handler.domain.request import State
from handler.ports import ByActor, ByJob
from tests import makers
from tests.fakes.clock import FakeClock
from tests.unit.adapters.ledger.scripted import ScriptedClient, cancelled, error, ledger_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.ports import Ledger

OPENING = makers.opening()
STEP = makers.step(OPENING.request, State.APPLYING)

METHODS: dict[str, tuple[str, Callable[[Ledger], Any]]] = {
    "open": ("transact_write_items", lambda ledger: ledger.open(OPENING.request, OPENING.fact)),
    "advance": ("transact_write_items", lambda ledger: ledger.advance(OPENING.request, STEP.request, STEP.fact)),
    "record": ("put_item", lambda ledger: ledger.record(makers.fact())),
    "remember_card": ("update_item", lambda ledger: ledger.remember_card(makers.REQUEST_ID, makers.card())),
    "told": ("update_item", lambda ledger: ledger.told(OPENING.request)),
    "claim_telling": ("update_item", lambda ledger: ledger.claim_telling(OPENING.request, makers.at(4))),
    "put_off": ("update_item", lambda ledger: ledger.put_off(OPENING.request, makers.at(4))),
    "request": ("get_item", lambda ledger: ledger.request(makers.REQUEST_ID)),
    "open_requests": ("query", lambda ledger: ledger.open_requests(limit=1)),
    "due_requests": ("query", lambda ledger: ledger.due_requests(makers.NOW, limit=1)),
    "chain": ("query", lambda ledger: ledger.chain(makers.REQUEST_ID)),
    "history": ("query", lambda ledger: ledger.history(ByActor(UserId("U0KIM")), limit=1)),
}


@pytest.mark.parametrize(
    ("raised", "cause"),
    [
        (error("AccessDeniedException"), "AccessDeniedException"),
        (error("ResourceNotFoundException"), "ResourceNotFoundException"),
        (error("InternalServerError"), "InternalServerError"),
        (ConnectTimeoutError(endpoint_url="https://dynamodb.example"), "ConnectTimeoutError"),
        (ReadTimeoutError(endpoint_url="https://dynamodb.example"), "ReadTimeoutError"),
        (NoCredentialsError(), "NoCredentialsError"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("method", METHODS)
def test_whatever_dynamodb_refuses_is_one_error(method: str, raised: Exception, cause: str) -> None:
    """Each method says what was to be done and why it was not, names no value, and keeps the vendor's error."""
    operation, call = METHODS[method]
    client = ScriptedClient({operation: [raised]})
    with pytest.raises(LedgerUnavailable) as unavailable:
        call(ledger_on(client))
    assert (method, cause) == (unavailable.value.operation, unavailable.value.cause)
    assert f"{method}: {cause}" == str(unavailable.value)
    assert raised is unavailable.value.__cause__
    assert len(client.calls[operation]) == 1


@pytest.mark.parametrize(
    "passing",
    [
        error("ThrottlingException"),
        error("ProvisionedThroughputExceededException"),
        error("RequestLimitExceeded"),
        error("TransactionInProgressException"),
        error("TransactionConflictException"),
        cancelled("None", "None", "TransactionConflict"),
        cancelled("ThrottlingError", "None", "None"),
        cancelled("None", "ProvisionedThroughputExceeded", "None"),
    ],
    ids=lambda raised: str(raised.response.get("CancellationReasons", raised.response["Error"]["Code"])),
)
def test_what_passes_is_tried_again(passing: Exception) -> None:
    """After throttling and conflicts the same is sent again, after pauses that grow, and then it is done."""
    clock = FakeClock()
    client = ScriptedClient({"transact_write_items": [passing, passing, {}]})
    ledger_on(client, clock, jitter=0.5).advance(OPENING.request, STEP.request, STEP.fact)
    assert len(client.calls["transact_write_items"]) == 3
    assert clock.slept_seconds == [0.025, 0.05]


def test_trying_again_has_an_end() -> None:
    """When it does not pass, the error says so after five tries and less than a second of pauses."""
    clock = FakeClock()
    client = ScriptedClient({"transact_write_items": [cancelled("None", "TransactionConflict")]})
    with pytest.raises(LedgerUnavailable, match=r"^advance: TransactionConflict$"):
        ledger_on(client, clock).advance(OPENING.request, STEP.request, STEP.fact)
    assert len(client.calls["transact_write_items"]) == 5
    assert clock.slept_seconds == [0.05, 0.1, 0.2, 0.4]


def test_slow_answers_use_up_the_budget() -> None:
    """When each try takes long, fewer are made: a person is waiting."""
    clock = FakeClock()
    client = ScriptedClient({"put_item": [error("ThrottlingException")]}, during=lambda: clock.move_on(seconds=1.2))
    with pytest.raises(LedgerUnavailable, match=r"^record: ThrottlingException$"):
        ledger_on(client, clock).record(makers.fact())
    assert len(client.calls["put_item"]) == 2
    assert clock.at - makers.NOW < timedelta(seconds=3)


@pytest.mark.parametrize(
    ("raised", "cause"),
    [
        (cancelled("None", "ValidationError", "None"), "ValidationError"),
        (cancelled("None", "None", "None"), "TransactionCanceledException"),
        (cancelled(), "TransactionCanceledException"),
    ],
    ids=["a reason", "no reason", "no reasons"],
)
def test_a_transaction_cancelled_for_another_reason_is_unavailable(raised: Exception, cause: str) -> None:
    """A cancellation that is neither a clause nor passing is said by its reason, as far as there is one."""
    client = ScriptedClient({"transact_write_items": [raised]})
    with pytest.raises(LedgerUnavailable) as unavailable:
        ledger_on(client).open(OPENING.request, OPENING.fact)
    assert cause == unavailable.value.cause
    assert len(client.calls["transact_write_items"]) == 1


def test_a_page_in_the_middle_may_fail() -> None:
    """A history that can only be read in part is an error, not a shorter history."""
    more = {"Items": [], "LastEvaluatedKey": {"request_id": {"S": "x"}}}
    client = ScriptedClient({"query": [more, error("InternalServerError")]})
    with pytest.raises(LedgerUnavailable, match=r"^history: InternalServerError$"):
        ledger_on(client).history(ByJob(makers.JOB_ID), limit=5)
    assert client.calls["query"][1]["ExclusiveStartKey"] == {"request_id": {"S": "x"}}


def test_the_client_waits_no_longer_than_a_person_would() -> None:
    """Time-outs are short, and botocore itself tries three times at most."""
    config: Any = dynamodb_config()
    assert (config.connect_timeout, config.read_timeout) == (1, 3)
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}
