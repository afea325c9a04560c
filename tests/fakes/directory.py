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
    """Knows the playground's people; ``broken`` names a group that cannot be found out.

    After ``remember`` it answers as things were then, until somebody is read afresh; ``read_afresh`` are those people.
    """

    groups: dict[str, frozenset[GroupName]] = field(default_factory=_playground)
    broken: str | None = None
    read_afresh: list[UserId] = field(default_factory=list)
    _remembered: dict[str, frozenset[GroupName]] | None = None

    def remember(self) -> None:
        """Believe from now on what was read until now, as a directory does that keeps what it read for a while."""
        self._remembered = dict(self.groups)

    def people(self) -> dict[UserId, frozenset[GroupName]]:
        """Return everybody who is in a group. Raises GroupUndetermined while one is broken."""
        return {UserId(user_id): groups for user_id, groups in self._known().items() if groups}

    def groups_of(self, user_id: UserId, *, afresh: bool = False) -> frozenset[GroupName]:
        """Return the person's groups. Raises GroupUndetermined while one is broken."""
        if afresh:
            self.read_afresh.append(user_id)
            self._remembered = None
        return self._known().get(user_id, frozenset())

    def _known(self) -> dict[str, frozenset[GroupName]]:
        if self.broken:
            raise GroupUndetermined(self.broken, "usergroups.users.list: ratelimited")
        return self.groups if self._remembered is None else self._remembered
