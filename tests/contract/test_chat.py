"""Slack as the port promises it: the fake, and the real adapter over HTTP against the stand-in."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from math import inf
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import parse_qs

import pytest

from handler.adapters.chat import MOST_PAGES, PAGE, SlackChat
from handler.adapters.marks import CLOCKS_APART, metadata_of
from handler.domain.errors import ChatError, ChatRefused, ChatUnavailable
from handler.domain.model import ChannelId, RequestId, UserId
from handler.domain.news import Kind, Mark
from handler.domain.request import Card
from handler.ports import Message
from infra.local.slack.cast import PLAYGROUND
from infra.local.slack.faults import Fault
from infra.local.slack.serving import serve
from tests.fakes.chat import FakeChat
from tests.fakes.clock import FakeClock
from tests.makers import NOW, REQUEST_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from handler.chat_port import Chat
    from infra.local.slack.workspace import Workspace

INCIDENT, KIM, LEE = ChannelId("C0INCIDENT"), UserId("U0KIM"), UserId("U0LEE")
HELLO = Message("hello", ({"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}},))
BYE = Message("bye")
FORM: Final[dict[str, Any]] = {
    "type": "modal",
    "callback_id": "deny_reason",
    "title": {"type": "plain_text", "text": "Deny"},
    "submit": {"type": "plain_text", "text": "Deny"},
    "blocks": [
        {
            "type": "input",
            "label": {"type": "plain_text", "text": "Why?"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        }
    ],
}


class Subject(Protocol):
    """A chat, and what people see of it."""

    @property
    def chat(self) -> Chat:
        """The port."""

    def seen(self, user: str) -> list[str]:
        """Return the texts this person sees in #incident itself, without those that stand in threads."""

    def replies(self, card: Card) -> list[str]:
        """Return the texts below a message."""

    def trigger(self, user: str) -> str:
        """Let this person type a command; return its trigger."""

    def let_triggers_expire(self) -> None:
        """Let so much time pass that no trigger is good any more."""

    def forms(self, user: str) -> list[str]:
        """Return the callback ids of the forms on this person's screen."""


@dataclass
class Fake:
    """The fake."""

    chat: FakeChat

    def seen(self, user: str) -> list[str]:
        """Put together what was remembered."""
        edited = dict(self.chat.updates)
        posted = [edited.get(card, message).text for card, message in self.chat.posts]
        return posted + [message.text for _, whom, message in self.chat.whispers if whom == user]

    def replies(self, card: Card) -> list[str]:
        """Look at what was remembered."""
        return [message.text for below, message in self.chat.replies if below == card]

    def trigger(self, user: str) -> str:
        """Make one that tells whose it is."""
        return f"1795402245.1.{user}"

    def let_triggers_expire(self) -> None:
        """Let it say what Slack says then."""
        self.chat.failing["open_form"] = ChatRefused("views.open", "expired_trigger_id")

    def forms(self, user: str) -> list[str]:
        """Look at what was remembered."""
        return [str(form["callback_id"]) for trigger_id, form in self.chat.forms if trigger_id == self.trigger(user)]


@dataclass
class Real:
    """The adapter, with a workspace at the other end."""

    chat: SlackChat
    workspace: Workspace
    clock: FakeClock

    def seen(self, user: str) -> list[str]:
        """Look at the workspace."""
        return [each.text for each in self.workspace.messages(user, INCIDENT) if each.thread_ts is None]

    def replies(self, card: Card) -> list[str]:
        """Look at the workspace."""
        return [each.text for each in self.workspace.messages(LEE, card.channel_id) if each.thread_ts == card.ts]

    def typed(self, user: str) -> dict[str, list[str]]:
        """Type a command that no app hears; return the form that was delivered."""
        self.workspace.connect("http://127.0.0.1:9/")
        return parse_qs(self.workspace.command(user, INCIDENT, "help").request.body.decode())

    def trigger(self, user: str) -> str:
        """Take it from what was delivered."""
        return self.typed(user)["trigger_id"][0]

    def let_triggers_expire(self) -> None:
        """Slack takes a trigger for three seconds (docs.slack.dev/surfaces/modals)."""
        self.clock.move_on(seconds=3.1)

    def forms(self, user: str) -> list[str]:
        """Look at the screen."""
        return [str(view.definition["callback_id"]) for view in self.workspace.views(user)]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Workspace, FakeClock]]:
    """One workspace for the whole file, and the clock it goes by; ``real`` empties it for each test."""
    clock = FakeClock()
    with serve(clock=clock.now) as workspace:
        yield workspace, clock


@pytest.fixture
def real(served: tuple[Workspace, FakeClock]) -> Real:
    """The adapter against an empty workspace."""
    workspace, clock = served
    workspace.reset()
    return Real(SlackChat(PLAYGROUND.bot_token, workspace.api_url), workspace, clock)


@pytest.fixture(params=["fake", "real"])
def subject(request: pytest.FixtureRequest) -> Subject:
    """Each in turn."""
    if request.param == "real":
        found: Real = request.getfixturevalue("real")
        return found
    return Fake(FakeChat(members={"S0LEADS": frozenset({UserId("U0LEE"), UserId("U0HAN")})}))


def response_address(real: Real) -> str:
    """Return the address Slack gave for the answer to a command of Kim's."""
    return real.typed(KIM)["response_url"][0]


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[str]:
    """Stand at the Web API's address with this one answer to everything, as a proxy or another version of it might."""

    class Same(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Same) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/"
        finally:
            server.shutdown()
            thread.join(5)


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


def test_a_reply_is_seen_below_its_card_only(subject: Subject) -> None:
    """What is said in a card's thread does not fill the channel, and leaves other cards' threads alone."""
    card, other = subject.chat.post(INCIDENT, HELLO), subject.chat.post(INCIDENT, BYE)
    reply = subject.chat.post(INCIDENT, Message("still waiting"), thread=card)
    assert reply.channel_id == INCIDENT
    assert reply not in (card, other)
    assert (subject.seen(KIM), subject.seen(LEE)) == (["hello", "bye"], ["hello", "bye"])
    assert (subject.replies(card), subject.replies(other)) == (["still waiting"], [])


CARD, CALL = Mark(REQUEST_ID, Kind.CARD, 1), Mark(REQUEST_ID, Kind.CALL, 4)
OTHER = Mark(RequestId("9vwx-00ab"), Kind.CARD, 2)


def test_what_was_posted_is_found_by_its_mark(subject: Subject) -> None:
    """The card in the channel, the calls below it; an edit leaves the mark where it is, and others' are not ours."""
    card = subject.chat.post(INCIDENT, HELLO, mark=CARD)
    subject.chat.post(INCIDENT, HELLO, mark=OTHER)
    subject.chat.post(INCIDENT, HELLO)
    call = subject.chat.post(INCIDENT, HELLO, thread=card, mark=CALL)
    subject.chat.update(card, BYE)
    assert (card.seq, call.seq) == (1, 4)
    assert subject.chat.find(INCIDENT, REQUEST_ID, NOW) == {CARD: card}
    assert subject.chat.find(INCIDENT, REQUEST_ID, NOW, thread=card)[CALL] == call
    assert subject.chat.find(INCIDENT, RequestId("none-0000"), NOW) == {}


def test_of_two_with_the_same_mark_the_later_is_found(subject: Subject) -> None:
    """A card that was posted anew, as the first was deleted or lost out of sight."""
    first, second = (subject.chat.post(INCIDENT, HELLO, mark=CARD) for _ in range(2))
    calls = [subject.chat.post(INCIDENT, HELLO, thread=first, mark=CALL) for _ in range(2)]
    assert subject.chat.find(INCIDENT, REQUEST_ID, NOW) == {CARD: second}
    assert subject.chat.find(INCIDENT, REQUEST_ID, NOW, thread=first)[CALL] == calls[1]


def test_what_was_posted_is_found_among_many_messages(real: Real) -> None:
    """Page after page, to a bound: only of the newest thousand messages is it told whether one is ours."""
    oldest = real.chat.post(INCIDENT, HELLO, mark=CARD)
    for number in range(PAGE):
        real.workspace.say(LEE, INCIDENT, f"still down? {number}")
    assert real.chat.find(INCIDENT, REQUEST_ID, NOW) == {CARD: oldest}
    for number in range(PAGE * (MOST_PAGES - 1)):
        real.workspace.say(LEE, INCIDENT, f"still down! {number}")
    assert real.chat.find(INCIDENT, REQUEST_ID, NOW) == {}


def test_what_was_said_long_before_is_not_looked_through(real: Real) -> None:
    """A request's card is no older than the request, but for what two clocks may differ."""
    card = real.chat.post(INCIDENT, HELLO, mark=CARD)
    assert real.chat.find(INCIDENT, REQUEST_ID, NOW + CLOCKS_APART - timedelta(seconds=1)) == {CARD: card}
    assert real.chat.find(INCIDENT, REQUEST_ID, NOW + CLOCKS_APART + timedelta(seconds=1)) == {}


def test_without_the_scope_what_was_posted_cannot_be_looked_for(real: Real) -> None:
    """Slack's word, as for everything else that it refuses."""
    real.workspace.faults.plan(Fault("conversations.history", "error", code="missing_scope"))
    with pytest.raises(ChatRefused, match="missing_scope"):
        real.chat.find(INCIDENT, REQUEST_ID, NOW)


MARKED = metadata_of(CARD)
PAYLOAD = {"request_id": REQUEST_ID, "kind": "card", "seq": 1}
NO_MARKS: dict[str, object] = {
    "no message": "x",
    "of no bot": {"ts": "1.2", "metadata": MARKED},
    "no metadata": {"ts": "1.2", "bot_id": "B1"},
    "another's": {"ts": "1.2", "bot_id": "B1", "metadata": {**MARKED, "event_type": "deploy"}},
    "no payload": {"ts": "1.2", "bot_id": "B1", "metadata": {"event_type": "sluice"}},
    "no kind": {"ts": "1.2", "bot_id": "B1", "metadata": {**MARKED, "event_payload": {**PAYLOAD, "kind": "x"}}},
    "no fact": {"ts": "1.2", "bot_id": "B1", "metadata": {**MARKED, "event_payload": {**PAYLOAD, "seq": "1"}}},
    "no request": {"ts": "1.2", "bot_id": "B1", "metadata": {**MARKED, "event_payload": {**PAYLOAD, "request_id": 1}}},
    "no time": {"bot_id": "B1", "metadata": MARKED},
}


@pytest.mark.parametrize("messages", [[each] for each in NO_MARKS.values()] + [None, "x"], ids=[*NO_MARKS, "none", "x"])
def test_what_is_no_mark_of_ours_is_passed_over(messages: object) -> None:
    """Whatever other apps and people put into a channel."""
    with answering(json.dumps({"ok": True, "messages": messages}).encode()) as base_url:
        assert SlackChat("xoxb-1", base_url).find(INCIDENT, REQUEST_ID, NOW) == {}


@pytest.mark.parametrize("body", [b'{"ok":true}', b'{"ok":true,"ts":""}', b'{"ok":true,"ts":5}'])
def test_a_post_whose_place_slack_does_not_tell_may_not_stand(body: bytes) -> None:
    """Without it there is no card to remember: it is looked for later."""
    with answering(body) as base_url, pytest.raises(ChatUnavailable, match="no_ts_in_answer"):
        SlackChat("xoxb-1", base_url).post(INCIDENT, HELLO)


def test_a_form_opens_for_whoever_caused_its_trigger(subject: Subject) -> None:
    """The one who typed or clicked gets it on the screen, and nobody else."""
    subject.chat.open_form(subject.trigger(KIM), FORM)
    assert (subject.forms(KIM), subject.forms(LEE)) == (["deny_reason"], [])


def test_a_form_that_comes_too_late_is_refused(subject: Subject) -> None:
    """Three seconds after the click the trigger is worth nothing: trying again with it will not help."""
    trigger_id = subject.trigger(KIM)
    subject.let_triggers_expire()
    with pytest.raises(ChatRefused) as raised:
        subject.chat.open_form(trigger_id, FORM)
    assert (raised.value.method, raised.value.code) == ("views.open", "expired_trigger_id")
    assert subject.forms(KIM) == []


def test_a_trigger_opens_one_form(real: Real) -> None:
    """A trigger that is used up is refused with Slack's word, and what it opened stays."""
    trigger_id = real.trigger(KIM)
    real.chat.open_form(trigger_id, FORM)
    with pytest.raises(ChatRefused, match="exchanged_trigger_id"):
        real.chat.open_form(trigger_id, FORM)
    assert real.forms(KIM) == ["deny_reason"]


def test_a_form_that_slack_does_not_understand_is_refused(real: Real) -> None:
    """A modal without its title opens nothing."""
    with pytest.raises(ChatRefused, match="invalid_arguments"):
        real.chat.open_form(real.trigger(KIM), {name: FORM[name] for name in FORM if name != "title"})
    assert real.forms(KIM) == []


def test_a_post_to_a_person_is_theirs_alone(real: Real) -> None:
    """A person's id is a channel too; the card names their direct messages, where it can be replaced."""
    card = real.chat.post(ChannelId(LEE), HELLO)
    real.chat.update(card, BYE)
    assert [each.text for each in real.workspace.messages(LEE, card.channel_id)] == ["bye"]
    assert (real.seen(KIM), real.seen(LEE)) == ([], [])


def test_a_whisper_is_seen_by_one(subject: Subject) -> None:
    """Nobody else sees it."""
    subject.chat.whisper(INCIDENT, KIM, HELLO)
    assert (subject.seen(KIM), subject.seen(LEE)) == (["hello"], [])


def test_a_group_has_its_members(subject: Subject) -> None:
    """The members of a user group are read as a set."""
    assert subject.chat.group_members("S0LEADS") == {"U0LEE", "U0HAN"}


def test_an_answer_reaches_the_asker_alone_unless_it_is_for_the_channel(real: Real) -> None:
    """The response address takes both, and replaces the message it stands in."""
    address = response_address(real)
    before = len(real.seen(KIM))
    real.chat.respond(address, HELLO)
    assert (real.seen(KIM)[before:], real.seen(LEE)) == (["hello"], [])
    real.chat.respond(address, BYE, in_channel=True)
    assert real.seen(LEE) == ["bye"]


def test_an_address_that_is_used_up_refuses(real: Real) -> None:
    """After five answers the sixth is refused, not lost in silence."""
    address = response_address(real)
    for _ in range(5):
        real.chat.respond(address, HELLO)
    with pytest.raises(ChatRefused):
        real.chat.respond(address, HELLO)


def test_without_an_address_there_is_no_answer(subject: Subject) -> None:
    """What did not begin with a command or a click has no response address, and is refused at once."""
    with pytest.raises(ChatRefused, match="no_response_url"):
        subject.chat.respond("", HELLO)
    assert subject.seen(KIM) == []


@pytest.mark.parametrize("address", ["ftp://example.invalid/x", "file:///etc/passwd"])
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


@pytest.mark.parametrize("code", ["token_revoked", "invalid_blocks", "not_in_channel", "user_is_restricted", "odd"])
def test_a_no_is_a_no_whatever_its_word(real: Real, code: str) -> None:
    """Every word of Slack's that does not say "not now" is a refusal: the same again will not help."""
    real.workspace.fail(Fault("chat.update", "error", code=code))
    with pytest.raises(ChatRefused) as raised:
        real.chat.update(real.chat.post(INCIDENT, HELLO), BYE)
    assert (raised.value.method, raised.value.code) == ("chat.update", code)
    assert real.seen(KIM) == ["hello"]


@pytest.mark.parametrize(
    "code", ["ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"]
)
def test_not_now_is_no_refusal(real: Real, code: str) -> None:
    """Slack's words for a trouble of its own, with HTTP 200, say that the same may work later."""
    real.workspace.fail(Fault("views.open", "error", code=code))
    with pytest.raises(ChatUnavailable) as raised:
        real.chat.open_form(real.trigger(KIM), FORM)
    assert (raised.value.method, raised.value.code) == ("views.open", code)


def test_members_that_are_no_list_are_not_nobody() -> None:
    """An answer that says "ok" without members does not make a group empty: it is not known who is in it."""
    with answering(b'{"ok": true}') as address, pytest.raises(ChatUnavailable) as raised:
        SlackChat(PLAYGROUND.bot_token, address).group_members("S0LEADS")
    assert raised.value.code == "no_users_in_answer"


@pytest.mark.parametrize(
    "say", [b"", b"<html></html>", b"[]", b"[1]", b"null", b'{"error": 7}', b'{"error": "No."}'], ids=repr
)
def test_an_answer_that_is_none_is_said_to_be_passing(say: bytes) -> None:
    """What is not an answer of Slack's at all, though it came with HTTP 200, is not taken for a yes."""
    with answering(say) as address:
        chat = SlackChat(PLAYGROUND.bot_token, address)
        attempts: list[Callable[[], object]] = [
            lambda: chat.post(INCIDENT, HELLO),
            lambda: chat.open_form("1.2.x", FORM),
            lambda: chat.group_members("S0LEADS"),
        ]
        for attempt in attempts:
            with pytest.raises(ChatUnavailable) as raised:
                attempt()
            assert raised.value.code in {"http_200", "AttributeError"}


@pytest.mark.parametrize(("status", "expected"), [(400, ChatRefused), (404, ChatRefused), (502, ChatUnavailable)])
def test_where_slack_says_nothing_http_decides(status: int, expected: type[ChatError]) -> None:
    """An error of the way to Slack, in whatever form, is a no when the request is wrong, else it may pass."""
    with answering(b"[1]", status) as address, pytest.raises(expected) as raised:
        SlackChat(PLAYGROUND.bot_token, address).update(Card(INCIDENT, "1.1"), HELLO)
    assert raised.value.code == f"http_{status}"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("chat.postMessage", "ratelimited", times=4, retry_after_seconds=0),
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


@dataclass
class Hurry:
    """An invocation of which so much is left, and what it waited."""

    left: float
    waited: list[float] = field(default_factory=list)

    def chat(self, real: Real) -> SlackChat:
        """Return a chat that goes by it."""
        return SlackChat(
            PLAYGROUND.bot_token, real.workspace.api_url, seconds_left=lambda: self.left, sleep=self.waited.append
        )


@pytest.mark.parametrize(("seconds", "left"), [(1, 11), (20, 30), (30, inf)])
def test_a_limit_that_fits_in_is_waited_for(real: Real, seconds: int, left: float) -> None:
    """As long as Slack says, and as often; ten seconds are kept for what comes after it."""
    hurry = Hurry(left)
    real.workspace.fail(Fault("chat.postMessage", "ratelimited", times=3, retry_after_seconds=seconds))
    hurry.chat(real).post(INCIDENT, HELLO)
    assert (hurry.waited, real.seen(LEE)) == ([seconds] * 3, ["hello"])


@pytest.mark.parametrize(("seconds", "left"), [(1, 10.9), (20, 29), (31, inf), (3600, inf)])
def test_a_limit_that_does_not_fit_in_is_told_to_whoever_asked(real: Real, seconds: int, left: float) -> None:
    """Nothing is waited for in vain, and nothing is lost: when to try again comes with the failure."""
    hurry = Hurry(left)
    real.workspace.fail(Fault("chat.postMessage", "ratelimited", retry_after_seconds=seconds))
    with pytest.raises(ChatUnavailable) as raised:
        hurry.chat(real).post(INCIDENT, HELLO)
    assert (hurry.waited, raised.value.retry_after) == ([], timedelta(seconds=seconds))
    assert real.seen(LEE) == []


def test_a_limit_of_a_response_address_is_obeyed_too(real: Real) -> None:
    """An answer waits as a post does."""
    address, hurry = response_address(real), Hurry(60)
    real.workspace.fail(Fault("response_url", "ratelimited", retry_after_seconds=2))
    hurry.chat(real).respond(address, HELLO)
    assert (hurry.waited, real.seen(KIM)[-1]) == ([2], "hello")


def test_a_post_of_which_nobody_knows_whether_it_stands_is_not_sent_again(real: Real) -> None:
    """The connection broke after Slack had done it: once is what people see, and it is looked for later."""
    real.workspace.fail(Fault("chat.postMessage", "reset", applied=True))
    with pytest.raises(ChatUnavailable):
        real.chat.post(INCIDENT, HELLO, mark=CARD)
    assert real.seen(LEE) == ["hello"]
    assert list(real.chat.find(INCIDENT, REQUEST_ID, NOW)) == [CARD]


def test_an_edit_is_sent_again_when_the_connection_breaks(real: Real) -> None:
    """Twice the same is once."""
    card = real.chat.post(INCIDENT, HELLO)
    real.workspace.fail(Fault("chat.update", "reset", applied=True))
    real.chat.update(card, BYE)
    assert real.seen(LEE) == ["bye"]


@pytest.mark.parametrize("kind", ["html", "reset"])
def test_an_address_that_breaks_is_said_to_be_passing(real: Real, kind: str) -> None:
    """A response address that answers with an error of its own may work later."""
    address = response_address(real)
    real.workspace.fail(Fault("response_url", kind, times=3))  # type: ignore[arg-type] # one of its kinds
    with pytest.raises(ChatUnavailable):
        real.chat.respond(address, HELLO)
