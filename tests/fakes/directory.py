"""Who is in which group, from a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from handler.domain.errors import GroupUndetermined
from handler.domain.model import GroupName, UserId


def _playground() -> dict[str, frozenset[GroupName]]:
    oncall, leads, viewers = (frozenset({GroupName(name)}) for name in ("oncall", "leads", "viewers"))
    return {"U0KIM": oncall, "U0LEE": leads, "U0HAN": leads, "U0PARK": viewers}


@dataclass(slots=True)
class FakeDirectory:
    """Knows the playground's people; ``broken`` names a group that cannot be found out."""

    groups: dict[str, frozenset[GroupName]] = field(default_factory=_playground)
    broken: str | None = None

    def people(self) -> dict[UserId, frozenset[GroupName]]:
        """Return everybody who is in a group. Raises GroupUndetermined while one is broken."""
        self._strike()
        return {UserId(user_id): groups for user_id, groups in self.groups.items() if groups}

    def groups_of(self, user_id: UserId, *, afresh: bool = False) -> frozenset[GroupName]:
        """Return the person's groups, always as they are. Raises GroupUndetermined while one is broken."""
        del afresh
        self._strike()
        return self.groups.get(user_id, frozenset())

    def _strike(self) -> None:
        if self.broken:
            raise GroupUndetermined(self.broken, "usergroups.users.list: ratelimited")
