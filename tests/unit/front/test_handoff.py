"""Handing over when the other side is slow, absent, overloaded or wrong: an honest answer, in time."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any, Self

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.unit.front.doors import SHORT_ID, Front
from tests.unit.front.loopback import Asked, HangUp, Loopback, Reply
from tests.unit.front.slack_request import FORM, command_event, event

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from urllib.parse import SplitResult

    from tests.unit.front.authority import Authority

FORM_EVENT = event(
    "payload="
    + json.dumps(
        {
            "type": "view_submission",
            "view": {
                "blocks": [
                    {"type": "section", "block_id": "intro"},
                    {"type": "input", "block_id": "workers"},
                    {"type": "input", "block_id": "reason"},
                ]
            },
        }
    )
)
CLICK_EVENT = event('payload={"type":"block_actions"}')
SUGGESTION_EVENT = event('payload={"type":"block_suggestion"}')
CALLBACK_EVENT = event('{"type":"event_callback"}', content_type="application/json")


def answer_of(front: Front, made: dict[str, Any]) -> tuple[object, Any]:
    """Return the status and the body, parsed if there is one."""
    answer = front.handle(made)
    body = str(answer["body"])
    return answer["statusCode"], json.loads(body) if body else ""


def said(front: Front, made: dict[str, Any]) -> str:
    """Return the sentence that a person reads under a command."""
    status, body = answer_of(front, made)
    assert (status, body["response_type"]) == (200, "ephemeral")
    return str(body["text"])


def replying(reply: Reply) -> Callable[[Asked], Reply]:
    """Answer everything with `reply`."""
    return lambda _asked: reply


def logged(front: Front) -> tuple[str, str, str]:
    """Return level, outcome and reason of the one line in the log, which has the id that the person was told."""
    (line,) = front.log
    assert line["id"] == SHORT_ID
    return line["level"], line["outcome"], line["reason"]


NOT_REACHED = (
    "Sluice could not take this command: its worker could not be reached in time. Nothing was changed. "
    "Try it again; if that fails too, tell whoever runs Sluice. Reference for the log: 0badcafe"
)
PERHAPS = (
    "Sluice cannot tell whether this command was carried out: its worker did not answer in time. It may still run. "
    "Look at /dataflow requests before you try it again. Reference for the log: 0badcafe"
)


def test_refused_connection_is_said_to_have_changed_nothing() -> None:
    """When nobody listens, the person reads that nothing was changed, what to do and the id of the log line."""
    front = Front()
    assert said(front, command_event()) == NOT_REACHED
    assert logged(front) == ("ERROR", "not_handed_over", "unreachable")


@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [
        (429, "throttled", "more often than AWS allows. Nothing was changed. Try it again in a minute."),
        (403, "refused", "AWS refused to start its worker. Nothing was changed. Trying it again will not help"),
        (404, "refused", "AWS refused to start its worker. Nothing was changed. Trying it again will not help"),
        (413, "refused", "AWS refused to start its worker. Nothing was changed."),
        (301, "refused", "AWS refused to start its worker. Nothing was changed."),
    ],
)  # fmt: skip
def test_refusal_of_lambda_is_said_to_have_changed_nothing(status: int, reason: str, sentence: str) -> None:
    """A call that Lambda surely did not take is told with its cause, and the log has AWS's own name for it."""
    with Loopback(replying(Reply(status, b"{}", {"x-amzn-errortype": "SomeException:http://x"}))) as aws:
        front = Front(url=aws.url)
        assert sentence in said(front, command_event())
    assert logged(front) == ("ERROR", "not_handed_over", reason)
    assert front.log[0]["detail"] == f"HTTP {status} SomeException"


@pytest.mark.parametrize("body", [b"", b"{}", b"null"])
def test_refusal_without_a_name_is_logged_by_its_number(body: bytes) -> None:
    """A refusal that names no error is told by its status alone."""
    with Loopback(replying(Reply(404, body))) as aws:
        front = Front(url=aws.url)
        front.handle(command_event())
    assert front.log[0]["detail"] == "HTTP 404"


def test_handed_over_request_bears_the_signature_that_aws_expects() -> None:
    """What arrives at Lambda is signed for its own method, path, headers, body and moment, as botocore computes it."""
    with Loopback(replying(Reply(202))) as aws:
        front = Front(url=aws.url, environ={"WORKER_FUNCTION": "worker:live"})
        front.handle(command_event())
        (asked,) = aws.asked
        url = aws.url

    names = asked.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    theirs = AWSRequest("POST", url + asked.path, {name: asked.headers[name] for name in names}, asked.body)
    theirs.context["timestamp"] = "20250615T150640Z"
    keys = Credentials("playground-access", "playground-secret-key", "playground-session")
    signer = SigV4Auth(keys, "lambda", "ap-northeast-2")
    expected = signer.signature(signer.string_to_sign(theirs, signer.canonical_request(theirs)), theirs)
    assert asked.headers["authorization"].endswith(f"Signature={expected}")
    assert asked.headers["x-amz-date"] == "20250615T150640Z"


@pytest.mark.parametrize(
    "environ",
    [
        {"AWS_ACCESS_KEY_ID": None},
        {"AWS_SECRET_ACCESS_KEY": " "},
        {"AWS_SESSION_TOKEN": "a\nx-evil: 1"},
        {"AWS_SESSION_TOKEN": "é"},
    ],
)
def test_missing_credentials_are_said(environ: dict[str, str | None]) -> None:
    """Without usable credentials nothing leaves, and the person is told whom to tell."""
    front = Front(environ=environ)
    assert "it has no AWS credentials to start its worker with. Nothing was changed." in said(front, command_event())
    assert logged(front) == ("ERROR", "not_handed_over", "no_credentials")


def test_credentials_are_read_at_each_call() -> None:
    """Credentials that Lambda renewed are used by the next call."""
    with Loopback(replying(Reply(202))) as aws:
        front = Front(url=aws.url)
        front.handle(command_event())
        front.environ |= {"AWS_ACCESS_KEY_ID": "renewed-access", "AWS_SESSION_TOKEN": ""}
        front.handle(command_event())
        keys = [
            (asked.headers["authorization"].partition("/")[0], "x-amz-security-token" in asked.headers)
            for asked in aws.asked
        ]

    assert keys == [
        ("AWS4-HMAC-SHA256 Credential=playground-access", True),
        ("AWS4-HMAC-SHA256 Credential=renewed-access", False),
    ]  # fmt: skip


def test_server_error_leaves_it_open() -> None:
    """A 5xx of Lambda does not say whether the call was queued, and neither do we."""
    with Loopback(replying(Reply(500))) as aws:
        front = Front(url=aws.url)
        assert said(front, command_event()) == PERHAPS
    assert logged(front) == ("ERROR", "unsure", "no_answer")
    assert front.log[0]["detail"] == "HTTP 500"


def test_torn_connection_leaves_it_open() -> None:
    """A connection that breaks after the request was sent is not called a failure."""

    def hang_up(_asked: Asked) -> Reply:
        raise HangUp

    with Loopback(hang_up) as aws:
        front = Front(url=aws.url)
        assert said(front, command_event()) == PERHAPS
    assert logged(front) == ("ERROR", "unsure", "no_answer")
    assert front.log[0]["detail"] in {"BrokenAnswer", "ConnectionResetError"}


@pytest.mark.parametrize("how", ["silent", "dripping"])
def test_slow_server_cannot_hold_up_the_answer(how: str) -> None:
    """A server that says nothing, or drips a byte and stops, is left at the deadline, and the person told the truth."""
    with Loopback(replying(Reply(202, b"x" * 100, drip=True))) as aws:
        if how == "silent":
            aws.reply = lambda _asked: Reply(500) if aws.closing.wait() else Reply(202)
        front = Front(url=aws.url, budget_seconds=0.2)
        started = time.perf_counter()
        text = said(front, command_event(command="/df&<dev>"))
        elapsed = time.perf_counter() - started

    assert text == PERHAPS.replace("/dataflow", "/df&amp;&lt;dev&gt;")
    assert 0.15 < elapsed < 1.5


class SlowConnection:
    """A connection that is there too late; it remembers what was sent and says when it is closed."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = threading.Event()

    def sendall(self, data: bytes) -> None:
        """Remember it."""
        self.sent.append(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.closed.set()


def test_hanging_name_resolution_cannot_hold_up_the_answer() -> None:
    """A connection that hangs is given up at the deadline, and what was not sent by then is never sent afterwards."""
    connection, resolved = SlowConnection(), threading.Event()
    asked: list[tuple[bool, bool]] = []

    def dial(_parts: SplitResult, seconds: float, _ca_bundle: str) -> socket.socket:
        asked.append((threading.current_thread().daemon, 0 < seconds <= 0.2))
        resolved.wait()
        return connection  # type: ignore[return-value]  # a stand-in for what the door uses of a socket

    front = Front(dial=dial, budget_seconds=0.2)
    started = time.perf_counter()
    text = said(front, command_event())
    elapsed = time.perf_counter() - started
    resolved.set()

    assert text == NOT_REACHED
    assert logged(front) == ("ERROR", "not_handed_over", "no_answer")
    assert 0.15 < elapsed < 1.5
    assert connection.closed.wait(5)
    assert connection.sent == []
    assert asked == [(True, True)]  # left behind, it holds up no exit, and its socket knows the time as well


def test_slow_secret_and_slow_worker_share_one_budget() -> None:
    """The time for the secret is taken from the same budget: together they end in time."""
    with Loopback(replying(Reply())) as aws:

        def slow(asked: Asked) -> Reply:
            if "x-amz-target" not in asked.headers:
                aws.closing.wait()
            aws.closing.wait(0.3)
            return Reply(200, json.dumps({"SecretString": '{"signing_secret": "playground-signing-secret"}'}).encode())

        aws.reply = slow
        front = Front(url=aws.url, budget_seconds=1.5, environ={"SLACK_SIGNING_SECRET": None, "SLACK_SECRET_ID": "s"})
        started = time.perf_counter()
        text = said(front, command_event())
        elapsed = time.perf_counter() - started

    assert text == PERHAPS
    assert 1.2 < elapsed < 5


def test_form_keeps_what_was_typed_and_says_why() -> None:
    """A form that surely did not get through stays open, with the reason under its first field."""
    front = Front()
    assert answer_of(front, FORM_EVENT) == (
        200,
        {"response_action": "errors", "errors": {"workers": NOT_REACHED.replace("command", "form")}},
    )


@pytest.mark.parametrize(
    ("reply", "reason", "why"),
    [
        (
            Reply(200, b"{}", {"X-Amz-Function-Error": "Unhandled"}),
            "worker_failed",
            "its worker broke off in the middle",
        ),
        (Reply(200, b"null"), "worker_unreadable", "its worker gave an answer that makes no sense"),
        (Reply(200, b"{"), "worker_unreadable", "its worker gave an answer that makes no sense"),
        (Reply(200, b"[" * 100_000), "worker_unreadable", "its worker gave an answer that makes no sense"),
        (
            Reply(200, b'{"status": 200, "body": ""}'),
            "worker_unreadable",
            "its worker gave an answer that makes no sense",
        ),
        (
            Reply(200, b'{"status": 99, "headers": {"content-type": "a"}, "body": ""}'),
            "worker_unreadable",
            "its worker gave an answer that makes no sense",
        ),
        (
            Reply(200, b'{"status": "200", "headers": {"content-type": "a"}, "body": ""}'),
            "worker_unreadable",
            "its worker gave an answer that makes no sense",
        ),
        (
            Reply(200, b'{"status": 200, "headers": {"content-type": "a"}, "body": {}}'),
            "worker_unreadable",
            "its worker gave an answer that makes no sense",
        ),
        (Reply(502), "no_answer", "its worker did not answer in time"),
    ],
)
def test_form_that_may_have_run_says_where_to_look(reply: Reply, reason: str, why: str) -> None:
    """A worker that broke off or answered nonsense may have done its work: look before repeating."""
    with Loopback(replying(reply)) as aws:
        front = Front(url=aws.url, environ={"SLACK_COMMAND": "/df"})
        status, body = answer_of(front, FORM_EVENT)

    text = (
        f"Sluice cannot tell whether this form was carried out: {why}. It may still run. "
        "Look at /df requests before you try it again. Reference for the log: 0badcafe"
    )
    assert (status, body) == (200, {"response_action": "errors", "errors": {"workers": text}})
    assert logged(front) == ("ERROR", "unsure", reason)


@pytest.mark.parametrize(
    "view",
    [
        None,
        [],
        {},
        {"blocks": None},
        {"blocks": [None, "input", {"type": "section"}, {"type": "input"}, {"type": "input", "block_id": 1}]},
    ],
)
def test_form_without_a_field_leaves_the_words_to_slack(view: object) -> None:
    """Without a field to write under, Slack's own message is shown by a 503."""
    made = event("payload=" + json.dumps({"type": "view_submission", "view": view}))
    assert answer_of(Front(), made) == (503, "")


def test_apology_is_json_to_slack() -> None:
    """Slack reads the words only if they come as JSON."""
    headers = [Front().handle(made)["headers"] for made in (command_event(), FORM_EVENT)]
    assert headers == [{"content-type": "application/json; charset=utf-8"}] * 2


CLICK_IN_FORM = event(
    "payload=" + json.dumps({"type": "block_actions", "view": {"blocks": [{"type": "input", "block_id": "workers"}]}})
)


@pytest.mark.parametrize("made", [CLICK_EVENT, CLICK_IN_FORM, SUGGESTION_EVENT, CALLBACK_EVENT])
def test_the_rest_is_marked_as_failed(made: dict[str, Any]) -> None:
    """A click or a list is marked as failed by Slack, and an event delivered again, when the answer is 503 or 504."""
    with Loopback(replying(Reply(500))) as aws:
        answers = [answer_of(Front(), made), answer_of(Front(url=aws.url), made)]
    assert answers == [(503, ""), (504, "")]


def test_arn_with_an_alias_is_one_segment_of_the_path() -> None:
    """The worker's ARN is quoted whole, so that its colons and its alias stay inside one segment."""
    arn = "arn:aws:lambda:ap-northeast-2:000000000000:function:sluice-worker:live"
    with Loopback(replying(Reply(202))) as aws:
        Front(url=aws.url + "/base/", environ={"WORKER_FUNCTION": arn}).handle(command_event())
        (asked,) = aws.asked
    assert asked.path == f"/base/2015-03-31/functions/{arn.replace(':', '%3A')}/invocations"
    assert "/ap-northeast-2/lambda/aws4_request" in asked.headers["authorization"]


def test_https_is_used_from_start_to_end(authority: Authority) -> None:
    """Over TLS the hand-over works as it does without, with the authorities of AWS_CA_BUNDLE."""
    with Loopback(replying(Reply(202)), authority.server_context()) as aws:
        front = Front(url=aws.url, environ={"AWS_CA_BUNDLE": str(authority.bundle)})
        assert answer_of(front, command_event()) == (200, "")


def test_unreadable_authorities_are_a_failed_call_not_a_failed_start() -> None:
    """A wrong AWS_CA_BUNDLE lets the function start, and is named when it matters."""
    with Loopback(replying(Reply(202))) as aws:
        https = aws.url.replace("http:", "https:")
        front = Front(url=https, environ={"AWS_CA_BUNDLE": "/nonexistent/bundle.pem"})
        assert said(front, command_event()) == NOT_REACHED
    assert front.log[0]["detail"] == "FileNotFoundError"


def test_charset_of_a_form_does_not_matter() -> None:
    """Slack's content type with a charset is the same form."""
    made = event("command=%2Fdataflow", content_type=f"{FORM}; charset=utf-8")
    with Loopback(replying(Reply(202))) as aws:
        assert answer_of(Front(url=aws.url), made) == (200, "")
