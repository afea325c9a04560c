"""The signing secret: read from Secrets Manager, kept, renewed after a rotation, and never asked for in a storm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from handler.front.secret import FetchedSecret, FixedSecret, SecretUnavailable
from tests.unit.front.doors import SHORT_ID, Front
from tests.unit.front.loopback import Asked, HangUp, Loopback, Reply, holding, taken
from tests.unit.front.slack_request import SECRET, command_event

if TYPE_CHECKING:
    from collections.abc import Callable

FROM_MANAGER: dict[str, str | None] = {"SLACK_SIGNING_SECRET": None, "SLACK_SECRET_ID": "prod/slack"}


class Ticking:
    """A monotonic clock that a test moves by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


class Manager:
    """Secrets Manager with one secret, which a test may rotate."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __call__(self, asked: Asked) -> Reply:
        """Give it out."""
        return holding(signing_secret=self.secret)(asked)


def aws_with(secret: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
    """Answer GetSecretValue with `secret` and take every hand-over."""
    return lambda asked: secret(asked) if "x-amz-target" in asked.headers else taken(asked)


def reads(aws: Loopback) -> int:
    """Count how often the secret was asked for."""
    return sum("x-amz-target" in asked.headers for asked in aws.asked)


def test_secret_is_read_once_and_kept() -> None:
    """The first event reads the secret by its id, signed; the next ones use it."""
    with Loopback(aws_with(holding(signing_secret=SECRET, bot_token="xoxb-playground"))) as aws:
        front = Front(url=aws.url, environ=FROM_MANAGER)
        statuses = [front.handle(command_event())["statusCode"] for _ in range(3)]
        asked = aws.asked[0]
        count = reads(aws)

    assert (statuses, count) == ([200, 200, 200], 1)
    assert (asked.path, json.loads(asked.body)) == ("/", {"SecretId": "prod/slack"})
    assert asked.headers["x-amz-target"] == "secretsmanager.GetSecretValue"
    assert asked.headers["content-type"] == "application/x-amz-json-1.1"
    assert "/ap-northeast-2/secretsmanager/aws4_request" in asked.headers["authorization"]


def test_secret_in_the_environment_wins() -> None:
    """With SLACK_SIGNING_SECRET nothing is read from Secrets Manager."""
    with Loopback(aws_with(holding(signing_secret="another"))) as aws:
        front = Front(url=aws.url, environ={"SLACK_SECRET_ID": "prod/slack"})
        assert front.handle(command_event())["statusCode"] == 200
        assert reads(aws) == 0


def test_rotated_secret_heals() -> None:
    """After a rotation the first request with the new secret is accepted, once the kept one is a minute old."""
    manager, ticking = Manager("old"), Ticking()
    with Loopback(aws_with(manager)) as aws:
        front = Front(url=aws.url, environ=FROM_MANAGER, monotonic=ticking)
        front.handle(command_event(secret="old"))
        manager.secret = "new"
        ticking.seconds += 59
        early = front.handle(command_event(secret="new"))["statusCode"]
        ticking.seconds += 1
        late = front.handle(command_event(secret="new"))["statusCode"]
        old = front.handle(command_event(secret="old"))["statusCode"]
        count = reads(aws)

    assert (early, late, old, count) == (401, 200, 401, 2)


def test_rotated_secret_shuts_out_the_old_one_in_time() -> None:
    """A leaked secret that was rotated opens nothing after ten minutes, also if only its thief ever calls."""
    manager, ticking = Manager("old"), Ticking()
    with Loopback(aws_with(manager)) as aws:
        front = Front(url=aws.url, environ=FROM_MANAGER, monotonic=ticking)
        front.handle(command_event(secret="old"))
        manager.secret = "new"
        ticking.seconds += 600
        assert front.handle(command_event(secret="old"))["statusCode"] == 401


def test_hostile_traffic_cannot_hammer_secrets_manager() -> None:
    """A thousand forged requests within ten minutes make no more than one read a minute."""
    ticking = Ticking()
    with Loopback(aws_with(holding(signing_secret=SECRET))) as aws:
        front = Front(url=aws.url, environ=FROM_MANAGER, monotonic=ticking)
        for _ in range(1000):
            front.handle(command_event(secret="forged"))
            ticking.seconds += 0.6
        assert reads(aws) <= 11


def test_kept_secret_outlives_a_failure_of_secrets_manager() -> None:
    """A secret that cannot be renewed is used on, and the failing call is not repeated for a minute."""
    broken, ticking = [False], Ticking()

    def manager(asked: Asked) -> Reply:
        return Reply(500, b"{}") if broken[0] else holding(signing_secret=SECRET)(asked)

    with Loopback(aws_with(manager)) as aws:
        front = Front(url=aws.url, environ=FROM_MANAGER, monotonic=ticking)
        front.handle(command_event())
        broken[0] = True
        ticking.seconds += 3600
        statuses = [front.handle(command_event())["statusCode"] for _ in range(5)]
        ticking.seconds += 59
        statuses.append(front.handle(command_event())["statusCode"])
        assert reads(aws) == 2
        ticking.seconds += 1
        statuses.append(front.handle(command_event())["statusCode"])
        assert (statuses, reads(aws)) == ([200] * 7, 3)


def test_without_any_secret_a_failure_pauses_only_shortly() -> None:
    """While there is no secret at all every caller gets 503, and the next try is two seconds off."""
    broken, ticking = [True], Ticking()

    def manager(asked: Asked) -> Reply:
        if broken[0]:
            raise HangUp
        return holding(signing_secret=SECRET)(asked)

    with Loopback(aws_with(manager)) as aws:
        front = Front(url=aws.url, environ=FROM_MANAGER, monotonic=ticking)
        first = front.handle(command_event())
        broken[0] = False
        second = front.handle(command_event())["statusCode"]
        ticking.seconds += 2
        third = front.handle(command_event())["statusCode"]
        count = reads(aws)

    assert (first["statusCode"], second, third, count) == (503, 503, 200, 2)
    assert first["body"] == f"Sluice cannot answer now. Reference for the log: {SHORT_ID}\n"


def test_renewing_may_not_eat_the_time_for_the_answer() -> None:
    """With a secret in hand a fresher one is waited for half a second at most."""
    waits: list[float] = []

    def fetch(seconds: float) -> bytes:
        waits.append(seconds)
        return b"s"

    ticking = Ticking()
    secret = FetchedSecret(fetch, ticking)
    secret.current(600, 2.0)
    ticking.seconds += 601
    secret.current(600, 2.0)
    ticking.seconds += 601
    secret.current(600, 0.1)
    assert waits == [2.0, 0.5, 0.1]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(200, b"{}"), "the secret has no text (SecretString)"),
        (Reply(200, b"not json"), "the secret has no text (SecretString)"),
        (Reply(200, b"[" * 100_000), "the secret has no text (SecretString)"),
        (Reply(200, b'{"SecretBinary": "cGxheWdyb3VuZA=="}'), "the secret has no text (SecretString)"),
        (Reply(200, b'{"SecretString": 5}'), "the secret has no text (SecretString)"),
        (Reply(200, b'{"SecretString": "playground"}'), "its text is not a JSON object"),
        (Reply(200, b'{"SecretString": "[1]"}'), "its text is not a JSON object"),
        (Reply(200, b'{"SecretString": "{}"}'), 'its JSON has no text under "signing_secret"'),
        (holding(bot_token="xoxb-playground")(Asked("", {}, b"")), 'its JSON has no text under "signing_secret"'),
        (holding(signing_secret=" ")(Asked("", {}, b"")), 'its JSON has no text under "signing_secret"'),
        (holding(signing_secret=["playground"])(Asked("", {}, b"")), 'its JSON has no text under "signing_secret"'),
        (
            Reply(400, b'{"__type":"ResourceNotFoundException","Message":"no playground"}'),
            "HTTP 400 ResourceNotFoundException",
        ),
        (Reply(400, b'{"__type":"com.amazon.coral.service#AccessDeniedException"}'), "HTTP 400 AccessDeniedException"),
        (Reply(400, b"", {"x-amzn-errortype": "AccessDeniedException:http://doc"}), "HTTP 400 AccessDeniedException"),
        (Reply(500, b"[" * 100_000), "HTTP 500"),
        (Reply(302, b"[]"), "HTTP 302"),
    ],
)
def test_unusable_secret_is_said_clearly_and_not_shown(reply: Reply, why: str) -> None:
    """Each way in which a secret is unusable has its sentence in the log; nothing of the content is in it."""
    with Loopback(aws_with(lambda _asked: reply)) as aws:
        front = Front(url=aws.url, environ=FROM_MANAGER)
        assert front.handle(command_event())["statusCode"] == 503

    (line,) = front.log
    assert (line["reason"], line["detail"]) == (
        "secret",
        f"The signing secret could not be read from Secrets Manager (prod/slack): {why}.",
    )
    assert "playground" not in front.lines[0]


def test_unreachable_manager_is_said() -> None:
    """A network failure is named by its kind."""
    front = Front(environ=FROM_MANAGER)
    assert front.handle(command_event())["statusCode"] == 503
    assert front.log[0]["detail"].endswith("(prod/slack): unreachable TriedNetworkError.")


def test_secret_of_any_characters_is_a_key() -> None:
    """A secret that no text encoding can hold still makes no exception; it just fits nothing."""
    assert FixedSecret("\ud800").current(0, 0) == b"\xed\xa0\x80"


def test_secrets_never_show_themselves() -> None:
    """A log or a traceback that prints the holder of a secret prints no secret."""

    def fetch(_seconds: float) -> bytes:
        raise SecretUnavailable("none")

    assert repr(FixedSecret(SECRET)) == "FixedSecret(…)"
    assert repr(FetchedSecret(fetch, Ticking())) == "FetchedSecret(…)"
