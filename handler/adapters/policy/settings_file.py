"""``settings.toml``: who the groups are, how approvals run, and what may be written at all (contract, "Policy")."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from handler.adapters.policy.folder import SETTINGS_FILE
from handler.adapters.policy.tables import Table, did_you_mean, read_table
from handler.domain.errors import PolicyInvalid
from handler.domain.model import GroupName, Limits, UserId

_DURATION: Final = re.compile(
    r"(?:(?P<days>[0-9]{1,3})d)?(?:(?P<hours>[0-9]{1,4})h)?(?:(?P<minutes>[0-9]{1,6})m)?(?:(?P<seconds>[0-9]{1,6})s)?"
)
REMINDED_AFTER: Final = timedelta(minutes=10)
_USER_GROUP: Final = re.compile(r"S[A-Z0-9]{2,}")
_USER: Final = re.compile(r"[UW][A-Z0-9]{2,}")
_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{2,}")

Group = str | tuple[UserId, ...]
"""A Slack user group id, or the user ids themselves."""


def _duration(value: object) -> timedelta:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    length = value if isinstance(value, timedelta) else timedelta()
    if found:
        length = timedelta(**{unit: int(count or 0) for unit, count in found.groupdict().items()})
    if length <= timedelta():
        raise ValueError('must be a duration such as "30m", "2h", "1h30m" or "1d", and longer than nothing')
    return length


def _range(value: object) -> tuple[int, int]:
    match value:
        case [int(least), int(most)] if bool not in {type(least), type(most)}:
            pass
        case _:
            raise ValueError("must be two whole numbers, the least and the most, such as [2, 10]")
    if least < 1:
        raise ValueError(f"begins with {least}, but the least that may be written is 1 or more")
    if least > most:
        raise ValueError(f"has a least, {least}, above its most, {most}")
    return (least, most)


def _group(value: object) -> Group:
    match value:
        case str() if _USER_GROUP.fullmatch(value):
            return value
        case list() | tuple() if all(isinstance(user, str) and _USER.fullmatch(user) for user in value):
            return tuple(UserId(user) for user in value)
        case _:
            raise ValueError('must be a Slack user group id ("S...") or a list of user ids (["U...", "W..."])')


def _channel(value: object) -> object:
    if value == "":
        return None
    if not (isinstance(value, str) and _CHANNEL.fullmatch(value)):
        raise ValueError('must be a channel id ("C..."), not a name; Slack shows it below the channel\'s details')
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Range = Annotated[tuple[int, int], BeforeValidator(_range)]
Groups = Annotated[Mapping[GroupName, Annotated[Group, BeforeValidator(_group)]], AfterValidator(MappingProxyType)]


class Escalate(Table):
    """Whom to turn to when nobody has decided for ``after``: a group's name, or an id of Slack's."""

    after: Duration
    to: str


class Approvals(Table):
    """Where a request for approval is shown, when it is shown again, and when it ends.

    Unless ``remind`` says otherwise that is after ten minutes, or half-way where there is less time.
    """

    channel: Annotated[str | None, BeforeValidator(_channel)] = None
    expires: Duration = timedelta(minutes=30)
    remind: Duration | None = None
    escalate: Escalate | None = None

    @property
    def reminded_after(self) -> timedelta:
        """When people are reminded first."""
        return self.remind or min(REMINDED_AFTER, self.expires / 2)


class LimitsTable(Table):
    """The least and the most that may be written, both included; ``timeout`` in minutes."""

    workers: Range = Limits().workers
    timeout: Range = Limits().timeout_minutes


class BreakGlass(Table):
    """For how long an emergency change may be, and by when somebody must have looked at it."""

    review_within: Duration = timedelta(days=1)
    max_for: Duration = timedelta(hours=2)


class Audit(Table):
    """Where each day's seal of the record is posted, so that a copy of it is out of reach of whoever has the tables."""

    channel: Annotated[str | None, BeforeValidator(_channel)] = None


class Price(Table):
    """What one worker costs for one hour; the currency by its three letters (ISO 4217)."""

    worker_hour: Annotated[Decimal, Field(strict=False, ge=0, allow_inf_nan=False)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


class PolicySettings(Table):
    """The whole of ``settings.toml``."""

    groups: Groups = Field(default_factory=lambda: MappingProxyType({}))
    approvals: Approvals = Approvals()
    limits: LimitsTable = LimitsTable()
    break_glass: BreakGlass = BreakGlass()
    audit: Audit = Audit()
    price: Price | None = None


def parse_settings(text: str) -> PolicySettings:
    """Read ``settings.toml``. Raises PolicyInvalid with a sentence for each problem."""
    settings = read_table(SETTINGS_FILE, text, PolicySettings)
    problems = tuple(f"{SETTINGS_FILE}: {problem}" for problem in _contradictions(settings))
    if problems:
        raise PolicyInvalid(problems)
    return settings


def _contradictions(settings: PolicySettings) -> Iterator[str]:
    approvals = settings.approvals
    if settings.break_glass.max_for < timedelta(minutes=1):
        yield "break_glass.max_for is under a minute, and the length of an emergency is in whole minutes."
    if approvals.reminded_after >= approvals.expires:
        yield "approvals.remind is not before approvals.expires, so nobody would be reminded."
    if approvals.escalate is None:
        return
    if approvals.escalate.after >= approvals.expires:
        yield "approvals.escalate.after is not before approvals.expires, so it would never be escalated."
    to = approvals.escalate.to
    if to not in settings.groups and not any(kind.fullmatch(to) for kind in (_USER_GROUP, _USER, _CHANNEL)):
        yield (
            f'approvals.escalate.to names "{to}", which is no group of [groups] and no Slack id'
            f"{did_you_mean(to, settings.groups)}"
        )
