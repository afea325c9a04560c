"""An expectation is met by the right message only, and says what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.local.script.sights import Sight, alone, below, card, direct, posted
from infra.local.slack.cast import PLAYGROUND
from infra.local.slack.conversation import Message

BUTTON = {"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}}
ROW = {"type": "actions", "elements": [BUTTON]}
WORDS = {"type": "section", "text": {"type": "mrkdwn", "text": "*Done:* `job001`"}}
CARD = Message("C0INCIDENT", "1.0", "U0SLUICE", "", [WORDS])
WHISPER = replace(CARD, ephemeral_to="U0KIM")
DIRECT = replace(CARD, channel="D0LEE")
REPLY = replace(CARD, ts="2.0", thread_ts="1.0")
EDITED = replace(CARD, edited_ts="3.0")
WITH_BUTTON = replace(EDITED, blocks=[WORDS, ROW])


@pytest.mark.parametrize(
    ("sight", "message"),
    [
        (posted("Done: job001"), CARD),
        (alone("U0KIM", "Done"), WHISPER),
        (direct("U0LEE", "Done"), DIRECT),
        (below("Done"), REPLY),
        (card("Done"), EDITED),
        (card("Done", buttons=("Approve",)), WITH_BUTTON),
    ],
    ids=["posted", "alone", "direct", "below", "edited", "edited with a button"],
)
def test_the_message_that_was_expected_meets_it(sight: Sight, message: Message) -> None:
    """It stands where it should, for whom it should, with the words and buttons it should have."""
    assert sight.missing_in(message, CARD, PLAYGROUND) == []


@pytest.mark.parametrize(
    ("sight", "message"),
    [
        (posted("Done"), WHISPER),
        (posted("Done"), EDITED),
        (alone("U0LEE", "Done"), WHISPER),
        (direct("U0HAN", "Done"), DIRECT),
        (below("Done"), replace(REPLY, thread_ts="9.0")),
        (card("Done"), replace(EDITED, ts="9.0")),
    ],
    ids=["whispered", "edited", "to another", "to another's DMs", "below another", "another card"],
)
def test_a_message_elsewhere_is_another_one(sight: Sight, message: Message) -> None:
    """Right words in the wrong place, or for the wrong person, are not what was expected."""
    assert sight.missing_in(message, CARD, PLAYGROUND) is None


def test_missing_words_are_named() -> None:
    """Each one that does not occur."""
    assert posted("Done", "4 → 8", "Read back").missing_in(CARD, None, PLAYGROUND) == ["“4 → 8”", "“Read back”"]


@pytest.mark.parametrize(
    ("buttons", "message", "missing"),
    [
        ((), WITH_BUTTON, ["the buttons []: it has ['Approve']"]),
        (("Approve",), EDITED, ["the buttons ['Approve']: it has []"]),
    ],
    ids=["a dead button", "no button"],
)
def test_buttons_must_be_those_and_no_others(buttons: tuple[str, ...], message: Message, missing: list[str]) -> None:
    """A closed card must have none, an open one all of its own."""
    assert missing == card("Done", buttons=buttons).missing_in(message, CARD, PLAYGROUND)
