"""Slack as the port promises it: the fake, and the real adapter over HTTP against the stand-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs

import pytest

from handler.adapters.chat import SlackChat
from handler.domain.errors import ChatRefused, ChatUnavailable
from handler.domain.model import ChannelId, UserId
from handler.domain.request import Card
from handler.ports import Message
from infra.local.slack.cast import PLAYGROUND
from infra.local.slack.faults import Fault
from infra.local.slack.serving import serve
from tests.fakes.chat import FakeChat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handler.ports import Chat
    from infra.local.slack.workspace import Workspace

INCIDENT, KIM, LEE = ChannelId("C0INCIDENT"), UserId("U0KIM"), UserId("U0LEE")
HELLO = Message("hello", ({"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}},))
BYE = Message("bye")


class Subject(Protocol):
    """A chat, and what people see of it."""

    @property
    def chat(self) -> Chat:
        """The port."""

    def seen(self, user: str) -> list[str]:
        """Return the texts this person sees in #incident."""


@dataclass
class Fake:
    """The fake."""

    chat: FakeChat

    def seen(self, user: str) -> list[str]:
        """Put together what was remembered."""
        edited = dict(self.chat.updates)
        posted = [edited.get(card, message).text for card, message in self.chat.posts]
        return posted + [message.text for _, whom, message in self.chat.whispers if whom == user]


@dataclass
class Real:
    """The adapter, with a workspace at the other end."""

    chat: SlackChat
    workspace: Workspace

    def seen(self, user: str) -> list[str]:
        """Look at the workspace."""
        return [message.text for message in self.workspace.messages(user, INCIDENT)]


@pytest.fixture
def real() -> Iterator[Real]:
    """The adapter against a fresh workspace."""
    with serve() as workspace:
        yield Real(SlackChat(PLAYGROUND.bot_token, workspace.api_url), workspace)


@pytest.fixture(params=["fake", "real"])
def subject(request: pytest.FixtureRequest) -> Subject:
    """Each in turn."""
    if request.param == "real":
        found: Real = request.getfixturevalue("real")
        return found
    return Fake(FakeChat(members={"S0LEADS": frozenset({UserId("U0LEE"), UserId("U0HAN")})}))


def response_address(workspace: Workspace) -> str:
    """Type a command that no app hears; return the address Slack gave for its answer."""
    workspace.connect("http://127.0.0.1:9/")
    delivery = workspace.command(KIM, INCIDENT, "help")
    return parse_qs(delivery.request.body.decode())["response_url"][0]


def test_a_post_is_seen_by_all(subject: Subject) -> None:
    """The whole channel sees a post."""
    card = subject.chat.post(INCIDENT, HELLO)
    assert card.channel_id == INCIDENT
    assert (subject.seen(KIM), subject.seen(LEE)) == (["hello"], ["hello"])


def test_a_post_can_be_replaced(subject: Subject) -> None:
    """Its card leads to the message again."""
    card = subject.chat.post(INCIDENT, HELLO)
    subject.chat.update(card, BYE)
    assert subject.seen(KIM) == ["bye"]


def test_a_whisper_is_seen_by_one(subject: Subject) -> None:
    """Nobody else sees it."""
    subject.chat.whisper(INCIDENT, KIM, HELLO)
    assert (subject.seen(KIM), subject.seen(LEE)) == (["hello"], [])


def test_a_group_has_its_members(subject: Subject) -> None:
    """The members of a user group are read as a set."""
    assert subject.chat.group_members("S0LEADS") == {"U0LEE", "U0HAN"}


def test_an_answer_reaches_the_asker_alone_unless_it_is_for_the_channel(real: Real) -> None:
    """The response address takes both, and replaces the message it stands in."""
    address = response_address(real.workspace)
    before = len(real.seen(KIM))
    real.chat.respond(address, HELLO)
    assert (real.seen(KIM)[before:], real.seen(LEE)) == (["hello"], [])
    real.chat.respond(address, BYE, in_channel=True)
    assert real.seen(LEE) == ["bye"]


def test_an_address_that_is_used_up_refuses(real: Real) -> None:
    """After five answers the sixth is refused, not lost in silence."""
    address = response_address(real.workspace)
    for _ in range(5):
        real.chat.respond(address, HELLO)
    with pytest.raises(ChatRefused):
        real.chat.respond(address, HELLO)


@pytest.mark.parametrize("address", ["", "ftp://example.invalid/x", "file:///etc/passwd"])
def test_an_address_that_is_none_is_refused(real: Real, address: str) -> None:
    """Only http and https are ever asked."""
    with pytest.raises(ChatRefused):
        real.chat.respond(address, HELLO)


def test_what_slack_says_no_to_is_refused_with_its_word(real: Real) -> None:
    """A channel the bot is not in, a channel that is none, a message that is gone, a group that is gone."""
    real.workspace.remove_from_channel(PLAYGROUND.bot_user, INCIDENT)
    said: list[str] = []
    for attempt in (
        lambda: real.chat.post(INCIDENT, HELLO),
        lambda: real.chat.post(ChannelId("C0NOWHERE"), HELLO),
        lambda: real.chat.update(Card(ChannelId("C0DATA"), "1.000001"), HELLO),
        lambda: real.chat.whisper(ChannelId("C0DATA"), UserId("U0NOBODY"), HELLO),
        lambda: real.chat.group_members("S0GONE"),
    ):
        with pytest.raises(ChatRefused) as raised:
            attempt()
        said.append(raised.value.code)
    assert said[:3] == ["not_in_channel", "channel_not_found", "message_not_found"]
    assert all(said)


def test_a_wrong_token_is_refused_and_not_repeated(real: Real) -> None:
    """Slack's word is told, the token never."""
    chat = SlackChat("xoxb-somebody-elses", real.workspace.api_url)
    with pytest.raises(ChatRefused) as raised:
        chat.post(INCIDENT, HELLO)
    assert raised.value.code == "invalid_auth"
    assert "xoxb" not in repr(raised.value)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("chat.postMessage", "ratelimited", times=3),
        Fault("chat.postMessage", "error", times=3, code="internal_error"),
        Fault("chat.postMessage", "reset", times=3),
        Fault("chat.postMessage", "html", times=3),
    ],
    ids=lambda fault: fault.kind,
)
def test_what_may_pass_is_said_to_be_passing(real: Real, fault: Fault) -> None:
    """A limit, an error of Slack's own, a broken line, a page of HTML: the message may be sent later."""
    real.workspace.fail(fault)
    with pytest.raises(ChatUnavailable):
        real.chat.post(INCIDENT, HELLO)


def test_a_short_limit_is_waited_for(real: Real) -> None:
    """One 429 with a second to wait does not lose the message."""
    real.workspace.fail(Fault("chat.postMessage", "ratelimited", retry_after_seconds=1))
    real.chat.post(INCIDENT, HELLO)
    assert real.seen(LEE) == ["hello"]


@pytest.mark.parametrize("kind", ["html", "reset"])
def test_an_address_that_breaks_is_said_to_be_passing(real: Real, kind: str) -> None:
    """A response address that answers with an error of its own may work later."""
    address = response_address(real.workspace)
    real.workspace.fail(Fault("response_url", kind, times=3))  # type: ignore[arg-type] # one of its kinds
    with pytest.raises(ChatUnavailable):
        real.chat.respond(address, HELLO)
