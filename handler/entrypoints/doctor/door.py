"""Does `front` take what Slack signs, and nothing else? Asked with a request that changes nothing.

Slack's proof of ownership, `url_verification`, is answered by the door itself and handed over to nobody
(docs.slack.dev/reference/events/url_verification). The signature: docs.slack.dev/authentication/
verifying-requests-from-slack.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httpx

from handler.entrypoints.doctor.findings import Green, Red

if TYPE_CHECKING:
    from handler.entrypoints.doctor.findings import Verdict
    from handler.ports import Clock, NewId

TIMEOUT_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Door:
    """Where the door is. ``through`` is an address to connect to in its place, as by a proxy; empty: its own.

    ``log`` is the command that shows the door's log, ``deploy`` the one that deploys it.
    """

    url: str
    through: str
    log: str
    deploy: str

    @property
    def host(self) -> str:
        """The name that the request is for."""
        return httpx.URL(self.url).netloc.decode("ascii")


def check_door(door: Door, secret: str, clock: Clock, new_id: NewId) -> Verdict:
    """Knock twice: signed rightly, then wrongly."""
    challenge = f"doctor-{new_id()}"
    body = json.dumps({"type": "url_verification", "challenge": challenge}).encode()
    timestamp = str(int(clock.now().timestamp()))
    digest = hmac.digest(secret.encode("utf-8", "surrogatepass"), b"v0:%b:%b" % (timestamp.encode(), body), "sha256")
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:
            right = _knock(client, door, body, timestamp, digest)
            wrong = _knock(client, door, body, timestamp, digest[::-1])
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Red(f"front could not be reached at {door.url} ({type(error).__name__}).", f"curl -i {door.url}")
    if right.status_code != HTTPStatus.OK:
        return _not_taken(right.status_code, door)
    if challenge not in right.text:
        return Red(f"Whatever answers at {door.url} is not front.", door.deploy)
    if wrong.status_code != HTTPStatus.UNAUTHORIZED:
        return Red(f"front answered {wrong.status_code} to a wrong signature, where it must answer 401.", door.deploy)
    return Green(f"{door.url} takes what is signed with the signing secret, and nothing else")


def _knock(client: httpx.Client, door: Door, body: bytes, timestamp: str, digest: bytes) -> httpx.Response:
    headers = {
        "host": door.host,
        "content-type": "application/json",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={digest.hex()}",
    }
    return client.post(door.through or door.url, content=body, headers=headers)


def _not_taken(status: int, door: Door) -> Red:
    match status:
        case HTTPStatus.UNAUTHORIZED:
            wrong = (
                "front did not take a right signature: the secret was changed less than ten minutes ago,"
                " or this machine's clock is more than five minutes off."
            )
            return Red(wrong, "run this again in ten minutes; meanwhile compare `date -u` with another clock")
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return Red("front cannot read its signing secret.", door.log)
        case HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND:
            return Red(f"{door.url} is closed ({status}): it does not lead to front.", door.deploy)
        case _:
            return Red(f"front answered {status} to a request as Slack would send it.", door.log)
