"""Makes HTTP events as somebody would who wants the door to break: right ones, signed or not, and then spoilt."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.unit.front.slack_request import COMMAND, FORM, NOW, SECRET, event

if TYPE_CHECKING:
    from random import Random

JSON = "application/json"
NAMES = ("headers", "body", "isBase64Encoded", "requestContext", "rawQueryString", "rawPath", "version", "cookies", "")
TEXTS = (
    "",
    " ",
    "\x00",
    "\ud800",
    "é" * 64,
    "한글 🙂",
    "v0=",
    "-1",
    "1e9",
    "NaN",
    "null",
    "{}",
    "[",
    "ssl_check=1",
    "command=%2Fdataflow",
    "payload=",
    "payload=%7B%7D",
    "%ff%fe",
    "a=b&" * 500,
    "<!channel>",
    "../../etc/passwd",
    "\r\nx-slack-signature: v0=0",
    "٣" * 10,
)
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    10**400,
    1.5,
    float("nan"),
    b"bytes",
    (),
    [],
    {},
    [[]],
    {"": None},
    *TEXTS,
)
CONTENT_TYPES = (FORM, JSON, f"{FORM}; charset=utf-8", "text/plain", "multipart/form-data; boundary=x", "", ";", "é")
HEADERS = (
    "x-slack-bolt-lazy-only",
    "X-Slack-Bolt-Lazy-Function-Name",
    "x-slack-retry-num",
    "x-forwarded-for",
    "transfer-encoding",
    "X-SLACK-SIGNATURE",
    "x-slack-request-timestamp ",
)
METHODS = ("GET", "PUT", "post", "", "OPTIONS", "POST ")
INTERACTIONS = (
    "block_actions",
    "view_submission",
    "block_suggestion",
    "shortcut",
    "view_closed",
    "message_action",
    "x",
    5,
    None,
)


def hostile(random: Random) -> object:
    """Return an event: about half of them truly signed, most of them wrong somewhere."""
    body, content_type = _body(random)
    at = NOW + random.choice((*[0] * 20, -299, 299, -301, 301, 10**9, -NOW))
    secret = SECRET if random.random() < 0.8 else random.choice(("", "wrong", SECRET + " "))
    signed = event(
        body,
        at=at,
        secret=secret,
        content_type=content_type,
        method="POST" if random.random() < 0.9 else random.choice(METHODS),
        is_base64=True,
    )
    if random.random() < 0.5:
        signed = {**signed, "body": body.decode("utf-8", "surrogateescape"), "isBase64Encoded": False}
    made: object = signed
    for _ in range(random.choice((0, 0, 0, 1, 1, 2, 5))):
        made = _spoilt(random, made)
    return made


def is_signed(made: object) -> bool:
    """Tell, by other code than the door's, whether Slack's secret signed this event a short while ago."""
    if not isinstance(made, dict) or not isinstance(made.get("headers"), dict):
        return False
    headers = {name.lower(): value for name, value in made["headers"].items() if isinstance(name, str)}
    stamp, claimed, body = (
        headers.get("x-slack-request-timestamp"),
        headers.get("x-slack-signature"),
        made.get("body"),
    )
    if not isinstance(stamp, str) or not isinstance(claimed, str) or not isinstance(body, str | None):
        return False
    try:
        raw = base64.b64decode(body or "") if made.get("isBase64Encoded") is True else (body or "").encode()
        age = abs(NOW - int(stamp))
    except ValueError:
        return False
    expected = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()
    return age <= 300 and claimed == f"v0={expected}"


def _body(random: Random) -> tuple[bytes, str]:
    content_type = random.choice(CONTENT_TYPES)
    match random.randrange(7):
        case 0:
            return urlencode({**COMMAND, "text": random.choice(TEXTS)}, errors="replace").encode(), FORM
        case 1:
            payload = {"type": random.choice(INTERACTIONS), "actions": _tangle(random, 4), "user": _tangle(random, 3)}
            return urlencode({"payload": json.dumps(payload, default=repr)}).encode(), FORM
        case 2:
            kinds = ("event_callback", "url_verification", "x", None)
            said = {"type": random.choice(kinds), "challenge": _tangle(random, 2), "event": _tangle(random, 4)}
            return json.dumps(said, default=repr).encode(), JSON
        case 3:
            return random.randbytes(random.choice((0, 1, 7, 300, 5000))), content_type
        case 4:
            depth = random.choice((10, 1000, 100_000))
            return b"[" * depth + b"]" * random.choice((0, depth)), JSON
        case 5:
            return ("payload=" + "%7B%22a%22:" * random.choice((5, 2000))).encode(), FORM
        case _:
            return random.choice(TEXTS).encode("utf-8", "surrogatepass"), content_type


def _tangle(random: Random, depth: int) -> object:
    """Return a value of JSON, or of no JSON, some levels deep."""
    if depth == 0 or random.random() < 0.3:
        return random.choice(ODD)
    if random.random() < 0.5:
        return [_tangle(random, depth - 1) for _ in range(random.randrange(4))]
    return {random.choice(TEXTS): _tangle(random, depth - 1) for _ in range(random.randrange(4))}


def _spoilt(random: Random, made: object) -> object:
    """Return the event with one thing wrong: left out, of another kind, added, or turned around."""
    if not isinstance(made, dict):
        return made
    headers = made.get("headers")
    match random.randrange(6):
        case 0:
            return random.choice(ODD) if random.random() < 0.05 else {**made, random.choice(NAMES): random.choice(ODD)}
        case 1:
            gone = random.choice(NAMES)
            return {name: value for name, value in made.items() if name != gone}
        case 2 if isinstance(headers, dict) and headers:
            return {**made, "headers": {**headers, random.choice(list(headers)): random.choice(ODD)}}
        case 3 if isinstance(headers, dict):
            return {**made, "headers": {**headers, random.choice(HEADERS): random.choice(TEXTS)}}
        case 4 if isinstance(headers, dict) and all(isinstance(name, str) for name in headers):
            return {
                **made,
                "headers": {random.choice((name.upper(), name.title(), name)): headers[name] for name in headers},
            }
        case _:
            return {
                **made,
                "requestContext": {"http": _tangle(random, 2)},
                "body": random.choice((made.get("body"), "x")),
            }
