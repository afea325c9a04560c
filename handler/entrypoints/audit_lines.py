"""Facts as text: JSON Lines that keep the hash, rows for a spreadsheet, and lines to be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from handler.domain.audit import Fact, canonical

if TYPE_CHECKING:
    from handler.audit_ports import Stored

COLUMNS: Final = tuple(each.name for each in fields(Fact))

# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection"; the wide forms are an East Asian
# keyboard's). The apostrophe is among them so that taking one away always gives the text back.
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")  # noqa: RUF001 - as people type them


def as_json(fact: Stored) -> str:
    """Write a fact as one line of JSON, without what serves the indexes: its hash can be recomputed from that."""
    plain = {name: value for name, value in fact.items() if not name.startswith("gsi_")}
    return _escaped(canonical(plain))


def as_cells(fact: Stored) -> tuple[str, ...]:
    """Write a fact as the cells of a row; maps and lists as JSON, what does not apply empty."""
    return tuple(_cell(fact.get(name)) for name in COLUMNS)


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else canonical(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"'{text}" if text.startswith(FORMULAS) and not is_number else text


def as_line(fact: Stored) -> str:
    """Write a fact as a line that a person reads: when, what, who, which job, what of it, which request."""
    at = str(fact.get("at"))
    parts = [
        f"{at[:10]} {at[11:19]}Z",
        f"{fact.get('event')!s:<15}",
        f"{fact.get('actor')!s:<12}",
        str(fact.get("job_name") or fact.get("job_id") or fact.get("day") or "-"),
        _difference(fact.get("before"), fact.get("after")),
        f"because {reason}" if (reason := fact.get("reason")) else "",
        str(fact.get("detail") or ""),
        f"{fact.get('request_id')}#{fact.get('seq')}",
    ]
    return printable("  ".join(part for part in parts if part))


def _difference(before: object, after: object) -> str:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return ""
    changed = [name for name in after if after[name] != before.get(name)]
    return ", ".join(f"{name} {before.get(name)} → {after[name]}" for name in changed)


def printable(text: str) -> str:
    """Write what a terminal would obey, or not show, as its number: names and reasons are other people's text."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def _escaped(line: str) -> str:
    """The same for JSON, where it stays the same value."""
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line)
