"""The signature over the raw body, and the window of 300 seconds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.front.replies import TurnedAway
from handler.front.verify import Claim, is_genuine, read_claim
from tests.unit.front.slack_request import NOW, SECRET, signature

# The worked example of docs.slack.dev/authentication/verifying-requests-from-slack.
PUBLISHED_SECRET = b"8f742231b10e8888abcd99yyyzzz85a5"
PUBLISHED = Claim(
    timestamp="1531420618",
    signature="v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    body=(
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    ),
    sent_at=1531420618,
)


def claim(body: bytes, timestamp: int = NOW, now: float = NOW) -> Claim:
    """Return the claim of a request that Slack signed."""
    text = str(timestamp)
    headers = {"x-slack-request-timestamp": text, "x-slack-signature": signature(body, text)}
    return read_claim(headers, body, now)


def test_published_example_is_genuine() -> None:
    """Slack's own worked example is accepted, with its own secret only."""
    assert is_genuine(PUBLISHED, PUBLISHED_SECRET)
    assert not is_genuine(PUBLISHED, SECRET.encode())


@given(body=st.binary(max_size=300), secret=st.text(min_size=1, max_size=40))
@settings(deadline=None)
def test_every_signed_body_is_genuine(body: bytes, secret: str) -> None:
    """Whatever the bytes, a correct signature is accepted."""
    made = Claim(str(NOW), signature(body, str(NOW), secret), body, NOW)
    assert is_genuine(made, secret.encode())


def test_every_changed_bit_is_refused() -> None:
    """No single bit of body, timestamp or signature can change without the signature failing."""
    true = claim("command=%2Fdataflow&text=상태".encode())
    spoilt = [
        *(true._replace(body=body) for body in _flipped(true.body)),
        *(true._replace(timestamp=text.decode("latin-1")) for text in _flipped(true.timestamp.encode())),
        *(true._replace(signature=text.decode("latin-1")) for text in _flipped(true.signature.encode())),
    ]
    assert is_genuine(true, SECRET.encode())
    assert [changed for changed in spoilt if is_genuine(changed, SECRET.encode())] == []


def _flipped(data: bytes) -> list[bytes]:
    number = int.from_bytes(data)
    return [(number ^ 1 << bit).to_bytes(len(data)) for bit in range(len(data) * 8)]


@pytest.mark.parametrize("age", [-300, -299.5, 0, 299.5, 300])
def test_age_within_the_window_is_accepted(age: float) -> None:
    """A request up to 300 seconds old, or as far in the future, is read, also at the very edge."""
    assert claim(b"a=b", now=NOW + age).sent_at == NOW


@pytest.mark.parametrize("age", [-301, -300.001, 300.001, 301, 86400])
def test_age_outside_the_window_is_refused(age: float) -> None:
    """A replay after more than 300 seconds is refused although its signature is right, and so is the future."""
    with pytest.raises(TurnedAway) as refused:
        claim(b"a=b", now=NOW + age)
    assert (refused.value.reply.status, refused.value.reply.reason) == (401, "outside_window")


@pytest.mark.parametrize(
    "timestamp",
    [
        "",
        "abc",
        "-1750000000",
        "+1750000000",
        "1750000000.0",
        " 1750000000",
        "1e9",
        "9" * 13,
        "9" * 5000,
        "\u0661\u0667\u0665\u0660",
        "\uff11\uff17\uff15\uff10",
        "\u00b2",
        "0x1f",
        "1_000",
    ],
)
def test_timestamp_of_another_form_is_refused(timestamp: str) -> None:
    """Only a short row of ASCII digits is a timestamp; int() would take more, and raise on the rest."""
    with pytest.raises(TurnedAway) as refused:
        read_claim({"x-slack-request-timestamp": timestamp, "x-slack-signature": "v0=" + "0" * 64}, b"", NOW)
    assert (refused.value.reply.status, refused.value.reply.reason) == (401, "bad_timestamp")


@pytest.mark.parametrize("text", ["", "v0=", "v0=" + "é" * 64, "v0=" + "0" * 63, "v0=" + "0" * 65, "\ud800" * 67])
def test_signature_of_another_form_is_refused(text: str) -> None:
    """A signature that is not 67 ASCII characters is refused before anything is compared."""
    with pytest.raises(TurnedAway) as refused:
        read_claim({"x-slack-request-timestamp": str(NOW), "x-slack-signature": text}, b"", NOW)
    assert (refused.value.reply.status, refused.value.reply.reason) == (401, "bad_signature")


@given(timestamp=st.text(), text=st.text(), body=st.binary(), now=st.floats(0, 4e9))
@settings(deadline=None)
def test_reading_never_raises_anything_else(timestamp: str, text: str, body: bytes, now: float) -> None:
    """Any two header values and any body give a claim that is not genuine, or 401."""
    assert _is_accepted({"x-slack-request-timestamp": timestamp, "x-slack-signature": text}, body, now) is False


def _is_accepted(headers: dict[str, str], body: bytes, now: float) -> bool:
    try:
        return is_genuine(read_claim(headers, body, now), SECRET.encode())
    except TurnedAway as refused:
        return refused.reply.status != 401
