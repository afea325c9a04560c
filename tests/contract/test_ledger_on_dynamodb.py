"""What only a ledger on DynamoDB has: items that a person can read, lost answers, and the verbs its role grants."""

from __future__ import annotations

import json
import logging
import re
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from handler.domain import sealing
from handler.domain.audit import Event, breaks
from handler.domain.errors import DeliveryKnown, JobBusy, Moved
from handler.domain.identity import delivery_digest
from handler.domain.model import RequestId, UserId
from handler.domain.request import State
from handler.domain.sealing import SEALS
from handler.ports import ByActor, ByJob
from tests import makers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.contract.ledgers import Dynamo

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


@contextmanager
def first_answer_lost(dynamo: Dynamo, operation: str) -> Iterator[list[int]]:
    """Let botocore think that its first call got no answer, though it took effect: it sends the same once more."""
    tries: list[int] = []

    def wants_retry(attempts: int, **_: Any) -> Any:  # seconds to wait, or None
        tries.append(attempts)
        return 0.0 if attempts == 1 else None

    event = f"needs-retry.dynamodb.{operation}"
    dynamo.client.meta.events.register_first(event, wants_retry)
    try:
        yield tries
    finally:
        dynamo.client.meta.events.unregister(event, wants_retry)


@contextmanager
def calls_seen(dynamo: Dynamo) -> Iterator[set[tuple[str, str]]]:
    """Note which verb is used on which table; a transaction counts as its parts."""
    seen: set[tuple[str, str]] = set()
    tables = {dynamo.requests_table: "requests", dynamo.audit_table: "audit"}

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        for write in params.get("TransactItems", [{model.name: params}]):
            seen.update((verb, tables[arguments["TableName"]]) for verb, arguments in write.items())

    dynamo.client.meta.events.register("provide-client-params.dynamodb", note)
    try:
        yield seen
    finally:
        dynamo.client.meta.events.unregister("provide-client-params.dynamodb", note)


def test_an_opening_whose_answer_was_lost_is_recognised(dynamo: Dynamo) -> None:
    """Sent twice and done once, the opening of a request is a success."""
    move = makers.opening()
    with first_answer_lost(dynamo, "TransactWriteItems") as tries:
        dynamo.ledger.open(move.request, move.fact)
    assert tries == [1, 2]
    assert move.request == dynamo.ledger.request(move.request.id)
    assert breaks(dynamo.ledger.chain(move.request.id), move.request.head) == ()


def test_a_move_whose_answer_was_lost_is_recognised(dynamo: Dynamo) -> None:
    """Sent twice and done once, a request's next state is a success."""
    opening = makers.opening()
    dynamo.ledger.open(opening.request, opening.fact)
    move = makers.step(opening.request, State.APPLYING, writer="worker 1")
    with first_answer_lost(dynamo, "TransactWriteItems") as tries:
        dynamo.ledger.advance(opening.request, move.request, move.fact)
    assert tries == [1, 2]
    assert move.request == dynamo.ledger.request(move.request.id)
    assert breaks(dynamo.ledger.chain(move.request.id), move.request.head) == ()


def test_of_two_workers_that_record_the_same_move_one_is_told_that_it_was_late(dynamo: Dynamo) -> None:
    """One delivery that two workers got in the same millisecond makes one move, and it is one worker's."""
    first, second = dynamo.ledger_with(dynamo.client, worker="1"), dynamo.ledger_with(dynamo.client, worker="2")
    opening = makers.opening()
    first.open(opening.request, opening.fact)
    with pytest.raises(DeliveryKnown):
        second.open(opening.request, opening.fact)
    move = makers.step(opening.request, State.APPLYING)
    second.advance(opening.request, move.request, move.fact)
    with pytest.raises(Moved) as late:
        first.advance(opening.request, move.request, move.fact)
    assert move.request == late.value.current
    second.advance(opening.request, move.request, move.fact)  # its own, sent again


def test_a_refusal_whose_answer_was_lost_is_recognised(dynamo: Dynamo) -> None:
    """Sent twice and done once, a fact of its own is a success."""
    fact = makers.fact()
    with first_answer_lost(dynamo, "PutItem") as tries:
        dynamo.ledger.record(fact)
    assert tries == [1, 2]
    assert (fact.attributes(),) == dynamo.ledger.chain(makers.REQUEST_ID)


def test_every_method_uses_the_verbs_of_its_role_only(dynamo: Dynamo) -> None:
    """Facts are put and queried, never read by key, updated, deleted or scanned (infra/aws/roles.yml)."""
    ledger, opening = dynamo.ledger, makers.opening()
    with calls_seen(dynamo) as seen:
        ledger.open(opening.request, opening.fact)
        late, again = makers.opening("9vwx-00ab"), makers.opening(created_at=makers.at(1))
        with pytest.raises(JobBusy):
            ledger.open(late.request, late.fact)
        with pytest.raises(DeliveryKnown):
            ledger.open(again.request, again.fact)
        ledger.remember_card(opening.request.id, makers.card())
        applying = makers.step(opening.request, State.APPLYING)
        ledger.advance(opening.request, applying.request, applying.fact)
        applied = makers.step(applying.request, State.APPLIED)
        ledger.advance(applying.request, applied.request, applied.fact)
        ledger.newest_applied(applied.request.change.job_id)
        for _ in range(2):
            ledger.record(makers.fact("3333-3333"))
        ledger.open_requests(limit=5)
        ledger.history(ByJob(makers.JOB_ID), limit=5)
        ledger.history(ByActor(UserId("U0KIM")), limit=5)
    granted_on_requests = {"ConditionCheck", "Delete", "GetItem", "Put", "Query", "Update", "UpdateItem"}
    assert {verb for verb, table in seen if table == "requests"} == granted_on_requests
    assert {verb for verb, table in seen if table == "audit"} == {"Put", "PutItem", "Query"}


def written_before_reviews(head_hash: str) -> dict[str, Any]:
    """Make an item as Sluice wrote it before requests had a review, an emergency, an end and a digest."""
    fields = (
        '{"workerType":"DEFAULT","numWorker":2,"timeout":360,'
        '"nrn":"nrn:PUB:IAM::1234567:Role/00000000-0000-4000-8000-000000000001",'
        '"scriptPath":"dataflow-1234567-wc01/scripts/","logPath":"dataflow-1234567-wc01/sparkHistoryLogs/"}'
    )
    return {
        "pk": {"S": "7k3m-q2xd"},
        "schema": {"N": "1"},
        "state": {"S": "approved"},
        "job_id": {"S": "Wc7RtQ2mLx9B"},
        "job_name": {"S": "wordcount"},
        "before": {"S": fields},
        "values": {"S": '{"numWorker":4}'},
        "requester": {"S": "U0KIM"},
        "channel": {"S": "C0INCIDENT"},
        "team": {"S": "T0SLUICE"},
        "delivery": {"S": delivery_digest("7k3m-q2xd")},
        "reason": {"S": "backlog"},
        "policy_version": {"S": "sha256:4f1d"},
        "because": {"L": [{"S": "oncall-small"}]},
        "head_seq": {"N": "1"},
        "head_hash": {"S": head_hash},
        "created_at": {"S": "2026-11-23T03:04:05.678000+00:00"},
        "updated_at": {"S": "2026-11-23T03:04:05.678000+00:00"},
        "due_at": {"S": "2026-11-23T03:06:05.678000+00:00"},
        "checks": {"N": "0"},
        "gsi_open": {"S": "open"},
        "gsi_due_at": {"S": "2026-11-23T03:06:05.678000+00:00"},
    }


def test_a_request_item_can_be_read_by_a_person(dynamo: Dynamo) -> None:
    """Who looks at the table sees the request in plain words; what does not apply is not there."""
    move = makers.opening(due_at=makers.at(2))
    dynamo.ledger.open(move.request, move.fact)
    later = {"schema": {"N": "2"}, "digest": {"S": move.request.digest}}
    expected = written_before_reviews(move.fact.hash) | later
    assert expected == dynamo.request_item(move.request.id)


def test_how_people_decide_can_be_read_by_a_person(dynamo: Dynamo) -> None:
    """Who has approved, what was broken and when it ends are maps and plain words too."""
    move = makers.full_opening()
    dynamo.ledger.open(move.request, move.fact)
    item = dynamo.request_item(move.request.id)
    expected = {
        "card": {"M": {"channel_id": {"S": "C0INCIDENT"}, "ts": {"S": "1795402245.000100"}, "seq": {"N": "0"}}},
        "tell_at": {"S": "2026-11-23T03:07:05.678000+00:00"},
        "untold": {
            "L": [
                {"M": {"event": {"S": "escalated"}, "seq": {"N": "5"}}},
                {"M": {"event": {"S": "unknown"}, "seq": {"N": "8"}}},
            ]
        },
        "minutes": {"N": "120"},
        "revert_at": {"S": "2026-11-23T05:05:05.678000+00:00"},
        "undoing": {"BOOL": True},
        "review": {
            "M": {
                "needed": {"N": "2"},
                "expires_at": {"S": "2026-11-23T03:34:05.678000+00:00"},
                "remind_at": {"S": "2026-11-23T03:14:05.678000+00:00"},
                "escalate_at": {"S": "2026-11-23T03:24:05.678000+00:00"},
                "reminders": {"N": "3"},
                "approvals": {
                    "L": [
                        {"M": {"user_id": {"S": "U0LEE"}, "at": {"S": "2026-11-23T03:05:05.678000+00:00"}}},
                        {"M": {"user_id": {"S": "U0HAN"}, "at": {"S": "2026-11-23T03:06:35.678000+00:00"}}},
                    ]
                },
                "decided_by": {"S": "U0HAN"},
                "decided_reason": {"S": ""},
            }
        },
        "emergency": {
            "M": {"review_at": {"S": "2026-11-24T03:04:05.678000+00:00"}, "reviewed_by": {"S": "U0LEE"}},
        },
        "over": {"M": {"numWorker": {"S": "9vwx-00ab"}}},
        "ending": {
            "M": {
                "notice_at": {"S": "2026-11-23T04:55:05.678000+00:00"},
                "extra_minutes": {"N": "60"},
                "extended_by": {"S": "U0LEE"},
                "kept_by": {"S": "U0HAN"},
                "undone_by": {"S": "U0KIM"},
                "is_over": {"BOOL": True},
                "former": {"M": {"numWorker": {"N": "2"}, "timeout": {"N": "360"}}},
                "failures": {"N": "3"},
            }
        },
    }
    assert expected == {name: item[name] for name in expected}


def test_an_item_from_before_reviews_is_read_and_goes_on(dynamo: Dynamo) -> None:
    """What an earlier version left open is the same request, without the parts it knew nothing of, and moves on."""
    move = makers.opening(due_at=makers.at(2))
    dynamo.put_request_item(written_before_reviews(move.fact.hash))
    dynamo.put_lock(move.request.change.job_id, move.request.id)
    assert (move.request,) == dynamo.ledger.open_requests(limit=5)
    step = makers.step(move.request, State.APPLYING, minutes=30, revert_at=makers.at(31))
    dynamo.ledger.advance(move.request, step.request, step.fact)
    assert step.request == dynamo.ledger.request(move.request.id)


@pytest.mark.parametrize(
    ("state", "due_at", "indexed"),
    [
        (State.PENDING, makers.at(10), "2026-11-23T03:14:05.678000+00:00"),
        (State.PENDING, None, "9999"),
        (State.APPLIED, makers.at(120), "2026-11-23T05:04:05.678000+00:00"),
        (State.APPLIED, None, None),
        (State.REVERTED, None, None),
        (State.DENIED, None, None),
    ],
)
def test_the_index_holds_what_needs_something_still(
    dynamo: Dynamo, state: State, due_at: datetime | None, indexed: str | None
) -> None:
    """Open requests are in it, and closed ones that are due; nothing else, so that its size is that of the work."""
    before = {State.PENDING: State.PENDING, State.REVERTED: State.REVERTING}.get(state, State.APPLYING)
    opening = makers.opening(state=State.PENDING if state is State.DENIED else before)
    dynamo.ledger.open(opening.request, opening.fact)
    event = Event.REMINDED if state is State.PENDING else None
    move = makers.step(opening.request, state, event=event, due_at=due_at)
    dynamo.ledger.advance(opening.request, move.request, move.fact)
    item = dynamo.request_item(opening.request.id)
    found = {name: item[name] for name in ("gsi_open", "gsi_due_at") if name in item}
    assert found == ({} if indexed is None else {"gsi_open": {"S": "open"}, "gsi_due_at": {"S": indexed}})


def test_an_item_that_cannot_be_read_keeps_no_other_waiting(dynamo: Dynamo, caplog: pytest.LogCaptureFixture) -> None:
    """Items of another make are left out of the open requests, however early they are due, and the log names them."""
    move = makers.opening("9vwx-00ab", due_at=makers.at(2))
    dynamo.ledger.open(move.request, move.fact)
    old = {**written_before_reviews("f" * 64), "gsi_due_at": {"S": "2026-11-01T00:00:00.000000+00:00"}}
    dynamo.put_request_item({**old, "pk": {"S": "newer"}, "schema": {"N": "3"}})
    dynamo.put_request_item({**old, "pk": {"S": "edited"}, "review": {"S": "by hand"}})
    with caplog.at_level(logging.WARNING, "handler.adapters.ledger"):
        assert (move.request,) == dynamo.ledger.open_requests(limit=1)
    assert {(vars(record)["pk"], vars(record)["reason"]) for record in caplog.records} == {
        ("newer", "request item of schema 3, this version reads up to 2"),
        ("edited", "request item cannot be read: TypeError"),
    }


def test_what_names_the_newest_change_is_no_request(dynamo: Dynamo) -> None:
    """The item beside the lock says which request was applied last, and can be read by a person."""
    moves = makers.opening(state=State.APPLYING)
    dynamo.ledger.open(moves.request, moves.fact)
    done = makers.step(moves.request, State.APPLIED)
    dynamo.ledger.advance(moves.request, done.request, done.fact)
    top = RequestId(f"top#{makers.JOB_ID}")
    assert dynamo.request_item(top) == {"pk": {"S": top}, "newest": {"S": makers.REQUEST_ID}}
    assert dynamo.ledger.request(top) is None


def test_a_lock_is_no_request(dynamo: Dynamo) -> None:
    """A lock lies in the table of requests, and whoever asks for it by name gets nothing."""
    opening = makers.opening()
    dynamo.ledger.open(opening.request, opening.fact)
    lock = dynamo.request_item(RequestId(f"lock#{makers.JOB_ID}"))
    assert lock["owner"] == {"S": opening.request.id}
    assert dynamo.ledger.request(RequestId(f"lock#{makers.JOB_ID}")) is None


def test_the_item_of_seals_can_be_written_back_by_hand(dynamo: Dynamo) -> None:
    """What the operator's page puts together from the last seal is taken up where sealing was."""
    seals = dynamo.ledger.seals
    begun = sealing.begun(makers.at(24 * 60))
    seals.keep(None, begun)
    after, fact = sealing.sealed(begun, makers.at(24 * 60), is_to_be_posted=False)
    seals.seal(begun, after, fact)
    dynamo.client.delete_item(TableName=dynamo.requests_table, Key={"pk": {"S": SEALS}})

    [written] = re.findall(r"--item \\\n +'(\{.*?\})'", OPERATIONS.read_text("utf-8"), re.DOTALL)
    for word, value in {"DAY AFTER": after.day.isoformat(), "SEQ": str(fact.seq), "HASH": fact.hash}.items():
        written = written.replace(f'"{word}"', f'"{value}"')
    dynamo.client.put_item(TableName=dynamo.requests_table, Item=json.loads(written))

    assert replace(after, revision=0) == seals.progress()
