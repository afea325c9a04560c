"""The faults one can switch on: which requests they strike, how often, and what happens to those.

A rule strikes a request of its method whose path (without query) fits its glob, until its `times` are used up. Rules of
kind slow and clock_skew add to whatever happens; of the others the oldest that fits is the one that strikes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from itertools import count
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from infra.local.dataflow.refusals import Row, row_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.dataflow.catalogue import JsonObject

Kind = Literal["slow", "status", "timeout_before", "timeout_after", "reset", "garbage", "clock_skew", "huge"]
Garbage = Literal["html", "truncated", "empty", "wrong_type"]
ADDING: tuple[Kind, ...] = ("slow", "clock_skew")


@dataclass
class Fault:
    """A rule. `times` counts down to 0; None strikes until the rule is removed.

    slow: `ms` of waiting, before the effect or (`applied`) between effect and answer. status: the documented row of
    `status` and `code`, with `retry_after` as its header when given. timeout_before, timeout_after: no answer at all,
    without and with the effect. reset: the connection is reset. garbage: an answer of `form` that no documentation
    knows, with `status` or 200. clock_skew: the gateway's clock is `seconds` ahead. huge: the answer is padded by
    `size` bytes. `applied`: the request takes effect before the fault strikes.
    """

    kind: Kind
    method: str = "*"
    path: str = "*"
    times: int | None = 1
    applied: bool = False
    ms: int = 1000
    status: int | None = None
    code: str | None = None
    details: str = "Injected by a fault rule."
    retry_after: str | None = None
    form: Garbage = "html"
    seconds: int = 600
    size: int = 20_000_000
    id: int = 0

    def fits(self, method: str, path: str) -> bool:
        """Say whether the rule still strikes a request of this method and path."""
        return self.times != 0 and self.method in ("*", method) and fnmatchcase(path, self.path)

    def row(self) -> Row:
        """Return the documented error row that a fault of kind status answers with; 503 unless it says which.

        Raises:
            ValueError: no such row is documented.
        """
        try:
            return row_for(self.status or 503, self.code)
        except LookupError as unknown:
            raise ValueError(str(unknown)) from unknown

    @property
    def after_effect(self) -> bool:
        """Say whether the request takes effect before the fault strikes."""
        return self.applied or self.kind in ("timeout_after", "huge")


def fault_from(told: Any) -> Fault:  # noqa: ANN401 - any JSON may have been sent
    """Make a rule of what the control endpoint was told.

    Raises:
        ValueError: an unknown kind, form or field, a value of the wrong type, or an error row that is not documented.
    """
    if not isinstance(told, dict) or told.get("kind") not in get_args(Kind):
        raise ValueError(f"a fault is an object whose kind is one of {', '.join(get_args(Kind))}")
    known = {each.name for each in fields(Fault)} - {"id"}
    unknown = sorted(set(told) - known)
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; a fault has {', '.join(sorted(known))}")
    fault = Fault(**told)
    for name, type_hint in get_type_hints(Fault).items():
        if get_origin(type_hint) is not Literal and not isinstance(getattr(fault, name), type_hint):
            raise ValueError(f"{name} must be of type {type_hint}")
    if fault.form not in get_args(Garbage):
        raise ValueError(f"form must be one of {', '.join(get_args(Garbage))}")
    if fault.kind == "status":
        fault.row()
    return fault


@dataclass
class Faults:
    """The rules in force, oldest first."""

    rules: list[Fault] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def add(self, fault: Fault) -> Fault:
        """Put a rule in force and return it with its id."""
        fault.id = next(self._ids)
        self.rules.append(fault)
        return fault

    def remove(self, fault_id: int | None = None) -> None:
        """Take one rule out of force, or all of them."""
        self.rules = [rule for rule in self.rules if fault_id is not None and rule.id != fault_id]

    def strike(self, method: str, path: str) -> list[Fault]:
        """Return the rules that strike this request, and count them down."""
        fitting = [rule for rule in self.rules if rule.fits(method, path)]
        ending = [rule for rule in fitting if rule.kind not in ADDING][:1]
        struck = [rule for rule in fitting if rule.kind in ADDING] + ending
        for rule in struck:
            if rule.times is not None:
                rule.times -= 1
        self.rules = [rule for rule in self.rules if rule.times != 0]
        return struck

    def listed(self) -> list[JsonObject]:
        """Return the rules as JSON objects."""
        return [asdict(rule) for rule in self.rules]
