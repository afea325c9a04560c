"""Slack's rules for what stands inside a block: text objects, options, buttons, menus, inputs (Block Kit reference).

Limits are those of docs.slack.dev/reference/block-kit (block-elements, composition-objects). Every check yields
`(json pointer, sentence)` for each rule broken, and nothing for what Slack would take.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Problem = tuple[str, str]
"""Where, as a JSON pointer such as `/blocks/0/text`, and what is wrong there, in Slack's words."""


@dataclass(frozen=True, slots=True)
class TextRule:
    """How long a text object may be (characters) and whether Slack wants `plain_text` there."""

    longest: int
    plain: bool = True


@dataclass(frozen=True, slots=True)
class ElementRule:
    """What one type of element needs and how long its parts may be."""

    required: tuple[str, ...] = ()
    texts: Mapping[str, TextRule] = field(default_factory=dict)
    strings: Mapping[str, int] = field(default_factory=dict)
    most_options: int = 0
    """0: this element has no `options`."""


_PLACEHOLDER = {"placeholder": TextRule(150)}
_CONFIRM_TEXTS = {
    "title": TextRule(100),
    "text": TextRule(300, plain=False),
    "confirm": TextRule(30),
    "deny": TextRule(30),
}
_OPTION_TEXTS = {"text": TextRule(75, plain=False), "description": TextRule(75, plain=False)}
_ID_LENGTH = 255
_MOST_GROUPS = 100
_STYLES = ("primary", "danger")

_CHOICES = {
    "static_select": ElementRule(texts=_PLACEHOLDER, most_options=100),
    "multi_static_select": ElementRule(texts=_PLACEHOLDER, most_options=100),
    "external_select": ElementRule(texts=_PLACEHOLDER),
    "multi_external_select": ElementRule(texts=_PLACEHOLDER),
    "users_select": ElementRule(texts=_PLACEHOLDER),
    "multi_users_select": ElementRule(texts=_PLACEHOLDER),
    "conversations_select": ElementRule(texts=_PLACEHOLDER),
    "multi_conversations_select": ElementRule(texts=_PLACEHOLDER),
    "channels_select": ElementRule(texts=_PLACEHOLDER),
    "multi_channels_select": ElementRule(texts=_PLACEHOLDER),
    "checkboxes": ElementRule(required=("options",), most_options=10),
    "radio_buttons": ElementRule(required=("options",), most_options=10),
    "datepicker": ElementRule(texts=_PLACEHOLDER),
    "timepicker": ElementRule(texts=_PLACEHOLDER),
    "datetimepicker": ElementRule(),
}
_PRESSED = {
    "button": ElementRule(
        required=("text",),
        texts={"text": TextRule(75)},
        strings={"value": 2000, "url": 3000, "accessibility_label": 75},
    ),
    "overflow": ElementRule(required=("options",), most_options=5),
    "workflow_button": ElementRule(required=("text", "workflow"), texts={"text": TextRule(75)}),
}
_TYPED = {
    "plain_text_input": ElementRule(texts=_PLACEHOLDER, strings={"initial_value": 3000}),
    "number_input": ElementRule(required=("is_decimal_allowed",), texts=_PLACEHOLDER),
    "email_text_input": ElementRule(texts=_PLACEHOLDER),
    "url_text_input": ElementRule(texts=_PLACEHOLDER),
    "rich_text_input": ElementRule(texts=_PLACEHOLDER),
    "file_input": ElementRule(),
}
_IMAGE = {"image": ElementRule(required=("alt_text",), strings={"image_url": 3000, "alt_text": 2000})}

IN_ACTIONS = {**_CHOICES, **_PRESSED, "rich_text_input": ElementRule(texts=_PLACEHOLDER)}
IN_SECTION = {**_CHOICES, **_PRESSED, **_IMAGE}
IN_INPUT = {**_CHOICES, **_TYPED}
IN_CONTEXT = _IMAGE


def string_problems(value: object, at: str, longest: int) -> Iterator[Problem]:
    """Check a plain string: its type, that it is not empty, and its length in characters."""
    if not isinstance(value, str):
        yield at, "must be a string"
    elif not value:
        yield at, "must be more than 0 characters"
    elif len(value) > longest:
        yield at, f"must be less than {longest + 1} characters"


def text_problems(value: object, at: str, rule: TextRule) -> Iterator[Problem]:
    """Check a text object such as `{"type": "mrkdwn", "text": "..."}`."""
    if not isinstance(value, Mapping):
        yield at, "must be an object"
        return
    kinds = ("plain_text",) if rule.plain else ("plain_text", "mrkdwn")
    if value.get("type") not in kinds:
        yield f"{at}/type", f"must be one of: {', '.join(kinds)}"
    if "text" not in value:
        yield at, "missing required field: text"
    else:
        yield from string_problems(value["text"], f"{at}/text", rule.longest)
    for name in sorted(value.keys() - {"type", "text", "emoji", "verbatim"}):
        yield at, f"no more properties allowed: {name}"


def texts_problems(holder: Mapping[str, object], at: str, rules: Mapping[str, TextRule]) -> Iterator[Problem]:
    """Check those text objects of `rules` that `holder` has."""
    for name, rule in rules.items():
        if name in holder:
            yield from text_problems(holder[name], f"{at}/{name}", rule)


def items_problems(value: object, at: str, most: int) -> Iterator[Problem]:
    """Check that `value` is a list of 1 to `most` items."""
    if not isinstance(value, list):
        yield at, "must be an array"
    elif not value:
        yield at, "no less than 1 items allowed"
    elif len(value) > most:
        yield at, f"no more than {most} items allowed"


def id_problems(holder: Mapping[str, object], name: str, at: str) -> Iterator[Problem]:
    """Check the length of a `block_id` or `action_id`, where there is one."""
    if name in holder:
        yield from string_problems(holder[name], f"{at}/{name}", _ID_LENGTH)


def option_problems(option: object, at: str) -> Iterator[Problem]:
    """Check one option: its text of 75 characters and its value of 150 (composition-objects/option-object)."""
    if not isinstance(option, Mapping):
        yield at, "must be an object"
        return
    for name in ("text", "value"):
        if name not in option:
            yield at, f"missing required field: {name}"
    yield from texts_problems(option, at, _OPTION_TEXTS)
    if "value" in option:
        yield from string_problems(option["value"], f"{at}/value", 150)


def options_problems(options: object, at: str, most: int) -> Iterator[Problem]:
    """Check a list of options and each option in it."""
    yield from items_problems(options, at, most)
    for index, option in enumerate(options if isinstance(options, list) else ()):
        yield from option_problems(option, f"{at}/{index}")


def element_problems(element: object, at: str, allowed: Mapping[str, ElementRule]) -> Iterator[Problem]:
    """Check one element against the rules of the block that holds it (`IN_ACTIONS`, `IN_SECTION`, ...)."""
    if not isinstance(element, Mapping):
        yield at, "must be an object"
        return
    rule = allowed.get(str(element.get("type")))
    if rule is None:
        yield f"{at}/type", f"unsupported type: {element.get('type')}"
        return
    for name in rule.required:
        if name not in element:
            yield at, f"missing required field: {name}"
    yield from id_problems(element, "action_id", at)
    yield from texts_problems(element, at, rule.texts)
    for name, longest in rule.strings.items():
        if name in element:
            yield from string_problems(element[name], f"{at}/{name}", longest)
    if rule.most_options:
        yield from _menu_problems(element, at, rule.most_options)
    if element.get("style") is not None and element["style"] not in _STYLES:
        yield f"{at}/style", f"must be one of: {', '.join(_STYLES)}"
    if "confirm" in element:
        yield from _confirm_problems(element["confirm"], f"{at}/confirm")


def _menu_problems(element: Mapping[str, object], at: str, most: int) -> Iterator[Problem]:
    groups = element.get("option_groups")
    if groups is not None and "options" in element:
        yield at, "only one of options and option_groups is allowed"
    elif groups is None:
        yield from options_problems(element.get("options"), f"{at}/options", most)
    else:
        yield from items_problems(groups, f"{at}/option_groups", _MOST_GROUPS)
        for index, group in enumerate(groups if isinstance(groups, list) else ()):
            inside = f"{at}/option_groups/{index}"
            yield from text_problems(group.get("label"), f"{inside}/label", TextRule(75))
            yield from options_problems(group.get("options"), f"{inside}/options", most)


def _confirm_problems(confirm: object, at: str) -> Iterator[Problem]:
    if not isinstance(confirm, Mapping):
        yield at, "must be an object"
        return
    yield from texts_problems(confirm, at, _CONFIRM_TEXTS)
