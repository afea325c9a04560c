"""Who is in which group, from a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handler.domain.errors import GroupUndetermined
from handler.domain.model import GroupName

if TYPE_CHECKING:
    from handler.domain.model import UserId


def _playground() -> dict[str, frozenset[GroupName]]:
    oncall, leads, viewers = (frozenset({GroupName(name)}) for name in ("oncall", "leads", "viewers"))
    return {"U0KIM": oncall, "U0LEE": leads, "U0HAN": leads, "U0PARK": viewers}


@dataclass(slots=True)
class FakeDirectory:
    """Knows the playground's people; ``broken`` names a group that cannot be found out."""

    groups: dict[str, frozenset[GroupName]] = field(default_factory=_playground)
    broken: str | None = None

    def groups_of(self, user_id: UserId) -> frozenset[GroupName]:
        """Return the person's groups. Raises GroupUndetermined while one is broken."""
        if self.broken:
            raise GroupUndetermined(self.broken, "usergroups.users.list: ratelimited")
        return self.groups.get(user_id, frozenset())
