"""JSON Schema (draft 7) as far as the schema of Slack's manifests uses it; a keyword beyond that is an error."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}
SAYS_NOTHING: Final = {"$schema", "title", "description", "default", "definitions", "_note", "regex", "format"}


def violations(schema: Mapping[str, Any], value: object) -> list[str]:
    """Return what is wrong with a value, each with its place in it; nothing when it is valid."""
    return list(_Schema(schema).check(schema, value, "$"))


class _Schema:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def check(self, schema: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
        if "$ref" in schema:
            yield from self.check(self._root["definitions"][schema["$ref"].rpartition("/")[2]], value, at)
            return
        for keyword, rule in schema.items():
            yield from self._keyword(keyword, rule, value, at)
        if isinstance(value, dict):
            yield from self._members(schema, value, at)

    def _keyword(self, keyword: str, rule: Any, value: Any, at: str) -> Iterator[str]:
        match keyword:
            case "type":
                names = [rule] if isinstance(rule, str) else rule
                if not any(_is_a(name, value) for name in names):
                    yield f"{at} is no {rule}"
            case "enum" if value not in rule:
                yield f"{at} is none of {rule}"
            case "required" if isinstance(value, dict):
                yield from (f"{at} has no {name}" for name in rule if name not in value)
            case "minLength" | "minItems" | "minProperties" if _is_sized(keyword, value) and len(value) < rule:
                yield f"{at} is shorter than {rule}"
            case "maxLength" | "maxItems" | "maxProperties" if _is_sized(keyword, value) and len(value) > rule:
                yield f"{at} is longer than {rule}"
            case "pattern" if isinstance(value, str) and not re.search(rule, value):
                yield f"{at} is not like {rule}"
            case "uniqueItems" if rule and isinstance(value, list) and len(set(map(json.dumps, value))) < len(value):
                yield f"{at} has something twice"
            case "items" if isinstance(value, list):
                for position, item in enumerate(value):
                    yield from self.check(rule, item, f"{at}[{position}]")
            case "anyOf" if all(list(self.check(each, value, at)) for each in rule):
                yield f"{at} is like none of those it may be"
            case _ if keyword not in SAYS_NOTHING | _KNOWN:
                raise ValueError(f"this check does not know {keyword}")
            case _:
                pass

    def _members(self, schema: Mapping[str, Any], value: dict[str, Any], at: str) -> Iterator[str]:
        named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        others = schema.get("additionalProperties", True)
        for name, member in value.items():
            rules = [named[name]] if name in named else []
            rules += [rule for pattern, rule in patterns.items() if re.search(pattern, name)]
            if not rules and others is False:
                yield f"{at}.{name} is not known"
            elif not rules and isinstance(others, dict):
                rules = [others]
            for rule in rules:
                yield from self.check(rule, member, f"{at}.{name}")


_KNOWN: Final = {
    *("type", "enum", "required", "pattern", "uniqueItems", "items", "anyOf"),
    *("minLength", "minItems", "minProperties", "maxLength", "maxItems", "maxProperties"),
    *("properties", "patternProperties", "additionalProperties"),
}


def _is_a(name: str, value: object) -> bool:
    kind = TYPES[name]
    return isinstance(value, kind) and (name == "boolean" or not isinstance(value, bool))


def _is_sized(keyword: str, value: object) -> bool:
    kinds: dict[str, type] = {"Length": str, "Items": list, "Properties": dict}
    return isinstance(value, kinds[keyword[3:]])
