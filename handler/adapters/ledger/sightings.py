"""Jobs as they were last seen: two items of the requests table for each, found by its id and by its name.

DynamoDB takes them away some time after ``forget_at`` (Developer Guide, "Time to Live"). The run condition is JSON
text, as a request's is (``items``).
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from handler.adapters.ledger import clauses
from handler.adapters.ledger.calls import ConditionUnmet
from handler.adapters.ledger.items import can_be_key, plain, wire
from handler.adapters.ledger.scalars import moment, present, stored_moment, stored_moment_or_none
from handler.domain.model import Job, JobId, RunCondition
from handler.domain.sighting import FORGOTTEN_AFTER, Seen

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

    from handler.adapters.ledger.calls import Calls
    from handler.adapters.ledger.items import Item

BY_ID: Final = "seen#id#"
BY_NAME: Final = "seen#name#"


class DynamoSightings:
    """The port ``Sightings``."""

    def __init__(self, client: DynamoDBClient, requests_table: str, calls: Calls) -> None:
        self._client = client
        self._table = requests_table
        self._calls = calls

    def keep(self, seen: Seen) -> None:
        """Keep what was read; see the port."""
        attributes = _attributes(seen)
        is_later = clauses.on(clauses.seen_before(str(attributes["at"])))
        for key in filter(can_be_key, _keys(seen.job.id, seen.job.name)):
            item = wire({"pk": key, **attributes})
            try:
                self._calls.do("saw", partial(self._client.put_item, TableName=self._table, Item=item, **is_later))
            except ConditionUnmet:
                continue  # another worker has looked later

    def last(self, asked: str) -> Seen | None:
        """Read what is kept; see the port. An item that somebody has edited is as good as none."""
        for key in filter(can_be_key, _keys(asked, asked)):
            get = partial(self._client.get_item, TableName=self._table, Key=wire({"pk": key}))
            answer = self._calls.do("last_seen", get)
            if "Item" in answer and (seen := _seen(answer["Item"])):
                return seen
        return None


def _keys(job_id: str, name: str) -> tuple[str, str]:
    return f"{BY_ID}{job_id}", f"{BY_NAME}{name.casefold()}"


def _attributes(seen: Seen) -> dict[str, object]:
    job = seen.job
    return present(
        {
            "at": moment(seen.at),
            "job_id": _storable(job.id),
            "job_name": _storable(job.name),
            "type": _storable(job.type),
            "status": _storable(job.status),
            "run_condition": json.dumps(dict(job.run_condition.fields), separators=(",", ":")),
            "last_execution_status": _storable(job.last_execution_status),
            "last_execution_at": moment(job.last_execution_at),
            "updated_at": moment(job.updated_at),
            "forget_at": int((seen.at + FORGOTTEN_AFTER).timestamp()),
        }
    )


def _storable(text: str | None) -> str | None:
    """Replace halves of surrogate pairs, which JSON may hold and DynamoDB does not take."""
    return None if text is None else text.encode(errors="replace").decode()


def _seen(item: Item) -> Seen | None:
    stored = plain(item)
    try:
        return Seen(_job(stored), stored_moment(stored["at"]))
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return None


def _job(stored: dict[str, Any]) -> Job:
    return Job(
        id=JobId(stored["job_id"]),
        name=stored["job_name"],
        run_condition=RunCondition(json.loads(stored["run_condition"])),
        type=stored["type"],
        status=stored["status"],
        last_execution_status=stored.get("last_execution_status"),
        last_execution_at=stored_moment_or_none(stored.get("last_execution_at")),
        updated_at=stored_moment_or_none(stored.get("updated_at")),
    )
