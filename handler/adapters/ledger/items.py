"""Requests and facts as DynamoDB items, and back.

A request's run conditions and values are kept as JSON text, not as maps: what was read from the API has to be written
back exactly (architecture, rule 6), and DynamoDB would not return it so. Its numbers know no difference between 2.0
and 2 and end at 38 digits, and it takes no text that is not valid Unicode. The text keeps the order of fields too.
A fact's ``before`` and ``after`` are maps, for people and their tools: ``audit.recordable`` has made them fit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from handler.adapters.ledger.decisions import (
    emergency_attributes,
    ending_attributes,
    review_attributes,
    stored_emergency,
    stored_ending,
    stored_review,
)
from handler.adapters.ledger.scalars import moment, stored_count, stored_moment, stored_moment_or_none
from handler.domain.audit import Event, place_of
from handler.domain.model import Actor, Change, ChannelId, Head, JobId, RequestId, RunCondition, UserId
from handler.domain.news import News
from handler.domain.request import Card, Request, State
from handler.domain.sealing import SEALS

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from handler.domain.audit import Fact

    Item = Mapping[str, AttributeValueTypeDef]

SCHEMA: Final = 2
# An item of schema 1 has no ``ending``, no ``over`` and nothing untold; what is absent is read as none.
READABLE: Final = frozenset({1, SCHEMA})
INDEX_PREFIX: Final = "gsi_"
LOCK_PREFIX: Final = "lock#"
TOP_PREFIX: Final = "top#"
NO_REQUEST: Final = "#"
"""Stands in the keys of all items that are no requests, and in no request's id."""
OPEN: Final = "open"
DUE_AT_NO_TIME: Final = "9999"
_LONGEST_KEY_BYTES: Final = 2048

_serialize: Final = TypeSerializer().serialize
_deserialize: Final = TypeDeserializer().deserialize


class UnreadableItem(ValueError):
    """An item is not what this version writes; the message names no value of it."""


def names_request(key: str) -> bool:
    """Whether a key of the requests table may be a request's; those of locks and of whatever else is kept are not."""
    return NO_REQUEST not in key and key != SEALS and can_be_key(key)


def can_be_key(text: str) -> bool:
    """Whether DynamoDB takes this as a partition key: not empty, valid Unicode, at most 2,048 bytes."""
    encoded = text.encode("utf-8", "replace")
    return bool(text) and len(encoded) <= _LONGEST_KEY_BYTES and encoded.decode() == text


def wire(attributes: Mapping[str, object]) -> dict[str, AttributeValueTypeDef]:
    """Write plain attributes as DynamoDB's typed values."""
    return {name: _serialize(value) for name, value in attributes.items()}


def plain(item: Item) -> dict[str, Any]:
    """Read DynamoDB's typed values: whole numbers are int; what we never write comes as float or text."""
    return {name: _plain(_deserialize(value)) for name, value in item.items()}


def _plain(value: object) -> object:
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case list():
            return [_plain(each) for each in value]
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case _:
            return repr(value)  # boto3's Binary has no str()


def fact_attributes(fact: Fact) -> dict[str, object]:
    """Return a fact's attributes with those that serve the indexes by job, actor and day."""
    attributes = fact.attributes()
    return {**attributes, **index_attributes(attributes)}


def index_attributes(fact: Mapping[str, object]) -> dict[str, object]:
    """Return what puts a fact into its place in the indexes by job, actor and day."""
    return {f"{INDEX_PREFIX}at": place_of(fact), f"{INDEX_PREFIX}day": str(fact.get("at"))[: len("2026-11-23")]}


def stored_fact(item: Item) -> dict[str, object]:
    """Read a fact as it was recorded, without what serves an index."""
    return {name: value for name, value in plain(item).items() if not name.startswith(INDEX_PREFIX)}


def request_attributes(request: Request) -> dict[str, object]:
    """Return all attributes of a request's item but its key; what does not apply is None and not to be stored.

    ``gsi_open`` and ``gsi_due_at`` put it into the index of open requests while it needs something.
    """
    change = request.change
    return {
        "schema": SCHEMA,
        "state": request.state.value,
        "job_id": change.job_id,
        "job_name": change.job_name,
        "before": _text(change.before.fields),
        "values": _text(change.values),
        "requester": request.requester.user_id,
        "channel": request.requester.channel_id,
        "team": request.requester.team_id,
        "delivery": request.delivery,
        "reason": request.reason,
        "policy_version": request.policy_version,
        "because": list(request.because),
        "head_seq": request.head.seq,
        "head_hash": request.head.hash,
        "created_at": moment(request.created_at),
        "updated_at": moment(request.updated_at),
        "started_at": moment(request.started_at),
        "called_at": moment(request.called_at),
        "found": None if request.found is None else _text(request.found.fields),
        "problem": request.problem,
        "checks": request.checks,
        "minutes": request.minutes,
        "revert_at": moment(request.revert_at),
        "undoing": request.undoing or None,
        "review": None if request.review is None else review_attributes(request.review),
        "emergency": None if request.emergency is None else emergency_attributes(request.emergency),
        "over": dict(request.over) or None,
        "ending": ending_attributes(request.ending) or None,
        "digest": request.digest,
        "card": None if request.card is None else card_attributes(request.card),
        **telling_attributes(request),
    }


def telling_attributes(request: Request) -> dict[str, object]:
    """Return what is untold and when the tick turns to it, to tell it or for what is owed, with the place in the index.

    Those that the tick must turn to at no time come last there.
    """
    is_listed = request.is_open or request.tell_at is not None
    return {
        "due_at": moment(request.due_at),
        "tell_at": moment(request.tell_at),
        "untold": [{"event": each.event.value, "seq": each.seq} for each in request.untold] or None,
        f"{INDEX_PREFIX}open": OPEN if is_listed else None,
        f"{INDEX_PREFIX}due_at": (moment(request.wakes_at) or DUE_AT_NO_TIME) if is_listed else None,
    }


def card_attributes(card: Card) -> dict[str, object]:
    """Return a card as the map that is kept of it."""
    return {"channel_id": card.channel_id, "ts": card.ts, "seq": card.seq}


def stored_request(item: Item) -> Request:
    """Read a request. Raises UnreadableItem when this version does not write such items."""
    attributes = plain(item)
    if attributes.get("schema") not in READABLE:
        raise UnreadableItem(f"request item of schema {attributes.get('schema')}, this version reads up to {SCHEMA}")
    try:
        return _request(attributes)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as problem:
        raise UnreadableItem(f"request item cannot be read: {type(problem).__name__}") from problem


def _request(stored: Mapping[str, Any]) -> Request:
    found = stored.get("found")
    review, emergency, minutes = stored.get("review"), stored.get("emergency"), stored.get("minutes")
    return Request(
        id=RequestId(stored["pk"]),
        state=State(stored["state"]),
        change=Change(
            JobId(stored["job_id"]),
            stored["job_name"],
            RunCondition(json.loads(stored["before"])),
            {name: stored_count(value) for name, value in json.loads(stored["values"]).items()},
        ),
        requester=Actor(UserId(stored["requester"]), ChannelId(stored["channel"]), stored["team"]),
        delivery=stored["delivery"],
        created_at=stored_moment(stored["created_at"]),
        updated_at=stored_moment(stored["updated_at"]),
        policy_version=stored["policy_version"],
        because=tuple(stored["because"]),
        head=Head(stored_count(stored["head_seq"]), stored["head_hash"]),
        reason=stored.get("reason"),
        due_at=stored_moment_or_none(stored.get("due_at")),
        tell_at=stored_moment_or_none(stored.get("tell_at")),
        untold=tuple(News(Event(each["event"]), stored_count(each["seq"])) for each in stored.get("untold", ())),
        card=_card(stored.get("card")),
        found=None if found is None else RunCondition(json.loads(found)),
        problem=stored.get("problem"),
        checks=stored_count(stored["checks"]),
        started_at=stored_moment_or_none(stored.get("started_at")),
        called_at=stored_moment_or_none(stored.get("called_at")),
        minutes=None if minutes is None else stored_count(minutes),
        revert_at=stored_moment_or_none(stored.get("revert_at")),
        undoing=bool(stored.get("undoing")),
        review=None if review is None else stored_review(review),
        emergency=None if emergency is None else stored_emergency(emergency),
        over={name: RequestId(each) for name, each in stored.get("over", {}).items()},
        ending=stored_ending(stored.get("ending", {})),
    )


def _card(stored: Mapping[str, Any] | None) -> Card | None:
    if stored is None:
        return None
    return Card(ChannelId(stored["channel_id"]), stored["ts"], stored_count(stored.get("seq", 0)))


def _text(fields: Mapping[str, object]) -> str:
    return json.dumps(dict(fields), separators=(",", ":"))
