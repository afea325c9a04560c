"""Who hears what, and where: cards, the channel, the one who asked, the skipped; and what when Slack says no."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handler.adapters.policy.settings_file import Escalate
from handler.domain.dataflow_errors import DataFlowTimedOut
from handler.domain.errors import ChatError, ChatRefused, ChatUnavailable
from handler.domain.news import told_by_another
from handler.domain.outcomes import ChangeShown
from handler.domain.request import State
from handler.noticeboard import MOST_EDITS
from handler.slack.mrkdwn import Mrkdwn, mention
from handler.slack.voice import Voice
from tests.fakes.chat import FakeChat
from tests.fakes.dataflow import Fault
from tests.fakes.ledger import Fault as LedgerFault
from tests.flows.conftest import HAN, KIM, LEE, ONE_APPROVAL, TWO_APPROVALS
from tests.flows.office import ADDRESS, WORDS, Office, buttons, read
from tests.flows.policies import with_approvals, with_break_glass
from tests.flows.test_emergency import BROKEN_GLASS
from tests.makers import JOB_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.request import Card
    from handler.ports import Message

SAY = Voice(WORDS, "/dataflow")
OPEN = {"approve", "deny", "withdraw"}
REFUSALS = ("not_in_channel", "channel_not_found", "is_archived", "token_revoked", "invalid_auth", "invalid_blocks")
AWAY = ChatUnavailable("chat.postMessage", "ratelimited")


def logged_by(caplog: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, object]]]:
    """Return what the log has: each message, with what is said besides."""
    names = ("request_id", "user_id", "incident", "error", "facts")
    return [
        (record.message, {name: vars(record)[name] for name in names if name in vars(record)})
        for record in caplog.records
    ]


def refused(code: str, method: str = "chat.postMessage") -> dict[str, str]:
    """Return what the log says of Slack's no."""
    return {"method": method, "code": code}


# Where a card goes


def test_who_was_too_late_leaves_the_card_to_the_worker_that_was_first(office: Office) -> None:
    """Two workers got the same delivery: the one that lost posts no card, though the request knows none yet."""
    request = office.story.opened("scale wordcount workers=4")
    assert request.card is None
    office.desk.herald.tell(ChangeShown(told_by_another(request), is_fresh=True), request.requester, ADDRESS)
    assert (office.chat.posts, office.chat.responses) == ([], [])


def test_a_card_goes_where_it_was_asked_when_nothing_else_is_said(office: Office) -> None:
    """In #incident; whoever asked sees it there, and is told nothing besides."""
    office.type(ONE_APPROVAL)
    ((card, shown),) = office.chat.posts
    assert (card.channel_id, set(buttons(shown))) == ("C0INCIDENT", OPEN)
    assert (office.request.card, office.whispered) == (card, [])


def test_a_card_goes_to_the_channel_of_the_environment(office: Office) -> None:
    """APPROVALS_CHANNEL; the one who asked is told where it waits."""
    office.approvals_channel = "C0DATA"
    office.type(ONE_APPROVAL)
    ((card, _),) = office.chat.posts
    assert card.channel_id == "C0DATA"
    (told,) = office.whispered
    assert "<#C0DATA>" in told
    assert office.request.id in told


def test_the_policy_s_channel_comes_before_that_of_the_environment(office: Office) -> None:
    """`[approvals] channel` of the settings is the more particular."""
    office.approvals_channel = "C0OTHER"
    office.story.policy = with_approvals(office.story.policy, channel="C0DATA")
    office.type(ONE_APPROVAL)
    assert [card.channel_id for card, _ in office.chat.posts] == ["C0DATA"]


def test_what_needs_nobody_s_approval_is_told_where_it_was_asked(office: Office) -> None:
    """The approvals channel hears of what needs approval only."""
    office.approvals_channel = "C0DATA"
    office.type("scale wordcount workers=4")
    assert [card.channel_id for card, _ in office.chat.posts] == ["C0INCIDENT"]


def test_a_card_in_another_channel_goes_on_there(office: Office) -> None:
    """Edited by its stored place, and the one who asked is called below it."""
    office.approvals_channel = "C0DATA"
    office.type(ONE_APPROVAL)
    office.press("approve")
    ((card, _),) = office.chat.posts
    assert [place for place, _ in office.chat.updates] == [card]
    assert [place for place, _ in office.chat.replies] == [card]
    assert len(office.whispered) == 1


# A card that nobody can see


@pytest.mark.parametrize("code", [*REFUSALS, "msg_too_long"])
def test_a_request_whose_card_slack_refuses_does_not_hang(
    office: Office, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is withdrawn and the job is free; the one who asked is told at once what Slack said and how to mend it."""
    office.chat.failing["post"] = ChatRefused("chat.postMessage", code)
    office.type(ONE_APPROVAL)
    assert (office.state(), office.request.problem) == (State.WITHDRAWN, code)
    assert office.story.events() == ["requested", "withdrawn"]
    assert office.story.ledger.locks == {}
    (told,) = office.whispered
    assert f"`{code}`" in told
    assert (SAY.known("mend", code) or SAY("mend.other", problem=Mrkdwn(f"`{code}`"))) in told
    assert "<#C0INCIDENT>" in told
    assert office.chat.posts == []
    assert [answer.response_url for answer in office.chat.responses] == [ADDRESS]
    said = {"request_id": office.request.id, "error": "ChatRefused", "facts": refused(code)}
    assert logged_by(caplog) == [("card not posted", said)]


def test_once_it_is_mended_it_can_be_asked_again(office: Office) -> None:
    """Sluice was invited meanwhile."""
    office.chat.failing["post"] = ChatRefused("chat.postMessage", "not_in_channel")
    office.type(ONE_APPROVAL)
    office.chat.failing.clear()
    office.type(ONE_APPROVAL, trigger_id="trigger-2")
    assert [request.state for request in office.story.ledger.requests.values()] == [State.WITHDRAWN, State.PENDING]


def test_a_card_that_slack_cannot_take_now_is_posted_by_the_redelivery(office: Office) -> None:
    """`ratelimited`: the request waits; delivered again, the card is posted, once."""
    office.chat.failing["post"] = AWAY
    office.type(ONE_APPROVAL)
    assert (office.state(), office.request.card) == (State.PENDING, None)
    office.chat.failing.clear()
    for _ in range(2):
        office.type(ONE_APPROVAL)
    ((card, shown),) = office.chat.posts
    assert (office.request.card, set(buttons(shown))) == (card, OPEN)
    assert SAY("card.approvers", who=Mrkdwn(f"<@{HAN}>, <@{LEE}>")) in read(shown)
    assert office.story.events() == ["requested"]


def test_a_card_that_nobody_posted_is_posted_with_the_first_reminder(office: Office) -> None:
    """All deliveries failed: the tick posts the card, and calls people below it."""
    office.chat.failing["post"] = AWAY
    office.type(ONE_APPROVAL)
    office.chat.failing.clear()
    office.story.clock.move_on(minutes=10)
    office.desk.tick()
    ((card, shown),) = office.chat.posts
    assert (office.request.card, set(buttons(shown))) == (card, OPEN)
    assert SAY("card.approvers", who=Mrkdwn(f"<@{HAN}>, <@{LEE}>")) in read(shown)
    ((below, called),) = office.chat.replies
    assert below == card
    assert f"<@{LEE}>" in read(called)


def test_what_ends_without_a_card_is_told_all_the_same(office: Office) -> None:
    """Withdrawn by the tick's end of time, its first message says so."""
    office.chat.failing["post"] = AWAY
    office.type(ONE_APPROVAL)
    office.chat.failing.clear()
    office.story.clock.move_on(hours=1)
    office.desk.tick()
    ((card, shown),) = office.chat.posts
    assert (office.state(), office.request.card, set(buttons(shown))) == (State.EXPIRED, card, {"ask_again"})


@pytest.mark.parametrize("action", ["approve", "withdraw"])
def test_a_card_whose_place_was_forgotten_is_the_one_that_is_pressed(office: Office, action: str) -> None:
    """The record was away after the post, or people are faster than it: the press says which message it is."""
    office.story.ledger.faults.append(LedgerFault("remember_card"))
    office.type(TWO_APPROVALS)
    ((card, _),) = office.chat.posts
    office.click_on(card, action, LEE)
    assert len(office.chat.posts) == 1
    assert office.request.card is not None
    assert office.request.card.ts == card.ts
    assert {place.ts for place, _ in office.chat.updates} == {card.ts}


@pytest.mark.parametrize("is_away", [False, True])
def test_what_a_forgotten_card_told_is_not_told_again_below_it(office: Office, *, is_away: bool) -> None:
    """Pressed before anybody remembered it, what it called people to is looked up: by the press, else the tick."""
    office.story.ledger.faults += [LedgerFault("remember_card"), LedgerFault("told")]
    office.type(BROKEN_GLASS)
    card, _ = office.chat.posts[0]
    if is_away:
        office.chat.failing = dict.fromkeys(("find", "post"), AWAY)
    office.click_on(card, "reviewed", LEE)
    office.chat.failing = {}
    office.story.clock.move_on(minutes=2)
    office.desk.tick()
    assert (office.request.card, office.chat.replies) == (card, [])
    assert SAY("card.reviewed_by", who=Mrkdwn(f"<@{LEE}>")) in read(office.chat.updates[-1][1])


def test_a_form_that_opens_tells_where_the_card_is(office: Office) -> None:
    """The reason of a denial comes from a form, which does not know the message: the press before it did."""
    office.story.ledger.faults.append(LedgerFault("remember_card"))
    office.type(ONE_APPROVAL)
    ((card, _),) = office.chat.posts
    office.click_on(card, "deny", LEE)
    office.submit("no", LEE)
    assert office.request.card is not None
    assert (office.request.card.ts, len(office.chat.posts)) == (card.ts, 1)


def test_a_press_of_another_message_does_not_make_it_the_card(office: Office) -> None:
    """What asks again leads to another request, which has a card of its own."""
    office.type(ONE_APPROVAL)
    first = office.request
    office.story.clock.move_on(hours=1)
    office.desk.tick()
    office.click_on(office.chat.posts[0][0], "ask_again", KIM)
    requests = office.story.ledger.requests.values()
    assert [card for card, _ in office.chat.posts] == [each.card for each in requests]
    assert first.card != [each.card for each in requests][1]


# A card that goes on


def test_a_card_that_was_deleted_is_posted_anew(office: Office) -> None:
    """Somebody deleted the message: what became of it is posted again, remembered, and called below."""
    office.type(TWO_APPROVALS)
    value = buttons(office.card)["approve"]
    office.chat.failing["update"] = ChatRefused("chat.update", "message_not_found")
    office.click("approve", value, LEE)
    (card, shown) = office.chat.posts[1]
    assert (office.request.card, card.channel_id, set(buttons(shown))) == (card, "C0INCIDENT", OPEN)
    office.chat.failing.clear()
    office.press("approve", HAN)
    assert [card for card, _ in office.chat.updates] == [office.request.card]
    assert [below for below, _ in office.chat.replies] == [office.request.card]


def test_a_decision_that_no_card_can_show_is_told_at_the_response_address(office: Office) -> None:
    """The channel was archived: decided and on record, and Slack's own address for the answer still takes it."""
    office.type(ONE_APPROVAL)
    refused = ChatRefused("chat.update", "is_archived")
    office.chat.failing = {"update": refused, "post": refused}
    office.press("approve")
    assert (office.state(), len(office.story.dataflow.puts)) == (State.APPLIED, 1)
    (answer,) = office.chat.responses
    assert (answer.in_channel, answer.message.text.split(":")[0], buttons(answer.message)) == (True, "Done", {})


@dataclass
class BusyChat(FakeChat):
    """Before an edit reaches Slack, the next of these happens; each once."""

    before_update: list[Callable[[], object]] = field(default_factory=list)

    def update(self, card: Card, message: Message) -> None:
        """Replace a message, too late perhaps."""
        if self.before_update:
            self.before_update.pop(0)()
        super().update(card, message)


def test_a_slow_worker_s_edit_does_not_bring_buttons_back(office: Office) -> None:
    """One of two was approved; before that is drawn, another worker denies and draws. The last picture is the truth."""
    office.chat = chat = BusyChat()
    office.type(TWO_APPROVALS)
    value = buttons(office.card)["approve"]

    def denied() -> None:
        office.click("deny", value, HAN)
        office.submit("no", HAN)

    chat.before_update = [denied]
    office.click("approve", value, LEE)
    assert (office.state(), buttons(office.card)) == (State.DENIED, {})
    assert office.card.text.startswith("Denied:")
    assert len(chat.updates) == 3
    assert len(chat.replies) == 1


def test_an_attempt_that_is_recorded_meanwhile_is_no_reason_to_draw_again(office: Office) -> None:
    """No card shows it."""
    office.chat = chat = BusyChat()
    office.type(TWO_APPROVALS)
    value = buttons(office.card)["approve"]
    chat.before_update = [lambda: office.click("approve", value, KIM)]
    office.click("approve", value, LEE)
    assert len(office.story.facts("click_refused")) == 1
    assert len(chat.updates) == 2


def test_a_card_is_not_drawn_for_ever(office: Office) -> None:
    """A request that looks different each time it is drawn: after five pictures the worker goes home."""
    office.chat = chat = BusyChat()
    office.type(TWO_APPROVALS)

    def moved_on() -> None:
        office.story.clock.move_on(minutes=1)
        known = office.request
        office.story.ledger.requests[known.id] = replace(known, updated_at=office.story.clock.now())

    chat.before_update = [moved_on] * 10
    office.press("approve", LEE)
    assert len(chat.updates) == MOST_EDITS


def test_a_card_is_drawn_once_while_the_record_is_away(office: Office) -> None:
    """Whether it moved on cannot be found out: what was about to be told is told."""
    office.chat = chat = BusyChat()
    office.type(ONE_APPROVAL)
    chat.before_update = [lambda: office.story.ledger.faults.append(LedgerFault("request"))]
    office.press("approve")
    assert len(chat.updates) == 1
    assert office.card.text.startswith("Done:")


# Reminders


def test_people_are_called_below_the_card(office: Office) -> None:
    """A reminder names who can decide; then the leads' group is called; then the card says that it is over."""
    office.type(ONE_APPROVAL)
    (card, _) = office.chat.posts[0]
    for _ in range(30):
        office.story.clock.move_on(minutes=1)
        office.desk.tick()
    assert [place for place, _ in office.chat.replies] == [card] * 3
    reminded, escalated, ended = (read(message) for _, message in office.chat.replies)
    assert f"<@{HAN}>, <@{LEE}>" in reminded
    assert "<!subteam^S0LEADS>" in escalated
    assert f"<@{KIM}>" in ended
    assert (office.card.text.split(":")[0], set(buttons(office.card))) == ("Expired", {"ask_again"})
    assert len(office.chat.posts) == 1


@pytest.mark.parametrize(
    ("to", "posted"), [("C0DATA", ["C0DATA"]), ("G0DATA", ["G0DATA"]), ("U0HAN", []), ("leads", [])]
)
def test_a_channel_that_is_turned_to_hears_of_it_there_too(office: Office, to: str, posted: list[str]) -> None:
    """A channel gets a message of its own; a person or a group is called below the card."""
    escalate = Escalate(after=timedelta(minutes=5), to=to)
    office.story.policy = with_approvals(office.story.policy, escalate=escalate)
    office.type(ONE_APPROVAL)
    office.story.clock.move_on(minutes=5)
    office.desk.tick()
    assert [card.channel_id for card, _ in office.chat.posts[1:]] == posted
    assert len(office.chat.replies) == 1


def test_one_place_that_cannot_be_reached_does_not_keep_the_others_from_hearing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """The card's channel was archived: the channel that is turned to hears of it all the same."""
    escalate = Escalate(after=timedelta(minutes=5), to="C0DATA")
    office.story.policy = with_approvals(office.story.policy, escalate=escalate)
    office.type(ONE_APPROVAL)
    office.chat.closed["C0INCIDENT"] = ChatRefused("chat.postMessage", "is_archived")
    office.story.clock.move_on(minutes=5)
    office.desk.tick()
    ((card, message),) = office.chat.posts[1:]
    assert (card.channel_id, "<#C0DATA>" in read(message)) == ("C0DATA", True)
    ((logged, said),) = logged_by(caplog)
    assert logged == "could not call"
    assert said == {"request_id": office.request.id, "error": "ChatRefused", "facts": refused("is_archived")}


def test_what_the_tick_cannot_tell_now_it_tells_later(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Two requests end while Slack is away: both are on record as ended, and told when Slack is back."""
    office.type(ONE_APPROVAL)
    office.type("scale orders-daily workers=8", trigger_id="trigger-2")
    office.chat.failing["update"] = ChatUnavailable("chat.update", "timeout")
    office.story.clock.move_on(hours=1)
    office.desk.tick()
    assert {request.state for request in office.story.ledger.requests.values()} == {State.EXPIRED}
    assert [(logged, said["error"]) for logged, said in logged_by(caplog)] == [("telling put off", "ChatUnavailable")]
    office.chat.failing.clear()
    office.story.clock.move_on(minutes=2)
    for _ in range(2):
        office.desk.tick()
    cards = [request.card for request in office.story.ledger.requests.values()]
    assert [office.shown(card).text.split(":")[0] for card in cards if card] == ["Expired", "Expired"]
    assert [below for below, _ in office.chat.replies] == cards


# Emergencies


def test_an_emergency_is_loud(office: Office) -> None:
    """The approvals channel has a card with a badge and one button; every approver who was passed by is told alone."""
    office.approvals_channel = "C0DATA"
    office.type(BROKEN_GLASS)
    (card, shown), *direct = office.chat.posts
    assert (card.channel_id, office.request.card) == ("C0DATA", card)
    assert SAY("card.broke_glass") in read(shown)
    assert set(buttons(shown)) == {"reviewed"}
    assert [place.channel_id for place, _ in direct] == [HAN, LEE]
    assert all("pager" in read(message) and "<#C0DATA>" in read(message) for _, message in direct)


def test_who_broke_the_glass_is_told_what_became_of_it(office: Office) -> None:
    """It waits for nobody: the answer where it was typed says done, and has no button that is not theirs to press."""
    office.approvals_channel = "C0DATA"
    office.type(BROKEN_GLASS)
    (answer,) = office.chat.responses
    assert (answer.response_url, answer.in_channel) == (ADDRESS, False)
    assert answer.message.text.startswith("Done:")
    assert buttons(answer.message) == {}


def test_an_emergency_where_it_was_asked_is_told_once(office: Office) -> None:
    """Without an approvals channel the card stands where everybody saw the command."""
    office.type(BROKEN_GLASS)
    assert [card.channel_id for card, _ in office.chat.posts] == ["C0INCIDENT", HAN, LEE]
    assert office.whispered == []


def test_an_approver_who_cannot_be_told_does_not_keep_the_others_from_hearing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """One account is deactivated."""
    office.chat.closed[HAN] = ChatRefused("chat.postMessage", "channel_not_found")
    office.type(BROKEN_GLASS)
    assert [card.channel_id for card, _ in office.chat.posts] == ["C0INCIDENT", LEE]
    said = {"user_id": HAN, "error": "ChatRefused", "facts": refused("channel_not_found")}
    assert logged_by(caplog) == [("skipped approver not told", said)]


def test_an_approver_whom_slack_does_not_take_a_message_for_just_now_is_told_later(office: Office) -> None:
    """The others may hear it twice; who asked is told once."""
    office.approvals_channel = "C0DATA"
    office.chat.closed[LEE] = AWAY
    office.type(BROKEN_GLASS)
    office.chat.closed.clear()
    office.story.clock.move_on(minutes=1)
    office.desk.tick()
    assert [card.channel_id for card, _ in office.chat.posts] == ["C0DATA", HAN, HAN, LEE, KIM]
    assert office.request.untold == ()


def test_an_approver_who_can_never_be_told_does_not_have_the_others_told_for_ever(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """After ten minutes it is left at that, in the log, and whoever was not reached before hears it."""
    office.chat.closed[HAN] = AWAY
    office.type(BROKEN_GLASS)
    for _ in range(20):
        office.story.clock.move_on(minutes=1)
        office.desk.tick()
    assert [card.channel_id for card, _ in office.chat.posts] == ["C0INCIDENT", LEE]
    assert [word for word, _ in logged_by(caplog)][-1] == "skipped approver not told"
    assert office.request.untold == ()


def test_with_the_approvals_channel_closed_an_emergency_is_no_less_loud(office: Office) -> None:
    """Its card is posted where it was asked; the skipped approvers are told, and pointed there."""
    office.approvals_channel = "C0DATA"
    office.chat.closed["C0DATA"] = ChatRefused("chat.postMessage", "is_archived")
    office.type(BROKEN_GLASS)
    assert [card.channel_id for card, _ in office.chat.posts] == ["C0INCIDENT", HAN, LEE]
    assert "<#C0INCIDENT>" in read(office.chat.posts[1][1])
    assert (office.state(), set(buttons(office.card))) == (State.APPLIED, {"reviewed"})


def test_with_every_channel_closed_the_answer_reaches_everybody_and_the_skipped_are_told(office: Office) -> None:
    """Slack's own address for the answer, without buttons that no card keeps up to date."""
    for channel_id in ("C0DATA", "C0INCIDENT"):
        office.chat.closed[channel_id] = ChatRefused("chat.postMessage", "not_in_channel")
    office.approvals_channel = "C0DATA"
    office.type(BROKEN_GLASS)
    (answer,) = office.chat.responses
    assert (answer.in_channel, buttons(answer.message)) == (True, {})
    assert [card.channel_id for card, _ in office.chat.posts] == [HAN, LEE]


def test_while_nobody_knows_who_was_skipped_nobody_is_told_alone(office: Office) -> None:
    """The groups cannot be found out after the write; the card is posted all the same."""
    write = office.story.dataflow.put_run_condition

    def write_and_break(job_id: object, condition: object) -> None:
        write(job_id, condition)  # type: ignore[arg-type] # handed through
        office.story.directory.broken = "leads"

    office.story.dataflow.put_run_condition = write_and_break  # type: ignore[method-assign] # Slack is away after it
    office.type(BROKEN_GLASS)
    assert [card.channel_id for card, _ in office.chat.posts] == ["C0INCIDENT"]


def test_an_emergency_that_its_worker_did_not_tell_is_as_loud_from_the_tick(office: Office) -> None:
    """The worker died after the record: the tick carries it out, posts the card and tells the skipped."""
    office.story.ledger.faults.append(LedgerFault("advance", takes_effect=True))
    office.story.ask(BROKEN_GLASS)
    office.story.clock.move_on(minutes=2)
    office.desk.tick()
    assert [card.channel_id for card, _ in office.chat.posts] == ["C0INCIDENT", HAN, LEE]
    assert set(buttons(office.card)) == {"reviewed"}


def test_people_are_called_to_an_emergency_until_somebody_has_looked(office: Office) -> None:
    """Below its card; then the card says who looked, has no button, and nobody is called to that."""
    office.story.policy = with_break_glass(office.story.policy, review_within=timedelta(minutes=5))
    office.type(BROKEN_GLASS)
    card = office.request.card
    office.story.clock.move_on(minutes=5)
    office.desk.tick()
    ((below, called),) = office.chat.replies
    assert below == card
    assert f"<@{HAN}>, <@{LEE}>" in read(called)
    office.press("reviewed")
    assert SAY("card.reviewed_by", who=mention(LEE)) in read(office.card)
    assert buttons(office.card) == {}
    assert len(office.chat.replies) == 1


# A change for a time


def test_the_card_says_when_a_change_ends_and_that_it_ended(office: Office) -> None:
    """For an hour: `put back` with the moment; an hour later the same message says so, and calls the one who asked."""
    office.type("scale wordcount workers=4 for 1h because backlog")
    ends = office.request.revert_at
    assert ends is not None
    assert f"<!date^{int(ends.timestamp())}^" in read(office.card)
    office.story.clock.move_on(hours=1)
    office.desk.tick()
    assert (office.state(), office.card.text.split(":")[0]) == (State.REVERTED, "Put back")
    assert len(office.chat.posts) == 1
    assert f"<@{KIM}>" in read(office.chat.replies[-1][1])


def test_what_is_not_known_calls_the_one_who_asked_as_well(office: Office) -> None:
    """An approved write timed out: the card says that it is not known, and so does the line below it."""
    office.story.dataflow.faults.append(Fault("put_run_condition", DataFlowTimedOut("updateJobExecuteConfig")))
    office.type(ONE_APPROVAL)
    office.press("approve")
    assert office.card.text.startswith("Not known yet:")
    assert len(office.chat.replies) == 1
    office.story.dataflow.edit(JOB_ID, numWorker=8)
    office.story.clock.move_on(minutes=2)
    office.desk.tick()
    assert office.card.text.startswith("Done:")
    assert len(office.chat.replies) == 2


# Words of people


REASONS = {
    "markup": "*all* _of_ ~it~ `now` > see",
    "Korean": "배치가 밀려서 작업자를 늘립니다",
    "emoji": "🔥🔥 on call 👩‍🚒 :fire:",
    "mentions": "ask <!channel> & <@U0HAN> <https://example.invalid|here>",
    "long": "가나다 🔥 " * 500,
}


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS.keys())
def test_a_denial_s_reason_is_on_record_as_written_and_harmless_on_the_card(office: Office, reason: str) -> None:
    """3,000 characters, Korean, emoji, markup: the record has every one; the card mentions and links nobody by it."""
    office.type(ONE_APPROVAL)
    office.press("deny")
    office.submit(reason)
    (fact,) = office.story.facts("denied")
    assert fact["reason"] == reason.strip()
    assert office.request.review is not None
    assert office.request.review.decided_reason == reason.strip()
    shown = read(office.card)
    for forged in ("<!channel>", "<@U0HAN>", "<https", "*all*", "`now`"):
        assert forged not in shown
    assert len(shown) < 3000
    assert office.story.is_sound(office.request)


def test_a_reason_of_more_than_three_thousand_characters_is_cut(office: Office) -> None:
    """Slack's form takes no more; what sends more is no form of Slack's."""
    office.type(ONE_APPROVAL)
    office.press("deny")
    office.submit("x" * 5000)
    assert [len(str(fact["reason"])) for fact in office.story.facts("denied")] == [3000]


def test_half_a_surrogate_pair_in_a_reason_can_be_stored(office: Office) -> None:
    """It is replaced, in the request as in its record."""
    office.type(ONE_APPROVAL)
    office.press("deny")
    office.submit("no \ud83d way")
    assert office.request.review is not None
    assert office.request.review.decided_reason == office.story.facts("denied")[0]["reason"] == "no ? way"


@pytest.mark.parametrize("reason", [REASONS["markup"], REASONS["Korean"], REASONS["emoji"], "가나다🔥 " * 599 + "끝"])
def test_the_reason_of_a_change_is_on_record_as_typed(office: Office, reason: str) -> None:
    """In the record as in the request; on the card it formats nothing."""
    office.type(f"scale wordcount workers=8 because {reason}")
    assert office.request.reason == reason
    assert office.story.facts("requested")[0]["reason"] == reason
    assert "*all*" not in read(office.card)


def test_history_of_oneself_is_a_word_away(office: Office) -> None:
    """`history me` shows what the one who typed it asked for."""
    office.type("scale wordcount workers=4", KIM)
    office.type("scale orders-daily workers=3", LEE, trigger_id="trigger-2")
    office.type("history me", LEE, trigger_id="trigger-3")
    (told,) = office.whispered
    assert f"<@{LEE}>" in told
    assert "orders-daily" in told
    assert "wordcount" not in told


@pytest.mark.parametrize("error", [ChatRefused("response_url", "http_404"), ChatUnavailable("response_url", "timeout")])
def test_an_answer_finds_its_way_without_a_response_address(office: Office, error: ChatError) -> None:
    """After half an hour the address is dead: a refused click is answered in the channel, to one person."""
    office.type(ONE_APPROVAL)
    office.chat.failing["respond"] = error
    office.press("approve", KIM)
    ((channel_id, user_id, told),) = office.chat.whispers
    assert (channel_id, user_id) == ("C0INCIDENT", KIM)
    assert read(told).startswith(SAY("click.own_request"))
