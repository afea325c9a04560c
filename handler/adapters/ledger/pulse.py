"""The last tick as an item of the requests table: by it an operator sees that the schedule is alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handler.adapters.ledger.items import UnreadableItem, plain, wire
from handler.adapters.ledger.scalars import moment, stored_moment
from handler.ports import Tick

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from handler.adapters.ledger.items import Item

LAST_TICK: Final = "tick#last"
"""The item's key; no request's id looks like it."""


def tick_item(tick: Tick) -> dict[str, AttributeValueTypeDef]:
    """Return the whole item."""
    return wire({"pk": LAST_TICK, "at": moment(tick.at), "policy_version": tick.policy_version})


def stored_tick(item: Item) -> Tick:
    """Read what ``tick_item`` wrote. Raises UnreadableItem for anything else."""
    attributes = plain(item)
    try:
        return Tick(stored_moment(attributes["at"]), attributes["policy_version"])
    except (KeyError, TypeError, ValueError) as problem:
        raise UnreadableItem(f"the last tick cannot be read: {type(problem).__name__}") from problem
