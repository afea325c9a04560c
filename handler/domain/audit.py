"""Audit facts and the hash chain that makes an edit of them visible (contract, "Audit facts")."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from handler.domain.model import Head, RunCondition

FIRST_PREV_HASH: Final = "0" * 64
BEFORE_FIRST: Final = Head(seq=0, hash=FIRST_PREV_HASH)
_EXACT_IN_JSON: Final = 2**53 - 1


class Event(StrEnum):
    """What a fact says happened; stored by these words."""

    REQUESTED = "requested"
    REFUSED = "refused"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    CLICK_REFUSED = "click_refused"
    BROKE_GLASS = "broke_glass"
    REVIEWED = "reviewed"
    REVIEW_REMINDED = "review_reminded"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    UNKNOWN = "unknown"
    STALE = "stale"
    REVERTING = "reverting"
    REVERTED = "reverted"
    KEPT = "kept"
    EXTENDED = "extended"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened to one request; ``at`` is ISO 8601 in UTC, ``before``/``after`` are run condition fields.

    What does not apply is None and left out of the item. ``detail`` is the
    rest in one word: why a refusal, or the name of the error that stands in the way.
    ``day``, ``root`` and ``count`` are a seal's: the day (ISO 8601, UTC), the Merkle root over its facts, their number.
    """

    request_id: str
    at: str
    event: Event
    actor: str
    action: str | None = None
    channel: str | None = None
    job_id: str | None = None
    job_name: str | None = None
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None
    reason: str | None = None
    minutes: int | None = None
    policy_version: str | None = None
    because: tuple[str, ...] | None = None
    delivery: str | None = None
    detail: str | None = None
    writer: str | None = None
    day: str | None = None
    root: str | None = None
    count: int | None = None
    seq: int = 0
    prev_hash: str = FIRST_PREV_HASH
    hash: str = ""

    def attributes(self) -> dict[str, object]:
        """Return the fact as the attributes of its item, without what does not apply; text is valid Unicode."""
        present = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: _plain(value) for name, value in present.items() if value is not None}

    @property
    def head(self) -> Head:
        """Where the chain ends with this fact."""
        return Head(self.seq, self.hash)


def _plain(value: object) -> object:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {_text(str(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def timestamp(at: datetime) -> str:
    """Write an aware moment as the audit table does: UTC, milliseconds, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def recordable(condition: RunCondition) -> dict[str, object]:
    """Return a run condition's fields as a fact can hold them exactly.

    Numbers that are not integers within 2**53, and text that is not valid Unicode, are kept as text: DynamoDB and JSON
    (RFC 8785) would each round or refuse them in its own way.
    """
    return {_text(name): _recordable(value) for name, value in condition.fields.items()}


def _recordable(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _EXACT_IN_JSON else str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {_text(str(name)): _recordable(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_recordable(each) for each in value]
    return _text(str(value))


def _text(value: str) -> str:
    """Replace what names and reasons may hold, yet neither UTF-8 nor DynamoDB takes: halves of surrogate pairs."""
    return value.encode(errors="replace").decode()


def canonical(value: object) -> str:
    """Write JSON as RFC 8785 does, for the values a fact may hold: text, integers, booleans, null, lists and maps."""
    if isinstance(value, Mapping):
        pairs = sorted(value.items(), key=lambda pair: str(pair[0]).encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(str(name))}:{canonical(each)}" for name, each in pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def digest(attributes: Mapping[str, object]) -> str:
    """Return the SHA-256 of a fact's attributes, without ``hash`` and without those that only serve an index."""
    covered = {name: value for name, value in attributes.items() if name != "hash" and not name.startswith("gsi_")}
    return hashlib.sha256(canonical(covered).encode()).hexdigest()


def place_of(fact: Mapping[str, object]) -> str:
    """Return where a fact stands among those of its day, job or person: text order is by when, request and number."""
    seq = fact.get("seq")
    return f"{fact.get('at')}#{fact.get('request_id')}#{seq:06d}" if isinstance(seq, int) else f"{fact.get('at')}#?#?"


def chained(head: Head, fact: Fact) -> Fact:
    """Return the fact as the next of its chain: with its number, the hash of the one before, and its own."""
    linked = replace(fact, seq=head.seq + 1, prev_hash=head.hash)
    return replace(linked, hash=digest(linked.attributes()))


def breaks(chain: Sequence[Mapping[str, object]], head: Head | None = None) -> tuple[str, ...]:
    """Check one request's facts, as attributes in the order of ``seq``; name every fact that is not as it was written.

    ``head`` is what the request's item says of the chain's end, None when there is no item (a refusal has none).
    """
    found: list[str] = []
    expected = BEFORE_FIRST
    for attributes in chain:
        seq = attributes.get("seq")
        name = f"{attributes.get('request_id')}#{seq}"
        if seq != expected.seq + 1:
            found.append(f"{name}: fact {expected.seq + 1} is missing or out of order")
        if attributes.get("prev_hash") != expected.hash:
            found.append(f"{name}: does not follow the fact before it")
        if attributes.get("hash") != digest(attributes):
            found.append(f"{name}: was changed after it was written")
        expected = Head(seq if isinstance(seq, int) else expected.seq + 1, str(attributes.get("hash")))
    if head is not None and head != expected:
        found.append(f"the request says {head.seq} facts, the table holds {expected.seq} or another last one")
    return tuple(found)
