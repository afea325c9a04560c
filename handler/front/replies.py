"""What the door answers over HTTP, and how a step before the answer breaks off.

    TurnedAway      the request goes no further; carries the reply

Shapes are those of a Lambda Function URL / HTTP API response, payload format 2.0
(docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html, "Response payload format").
"""

from __future__ import annotations

import json
from typing import NamedTuple

from handler.front import words

TEXT = "text/plain; charset=utf-8"
JSON = "application/json; charset=utf-8"

OK = 200
BAD_REQUEST = 400
UNAUTHORIZED = 401
FORBIDDEN = 403
METHOD_NOT_ALLOWED = 405
UNSUPPORTED_MEDIA_TYPE = 415
INTERNAL_SERVER_ERROR = 500
SERVICE_UNAVAILABLE = 503
GATEWAY_TIMEOUT = 504


class Reply(NamedTuple):
    """One HTTP answer and what the log says of it.

    `outcome` is one word to count by, `reason` one word more, `detail` a sentence for an operator.
    """

    status: int
    outcome: str
    reason: str = ""
    detail: str = ""
    body: str = ""
    content_type: str = TEXT
    level: str = "INFO"

    def as_http(self) -> dict[str, object]:
        """Return the response as Lambda takes it."""
        headers = {"content-type": self.content_type}
        if self.status == METHOD_NOT_ALLOWED:
            headers["allow"] = "POST"
        return {"statusCode": self.status, "headers": headers, "body": self.body, "isBase64Encoded": False}


class TurnedAway(Exception):
    """The request goes no further than here."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.reason)
        self.reply = reply


HANDED_OVER = Reply(OK, "handed_over")
SSL_CHECKED = Reply(OK, "ssl_checked")


def challenge(text: str) -> Reply:
    """Answer the proof of ownership that Slack asks for when an address is entered (`url_verification`)."""
    return Reply(OK, "challenged", body=json.dumps({"challenge": text}), content_type=JSON)


def unauthentic(reason: str) -> TurnedAway:
    """401, the same to everybody: whoever is not Slack learns nothing from it."""
    return TurnedAway(Reply(UNAUTHORIZED, "unauthentic", reason, body=words.NOT_SIGNED))


def forged() -> TurnedAway:
    """403 to headers that only a Bolt function sends to itself: headers are not under Slack's signature."""
    return TurnedAway(Reply(FORBIDDEN, "forged", "bolt_header", body=words.FORGED, level="WARNING"))


def wrong_method() -> TurnedAway:
    """405: Slack only ever posts."""
    return TurnedAway(Reply(METHOD_NOT_ALLOWED, "wrong_method", body=words.ONLY_POST))


def unreadable(status: int, reason: str) -> TurnedAway:
    """400 or 415 to a signed request in a form that nobody here knows."""
    return TurnedAway(Reply(status, "unreadable", reason, body=words.UNREADABLE, level="WARNING"))


def broken(status: int, reason: str, detail: str, short_id: str) -> TurnedAway:
    """500 or 503: the door cannot work now. The log has the sentence, the caller only the id."""
    body = words.door_broken(short_id)
    return TurnedAway(Reply(status, "broken", reason, detail, body=body, level="ERROR"))
