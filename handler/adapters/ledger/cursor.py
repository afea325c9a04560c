"""Where a page of history ended, as text that fits into a button's value and says nothing to its reader.

A fact's place in the indexes by job and by actor is ``gsi_at``: when, which request, which of its facts. That is all
DynamoDB needs to go on from there, besides the job or actor who is asked about anyway; so a cursor that somebody made
up leads at most to another page of the same history.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final

from handler.adapters.ledger.items import wire
from handler.domain.errors import BadCursor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

_PLACE: Final = re.compile(r"[^#]{1,40}#(?P<request_id>.{1,64})#(?P<seq>[0-9]{6,9})")


def cursor_after(gsi_at: str) -> str:
    """Return the cursor that leads to what comes after the fact of this ``gsi_at``."""
    return base64.urlsafe_b64encode(gsi_at.encode()).decode().rstrip("=")


def start_key(cursor: str, index_key: Mapping[str, str]) -> dict[str, AttributeValueTypeDef]:
    """Return DynamoDB's ExclusiveStartKey for a cursor; ``index_key`` is the partition asked about.

    Raises BadCursor when the text is none.
    """
    try:
        gsi_at = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars="-_", validate=True).decode()
    except ValueError:
        gsi_at = ""
    place = _PLACE.fullmatch(gsi_at)
    if place is None:
        raise BadCursor
    return wire({**index_key, "gsi_at": gsi_at, "request_id": place["request_id"], "seq": int(place["seq"])})
