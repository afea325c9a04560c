"""What Slack cannot take now, or refuses for good: told later, told elsewhere, told once, and never for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handler.delivery import ENOUGH_SECONDS, Desk
from handler.domain.errors import ChatRefused, ChatUnavailable
from handler.domain.news import Kind, Mark, News, told_by_another
from handler.domain.request import State
from handler.flows.takeover import take_over
from tests.fakes.ledger import Fault
from tests.flows.conftest import HAN, KIM, LEE, ONE_APPROVAL
from tests.flows.meanwhile import BusyLedger
from tests.flows.office import buttons, read
from tests.flows.test_emergency import BROKEN_GLASS
from tests.flows.test_telling import logged_by
from tests.makers import at

if TYPE_CHECKING:
    from tests.flows.conftest import Story
    from tests.flows.office import Office

SCALE = "scale wordcount workers=4"
AWAY = ChatUnavailable("chat.postMessage", "TimeoutError")
CLOSED = ChatRefused("chat.postMessage", "is_archived")


def said(office: Office, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log has of the one request, in order."""
    return [logged for logged, facts in logged_by(caplog) if facts.get("request_id") == office.request.id]


# Slack is away


def test_a_change_that_nobody_can_be_told_of_is_carried_out_and_owed(office: Office) -> None:
    """With Slack away it ends and is on record; the next tick tells it, once."""
    office.chat.failing["post"] = AWAY
    office.type(SCALE)
    assert (office.state(), office.request.tell_at, office.chat.posts) == (State.APPLIED, at(0), [])
    office.chat.failing.clear()
    for _ in range(3):
        office.story.clock.move_on(minutes=1)
        office.desk.tick()
    assert [message.text.split(":")[0] for _, message in office.chat.posts] == ["Done"]
    assert office.request == told_by_another(office.request)


def test_while_slack_is_away_it_is_tried_again_every_two_minutes(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in every minute, and not for ever in one tick; what is decided meanwhile is what is told in the end."""
    office.chat.failing["post"] = AWAY
    office.type(SCALE)
    for _ in range(6):
        office.story.clock.move_on(minutes=1)
        office.desk.tick()
    assert said(office, caplog) == ["telling put off"] * 4  # the worker's own, and one tick in two
    assert len(office.story.dataflow.puts) == 1


def test_slack_says_when_it_is_to_be_told_again(office: Office) -> None:
    """`Retry-After` beyond what is left of the invocation: the tick comes back then, not before."""
    office.chat.failing["post"] = ChatUnavailable("chat.postMessage", "ratelimited", timedelta(minutes=10))
    office.type(SCALE)
    assert office.request.tell_at == at(10)
    office.story.clock.move_on(minutes=10)
    office.desk.tick()
    assert office.request.tell_at == at(20)
    office.chat.failing.clear()
    office.story.clock.move_on(minutes=9)
    office.desk.tick()
    assert office.chat.posts == []
    office.story.clock.move_on(minutes=1)
    office.desk.tick()
    assert len(office.chat.posts) == 1


def test_a_decision_while_slack_is_away_is_shown_and_called_later(office: Office) -> None:
    """Approved by a click whose card could not be edited: later it is, with one call below."""
    office.type(ONE_APPROVAL)
    office.chat.failing["update"] = ChatUnavailable("chat.update", "service_unavailable")
    office.press("approve")
    assert (office.state(), office.chat.updates, office.chat.replies) == (State.APPLIED, [], [])
    office.chat.failing.clear()
    office.story.clock.move_on(minutes=1)
    office.desk.tick()
    assert office.card.text.startswith("Done:")
    assert [f"<@{KIM}>" in read(message) for _, message in office.chat.replies] == [True]


def test_a_call_that_slack_did_not_take_is_made_later_and_the_card_is_not_posted_again(office: Office) -> None:
    """The card was edited, then Slack went away."""
    office.type(ONE_APPROVAL)
    office.chat.failing["post"] = AWAY
    office.press("approve")
    assert office.card.text.startswith("Done:")
    office.chat.failing.clear()
    office.story.clock.move_on(minutes=1)
    office.desk.tick()
    assert (len(office.chat.posts), len(office.chat.replies)) == (1, 1)


def test_an_escalation_is_not_lost_when_people_decide_in_between(office: Office) -> None:
    """The tick that recorded it died; one of two approves: those who are turned to hear of it from that worker."""
    office.type("scale wordcount workers=10 because backlog")
    office.story.clock.move_on(minutes=20)
    office.chat.failing["post"] = AWAY
    office.desk.tick()
    assert office.chat.replies == []
    office.chat.failing.clear()
    office.press("approve", LEE)
    ((_, called),) = office.chat.replies
    assert "<!subteam^S0LEADS>" in read(called)
    assert office.request.untold == ()


def test_what_is_owed_of_one_request_does_not_wait_for_a_duty_to_another(office: Office) -> None:
    """One is told of while the other is reminded of, in the same tick."""
    office.type(ONE_APPROVAL)
    office.story.clock.move_on(minutes=9)
    office.chat.failing["post"] = AWAY
    office.type("scale orders-daily workers=3", trigger_id="trigger-2")
    office.chat.failing.clear()
    office.story.clock.move_on(minutes=1)
    office.desk.tick()
    assert [message.text.split(":")[0] for _, message in office.chat.posts[1:]] == ["Done"]
    assert len(office.chat.replies) == 1


def test_what_is_owed_is_told_though_something_else_about_it_stays_due(office: Office) -> None:
    """Put back is what cannot be done while another change holds the job; what became of it is told all the same."""
    office.chat.failing["post"] = AWAY
    office.type("scale wordcount workers=4 for 10m because backlog")
    office.chat.failing.clear()
    office.type("scale wordcount workers=8 because more", LEE, trigger_id="trigger-2")
    office.story.clock.move_on(minutes=10)
    office.desk.tick()
    first = min(office.story.ledger.requests.values(), key=lambda request: request.change.values["numWorker"])
    assert (first.state, first.due_at) == (State.APPLIED, at(11))
    assert first.card is not None
    assert office.shown(first.card).text.startswith("Done:")


# Slack says no


def test_what_no_channel_can_be_told_is_told_to_the_one_who_asked(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """The channel was archived while the change lasted: its end is told directly, and it is not tried for ever."""
    office.type("scale wordcount workers=4 for 20m because backlog")
    office.chat.closed["C0INCIDENT"] = CLOSED
    office.chat.failing["update"] = ChatRefused("chat.update", "is_archived")
    office.story.clock.move_on(minutes=20)
    for _ in range(5):
        office.desk.tick()
        office.story.clock.move_on(minutes=1)
    ((direct, message),) = office.chat.posts[1:]
    assert (direct.channel_id, message.text.split(":")[0], buttons(message)) == (KIM, "Put back", {})
    assert office.request.untold == ()
    assert said(office, caplog) == ["card not edited", "card not posted"]


def test_a_waiting_request_whose_card_the_tick_cannot_post_is_ended(office: Office) -> None:
    """Slack was away, then the channel closed: nobody could ever decide, and the one who asked is told directly."""
    office.chat.failing["post"] = AWAY
    office.type(ONE_APPROVAL)
    office.chat.failing.clear()
    office.chat.closed["C0INCIDENT"] = CLOSED
    office.story.clock.move_on(minutes=1)
    office.desk.tick()
    assert (office.state(), office.request.problem, office.request.untold) == (State.WITHDRAWN, "is_archived", ())
    ((direct, message),) = office.chat.posts
    assert direct.channel_id == KIM
    assert "`is_archived`" in read(message)


def test_who_can_be_told_nowhere_is_in_the_log_and_not_tried_for_ever(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """The channel is closed, the response address is dead, and the account is deactivated."""
    office.chat.failing = {"post": CLOSED, "respond": ChatRefused("response_url", "http_404")}
    office.type(SCALE)
    assert said(office, caplog) == ["card not posted", "could not tell"]
    assert office.request == told_by_another(office.request)


def test_an_emergency_that_no_channel_takes_is_loud_directly(office: Office) -> None:
    """From the tick there is no response address: who asked and who was passed by are told one by one."""
    office.chat.failing["post"] = AWAY
    office.type(BROKEN_GLASS)
    office.chat.failing.clear()
    office.chat.closed["C0INCIDENT"] = CLOSED
    office.story.clock.move_on(minutes=1)
    office.desk.tick()
    assert [card.channel_id for card, _ in office.chat.posts] == [HAN, LEE, KIM]


@pytest.mark.parametrize("place", ["C0INCIDENT", "C0DATA"])
def test_what_may_not_be_looked_for_is_told_all_the_same(
    office: Office, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Without the scope to read back, a card may stand twice: rather that than never; the log says what is missing."""
    office.approvals_channel = place
    office.story.ledger.faults.append(Fault("remember_card"))
    office.story.ledger.faults.append(Fault("told"))
    office.type(ONE_APPROVAL)
    office.chat.failing["find"] = ChatRefused("conversations.history", "missing_scope")
    office.story.clock.move_on(minutes=2)
    office.desk.tick()
    assert [card.channel_id for card, _ in office.chat.posts if card.channel_id == place] == [place] * 2
    assert office.request.untold == ()
    assert said(office, caplog)[-1] == "could not look for what was posted"


# The record is away


def test_a_card_that_could_not_be_remembered_is_found(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """By its mark, by the tick; it is edited, and there is no second."""
    office.story.ledger.faults += [Fault("remember_card"), Fault("told")]
    office.type(ONE_APPROVAL)
    ((card, _),) = office.chat.posts
    assert office.request.card is None
    office.story.clock.move_on(minutes=2)
    office.desk.tick()
    assert office.request == told_by_another(office.request).with_card(card)
    assert len(office.chat.posts) == 1
    assert said(office, caplog) == ["message not remembered", "not kept that it was told"]


def test_of_several_cards_the_newest_is_the_one(office: Office) -> None:
    """The first was deleted in Slack and posted anew by a worker that died then."""
    office.story.ledger.faults += [Fault("remember_card"), Fault("told")]
    office.type(ONE_APPROVAL)
    mark = Mark(office.request.id, Kind.CARD, 1)
    second = office.chat.post(office.request.requester.channel_id, office.chat.posts[0][1], mark=mark)
    office.chat.marks.reverse()
    office.story.clock.move_on(minutes=2)
    office.desk.tick()
    assert office.request.card == second


def test_a_telling_that_cannot_be_taken_over_stays_owed(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """DynamoDB is away for one of two: the other is told of, and the first a minute later."""
    office.chat.failing["post"] = AWAY
    office.type(SCALE)
    office.type("scale orders-daily workers=3", trigger_id="trigger-2")
    office.chat.failing.clear()
    office.story.clock.move_on(minutes=1)
    office.story.ledger.faults.append(Fault("claim_telling"))
    office.desk.tick()
    assert "telling not taken over" in [logged for logged, _ in logged_by(caplog)]
    assert len(office.chat.posts) == 1
    office.desk.tick()
    assert len(office.chat.posts) == 2


def test_what_cannot_be_given_up_now_stays_owed(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """The card is refused while the record is away: it is ended and told with the next turn."""
    office.chat.failing["post"] = AWAY
    office.type(ONE_APPROVAL)
    office.chat.failing["post"] = CLOSED
    office.story.clock.move_on(minutes=1)
    office.story.ledger.faults.append(Fault("advance"))
    office.desk.tick()
    assert (said(office, caplog)[-1], office.state()) == ("could not announce", State.PENDING)
    office.story.clock.move_on(minutes=2)
    office.desk.tick()
    assert office.state() is State.WITHDRAWN


def test_what_another_has_taken_over_cannot_be_put_off(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """Slack is away, and so is the record: it is told when it would be anyway."""
    office.chat.failing["post"] = AWAY
    office.story.ledger.faults.append(Fault("claim_telling"))
    office.type(SCALE)
    assert said(office, caplog) == ["telling put off", "telling not put off"]
    assert office.request.tell_at == at(2)


# Two at once


def test_of_two_ticks_one_tells(story: Story) -> None:
    """Both find the same untold: who takes it over first has it to itself."""
    story.ledger = ledger = BusyLedger()
    request = story.opened(SCALE)
    story.clock.move_on(minutes=2)
    others = []
    ledger.before["claim_telling"] = [lambda: others.append(take_over(story.world, request.id))]
    assert take_over(story.world, request.id) is None
    (taken,) = others
    assert taken is not None
    assert (taken.untold[-1], taken.tell_at) == (News(request.untold[-1].event, request.head.seq), at(4))
    assert take_over(story.world, request.id) is None


def test_nothing_is_taken_over_of_what_is_told_or_is_not_there(story: Story) -> None:
    """Neither too early, nor afterwards."""
    request = story.opened(SCALE)
    assert take_over(story.world, request.id) is None
    story.ledger.told(request)
    story.clock.move_on(minutes=5)
    assert take_over(story.world, request.id) is None
    del story.ledger.requests[request.id]
    assert take_over(story.world, request.id) is None


# Time


class Patience:
    """Seconds that are left of an invocation: ``enough`` at so many looks, then too few."""

    def __init__(self, looks: int, enough: float = 2 * ENOUGH_SECONDS) -> None:
        self.looks, self.enough = looks, enough

    def __call__(self) -> float:
        """Look."""
        self.looks -= 1
        return self.enough if self.looks >= 0 else ENOUGH_SECONDS - 0.1


def hurried(office: Office, looks: int) -> Desk:
    """Return a desk that finds enough time left so many times."""
    return Desk(office.desk.world, office.desk.herald, Patience(looks))


@pytest.mark.parametrize(("looks", "done", "told"), [(0, 0, 0), (1, 1, 0), (2, 2, 0), (3, 2, 1), (4, 2, 2)])
def test_a_tick_takes_up_nothing_that_does_not_fit_in(office: Office, looks: int, done: int, told: int) -> None:
    """Duties first, then what came of them; the rest is done and told in the minutes after it."""
    office.type(ONE_APPROVAL)
    office.type("scale orders-daily workers=8", trigger_id="trigger-2")
    office.story.clock.move_on(minutes=31)
    hurried(office, looks).tick()
    assert len(office.story.facts("expired")) == done
    assert len(office.chat.replies) == told
    for _ in range(3):
        office.story.clock.move_on(minutes=1)
        office.desk.tick()
    assert (len(office.story.facts("expired")), len(office.chat.replies)) == (2, 2)


def test_no_duty_takes_the_time_that_calling_and_telling_people_needs(office: Office) -> None:
    """With time left to tell, but not for a duty and for telling as well, people are called about what is unknown."""
    office.type(SCALE)
    asked = office.request
    office.story.ledger.requests[asked.id] = replace(asked, state=State.UNKNOWN, due_at=at(600))
    office.story.ledger.locks[asked.change.job_id] = asked.id
    office.type("scale orders-daily workers=8", trigger_id="trigger-2")
    office.story.clock.move_on(minutes=31)
    Desk(office.desk.world, office.desk.herald, Patience(100, 2 * ENOUGH_SECONDS - 0.1)).tick()
    assert (office.story.facts("expired"), len(office.story.facts("escalated"))) == ([], 1)
    assert "please look at a job" in office.chat.replies[-1][1].text


def test_a_tick_takes_over_nothing_that_does_not_fit_in(office: Office) -> None:
    """What is untold stays so, for the next one to find at once."""
    office.chat.failing["post"] = AWAY
    office.type(SCALE)
    office.chat.failing.clear()
    office.story.clock.move_on(minutes=1)
    hurried(office, 0).tick()
    assert (office.chat.posts, office.request.tell_at) == ([], at(0))


def test_a_request_that_people_only_must_hear_of_is_not_listed(story: Story) -> None:
    """`requests` shows what is under way; the tick looks at more."""
    request = story.opened(SCALE)
    assert story.ledger.open_requests(limit=5) == ()
    assert story.ledger.due_requests(at(2), limit=5) == (request,)
