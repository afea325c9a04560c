"""What Slack refuses about blocks and views is refused here, at the same limits."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.slack.block_kit import message_problems, view_problems

Block = dict[str, Any]


def plain(text: str) -> Block:
    """A `plain_text` object."""
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Block:
    """A section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(label: str = "Go", **more: Any) -> Block:
    """A button."""
    return {"type": "button", "action_id": "go", "text": plain(label), **more}


def actions(*elements: Block) -> Block:
    """An actions block."""
    return {"type": "actions", "elements": list(elements)}


def select(count: int, value: str = "v") -> Block:
    """A menu with this many options."""
    options = [{"text": plain(f"o{number}"), "value": value} for number in range(count)]
    return {"type": "static_select", "action_id": "pick", "options": options}


def modal(*blocks: Block, **more: Any) -> Block:
    """A modal."""
    return {"type": "modal", "title": plain("Scale"), "submit": plain("Go"), "blocks": list(blocks), **more}


AN_INPUT: Block = {
    "type": "input",
    "label": plain("Workers"),
    "element": {"type": "number_input", "is_decimal_allowed": False, "action_id": "workers"},
}

AT_THE_LIMIT: dict[str, list[Block]] = {
    "50 blocks": [section("x")] * 50,
    "section of 3000": [section("x" * 3000, expand=True)],
    "header of 150": [{"type": "header", "text": plain("x" * 150)}],
    "10 fields of 2000": [{"type": "section", "fields": [plain("x" * 2000)] * 10}],
    "button of 75, value of 2000": [actions(button("x" * 75, value="v" * 2000, style="primary"))],
    "25 elements": [actions(*(button(action_id=f"go{number}") for number in range(25)))],
    "10 in context": [{"type": "context", "elements": [plain("x")] * 10}],
    "ids of 255": [actions(button(action_id="x" * 255)) | {"block_id": "y" * 255}],
    "100 options": [actions(select(100, "v" * 150))],
    "others that are known": [
        {"type": "divider"},
        {"type": "table", "rows": [[]]},
        {"type": "rich_text", "elements": []},
    ],
}


@pytest.mark.parametrize("blocks", AT_THE_LIMIT.values(), ids=AT_THE_LIMIT.keys())
def test_what_is_just_within_a_limit_is_taken(blocks: list[Block]) -> None:
    """Each limit of Block Kit can be used to the full."""
    assert message_problems(blocks) == []


BEYOND: dict[str, tuple[list[Any], str]] = {
    "51 blocks": ([section("x")] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "section of 3001": ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    "empty text": ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "expand in words": ([section("x", expand="yes")], "must be a boolean [json-pointer:/blocks/0/expand]"),
    "no text": ([{"type": "section"}], "missing required field: text [json-pointer:/blocks/0]"),
    "header of 151": (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "mrkdwn in a header": (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "must be one of: plain_text [json-pointer:/blocks/0/text/type]",
    ),
    "11 fields": (
        [{"type": "section", "fields": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    "field of 2001": (
        [{"type": "section", "fields": [plain("x" * 2001)]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    "button of 76": (
        [actions(button("x" * 76))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    "value of 2001": (
        [actions(button(value="v" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    "style": (
        [actions(button(style="green"))],
        "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    "26 elements": (
        [actions(*(button(action_id=f"go{number}") for number in range(26)))],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "no elements": ([actions()], "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
    "11 in context": (
        [{"type": "context", "elements": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "button in context": (
        [{"type": "context", "elements": [button()]}],
        "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
    ),
    "101 options": (
        [actions(select(101))],
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "option value of 151": (
        [actions(select(1, "v" * 151))],
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    "block_id of 256": (
        [section("x", block_id="b" * 256)],
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
    "block_id twice": (
        [section("x", block_id="same"), section("y", block_id="same")],
        "`block_id` must be unique: `same` is used 2 times [json-pointer:/blocks]",
    ),
    "action_id twice": (
        [actions(button()), section("x", accessory=button())],
        "`action_id` must be unique: `go` is used 2 times [json-pointer:/blocks]",
    ),
    "unknown block": ([{"type": "sparkle"}], "unsupported type: sparkle [json-pointer:/blocks/0/type]"),
    "unknown field of a text": (
        [{"type": "section", "text": {**plain("x"), "size": 2}}],
        "no more properties allowed: size [json-pointer:/blocks/0/text]",
    ),
    "not an object": (["x"], "must be an object [json-pointer:/blocks/0]"),
    "confirm of 301": (
        [actions(button(confirm={"text": plain("x" * 301)}))],
        "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]",
    ),
}


@pytest.mark.parametrize(("blocks", "problem"), BEYOND.values(), ids=BEYOND.keys())
def test_what_is_beyond_a_limit_is_told_with_its_place(blocks: list[Any], problem: str) -> None:
    """Each broken rule gives one sentence, in the words and with the JSON pointer of `invalid_blocks`."""
    assert message_problems(blocks) == [f"[ERROR] {problem}"]


def test_blocks_that_are_no_list_are_refused() -> None:
    """A single block instead of a list is a mistake Slack does not forgive."""
    assert message_problems(section("x")) == ["[ERROR] must be an array [json-pointer:/blocks]"]


def test_a_modal_with_inputs_is_taken() -> None:
    """A modal may hold inputs, and twice as many blocks as a message."""
    assert view_problems(modal(AN_INPUT, *[section("x")] * 99)) == []


VIEWS_BEYOND: dict[str, tuple[Any, str]] = {
    "101 blocks": (modal(*[section("x")] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    "title of 25": (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    "metadata of 3001": (
        modal(private_metadata="x" * 3001),
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
    "no title": ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
    "input without submit": (
        {"type": "modal", "title": plain("x"), "blocks": [AN_INPUT]},
        "missing required field: submit, which a view with an input block needs [json-pointer:/view]",
    ),
    "other type": ({"type": "page"}, "unsupported type: page [json-pointer:/view/type]"),
    "typing in actions": (
        modal(actions({"type": "plain_text_input", "action_id": "x"})),
        "unsupported type: plain_text_input [json-pointer:/view/blocks/0/elements/0/type]",
    ),
}


@pytest.mark.parametrize(("view", "problem"), VIEWS_BEYOND.values(), ids=VIEWS_BEYOND.keys())
def test_a_view_beyond_a_limit_is_told_with_its_place(view: Any, problem: str) -> None:
    """Views have limits of their own, and an input needs a submit button."""
    assert view_problems(view) == [f"[ERROR] {problem}"]
