"""Slack's rules for blocks, messages and views; what is broken comes back in the words of `invalid_blocks`.

Sources: docs.slack.dev/reference/block-kit/blocks (limits of each block), reference/views/modal-views (titles, 100
blocks, 3000 characters of metadata), and slackapi/bolt-js#2509 (about 13,200 characters of text over all blocks).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from infra.local.slack.block_elements import (
    IN_ACTIONS,
    IN_CONTEXT,
    IN_INPUT,
    IN_SECTION,
    Problem,
    TextRule,
    element_problems,
    id_problems,
    items_problems,
    string_problems,
    text_problems,
    texts_problems,
)

MOST_MESSAGE_BLOCKS = 50
MOST_VIEW_BLOCKS = 100
MOST_MESSAGE_TEXT = 13_200


def message_problems(blocks: object) -> list[str]:
    """Tell what Slack would refuse about a message's blocks; an empty list when it would take them."""
    return _worded(_blocks_problems(blocks, "/blocks", MOST_MESSAGE_BLOCKS))


def view_problems(view: object) -> list[str]:
    """Tell what Slack would refuse about a modal or a Home tab; an empty list when it would take it."""
    return _worded(_view_problems(view))


def text_length(blocks: Sequence[Mapping[str, object]]) -> int:
    """Count the characters of every text in these blocks, which Slack bounds over the whole message."""
    return sum(_text_length(block) for block in blocks)


def _text_length(part: object) -> int:
    if isinstance(part, Mapping):
        own = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own + sum(_text_length(value) for value in part.values())
    if isinstance(part, list):
        return sum(_text_length(item) for item in part)
    return 0


def _worded(problems: Iterator[Problem]) -> list[str]:
    return [f"[ERROR] {what} [json-pointer:{at}]" for at, what in problems]


def _blocks_problems(blocks: object, at: str, most: int) -> Iterator[Problem]:
    if not isinstance(blocks, list):
        yield at, "must be an array"
        return
    if len(blocks) > most:
        yield at, f"no more than {most} items allowed"
    for index, block in enumerate(blocks):
        yield from _block_problems(block, f"{at}/{index}")
    yield from _repeated(blocks, at)


def _block_problems(block: object, at: str) -> Iterator[Problem]:
    if not isinstance(block, Mapping):
        yield at, "must be an object"
        return
    if "type" not in block:
        yield at, "missing required field: type"
        return
    check = _BLOCKS.get(str(block["type"]))
    if check is None:
        yield f"{at}/type", f"unsupported type: {block['type']}"
        return
    yield from id_problems(block, "block_id", at)
    yield from check(block, at)


def _repeated(blocks: Sequence[object], at: str) -> Iterator[Problem]:
    known = [block for block in blocks if isinstance(block, Mapping)]
    actions = [element for block in known for element in elements_of(block)]
    for name, holders in (("block_id", known), ("action_id", actions)):
        counted = Counter(str(holder[name]) for holder in holders if name in holder)
        for value in (value for value, times in counted.items() if times > 1):
            yield at, f"`{name}` must be unique: `{value}` is used {counted[value]} times"


def elements_of(block: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield the interactive elements of a block: its `elements`, its `accessory`, its `element`."""
    inside = block.get("elements")
    parts = [*(inside if isinstance(inside, list) else ()), block.get("accessory"), block.get("element")]
    for part in parts:
        if isinstance(part, Mapping):
            yield part


def _section(block: Mapping[str, object], at: str) -> Iterator[Problem]:
    if "text" not in block and "fields" not in block:
        yield at, "missing required field: text"
    yield from texts_problems(block, at, {"text": TextRule(3000, plain=False)})
    if "fields" in block:
        fields = block["fields"]
        yield from items_problems(fields, f"{at}/fields", 10)
        for index, item in enumerate(fields if isinstance(fields, list) else ()):
            yield from text_problems(item, f"{at}/fields/{index}", TextRule(2000, plain=False))
    if not isinstance(block.get("expand", False), bool):
        yield f"{at}/expand", "must be a boolean"
    if "accessory" in block:
        yield from element_problems(block["accessory"], f"{at}/accessory", IN_SECTION)


def _header(block: Mapping[str, object], at: str) -> Iterator[Problem]:
    yield from text_problems(block.get("text"), f"{at}/text", TextRule(150))


def _context(block: Mapping[str, object], at: str) -> Iterator[Problem]:
    elements = block.get("elements")
    yield from items_problems(elements, f"{at}/elements", 10)
    for index, element in enumerate(elements if isinstance(elements, list) else ()):
        inside = f"{at}/elements/{index}"
        if isinstance(element, Mapping) and element.get("type") in ("plain_text", "mrkdwn"):
            yield from text_problems(element, inside, TextRule(3000, plain=False))
        else:
            yield from element_problems(element, inside, IN_CONTEXT)


def _actions(block: Mapping[str, object], at: str) -> Iterator[Problem]:
    elements = block.get("elements")
    yield from items_problems(elements, f"{at}/elements", 25)
    for index, element in enumerate(elements if isinstance(elements, list) else ()):
        yield from element_problems(element, f"{at}/elements/{index}", IN_ACTIONS)


def _input(block: Mapping[str, object], at: str) -> Iterator[Problem]:
    yield from text_problems(block.get("label"), f"{at}/label", TextRule(2000))
    yield from texts_problems(block, at, {"hint": TextRule(2000)})
    yield from element_problems(block.get("element"), f"{at}/element", IN_INPUT)


def _image(block: Mapping[str, object], at: str) -> Iterator[Problem]:
    yield from string_problems(block.get("alt_text"), f"{at}/alt_text", 2000)
    yield from texts_problems(block, at, {"title": TextRule(2000)})
    if "image_url" not in block and "slack_file" not in block:
        yield at, "missing required field: image_url"


def _markdown(block: Mapping[str, object], at: str) -> Iterator[Problem]:
    yield from string_problems(block.get("text"), f"{at}/text", 12_000)


def _with_elements(block: Mapping[str, object], at: str) -> Iterator[Problem]:
    if not isinstance(block.get("elements"), list):
        yield at, "missing required field: elements"


def _table(block: Mapping[str, object], at: str) -> Iterator[Problem]:
    yield from items_problems(block.get("rows"), f"{at}/rows", 100)


def _unchecked(_block: Mapping[str, object], _at: str) -> Iterator[Problem]:
    yield from ()


_BLOCKS: Mapping[str, Callable[[Mapping[str, object], str], Iterator[Problem]]] = {
    "section": _section,
    "header": _header,
    "divider": _unchecked,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _with_elements,
    "context_actions": _with_elements,
    "table": _table,
    # Known to Slack, but not checked here beyond their ids.
    **dict.fromkeys(("alert", "card", "carousel", "container", "data_table", "data_visualization"), _unchecked),
    **dict.fromkeys(("file", "plan", "task_card", "video"), _unchecked),
}


def _view_problems(view: object) -> Iterator[Problem]:
    at = "/view"
    if not isinstance(view, Mapping):
        yield at, "must be an object"
        return
    if view.get("type") not in ("modal", "home"):
        yield f"{at}/type", f"unsupported type: {view.get('type')}"
        return
    yield from _blocks_problems(view.get("blocks"), f"{at}/blocks", MOST_VIEW_BLOCKS)
    for name, longest in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if view.get(name):
            yield from string_problems(view[name], f"{at}/{name}", longest)
    if view["type"] == "modal":
        yield from _modal_problems(view, at)


def _modal_problems(view: Mapping[str, object], at: str) -> Iterator[Problem]:
    if "title" not in view:
        yield at, "missing required field: title"
    yield from texts_problems(view, at, dict.fromkeys(("title", "submit", "close"), TextRule(24)))
    blocks = view.get("blocks")
    kinds = [block.get("type") for block in blocks if isinstance(block, Mapping)] if isinstance(blocks, list) else []
    if "input" in kinds and "submit" not in view:
        yield at, "missing required field: submit, which a view with an input block needs"
