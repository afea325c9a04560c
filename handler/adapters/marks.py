"""The metadata by which a message is known again that a worker posted and had no time to remember.

Source: docs.slack.dev/messaging/message-metadata. An event type and a flat payload travel with the message, unseen by
people; ``include_all_metadata`` brings them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handler.domain.model import ChannelId, RequestId
from handler.domain.news import Kind, Mark
from handler.domain.request import Card

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

EVENT_TYPE: Final = "sluice"
# Slack's clock gives messages their time, ours gives the request its own.
CLOCKS_APART: Final = timedelta(minutes=2)


def metadata_of(mark: Mark) -> dict[str, object]:
    """Return the metadata that carries a mark."""
    payload = {"request_id": mark.request_id, "kind": mark.kind.value, "seq": mark.seq}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def oldest(since: datetime) -> str:
    """Return the Slack timestamp before which nothing is looked for."""
    return f"{(since - CLOCKS_APART).timestamp():.6f}"


def marked(channel_id: ChannelId, messages: object) -> Iterator[tuple[Mark, Card]]:
    """Yield the marks among an answer's messages, each with where it stands; what is none of ours is passed over."""
    for message in messages if isinstance(messages, list) else ():
        mark = _mark(message)
        ts = message.get("ts") if isinstance(message, Mapping) else None
        if mark is not None and isinstance(ts, str):
            yield mark, Card(channel_id, ts, mark.seq)


def next_cursor(metadata: object) -> str:
    """Return the cursor of the next page from an answer's ``response_metadata``, empty at the end."""
    cursor = metadata.get("next_cursor") if isinstance(metadata, Mapping) else None
    return cursor if isinstance(cursor, str) else ""


def _mark(message: object) -> Mark | None:
    """Read a message's mark; only what a bot posted can carry one of ours."""
    metadata = message.get("metadata") if isinstance(message, Mapping) and message.get("bot_id") else None
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    if not isinstance(payload, Mapping):
        return None
    request_id, kind, seq = payload.get("request_id"), payload.get("kind"), payload.get("seq")
    if not isinstance(request_id, str) or kind not in set(Kind) or not isinstance(seq, int):
        return None
    return Mark(RequestId(request_id), Kind(kind), seq)
