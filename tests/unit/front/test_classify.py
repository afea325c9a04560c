"""A signed body → command, interaction, event, challenge, or a plain refusal."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.front.classify import Challenge, Delivery, classify
from handler.front.replies import TurnedAway
from tests.unit.front.slack_request import COMMAND, FORM

JSON = "application/json"


def form(payload: object) -> bytes:
    """Return an interaction as Slack posts it: JSON in a form field."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def refusal(body: bytes, content_type: str) -> tuple[int, str]:
    """Return the status and the reason that `body` is refused with."""
    with pytest.raises(TurnedAway) as refused:
        classify(body, content_type)
    return refused.value.reply.status, refused.value.reply.reason


def test_command_keeps_its_fields_but_the_token() -> None:
    """A slash command becomes its form fields, without Slack's deprecated shared token."""
    fields = {name: value for name, value in COMMAND.items() if name != "token"}
    assert Delivery("command", "slash_command", dict(fields)) == classify(urlencode(COMMAND).encode(), FORM)


@pytest.mark.parametrize(
    "content_type", ["Application/X-WWW-Form-Urlencoded", f"{FORM}; charset=utf-8", f" {FORM} ;x=y"]
)
def test_content_type_parameters_and_case_do_not_matter(content_type: str) -> None:
    """The media type is compared without its parameters, its case and its spaces."""
    assert Delivery("command", "slash_command", {"command": "/d"}) == classify(b"command=%2Fd", content_type)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("text=a+b%2Bc", "a b+c"),
        ("text=%00", "\0"),
        ("text=%F0%9F%9A%A8", "🚨"),
        ("text=🚨", "🚨"),
        ("text=", ""),
        ("text=a%3Db%26c=d", "a=b&c=d"),
        ("text=first&text=second", "first"),
        ("text=a;b", "a;b"),
    ],
)
def test_form_values_arrive_as_they_were_typed(text: str, value: str) -> None:
    """Plus signs, escapes, NUL, emoji and empty values are decoded; of a repeated field the first counts."""
    assert Delivery("command", "slash_command", {"command": "/d", "text": value}) == classify(
        f"command=/d&{text}".encode(), FORM
    )


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=8))
@settings(deadline=None)
def test_any_form_arrives_whole(fields: dict[str, str]) -> None:
    """Every field of any names and values comes through, but for the token."""
    sent = {name: value for name, value in fields.items() if name != "payload"} | {"command": "/dataflow"}
    expected = {name: value for name, value in sent.items() if name != "token"}
    assert Delivery("command", "slash_command", dict(expected)) == classify(urlencode(sent).encode(), FORM)


@pytest.mark.parametrize(
    ("kind", "is_awaited"),
    [
        ("block_actions", False),
        ("shortcut", False),
        ("message_action", False),
        ("view_closed", False),
        ("view_submission", True),
        ("block_suggestion", True),
    ],
)
def test_interaction_is_the_parsed_payload(*, kind: str, is_awaited: bool) -> None:
    """An interaction becomes its JSON; forms and autocomplete are the two whose answer Slack waits for."""
    payload: dict[str, Any] = {"type": kind, "user": {"id": "U0KIM"}, "state": {"token": "kept below the top"}}
    made = classify(form({**payload, "token": "deprecated"}), FORM)
    assert Delivery("interaction", kind, payload) == made
    assert is_awaited == made.is_awaited


def test_event_is_its_body() -> None:
    """An Events API callback is handed over as it is, without the token, and nobody waits for its answer."""
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_home_opened", "user": "U0KIM"}}
    made = classify(json.dumps({**event, "token": "deprecated"}).encode(), JSON)
    assert Delivery("event", "event_callback", dict(event)) == made
    assert not made.is_awaited


def test_challenge_is_recognised() -> None:
    """`url_verification` gives the text to send back."""
    assert Challenge("3eZbrw1a") == classify(b'{"type": "url_verification", "challenge": "3eZbrw1a"}', JSON)


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "multipart/form-data; boundary=x", "application/jsonp", "é"]
)
def test_other_content_type_is_415(content_type: str) -> None:
    """Only forms and JSON are read."""
    assert refusal(b"command=/dataflow", content_type) == (415, "content_type")


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"command", FORM, "form"),
        (b"command=/dataflow&text=%FF", FORM, "form"),
        (b"&".join([b"a=b"] * 3 + [b""]), FORM, "form"),
        (b"text=status", FORM, "unknown_form"),
        (b"command=", FORM, "unknown_form"),
        (b"payload=", FORM, "json"),
        (b"payload=%5B%5D", FORM, "json"),
        (b"payload=%7B%7D", FORM, "unknown_interaction"),
        (form({"type": ["block_actions"]}), FORM, "unknown_interaction"),
        (form({"type": "dialog_submission"}), FORM, "unknown_interaction"),
        (b"", JSON, "json"),
        (b'{"type": "event_callback"', JSON, "json"),
        (b"[]", JSON, "json"),
        (b"[" * 100_000, JSON, "json"),
        (b"9" * 10_000, JSON, "json"),
        (b"{}", JSON, "unknown_event"),
        (b'{"type": "url_verification"}', JSON, "unknown_event"),
        (b'{"type": "url_verification", "challenge": 1}', JSON, "unknown_event"),
        (b'{"type": {}}', JSON, "unknown_event"),
    ],
)
def test_unreadable_body_is_400(body: bytes, content_type: str, reason: str) -> None:
    """What cannot be parsed, and what parses but is nothing that Slack sends us, is a plain 400."""
    assert (400, reason) == refusal(body, content_type)


def test_empty_form_is_400() -> None:
    """A signed post without a body is nothing that Slack sends."""
    status, _ = refusal(b"", FORM)
    assert status == 400


@given(text=st.text(), content_type=st.sampled_from([FORM, JSON]), is_payload=st.booleans())
@settings(deadline=None)
def test_classifying_never_raises_anything_else(*, text: str, content_type: str, is_payload: bool) -> None:
    """Any UTF-8 text is something known or a refusal."""
    body = urlencode({"payload": text}) if is_payload else text
    assert _status(body.encode("utf-8", "replace"), content_type) in {200, 400, 415}


def _status(body: bytes, content_type: str) -> int:
    try:
        classify(body, content_type)
    except TurnedAway as refused:
        return refused.reply.status
    return 200
