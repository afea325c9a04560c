"""What Slack delivers, read: complete, incomplete, and not at all what it should be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.domain.model import ChannelId
from handler.domain.request import Card
from handler.slack.payloads import Click, Slash, click, slash, where
from tests.makers import actor

COMMAND = {
    "command": "/dataflow",
    "text": "status wordcount",
    "user_id": "U0KIM",
    "channel_id": "C0INCIDENT",
    "team_id": "T0SLUICE",
    "trigger_id": "13345224609.738474920",
    "response_url": "https://hooks.slack.example/commands/1",
}
PRESSED = {
    "type": "block_actions",
    "user": {"id": "U0KIM", "name": "minji"},
    "team": {"id": "T0SLUICE"},
    "channel": {"id": "C0INCIDENT"},
    "trigger_id": "13345224609.738474921",
    "response_url": "https://hooks.slack.example/actions/1",
    "actions": [{"action_id": "refresh", "value": "Wc7RtQ2mLx9B", "type": "button"}, {"action_id": "second"}],
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*COMMAND, *PRESSED, "id"]), inner),
    max_leaves=12,
)


def test_a_slash_command_is_read() -> None:
    """Text, person, channel, and the two keys to an answer."""
    expected = Slash("status wordcount", actor(), str(COMMAND["trigger_id"]), str(COMMAND["response_url"]))
    assert slash(COMMAND) == expected


def test_a_press_of_a_button_is_read() -> None:
    """The first action is the one that was pressed."""
    trigger_id, response_url = str(PRESSED["trigger_id"]), str(PRESSED["response_url"])
    assert click(PRESSED) == Click("refresh", "Wc7RtQ2mLx9B", actor(), trigger_id, response_url)


def test_where_to_answer_is_read_from_either() -> None:
    """A command has its fields at the top, a press has them inside."""
    assert where(COMMAND) == ("C0INCIDENT", "U0KIM", COMMAND["response_url"])
    assert where(PRESSED) == ("C0INCIDENT", "U0KIM", PRESSED["response_url"])


@pytest.mark.parametrize("actions", [[], ["x"], "x", None, [None], [{"action_id": 5, "value": {}}]])
def test_a_press_without_a_button_has_empty_fields(actions: object) -> None:
    """What is missing or of another type is empty text."""
    pressed = click({**PRESSED, "actions": actions})
    assert (pressed.action_id, pressed.value) == ("", "")


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"id": "U0KIM"}, False),
        ({"id": "U0KIM", "team_id": "T0SLUICE"}, False),
        ({"id": "U0KIM", "team_id": "T0OTHER"}, True),
        ({"id": "U0BOT", "team_id": "T0SLUICE", "is_bot": True}, True),
        (None, False),
    ],
)
def test_a_stranger_is_of_another_workspace_or_no_person(user: object, expected: bool) -> None:  # noqa: FBT001 - a case
    """A shared channel brings people in who are not ours to decide."""
    assert click({**PRESSED, "user": user}).is_stranger is expected


@pytest.mark.parametrize(
    ("team", "enterprise", "expected"),
    [({"id": "T0SLUICE"}, None, True), (None, None, False), ({"id": "T0SLUICE"}, {"id": "E0SLUICE"}, False)],
)
def test_a_colleague_of_another_workspace_of_the_same_organisation_is_no_stranger(
    team: object, enterprise: object, *, expected: bool
) -> None:
    """In an Enterprise Grid a person has one workspace of their own and works in several; the policy says who may."""
    body = {**PRESSED, "user": {"id": "U0LEE", "team_id": "T0OTHER"}, "team": team, "enterprise": enterprise}
    assert click(body).is_stranger is expected


def test_a_delivery_is_told_from_every_other_by_more_than_its_trigger() -> None:
    """The same again is the same; another person, channel, text, button or request is another one."""
    typed = {"trigger_id": "1.2", "user_id": "U0KIM", "channel_id": "C0INCIDENT", "text": "scale a workers=4"}
    assert slash(typed).delivery == slash(dict(typed)).delivery
    others = [{**typed, name: "other"} for name in typed]
    assert len({slash(each).delivery for each in (typed, *others)}) == 1 + len(others)

    pressed = {**PRESSED, "actions": [{"action_id": "approve", "value": "7k3m-q2xd abc"}]}
    actions = [{"action_id": "deny", "value": "7k3m-q2xd abc"}, {"action_id": "approve", "value": "9vwx-00ab abc"}]
    different = [
        *({**pressed, "actions": [each]} for each in actions),
        {**pressed, "user": {"id": "U0HAN"}},
        {**pressed, "channel": {"id": "C0DATA"}},
        {**pressed, "trigger_id": "other"},
    ]
    assert len({click(each).delivery for each in (pressed, *different)}) == 1 + len(different)


@pytest.mark.parametrize(
    ("container", "message", "expected"),
    [
        ({"is_ephemeral": False}, {}, True),
        ({}, {"thread_ts": "1795402245.000100"}, True),
        ({"is_ephemeral": True}, {}, False),
        ({}, {"thread_ts": "1795402244.000100"}, False),
        ({"message_ts": None}, {}, False),
        ({"channel_id": ""}, {}, False),
        (None, {}, False),
    ],
)
def test_the_pressed_message_is_read_when_everybody_sees_it(
    container: dict[str, object] | None,
    message: dict[str, object],
    expected: bool,  # noqa: FBT001 - a case
) -> None:
    """A message of its own in the channel can be a request's card; one for one person, or below another, cannot."""
    there: dict[str, object] = {"channel_id": "C0DATA", "message_ts": "1795402245.000100"}
    body = {**PRESSED, "container": None if container is None else there | container, "message": message}
    assert click(body).card == (Card(ChannelId("C0DATA"), "1795402245.000100") if expected else None)


@given(st.dictionaries(st.sampled_from([*COMMAND, *PRESSED]), ANYTHING))
def test_no_payload_is_an_exception(body: dict[str, object]) -> None:
    """Whatever a field holds, there is text to go on with."""
    assert [type(each) for each in (*where(body), slash(body).text, click(body).value)] == [str] * 5
