"""Who belongs to the policy's groups: read from Slack, believed for a minute, and never guessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import pytest

from handler.adapters.directory import SlackDirectory
from handler.domain.errors import ChatError, ChatRefused, ChatUnavailable, GroupUndetermined
from handler.domain.model import GroupName, UserId
from tests.fakes.directory import FakeDirectory
from tests.makers import NOW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handler.ports import Directory

KIM, LEE, PARK = UserId("U0KIM"), UserId("U0LEE"), UserId("U0PARK")
ONCALL, LEADS = GroupName("oncall"), GroupName("leads")
GROUPS: Mapping[GroupName, str | Sequence[UserId]] = {ONCALL: "S0ONCALL", LEADS: "S0LEADS"}


@dataclass
class Slack:
    """User groups, what reading them fails with, and which were read."""

    groups: dict[str, frozenset[UserId]]
    failure: ChatError | None = None
    asked: list[str] = field(default_factory=list)

    def members(self, usergroup_id: str) -> frozenset[UserId]:
        """Return the members, or fail."""
        self.asked.append(usergroup_id)
        if self.failure:
            raise self.failure
        return self.groups[usergroup_id]


@dataclass
class Hands:
    """A clock that is moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Return the moment."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.at += timedelta(seconds=seconds)


def slack() -> Slack:
    """Make a Slack with the playground's groups."""
    return Slack({"S0ONCALL": frozenset({KIM}), "S0LEADS": frozenset({LEE})})


def test_a_person_is_in_the_groups_that_slack_says() -> None:
    """Each person gets the policy's names of the groups they are in; a stranger gets none."""
    directory = SlackDirectory(GROUPS, slack().members, Hands())

    assert [frozenset({ONCALL}), frozenset({LEADS}), frozenset()] == [
        directory.groups_of(who) for who in (KIM, LEE, PARK)
    ]


def test_groups_that_are_written_down_need_no_slack() -> None:
    """User ids in the settings are a group without a call."""
    chat = slack()
    directory = SlackDirectory({ONCALL: (KIM, LEE), LEADS: [LEE]}, chat.members, Hands())

    assert frozenset({ONCALL, LEADS}) == directory.groups_of(LEE)
    assert chat.asked == []


def test_two_names_of_one_user_group_read_it_once() -> None:
    """Groups of the policy that stand for the same user group share what was read."""
    chat = slack()
    directory = SlackDirectory({ONCALL: "S0ONCALL", LEADS: "S0ONCALL"}, chat.members, Hands())

    assert frozenset({ONCALL, LEADS}) == directory.groups_of(KIM)
    assert chat.asked == ["S0ONCALL"]


@pytest.mark.parametrize(("seconds", "reads"), [(0, 1), (59.999, 1), (60, 2), (3600, 2)])
def test_members_are_believed_for_less_than_a_minute(seconds: float, reads: int) -> None:
    """Within 60 seconds Slack is asked once, also for several people; from then on it is asked again."""
    chat, clock = slack(), Hands()
    directory = SlackDirectory({ONCALL: "S0ONCALL"}, chat.members, clock)

    directory.groups_of(KIM)
    clock.sleep(seconds)
    directory.groups_of(LEE)

    assert reads == len(chat.asked)


def test_who_left_a_group_is_out_of_it_after_a_minute() -> None:
    """A change in Slack counts at the latest a minute later."""
    chat, clock = slack(), Hands()
    directory = SlackDirectory(GROUPS, chat.members, clock)
    directory.groups_of(KIM)
    chat.groups["S0ONCALL"] = frozenset({PARK})
    clock.sleep(60)

    assert [frozenset(), frozenset({ONCALL})] == [directory.groups_of(who) for who in (KIM, PARK)]


def test_a_clock_that_jumped_back_does_not_make_members_last() -> None:
    """What was read in what is now the future is read again."""
    chat, clock = slack(), Hands()
    directory = SlackDirectory({ONCALL: "S0ONCALL"}, chat.members, clock)
    directory.groups_of(KIM)
    clock.sleep(-3600)

    directory.groups_of(KIM)

    assert len(chat.asked) == 2


@pytest.mark.parametrize(
    "failure",
    [ChatUnavailable("usergroups.users.list", "ratelimited"), ChatRefused("usergroups.users.list", "missing_scope")],
)
def test_a_group_that_cannot_be_read_is_not_an_empty_group(failure: ChatError) -> None:
    """Not knowing who is in a group is told as such, with the group and Slack's own word."""
    chat = slack()
    chat.failure = failure
    directory = SlackDirectory(GROUPS, chat.members, Hands())

    with pytest.raises(GroupUndetermined) as caught:
        directory.groups_of(KIM)

    assert (caught.value.group, caught.value.cause) == ("oncall", f"usergroups.users.list: {failure.code}")


def test_one_group_that_cannot_be_read_leaves_all_undetermined() -> None:
    """A person known to be in one group is not told so while another, which a rule may forbid by, is not known."""
    chat = slack()
    directory = SlackDirectory(GROUPS, lambda group: refuse() if group == "S0LEADS" else chat.members(group), Hands())

    with pytest.raises(GroupUndetermined, match="leads"):
        directory.groups_of(KIM)


def refuse() -> frozenset[UserId]:
    """Fail as Slack does for a user group that was deleted."""
    raise ChatRefused("usergroups.users.list", "no_such_subteam")


@pytest.mark.parametrize("seconds", [0, 59.999])
def test_afresh_believes_nothing_read_before(seconds: float) -> None:
    """Who decides about a change is looked up anew, however short ago everybody was read."""
    chat, clock = slack(), Hands()
    directory = SlackDirectory(GROUPS, chat.members, clock)
    directory.groups_of(LEE)
    chat.groups["S0LEADS"] = frozenset({PARK})
    clock.sleep(seconds)

    assert frozenset() == directory.groups_of(LEE, afresh=True)
    assert chat.asked == ["S0ONCALL", "S0LEADS"] * 2


def test_what_was_read_afresh_is_believed_by_the_next() -> None:
    """The minute begins anew with what was read last, for each of the groups."""
    chat, clock = slack(), Hands()
    directory = SlackDirectory(GROUPS, chat.members, clock)
    directory.groups_of(LEE)
    clock.sleep(59)
    directory.groups_of(LEE, afresh=True)
    clock.sleep(59)

    assert frozenset({LEADS}) == directory.groups_of(LEE)
    assert len(chat.asked) == 4


def test_afresh_reads_a_user_group_of_two_names_once() -> None:
    """Slack lets few such calls through a minute (tier 2): one question asks for no group twice."""
    chat = slack()
    directory = SlackDirectory({ONCALL: "S0ONCALL", LEADS: "S0ONCALL"}, chat.members, Hands())

    assert frozenset({ONCALL, LEADS}) == directory.groups_of(KIM, afresh=True)
    assert chat.asked == ["S0ONCALL"]


def test_afresh_does_not_fall_back_on_what_was_read_before() -> None:
    """When Slack does not answer, a moment ago is no answer either, and it stays so for whoever asks next."""
    chat = slack()
    directory = SlackDirectory(GROUPS, chat.members, Hands())
    directory.groups_of(LEE)
    chat.failure = ChatUnavailable("usergroups.users.list", "ratelimited")

    with pytest.raises(GroupUndetermined):
        directory.groups_of(LEE, afresh=True)
    with pytest.raises(GroupUndetermined):
        directory.groups_of(LEE)


def test_people_are_everybody_with_all_their_groups() -> None:
    """Members of several groups are listed once, with each; people written down and people of Slack alike."""
    chat = slack()
    chat.groups["S0ONCALL"] = frozenset({KIM, LEE})
    viewers = GroupName("viewers")
    directory = SlackDirectory({**GROUPS, viewers: (PARK, KIM)}, chat.members, Hands())

    assert directory.people() == {
        KIM: frozenset({ONCALL, viewers}),
        LEE: frozenset({ONCALL, LEADS}),
        PARK: frozenset({viewers}),
    }


def test_nobody_is_in_no_group() -> None:
    """Groups without members, and no groups at all, are nobody."""
    empty = {"S0ONCALL": frozenset[UserId](), "S0LEADS": frozenset[UserId]()}

    assert SlackDirectory(GROUPS, Slack(empty).members, Hands()).people() == {}
    assert SlackDirectory({}, slack().members, Hands()).people() == {}


@pytest.mark.parametrize(("seconds", "reads"), [(0, 2), (59.999, 2), (60, 4)])
def test_people_are_believed_as_long_as_members(seconds: float, reads: int) -> None:
    """Everybody's groups and one person's share what was read, in either order, for less than a minute."""
    chat, clock = slack(), Hands()
    directory = SlackDirectory(GROUPS, chat.members, clock)
    before = directory.people()
    clock.sleep(seconds)

    assert before == directory.people()
    assert before[LEE] == directory.groups_of(LEE)
    assert reads == len(chat.asked)


def test_a_group_that_cannot_be_read_leaves_people_and_person_undetermined() -> None:
    """A list of some people would pass for all of them: with one group unknown there is no list, and no person."""
    chat = slack()
    directory = SlackDirectory(GROUPS, lambda group: refuse() if group == "S0LEADS" else chat.members(group), Hands())

    with pytest.raises(GroupUndetermined) as of_people:
        directory.people()
    with pytest.raises(GroupUndetermined) as of_one:
        directory.groups_of(KIM)

    said = ("leads", "usergroups.users.list: no_such_subteam")
    assert said == (of_people.value.group, of_people.value.cause) == (of_one.value.group, of_one.value.cause)


def test_nothing_old_is_used_when_slack_fails() -> None:
    """Members that were read more than a minute ago do not stand in for an answer."""
    chat, clock = slack(), Hands()
    directory = SlackDirectory(GROUPS, chat.members, clock)
    directory.groups_of(KIM)
    chat.failure = ChatUnavailable("usergroups.users.list", "timeout")
    clock.sleep(61)

    with pytest.raises(GroupUndetermined):
        directory.groups_of(KIM)


def test_a_failure_is_not_remembered() -> None:
    """As soon as Slack answers again, so does the directory."""
    chat = slack()
    chat.failure = ChatUnavailable("usergroups.users.list", "timeout")
    directory = SlackDirectory(GROUPS, chat.members, Hands())
    with pytest.raises(GroupUndetermined):
        directory.groups_of(KIM)
    chat.failure = None

    assert frozenset({ONCALL}) == directory.groups_of(KIM)


# What the fake, by which flows are tested, keeps as well


class Subject(Protocol):
    """A directory of the groups oncall and leads that has just read them, and what may happen in Slack meanwhile."""

    @property
    def directory(self) -> Directory:
        """The port."""

    def put(self, user_id: UserId, *groups: GroupName) -> None:
        """Let somebody be in these groups from now on."""

    def lose(self, group: GroupName) -> None:
        """Let nobody find out any more who is in a group."""


@dataclass
class Fake:
    """The fake."""

    directory: FakeDirectory

    def put(self, user_id: UserId, *groups: GroupName) -> None:
        """Change the table."""
        self.directory.groups[user_id] = frozenset(groups)

    def lose(self, group: GroupName) -> None:
        """Break it."""
        self.directory.broken = group


@dataclass
class Real:
    """The adapter, with user groups at the other end."""

    directory: SlackDirectory
    chat: Slack

    def put(self, user_id: UserId, *groups: GroupName) -> None:
        """Change the user groups."""
        for name, usergroup_id in ((ONCALL, "S0ONCALL"), (LEADS, "S0LEADS")):
            others = self.chat.groups[usergroup_id] - {user_id}
            self.chat.groups[usergroup_id] = others | {user_id} if name in groups else others

    def lose(self, group: GroupName) -> None:
        """Delete the user group."""
        del group
        self.chat.failure = ChatRefused("usergroups.users.list", "no_such_subteam")


@pytest.fixture(params=["fake", "real"])
def subject(request: pytest.FixtureRequest) -> Subject:
    """Each in turn: Kim is on call, Lee leads, and that was read just now."""
    if request.param == "fake":
        fake = FakeDirectory({KIM: frozenset({ONCALL}), LEE: frozenset({LEADS})})
        fake.remember()
        return Fake(fake)
    chat = slack()
    real = SlackDirectory(GROUPS, chat.members, Hands())
    real.people()
    return Real(real, chat)


def test_who_is_asked_for_afresh_is_known_as_of_now_by_all(subject: Subject) -> None:
    """What was read is believed until somebody is read afresh; from then on the new is, for everybody."""
    subject.put(LEE, ONCALL)
    subject.put(PARK, LEADS)
    before = [subject.directory.groups_of(who) for who in (LEE, PARK)]

    assert before == [frozenset({LEADS}), frozenset()]
    assert subject.directory.groups_of(LEE, afresh=True) == {ONCALL}
    assert subject.directory.groups_of(PARK) == {LEADS}
    assert subject.directory.people() == {KIM: {ONCALL}, LEE: {ONCALL}, PARK: {LEADS}}


def test_people_in_two_groups_are_listed_with_both_and_those_in_none_not_at_all(subject: Subject) -> None:
    """The list is of members, each once."""
    subject.put(LEE, ONCALL, LEADS)
    subject.put(KIM)
    subject.directory.groups_of(PARK, afresh=True)

    assert subject.directory.people() == {LEE: {ONCALL, LEADS}}


def test_what_cannot_be_found_out_is_known_of_nobody(subject: Subject) -> None:
    """With a group that cannot be read there is neither an answer about a person nor a list of people."""
    subject.lose(ONCALL)
    with pytest.raises(GroupUndetermined, match="oncall"):
        subject.directory.groups_of(LEE, afresh=True)
    with pytest.raises(GroupUndetermined, match="oncall"):
        subject.directory.people()
