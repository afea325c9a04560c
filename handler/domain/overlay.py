"""Changes of one job that lie on top of each other, and what the end of one of them means for the job.

Two changes may overlap: workers 2 → 4 for two hours and, an hour later, 4 → 8 for one. Each remembers, for each field,
the change in effect that had set it last when it was asked (``Request.over``). When one ends,

- a field that a later change has set is left to that change, whose own end puts back the rest;
- any other field gets the value that it would have, had the change never been: that of before it, unless that was set
  by a change which has ended by now; then the value of before that one, and so on.

So it does not matter in which order they end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from handler.domain.model import whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handler.domain.model import RunCondition
    from handler.domain.request import Request

    Layers = Mapping[str, Sequence[Request]]


class Why(StrEnum):
    """Why nothing is put back."""

    GONE = "gone"
    NOTHING_TO_PUT_BACK = "nothing_to_put_back"
    MOVED_SINCE = "moved_since"
    OVERLAID = "overlaid"


@dataclass(frozen=True, slots=True)
class PutBack:
    """These values are to be put back into the job as it was found; ``on_top`` is a later change that has the rest."""

    found: RunCondition
    values: Mapping[str, int]
    on_top: Request | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    @property
    def condition(self) -> RunCondition:
        """The whole run condition to write."""
        return self.found.replaced(self.values)


@dataclass(frozen=True, slots=True)
class StandDown:
    """Nothing is to be put back; ``on_top`` is the later change that is the reason, where one is."""

    why: Why
    found: RunCondition
    on_top: Request | None = None


def way_back(request: Request, found: RunCondition, above: Layers, below: Layers) -> PutBack | StandDown:
    """Return what is to be put back at the end of a change, of a job that has now ``found``; no fields: it is gone.

    ``above`` are, by field, the later changes that have set it, and ``below`` the earlier ones that lay under it, the
    newest first. A change of several fields of which somebody else has changed one stays whole.
    """
    if not found.fields:
        return StandDown(Why.GONE, found)
    values: dict[str, int] = {}
    on_top = None
    for name, ours in request.change.values.items():
        now = whole(found.fields.get(name))
        covering = next((each for each in above.get(name, ()) if each.lasts and each.change.values[name] == now), None)
        if covering is not None:
            on_top = covering
            continue
        if now != ours:
            return StandDown(Why.MOVED_SINCE, found)
        former = former_value(request, name, below.get(name, ()))
        if former is None:
            return StandDown(Why.NOTHING_TO_PUT_BACK, found)
        values[name] = former
    return PutBack(found, values, on_top) if values else StandDown(Why.OVERLAID, found, on_top)


def former_value(request: Request, name: str, below: Sequence[Request]) -> int | None:
    """Return the value that a field is to have after this change; None when it had none before."""
    former = whole(request.change.before.fields.get(name))
    for each in below:
        earlier = whole(each.change.before.fields.get(name))
        if each.lasts or each.change.values[name] != former or earlier is None:
            break
        former = earlier
    return former
