"""Who and what is in the playground's workspace: people, user groups, channels, and its invented keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace, as `users.info` tells it (docs.slack.dev, reference/objects/user-object)."""

    id: str
    name: str
    real_name: str
    role: str
    """What the page's people switcher says about them; Slack knows nothing of it."""
    tz: str = "Asia/Seoul"
    tz_label: str = "Korea Standard Time"
    tz_offset_seconds: int = 32_400
    locale: str = "en-US"
    is_bot: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group and who is in it, as `usergroups.list` and `usergroups.users.list` tell it."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel and its members; the bot posts only where it is one, as a bot without `chat:write.public`."""

    id: str
    name: str
    purpose: str
    members: tuple[str, ...]
    is_direct: bool = False
    """Whether it is the direct messages between the bot and one person."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything about the workspace that no request changes."""

    people: Mapping[str, Person]
    groups: Mapping[str, UserGroup]
    channels: Mapping[str, Channel]
    team_id: str = "T0SLUICE"
    team_name: str = "Sluice playground"
    team_domain: str = "sluice-playground"
    app_id: str = "A0SLUICE"
    bot_id: str = "B0SLUICE"
    bot_user: str = "U0SLUICE"
    command: str = "/dataflow"
    examples: tuple[str, ...] = ()
    """Texts after the slash command that the page offers as chips."""
    scopes: tuple[str, ...] = (
        "chat:write",
        "commands",
        "usergroups:read",
        "users:read",
        "channels:read",
        "channels:join",
        "channels:history",
        "groups:history",
        "team:read",
    )
    """OAuth scopes of the bot token, as the header `x-oauth-scopes` lists them."""
    signing_secret: str = field(default="playground-signing-secret", repr=False)
    bot_token: str = field(default="xoxb-playground", repr=False)

    def direct_with(self, user: str) -> Channel:
        """Return the direct messages between the bot and somebody, under the name Slack gives all of these."""
        return Channel(f"D{user[1:]}", "directmessage", "Nobody else sees this", (user, self.bot_user), is_direct=True)

    @property
    def conversations(self) -> Mapping[str, Channel]:
        """Every channel, and the direct messages with each person: id → channel."""
        directs = [self.direct_with(person.id) for person in self.people.values() if not person.is_bot]
        return {**self.channels, **{direct.id: direct for direct in directs}}


_PEOPLE = (
    Person("U0KIM", "minji", "Kim Minji", "on call", locale="ko-KR"),
    Person("U0LEE", "jun", "Lee Jun", "lead"),
    Person("U0PARK", "sora", "Park Sora", "viewer"),
    Person("U0CHOI", "dan", "Choi Dan", "in no group", "Europe/London", "Greenwich Mean Time", 0, "en-GB"),
    Person("U0HAN", "bora", "Han Bora", "lead"),
    Person("U0SLUICE", "sluice", "Sluice", "the bot", is_bot=True),
)
_EVERYBODY = tuple(person.id for person in _PEOPLE)
_GROUPS = (
    UserGroup("S0ONCALL", "oncall", "On call", ("U0KIM",)),
    UserGroup("S0LEADS", "leads", "Leads", ("U0LEE", "U0HAN")),
    UserGroup("S0VIEWERS", "viewers", "Viewers", ("U0PARK",)),
)
_CHANNELS = (
    Channel("C0INCIDENT", "incident", "Something is on fire: say what you do here", _EVERYBODY),
    Channel("C0DATA", "data-platform", "Data Flow jobs, day to day", _EVERYBODY),
)

PLAYGROUND = Cast(
    people={person.id: person for person in _PEOPLE},
    groups={group.id: group for group in _GROUPS},
    channels={channel.id: channel for channel in _CHANNELS},
    examples=(
        "help",
        "list",
        "status job001",
        "scale job001 workers=4 because backlog",
        "scale wordcount workers=8 because backlog",
        "why scale wordcount workers=9",
        "break-glass scale partner-feed-import workers=8 because partners wait",
        "history job001 last 7d",
        "requests",
    ),
)
"""The cast of the demo, the scripted conversation and the tests."""
