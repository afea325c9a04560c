"""Who belongs to the policy's groups, by Slack's user groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handler.domain.errors import ChatError, GroupUndetermined

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from handler.domain.model import GroupName, UserId
    from handler.ports import Clock

KEPT_FOR: Final = timedelta(seconds=60)
"""How long members that were read are believed."""


@dataclass(frozen=True, slots=True)
class _Read:
    at: datetime
    members: frozenset[UserId]


class SlackDirectory:
    """The directory port: ``groups`` are those of the policy's settings, ``members`` is Chat's ``group_members``.

    A group is a Slack user group id, or the user ids themselves, for which Slack is not asked.
    """

    def __init__(
        self,
        groups: Mapping[GroupName, str | Sequence[UserId]],
        members: Callable[[str], frozenset[UserId]],
        clock: Clock,
    ) -> None:
        self._groups = dict(groups)
        self._members = members
        self._clock = clock
        self._read: dict[str, _Read] = {}

    def people(self) -> dict[UserId, frozenset[GroupName]]:
        """Return everybody who is in a group, with their groups. Raises GroupUndetermined."""
        found: dict[UserId, frozenset[GroupName]] = {}
        for name, group in self._groups.items():
            for user_id in self._who(name, group):
                found[user_id] = found.get(user_id, frozenset()) | {name}
        return found

    def groups_of(self, user_id: UserId, *, afresh: bool = False) -> frozenset[GroupName]:
        """Return the person's groups. Raises GroupUndetermined when the members of one could not be read.

        Every group is determined, as a rule may forbid as well as permit by any of them. What was read is believed
        for 60 seconds and not a moment longer, also when Slack does not answer then; ``afresh``, not even for those.
        """
        if afresh:
            self._read.clear()
        return frozenset(name for name, group in self._groups.items() if user_id in self._who(name, group))

    def _who(self, name: GroupName, group: str | Sequence[UserId]) -> frozenset[UserId]:
        if not isinstance(group, str):
            return frozenset(group)
        now = self._clock.now()
        kept = self._read.get(group)
        if kept is not None and timedelta(0) <= now - kept.at < KEPT_FOR:
            return kept.members
        try:
            members = self._members(group)
        except ChatError as error:
            raise GroupUndetermined(name, str(error)) from error
        self._read[group] = _Read(now, members)
        return members
