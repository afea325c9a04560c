"""The door as Lambda calls it: who is let in, who is not, and what each is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.front.wire import tls
from tests.unit.front.doors import SHORT_ID, Front
from tests.unit.front.loopback import Asked, Loopback, Reply, taken
from tests.unit.front.slack_request import COMMAND, FORM, NOW, command_event, event

if TYPE_CHECKING:
    from tests.unit.front.authority import Authority

UNREADABLE = "Slack signed this, but it is no command, click or event that Sluice knows. Nothing was changed.\n"


def without(given_event: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the event without some of its members."""
    return {name: value for name, value in given_event.items() if name not in names}


def with_header(name: str, value: Any) -> dict[str, Any]:
    """Return a signed command whose header `name` is `value` instead."""
    made = command_event()
    return {**made, "headers": {**made["headers"], name: value}}


def without_header(name: str) -> dict[str, Any]:
    """Return a signed command that lacks one header."""
    made = command_event()
    return {**made, "headers": without(made["headers"], name)}


COMMAND_HEADERS = command_event()["headers"]
BASE64_COMMAND = event("command=%2Fdataflow", is_base64=True)
HOSTILE: list[tuple[Any, str]] = [
    (None, "no_event"),
    ([], "no_event"),
    ("event", "no_event"),
    (0, "no_event"),
    ({}, "no_headers"),
    ({"headers": None}, "no_headers"),
    ({"headers": []}, "no_headers"),
    ({"headers": {}, "body": "", "requestContext": {"http": {"method": "POST"}}}, "bad_timestamp"),
    (without(command_event(), "headers"), "no_headers"),
    (without(command_event(), "body"), "wrong_signature"),
    (without(command_event(), "requestContext"), "no_method"),
    (command_event() | {"headers": {**COMMAND_HEADERS, "x-other": None}}, "bad_headers"),
    (command_event() | {"headers": {**COMMAND_HEADERS, 5: "five"}}, "bad_headers"),
    (command_event() | {"headers": list(COMMAND_HEADERS.items())}, "no_headers"),
    (command_event() | {"requestContext": None}, "no_method"),
    (command_event() | {"requestContext": {"http": "POST"}}, "no_method"),
    (command_event() | {"requestContext": {"http": {"method": 5}}}, "no_method"),
    (command_event() | {"rawQueryString": 5}, "bad_query"),
    (command_event() | {"body": 5}, "bad_body"),
    (command_event() | {"body": b"bytes"}, "bad_body"),
    (command_event() | {"body": "\ud800"}, "bad_encoding"),
    (command_event() | {"isBase64Encoded": True}, "bad_encoding"),
    (command_event() | {"isBase64Encoded": True, "body": "AAA"}, "bad_encoding"),
    (command_event() | {"isBase64Encoded": True, "body": "한글"}, "bad_encoding"),
    (BASE64_COMMAND | {"body": "!" + BASE64_COMMAND["body"]}, "bad_encoding"),
    (event(b"command=%2Fdataflow&text=\xff", is_base64=True), "bad_encoding"),
    (with_header("x-slack-request-timestamp", "abc"), "bad_timestamp"),
    (with_header("x-slack-request-timestamp", "-1"), "bad_timestamp"),
    (with_header("x-slack-request-timestamp", "9" * 400), "bad_timestamp"),
    (with_header("x-slack-request-timestamp", "\u0661\u0667"), "bad_timestamp"),
    (with_header("x-slack-request-timestamp", "9" * 12), "outside_window"),
    (with_header("x-slack-request-timestamp", NOW), "bad_headers"),
    (with_header("x-slack-request-timestamp", ["1750000000"]), "bad_headers"),
    (without_header("x-slack-request-timestamp"), "bad_timestamp"),
    (without_header("x-slack-signature"), "bad_signature"),
    (with_header("x-slack-signature", ""), "bad_signature"),
    (with_header("x-slack-signature", "v0=" + "é" * 64), "bad_signature"),
    (with_header("x-slack-signature", "v0=" + "0" * 64), "wrong_signature"),
    (with_header("x-slack-signature", None), "bad_headers"),
    (command_event(secret="somebody-else"), "wrong_signature"),
    (command_event(at=NOW - 301), "outside_window"),
    (command_event(at=NOW + 301), "outside_window"),
]


@pytest.mark.parametrize(("hostile", "reason"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_event_is_401_and_learns_nothing(hostile: Any, reason: str) -> None:
    """Whatever is malformed, unsigned or replayed gets the same 401; only the log knows why."""
    front = Front()

    answer = front.handle(hostile)

    body = "This address answers requests that Slack signed, and no others.\n"
    assert answer == {
        "statusCode": 401,
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "body": body,
        "isBase64Encoded": False,
    }
    (line,) = front.log
    assert (line["level"], line["outcome"], line["reason"], line["status"]) == ("INFO", "unauthentic", reason, 401)


@pytest.mark.parametrize("settings_missing", [False, True])
def test_hostile_event_learns_nothing_of_wrong_settings(*, settings_missing: bool) -> None:
    """A forged signature is 401 also while the function lacks a setting."""
    front = Front(environ={"WORKER_FUNCTION": None} if settings_missing else {})
    assert front.handle(command_event(secret="somebody-else"))["statusCode"] == 401


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=4),
    max_leaves=12,
)
EVENTS = JSON_LIKE | st.fixed_dictionaries(
    {},
    optional={
        "headers": JSON_LIKE
        | st.dictionaries(
            st.sampled_from(
                [
                    "X-Slack-Signature",
                    "x-slack-signature",
                    "X-SLACK-REQUEST-TIMESTAMP",
                    "content-type",
                    "x-slack-bolt-a",
                ]
            ),
            JSON_LIKE | st.sampled_from([str(NOW), "v0=" + "0" * 64, FORM]),
        ),
        "body": JSON_LIKE | st.text(),
        "isBase64Encoded": JSON_LIKE | st.just(value=True),
        "rawQueryString": JSON_LIKE,
        "requestContext": JSON_LIKE
        | st.fixed_dictionaries({"http": st.fixed_dictionaries({"method": st.sampled_from(["POST", "GET", "PUT"])})}),
    },
)


@given(made=EVENTS)
@settings(max_examples=200, deadline=None)
def test_no_event_raises_or_is_our_fault(made: Any) -> None:
    """Any JSON-like event, and worse, is turned away with a 4xx, or is the harmless ssl_check; nothing is called."""
    front = Front()
    assert front.handle(made)["statusCode"] in {200, 401, 403, 405}
    assert front.log[0]["outcome"] in {"ssl_checked", "unauthentic", "forged", "wrong_method"}


@pytest.mark.parametrize("name", ["x-slack-bolt-lazy-only", "X-Slack-Bolt-Lazy-Function-Name", "X-SLACK-BOLT-"])
def test_bolt_headers_are_403(name: str) -> None:
    """Headers that only a Bolt function sends to itself are refused although the signature is right."""
    front = Front()
    answer = front.handle(with_header(name, "1"))
    assert (answer["statusCode"], answer["body"]) == (403, "Requests with x-slack-bolt headers are refused here.\n")
    (line,) = front.log
    assert (line["level"], line["outcome"], line["reason"]) == ("WARNING", "forged", "bolt_header")


def test_header_names_have_no_case() -> None:
    """A signature is found under any case of its header."""
    made = command_event()
    shouted = made | {"headers": {name.upper(): value for name, value in made["headers"].items()}}
    with Loopback(taken) as aws:
        assert Front(url=aws.url).handle(shouted)["statusCode"] == 200
        assert len(aws.asked) == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "get", "DELETE", "OPTIONS", ""])
def test_other_methods_are_405(method: str) -> None:
    """Only POST is taken, and the answer says so."""
    front = Front()
    answer = front.handle(event("command=%2Fdataflow", method=method))
    assert (answer["statusCode"], answer["body"]) == (405, "This address takes POST requests from Slack.\n")
    assert answer["headers"] == {"content-type": "text/plain; charset=utf-8", "allow": "POST"}
    assert [line["outcome"] for line in front.log] == ["wrong_method"]


def test_method_has_no_case() -> None:
    """`post` is POST."""
    challenge = event('{"type":"url_verification","challenge":"c"}', method="post", content_type="application/json")
    assert Front().handle(challenge)["statusCode"] == 200


BASE64_CHECK = "dG9rZW49eCZzc2xfY2hlY2s9MQ=="  # token=x&ssl_check=1


@pytest.mark.parametrize(
    "check",
    [
        {"requestContext": {"http": {"method": "POST"}}, "headers": {}, "body": "ssl_check=1&token=x"},
        {"requestContext": {"http": {"method": "POST"}}, "headers": {}, "body": BASE64_CHECK, "isBase64Encoded": True},
        {"requestContext": {"http": {"method": "GET"}}, "headers": {}, "rawQueryString": "token=x&ssl_check=1"},
    ],
)  # fmt: skip
def test_certificate_check_is_answered_unsigned(check: dict[str, Any]) -> None:
    """Slack's ssl_check, by form or by query, gets an empty 200 and reaches nothing."""
    front = Front(environ={"WORKER_FUNCTION": None})
    answer = front.handle(check)
    assert (answer["statusCode"], answer["body"]) == (200, "")
    assert [line["outcome"] for line in front.log] == ["ssl_checked"]


def test_text_with_ssl_check_is_no_certificate_check() -> None:
    """A command whose text holds the words is still a command, and needs its signature."""
    assert Front().handle(command_event(text="ssl_check=1", secret="somebody-else"))["statusCode"] == 401


@pytest.mark.parametrize(
    ("body", "content_type", "status", "reason"),
    [
        ("command=/dataflow", "text/plain", 415, "content_type"),
        ("command=/dataflow", "", 415, "content_type"),
        ("nonsense", FORM, 400, "form"),
        ("{", "application/json", 400, "json"),
        ("[" * 100_000, "application/json", 400, "json"),
        ('{"type": "event_callback", "far": 1e999}', "application/json", 400, "json"),
        ('{"type": "event_callback", "far": NaN}', "application/json", 400, "json"),
    ],
)
def test_signed_nonsense_is_a_plain_refusal(body: str, content_type: str, status: int, reason: str) -> None:
    """What Slack signed but nobody knows is 400 or 415, in words, and is not handed over."""
    front = Front()
    answer = front.handle(event(body, content_type=content_type))
    assert (answer["statusCode"], answer["body"]) == (status, UNREADABLE)
    (line,) = front.log
    assert (line["level"], line["outcome"], line["reason"]) == ("WARNING", "unreadable", reason)


def test_challenge_is_sent_back() -> None:
    """`url_verification` is answered with its challenge, as JSON, without the worker."""
    front = Front()
    body = json.dumps({"type": "url_verification", "token": "x", "challenge": '3eZ"brw'})
    answer = front.handle(event(body, content_type="application/json"))
    assert (answer["statusCode"], json.loads(str(answer["body"]))) == (200, {"challenge": '3eZ"brw'})
    assert answer["headers"] == {"content-type": "application/json; charset=utf-8"}
    assert [line["outcome"] for line in front.log] == ["challenged"]


def test_signed_request_without_a_body_or_a_type_is_refused() -> None:
    """An event whose body AWS left out, for it was empty, is read as an empty one; no content type is none of ours."""
    made = without(event(""), "body")
    assert Front().handle(made)["statusCode"] == 400
    assert Front().handle(made | {"headers": without(made["headers"], "content-type")})["statusCode"] == 415


def test_unsigned_challenge_is_401() -> None:
    """Nobody but Slack can make the address vouch for itself."""
    made = event('{"type":"url_verification","challenge":"c"}', content_type="application/json", secret="no")
    assert Front().handle(made)["statusCode"] == 401


@pytest.mark.parametrize("is_base64", [False, True])
def test_command_is_acknowledged_empty_and_queued(*, is_base64: bool) -> None:
    """A command, base64 or not, is an empty 200 to Slack and one asynchronous call of the payload for the worker."""
    made = event("command=%2Fdataflow&text=%EC%83%81%ED%83%9C+wc&token=t", is_base64=is_base64)
    with Loopback(taken) as aws:
        answer = Front(url=aws.url).handle(made)
        (asked,) = aws.asked

    assert (answer["statusCode"], answer["body"]) == (200, "")
    assert asked.path == "/2015-03-31/functions/sluice-worker/invocations"
    assert asked.headers["x-amz-invocation-type"] == "Event"
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body) == {
        "sluice": 1,
        "kind": "command",
        "body": {"command": "/dataflow", "text": "상태 wc"},
        "received_at": NOW * 1000,
        "id": SHORT_ID,
    }


def test_click_and_event_are_queued_too() -> None:
    """Clicks and events are handed over asynchronously under their own kinds."""
    click = {"type": "block_actions", "actions": [{"action_id": "approve"}]}
    home = {"type": "event_callback", "event": {"type": "app_home_opened"}}
    with Loopback(taken) as aws:
        front = Front(url=aws.url)
        answers = [
            front.handle(event("payload=" + json.dumps(click))),
            front.handle(event(json.dumps(home), content_type="application/json")),
        ]
        payloads = [json.loads(asked.body) for asked in aws.asked]
        kinds = [asked.headers["x-amz-invocation-type"] for asked in aws.asked]

    assert [(answer["statusCode"], answer["body"]) for answer in answers] == [(200, ""), (200, "")]
    assert [("interaction", click), ("event", home)] == [(sent["kind"], sent["body"]) for sent in payloads]
    assert kinds == ["Event", "Event"]


def test_form_waits_for_the_worker_and_relays_its_answer() -> None:
    """A form is a synchronous call whose status, content type and body are Slack's answer."""
    shown = {"response_action": "clear"}

    def worker(_asked: Asked) -> Reply:
        told = {"status": 206, "headers": {"content-type": "application/json"}, "body": json.dumps(shown)}
        return Reply(200, json.dumps(told).encode())

    with Loopback(worker) as aws:
        front = Front(url=aws.url)
        answer = front.handle(event('payload={"type":"view_submission","view":{"callback_id":"scale"}}'))
        (asked,) = aws.asked

    assert answer == {
        "statusCode": 206,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(shown),
        "isBase64Encoded": False,
    }
    assert asked.headers["x-amz-invocation-type"] == "RequestResponse"
    assert [(line["outcome"], line["name"]) for line in front.log] == [("handed_over", "view_submission")]


def test_received_at_is_in_whole_milliseconds() -> None:
    """The worker is told when the door took the request, as epoch milliseconds."""
    with Loopback(taken) as aws:
        Front(url=aws.url, clock=lambda: NOW + 1.2345678).handle(command_event())
        (asked,) = aws.asked
    assert json.loads(asked.body)["received_at"] == NOW * 1000 + 1234


class Context:
    """What Lambda passes beside the event."""

    aws_request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"


def test_log_line_says_how_it_went() -> None:
    """One line for each event: outcome, kind, ids, how long it took and how old the request was."""
    ticks = iter([100.0, 100.25, 100.5, 100.75125])
    with Loopback(taken) as aws:
        front = Front(
            url=aws.url,
            clock=lambda: NOW + 1.50049,
            monotonic=lambda: next(ticks),
            environ={"AWS_LAMBDA_FUNCTION_NAME": "sluice-prod-front"},
        )
        front.handle(command_event(), Context())

    assert front.log == [
        {
            "level": "INFO",
            "message": "front handed_over",
            "outcome": "handed_over",
            "status": 200,
            "kind": "command",
            "name": "slash_command",
            "id": SHORT_ID,
            "lambda_request_id": Context.aws_request_id,
            "duration_ms": 751.2,
            "ack_age_seconds": 1.5,
            "_aws": {
                "Timestamp": NOW * 1000 + 1500,
                "CloudWatchMetrics": [
                    {
                        "Namespace": "Sluice",
                        "Dimensions": [["function"]],
                        "Metrics": [{"Name": "AckAge", "Unit": "Seconds"}],
                    }
                ],
            },
            "function": "sluice-prod-front",
            "AckAge": 1.5,
        }
    ]


def test_log_takes_no_request_id_but_a_text() -> None:
    """A context of another make puts nothing strange into the log."""
    front = Front()
    front.handle({}, type("Odd", (), {"aws_request_id": object()})())
    front.handle({}, None)
    assert ["lambda_request_id" in line for line in front.log] == [False, False]


def test_log_never_holds_what_was_sent() -> None:
    """Neither the body nor a header nor a key is in the log, whether the request was taken, refused or lost."""
    with Loopback(taken) as aws:
        front = Front(url=aws.url)
        for made in (command_event(), command_event(text="spoilt", secret="no"), event("=", content_type="x/y")):
            front.handle(made, Context())
    lost = Front()
    lost.handle(command_event())
    text = "".join(front.lines + lost.lines)

    secrets = [*COMMAND.values(), "v0=", *front.environ.values(), "spoilt", "x/y"]
    assert [secret for secret in secrets if secret in text and secret not in {"", "/dataflow"}] == []


@pytest.mark.parametrize(("level", "lines"), [("DEBUG", 1), ("info", 1), ("WARNING", 0), ("ERROR", 0)])
def test_log_level_silences_the_ordinary(level: str, lines: int) -> None:
    """LOG_LEVEL decides whether a line is written, whatever its case."""
    front = Front(environ={"LOG_LEVEL": level})
    front.handle({})
    assert len(front.lines) == lines


def test_log_level_silences_no_figure() -> None:
    """Where words are unwanted, a line has ids and figures only; an alarm depends on it."""
    with Loopback(taken) as aws:
        front = Front(url=aws.url, environ={"LOG_LEVEL": "ERROR"})
        front.handle(command_event(), Context())
    (line,) = front.log
    assert set(line) == {"_aws", "function", "AckAge", "id", "lambda_request_id"}
    assert (line["AckAge"], line["id"], line["function"]) == (0.0, SHORT_ID, "none")


@pytest.mark.parametrize("sent_at", [NOW, NOW - 299])
def test_a_stranger_s_request_measures_nothing(sent_at: int) -> None:
    """The timestamp of a request that Slack did not sign is anybody's: it must not set off an alarm."""
    front = Front()
    front.handle(command_event(sent_at, secret="guessed"))
    assert ["_aws" in line for line in front.log] == [False]


def test_what_could_not_be_handed_over_is_counted() -> None:
    """The door never raises, so a failure of its own is a figure, beside the age of the answer."""
    front = Front()
    front.handle(command_event())
    (line,) = front.log
    assert (line["DoorFailures"], line["AckAge"]) == (1, 0.0)
    assert line["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [
        {"Name": "AckAge", "Unit": "Seconds"},
        {"Name": "DoorFailures", "Unit": "Count"},
    ]


def test_wrong_settings_are_500_with_one_line_that_lists_them_all() -> None:
    """An authentic event meets 500 and an id; the log has every problem in one message under that id."""
    front = Front(environ={"WORKER_FUNCTION": None, "AWS_REGION": "nowhere!", "LOG_LEVEL": "loud"})

    answer = front.handle(command_event())

    assert (answer["statusCode"], answer["body"]) == (
        500,
        f"Sluice cannot answer now. Reference for the log: {SHORT_ID}\n",
    )
    (line,) = front.log
    assert (line["level"], line["outcome"], line["reason"], line["id"]) == ("ERROR", "broken", "settings", SHORT_ID)
    assert line["detail"] == (
        "front cannot work with its settings: "
        "(1) LOG_LEVEL is not one of DEBUG, INFO, WARNING, ERROR, CRITICAL. "
        "(2) WORKER_FUNCTION is not set: the name or ARN of the worker function. "
        "(3) AWS_REGION is not an AWS region such as ap-northeast-2. "
        "Set these in the function's environment."
    )


def test_nothing_is_believed_without_a_secret() -> None:
    """Without any signing secret nothing is handed over, also not what would be signed with an empty one."""
    front = Front(environ={"SLACK_SIGNING_SECRET": " "})
    assert front.handle(command_event(secret=""))["statusCode"] == 500
    assert "SLACK_SECRET_ID is not set" in front.log[0]["detail"]


def test_our_own_mistake_is_500_and_shows_no_content() -> None:
    """An unforeseen error is a 500, with its kind and place in the log and not its text."""
    calls: list[None] = []

    def clock() -> float:
        calls.append(None)
        if len(calls) == 1:
            raise ArithmeticError("v0=secret content")
        return NOW

    front = Front(clock=clock)
    answer = front.handle(command_event())
    assert (answer["statusCode"], answer["body"]) == (
        500,
        f"Sluice cannot answer now. Reference for the log: {SHORT_ID}\n",
    )
    (line,) = front.log
    assert (line["level"], line["reason"]) == ("ERROR", "bug")
    assert line["detail"].startswith("ArithmeticError at test_door.py:")
    assert "secret content" not in front.lines[0]


def test_authorities_are_read_while_the_function_starts(authority: Authority) -> None:
    """A door that will speak TLS has read its authorities before the first event; the others never do."""
    tls.cache_clear()
    bundle: dict[str, str | None] = {"AWS_CA_BUNDLE": str(authority.bundle)}
    Front(environ=bundle)
    Front(url="https://127.0.0.1:9", environ={**bundle, "WORKER_FUNCTION": None})
    assert tls.cache_info().currsize == 0
    Front(url="https://127.0.0.1:9", environ=bundle)
    assert tls.cache_info().currsize == 1
    assert tls(str(authority.bundle)).cert_store_stats()["x509_ca"] == 1
    assert tls.cache_info().currsize == 1
