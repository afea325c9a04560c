"""What a person enters into an input, as Slack reports it in `state.values` and in actions. Pure."""

import math
from collections.abc import Mapping
from typing import Any

from infra.local.slack.conversation import Blocks
from infra.local.slack.refusals import UnknownInPlaygroundError

Entered = Any
"""A string for texts, numbers, dates and ids; an option or its value; lists of these for multi-selects."""

_SELECTED = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_ONE_OPTION = ("static_select", "external_select", "radio_buttons", "overflow")
_MANY_OPTIONS = ("multi_static_select", "multi_external_select", "checkboxes")


def entry(element: Mapping[str, Any], entered: Entered) -> dict[str, Any]:
    """Report one element's state.

    Raises:
        UnknownInPlaygroundError: an option was named that the element does not offer.
    """
    kind = element["type"]
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": None if entered is None else _option(element, entered)}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": [_option(element, one) for one in entered or ()]}
    return {"type": kind, _SELECTED.get(kind, "value"): entered}


def initial(element: Mapping[str, Any]) -> Entered:
    """Tell what an element holds before anybody touched it, in the form `entry` takes."""
    for name in element:
        if name.startswith("initial_"):
            return element[name]
    return None


def values(blocks: Blocks, entered: Mapping[str, Entered]) -> dict[str, dict[str, Any]]:
    """Report a view's `state.values`: block_id → action_id → state, from action_id → what was entered.

    Raises:
        UnknownInPlaygroundError: the view has no input with one of these action_ids.
    """
    inputs = {str(block["element"]["action_id"]): block for block in blocks if block["type"] == "input"}
    if unknown := entered.keys() - inputs.keys():
        raise UnknownInPlaygroundError(f"no input {sorted(unknown)} in this view: it has {sorted(inputs)}")
    return {
        str(block["block_id"]): {action_id: entry(block["element"], entered.get(action_id, initial(block["element"])))}
        for action_id, block in inputs.items()
    }


def complaints(blocks: Blocks, entered: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Tell what Slack's own client refuses before it sends a form: block_id → sentence."""
    found: dict[str, str] = {}
    for block in (block for block in blocks if block["type"] == "input"):
        element = block["element"]
        state = entered[str(block["block_id"])][str(element["action_id"])]
        value = next((state[name] for name in state if name != "type"), None)
        if value in (None, "", []):
            if not block.get("optional"):
                found[str(block["block_id"])] = "Please complete this required field."
        elif sentence := _complaint(element, value):
            found[str(block["block_id"])] = sentence
    return found


def _complaint(element: Mapping[str, Any], value: Any) -> str | None:  # noqa: ANN401 - JSON of any type
    if element["type"] == "number_input":
        return _number_complaint(element, str(value))
    longest, shortest = element.get("max_length"), element.get("min_length")
    if longest is not None and len(value) > longest:
        return f"Please use {longest} characters or fewer."
    if shortest is not None and len(value) < shortest:
        return f"Please use at least {shortest} characters."
    return None


def _number_complaint(element: Mapping[str, Any], value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a valid number."
    if not math.isfinite(number) or (not element["is_decimal_allowed"] and number != int(number)):
        return "Please enter a whole number."
    if number < float(element.get("min_value", number)):
        return f"Please enter a number of at least {element['min_value']}."
    if number > float(element.get("max_value", number)):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def _option(element: Mapping[str, Any], chosen: Entered) -> dict[str, Any]:
    if isinstance(chosen, Mapping):
        return dict(chosen)
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    offered = [option for group in groups for option in group["options"]]
    for option in offered:
        if option["value"] == chosen:
            return dict(option)
    if "external" in element["type"]:
        return {"text": {"type": "plain_text", "text": chosen}, "value": chosen}
    raise UnknownInPlaygroundError(f"no option {chosen!r}: there are {[option['value'] for option in offered]}")
