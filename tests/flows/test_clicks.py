"""Every press of a button and every form is answered, and does what its card says; no card has a dead button."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from handler.domain.errors import ChatRefused, ChatUnavailable
from handler.domain.request import State
from handler.domain.review import Objection
from handler.slack.app import create_app, dispatch
from handler.slack.card_view import buttons as card_buttons
from handler.slack.mrkdwn import Mrkdwn, mention
from handler.slack.voice import Voice
from tests.flows.conftest import CHOI, HAN, KIM, LEE, ONE_APPROVAL, PARK, TWO_APPROVALS
from tests.flows.office import ADDRESS, WORDS, Office, buttons, pressed, read, submitted
from tests.flows.test_emergency import BROKEN_GLASS
from tests.makers import JOB_ID, emergency, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.request import Emergency

OPEN = {"approve", "deny", "withdraw"}
SAY = Voice(WORDS, "/dataflow")


# No dead buttons


ALLOWED: dict[State, set[str]] = {State.PENDING: OPEN, State.STALE: {"ask_again"}, State.EXPIRED: {"ask_again"}}


@pytest.mark.parametrize("wanted", [None, emergency(), emergency(LEE)], ids=["approved", "emergency", "reviewed"])
@pytest.mark.parametrize("state", State)
def test_a_card_has_the_buttons_of_its_state_and_no_others(state: State, wanted: Emergency | None) -> None:
    """Decide while it waits, ask again when it is stale or expired, review an emergency; else none."""
    rows = card_buttons(SAY, request(state=state, emergency=wanted))
    shown = {each["action_id"] for row in rows for each in row["elements"]}  # type: ignore[attr-defined] # Block Kit
    to_review = {"reviewed"} if wanted is not None and wanted.reviewed_by is None else set()
    assert shown == ALLOWED.get(state, to_review)


def stale(office: Office) -> None:
    """Let the job move before the request is approved."""
    office.type(ONE_APPROVAL)
    office.story.dataflow.edit(JOB_ID, numWorker=6)
    office.press("approve")


def expired(office: Office) -> None:
    """Let nobody decide in time."""
    office.type(ONE_APPROVAL)
    office.story.clock.move_on(minutes=30)
    office.desk.tick()


def emergency_done(office: Office) -> None:
    """Break the glass."""
    office.type(BROKEN_GLASS)


LIVING: dict[str, tuple[Callable[[Office], None], str, str]] = {
    "approve": (lambda office: office.type(ONE_APPROVAL), "approve", LEE),
    "deny": (lambda office: office.type(ONE_APPROVAL), "deny", LEE),
    "withdraw": (lambda office: office.type(ONE_APPROVAL), "withdraw", KIM),
    "ask_again when stale": (stale, "ask_again", KIM),
    "ask_again when expired": (expired, "ask_again", KIM),
    "reviewed": (emergency_done, "reviewed", LEE),
}


@pytest.mark.parametrize(("scene", "action_id", "user"), LIVING.values(), ids=LIVING.keys())
def test_each_button_of_a_card_does_something(
    office: Office, scene: Callable[[Office], None], action_id: str, user: str
) -> None:
    """Pressed by somebody who may, it is not met with an objection, and leaves something new."""
    scene(office)
    before = (len(office.story.ledger.all_facts()), len(office.chat.forms))
    whispers = len(office.whispered)
    office.press(action_id, user)
    assert (len(office.story.ledger.all_facts()), len(office.chat.forms)) != before
    assert office.whispered[whispers:] == []


@pytest.mark.parametrize(
    ("button", "user", "ends"),
    [("approve", LEE, State.APPLIED), ("deny", LEE, State.DENIED), ("withdraw", KIM, State.WITHDRAWN)],
)
def test_a_decided_card_has_no_buttons_and_the_one_who_asked_is_called(
    office: Office, button: str, user: str, ends: State
) -> None:
    """The card is edited where it stands, never through a response address; one line below it calls the requester."""
    office.type(ONE_APPROVAL)
    ((card, shown),) = office.chat.posts
    assert set(buttons(shown)) == OPEN
    office.press(button, user)
    if button == "deny":
        office.submit("too many")
    assert (office.state(), buttons(office.card)) == (ends, {})
    assert {place for place, _ in office.chat.updates} == {card}
    ((below, called),) = office.chat.replies
    assert below == card
    assert f"<@{KIM}>" in read(called)
    assert (len(office.chat.posts), office.chat.responses) == (1, [])


# Deciding


def test_the_card_goes_on_as_it_is_decided(office: Office) -> None:
    """One of two: it says so and keeps its buttons; then it says who approved and that it was read back."""
    office.type(TWO_APPROVALS)
    assert SAY("card.needs", count=2) in read(office.card)
    office.press("approve", LEE)
    half = read(office.card)
    assert SAY("card.approved_of", who=mention(LEE), count=1, needed=2) in half
    assert SAY("card.approvers", who=mention(HAN)) in half
    assert set(buttons(office.card)) == OPEN
    assert office.chat.replies == []
    office.press("approve", HAN)
    both = Mrkdwn(f"<@{LEE}>, <@{HAN}>")
    assert SAY("card.approved_of", who=both, count=2, needed=2) in read(office.card)
    assert office.card.text.startswith("Done:")


def test_a_denial_is_asked_for_its_reason_in_a_form(office: Office) -> None:
    """Press Deny: the form opens, nothing is decided; send it: the card says who and why."""
    office.type(ONE_APPROVAL)
    office.press("deny")
    ((trigger_id, form),) = office.chat.forms
    assert (trigger_id, form["callback_id"]) == ("press-1", "deny_reason")
    assert office.state() is State.PENDING
    office.submit("  too many, use 6  ")
    assert office.state() is State.DENIED
    assert [fact["reason"] for fact in office.story.facts("denied")] == ["too many, use 6"]
    assert f"<@{LEE}>" in read(office.card)
    assert "too many, use 6" in read(office.card)
    assert office.story.dataflow.puts == []


def test_the_form_comes_through_the_app_too(office: Office) -> None:
    """Bolt routes it by its callback and answers Slack so that it closes."""
    office.type(ONE_APPROVAL)
    office.press("deny")
    body = submitted(str(office.chat.forms[0][1]["private_metadata"]), "no")
    answer = dispatch(create_app(office.desk, "/dataflow"), dict(body))
    assert (answer.status, answer.body, office.state()) == (200, "", State.DENIED)


def test_a_form_that_slack_does_not_open_any_more_is_asked_for_again(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Its trigger lives for three seconds: the person is told to press Deny once more, and then it works."""
    office.type(ONE_APPROVAL)
    office.chat.failing["open_form"] = ChatRefused("views.open", "expired_trigger_id")
    office.press("deny")
    (told,) = office.whispered
    assert told == SAY("click.press_again")
    assert [answer.response_url for answer in office.chat.responses] == [ADDRESS]
    (logged,) = caplog.records
    assert logged.message == "form not opened"
    assert vars(logged)["facts"] == {"method": "views.open", "code": "expired_trigger_id"}
    assert office.state() is State.PENDING
    office.chat.failing.clear()
    office.press("deny")
    office.submit("no")
    assert office.state() is State.DENIED


def test_a_form_while_slack_is_away_fails_the_delivery(office: Office) -> None:
    """Lambda delivers the press again; nothing was decided."""
    office.type(ONE_APPROVAL)
    office.chat.failing["open_form"] = ChatUnavailable("views.open", "ratelimited")
    with pytest.raises(ChatUnavailable):
        office.press("deny")
    assert office.state() is State.PENDING


def test_a_form_that_comes_too_late_is_answered_in_the_channel(office: Office) -> None:
    """Somebody approved while the reason was written. A form has no response address: the channel it began in has."""
    office.type(ONE_APPROVAL)
    office.press("deny", HAN)
    office.press("approve", LEE)
    office.submit("no", HAN)
    ((channel_id, user_id, told),) = office.chat.whispers
    assert (channel_id, user_id) == ("C0INCIDENT", HAN)
    assert f"<@{LEE}>" in read(told)
    assert SAY("click.closed") in read(told)
    assert (office.state(), buttons(office.card)) == (State.APPLIED, {})


@pytest.mark.parametrize(
    "carried",
    ["", "not json", "[]", "null", json.dumps({"value": 7}), json.dumps({"value": "aaaa-aaaa 0", "channel": "C0DATA"})],
)
def test_a_form_that_carries_nothing_of_ours_decides_nothing(office: Office, carried: str) -> None:
    """Whatever it carries: the sender is told that there is no such request."""
    office.type(ONE_APPROVAL)
    office.desk.submitted(submitted(carried, "no"))
    ((_, user_id, told),) = office.chat.whispers
    assert user_id == LEE
    assert read(told) == SAY("click.unknown_request")
    assert office.story.events() == ["requested"]


@pytest.mark.parametrize(
    ("user", "person", "why"),
    [(KIM, {}, "own_request"), (PARK, {}, "not_allowed"), (LEE, {"team_id": "T0OTHER"}, "stranger")],
)
def test_a_form_sent_by_who_may_not_is_refused_and_recorded(
    office: Office, user: str, person: dict[str, object], why: str
) -> None:
    """The right is asked for when the form is sent, not when it was opened."""
    office.type(ONE_APPROVAL)
    office.press("deny", LEE)
    office.submit("no", user, **person)
    assert [(fact["actor"], fact["detail"]) for fact in office.story.facts("click_refused")] == [(user, why)]
    assert office.state() is State.PENDING
    assert len(office.chat.whispers) == 1


@pytest.mark.parametrize("body", [{}, {"view": None, "user": []}, {"view": {"state": {"values": []}}}])
def test_a_form_of_another_shape_decides_nothing(office: Office, body: dict[str, object]) -> None:
    """What is missing is empty."""
    office.type(ONE_APPROVAL)
    office.desk.submitted(body)
    assert office.story.events() == ["requested"]
    assert len(office.chat.whispers) == 1


# Clicks that decide nothing


def nothing_more(office: Office) -> None:
    """Ask for what needs one approval."""
    office.type(ONE_APPROVAL)


def approved_once(office: Office) -> None:
    """Let the lead approve one of two."""
    office.type(TWO_APPROVALS)
    office.press("approve", LEE)


def denied(office: Office) -> None:
    """Let the lead deny."""
    office.type(ONE_APPROVAL)
    office.press("deny")
    office.submit("no")


def too_late(office: Office) -> None:
    """Let the end pass without a tick."""
    office.type(ONE_APPROVAL)
    office.story.clock.move_on(minutes=30)


def reviewed(office: Office) -> None:
    """Break the glass, and let the lead look at it."""
    office.type(BROKEN_GLASS)
    office.press("reviewed")


Person = dict[str, object]
OBJECTIONS: dict[Objection, tuple[Callable[[Office], None], str, str, Person]] = {
    Objection.UNKNOWN_REQUEST: (nothing_more, "approve", LEE, {}),
    Objection.ALTERED: (nothing_more, "approve", LEE, {}),
    Objection.EXPIRED: (too_late, "approve", LEE, {}),
    Objection.CLOSED: (denied, "approve", HAN, {}),
    Objection.OWN_REQUEST: (nothing_more, "approve", KIM, {}),
    Objection.APPROVED_BEFORE: (approved_once, "approve", LEE, {}),
    Objection.NOT_REQUESTER: (nothing_more, "withdraw", LEE, {}),
    Objection.NOT_ALLOWED: (nothing_more, "approve", PARK, {}),
    Objection.STRANGER: (nothing_more, "approve", LEE, {"team_id": "T0OTHER"}),
    Objection.NOTHING_TO_REVIEW: (reviewed, "reviewed", HAN, {}),
}


@pytest.mark.parametrize("why", OBJECTIONS)
def test_every_objection_is_told_to_the_one_who_clicked(office: Office, why: Objection) -> None:
    """One sentence to one person; a fact where somebody tried what they may not, and none where they were only late."""
    scene, action_id, user, person = OBJECTIONS[why]
    scene(office)
    request_id, digest = office.request.id, office.request.digest
    value = {Objection.UNKNOWN_REQUEST: f"aaaa-aaaa {digest}", Objection.ALTERED: f"{request_id} {digest[::-1]}"}
    before = office.request
    office.click(action_id, value.get(why, f"{request_id} {digest}"), user, **person)
    (told,) = office.whispered
    assert told.startswith(SAY(f"click.{why.value}"))
    assert [answer.response_url for answer in office.chat.responses] == [ADDRESS]
    attempts = [(fact["actor"], fact["detail"]) for fact in office.story.facts("click_refused")]
    assert attempts == ([(user, why.value)] if why.is_attempt else [])
    assert office.state() is (State.EXPIRED if why is Objection.EXPIRED else before.state)
    assert set(buttons(office.card)) == ALLOWED.get(office.state(), set())
    left = {Objection.APPROVED_BEFORE: Mrkdwn(mention(HAN))}.get(why, Mrkdwn(f"<@{HAN}>, <@{LEE}>"))
    if office.state() is State.PENDING:
        assert SAY("card.approvers", who=left) in read(office.card)


def test_the_loser_is_told_who_won_and_when(office: Office) -> None:
    """By a mention, and a moment in the reader's own time; the card they see is put right as well."""
    office.type(TWO_APPROVALS)
    value = buttons(office.card)["approve"]
    office.press("approve", LEE)
    office.press("approve", HAN)
    office.click("approve", value, CHOI)
    (told,) = office.whispered
    moment = int(office.story.clock.now().timestamp())
    assert f"<@{LEE}>, <@{HAN}>, <!date^{moment}^" in told


def test_a_click_after_the_end_puts_the_card_right_and_calls_the_one_who_asked(office: Office) -> None:
    """The tick was missed: expired at the click, on the card too, with one button to ask again."""
    too_late(office)
    office.press("deny", HAN)
    assert [answer.response_url for answer in office.chat.responses] == [ADDRESS]
    assert office.state() is State.EXPIRED
    assert office.card.text.startswith("Expired:")
    assert set(buttons(office.card)) == {"ask_again"}
    ((_, called),) = office.chat.replies
    assert f"<@{KIM}>" in read(called)
    assert office.chat.forms == []


@pytest.mark.parametrize("action_id", ["approve", "deny", "withdraw", "ask_again", "reviewed"])
def test_forged_values_decide_nothing_and_are_answered(office: Office, action_id: str) -> None:
    """Ids of another kind, halves, doubles, ten thousand letters: one answer each, and no change of anything."""
    office.type(ONE_APPROVAL)
    office.type("scale orders-daily workers=8", trigger_id="trigger-2")
    mine, other = office.story.ledger.requests.values()
    chains = dict(office.story.ledger.requests)
    values = [
        "",
        " ",
        JOB_ID,
        mine.id,
        mine.digest,
        f"{mine.id} ",
        f"{mine.id}  {mine.digest}",
        f" {mine.id} {mine.digest}",
        f"{mine.id} {mine.digest} ",
        f"{mine.id} {other.digest}",
        f"{mine.id}{mine.digest}",
        f"{mine.id.upper()} {mine.digest}",
        f"lock#{JOB_ID} {mine.digest}",
        f"{mine.id} {mine.digest}\x00",
        "x" * 10_000,
        f"{mine.id} " + "0" * 10_000,
        "\ud800 \udfff",
        '{"$ne": null}',
    ]
    for value in values:
        office.click(action_id, value, LEE)
    assert len(office.whispered) == len(values)
    now = office.story.ledger.requests
    assert {each.id: each.state for each in now.values()} == {each.id: State.PENDING for each in chains.values()}
    assert {fact["detail"] for fact in office.story.facts("click_refused")} <= {"altered"}
    assert (office.story.dataflow.puts, office.chat.forms) == ([], [])


@pytest.mark.parametrize("person", [{"team_id": "T0OTHER"}, {"is_bot": True}, {"team_id": "T0OTHER", "is_bot": True}])
@pytest.mark.parametrize("action_id", ["approve", "deny", "withdraw"])
def test_people_of_another_workspace_and_bots_decide_nothing(office: Office, action_id: str, person: Person) -> None:
    """Though their id is a lead's, or the requester's; they are told so, and it is recorded."""
    office.type(ONE_APPROVAL)
    for user in (LEE, KIM):
        office.press(action_id, user, **person)
    assert office.state() is State.PENDING
    assert [fact["detail"] for fact in office.story.facts("click_refused")] == ["stranger", "stranger"]
    assert len(office.whispered) == 2
    assert office.chat.forms == []


def test_people_of_this_workspace_are_known_by_its_id(office: Office) -> None:
    """Slack names the workspace of who clicked: the same as that of the click is no stranger."""
    office.type(ONE_APPROVAL)
    office.press("approve", LEE, team_id="T0SLUICE", is_bot=False)
    assert office.state() is State.APPLIED


@pytest.mark.parametrize("action_id", ["approve", "deny", "withdraw", "ask_again", "reviewed"])
def test_while_groups_cannot_be_found_out_a_click_is_told_why(office: Office, action_id: str) -> None:
    """Nothing is decided, but taking back one's own, which needs no group."""
    scenes = {"ask_again": stale, "reviewed": emergency_done}
    scenes.get(action_id, nothing_more)(office)
    state = office.state()
    office.story.directory.broken = "leads"
    office.press(action_id, KIM if action_id in {"withdraw", "ask_again"} else LEE)
    if action_id == "withdraw":
        assert office.state() is State.WITHDRAWN
        return
    (told,) = office.whispered
    assert "`leads`" in told
    assert "ratelimited" in told
    assert office.state() is state


def test_a_card_is_put_right_also_while_groups_cannot_be_found_out(office: Office) -> None:
    """Somebody else's attempt to withdraw needs no group; the card then says that who could approve is not known."""
    office.type(ONE_APPROVAL)
    office.story.directory.broken = "leads"
    office.press("withdraw", LEE)
    assert SAY("card.approvers_unknown") in read(office.card)


def test_a_press_of_a_button_of_no_card_is_answered(office: Office) -> None:
    """A payload with no action of ours is told that it is of another version."""
    app = create_app(office.desk, "/dataflow")
    assert dispatch(app, dict(pressed("", ""))).status == 200
    (told,) = office.whispered
    assert told == SAY("trouble.unknown_button")


def test_who_clicked_is_told_though_the_card_cannot_be_put_right(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack says to wait, or no, when the card is edited: the answer to the click goes out, and the log has it."""
    office.type(ONE_APPROVAL)
    for error in (ChatUnavailable("chat.update", "ratelimited"), ChatRefused("chat.update", "token_revoked")):
        office.chat.failing = {"update": error, "post": ChatRefused("chat.postMessage", "token_revoked")}
        office.press("approve", KIM)
    assert len(office.whispered) == 2
    assert [record.message for record in caplog.records].count("card not corrected") == 2


# The same press again


def test_a_press_that_is_delivered_again_writes_once(office: Office) -> None:
    """Lambda delivers at least once: one PUT, and the second is told that it is done."""
    office.type(ONE_APPROVAL)
    value = buttons(office.card)["approve"]
    office.press("approve")
    office.click("approve", value, LEE)
    assert len(office.story.dataflow.puts) == 1
    (told,) = office.whispered
    assert told.startswith(SAY("click.closed"))
    assert f"<@{LEE}>" in told


def test_an_attempt_whose_answer_was_lost_is_recorded_once(office: Office) -> None:
    """Slack was away when the viewer was to be told; delivered again, it is the same attempt."""
    office.type(ONE_APPROVAL)
    body = pressed("approve", buttons(office.card)["approve"], PARK)
    app = create_app(office.desk, "/dataflow")
    office.chat.failing = {"respond": ChatUnavailable("x", "timeout"), "whisper": ChatUnavailable("x", "timeout")}
    with pytest.raises(ChatUnavailable):
        dispatch(app, dict(body))
    office.chat.failing.clear()
    dispatch(app, dict(body))
    assert len(office.story.facts("click_refused")) == 1
    assert len(office.whispered) == 1


def test_asking_again_from_the_card_posts_a_new_card(office: Office) -> None:
    """The stale card stays as it is, with its button; the new one has the new preview and the new digest."""
    stale(office)
    (first,) = office.story.ledger.requests.values()
    assert "workers: 2 → 6" in read(office.card)
    office.press("ask_again", KIM)
    (_, shown) = office.chat.posts[-1]
    assert shown.text.startswith("Approval needed: wordcount workers 6 → 8")
    assert set(buttons(shown)) == OPEN
    assert buttons(shown)["approve"].split()[1] != first.digest
