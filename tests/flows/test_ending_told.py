"""What people see and hear of the end of a change: cards, buttons, calls, and an answer to every press and word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handler.domain.dataflow_errors import BadParameter
from handler.domain.request import State
from handler.domain.review import Objection
from handler.slack.mrkdwn import mention
from handler.slack.payloads import Slash
from handler.slack.voice import Voice
from tests.fakes.dataflow import Fault
from tests.flows.conftest import HAN, KIM, LEE, PARK
from tests.flows.office import ADDRESS, WORDS, Office, buttons, read
from tests.flows.policies import LEADS_APPROVE, SCALE_WITH_ONE, ruled
from tests.flows.test_clicks import OBJECTIONS
from tests.makers import JOB_ID, actor, at

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.chat import FakeChat

SAY = Voice(WORDS, "/dataflow")
SMALL = "scale wordcount workers=4 for 1h because backlog"
AT_THE_END = {"extend", "keep", "revert"}


def pass_time(office: Office, minutes: int) -> None:
    """Let minutes pass, with a tick at the end of each."""
    for _ in range(minutes):
        office.story.clock.move_on(minutes=1)
        office.desk.tick()


def near(office: Office) -> None:
    """Let the end of a change be near."""
    office.type(SMALL)
    pass_time(office, 50)


def called(chat: FakeChat) -> list[str]:
    """Return what was said below the card, in order."""
    return [message.text for _, message in chat.replies]


def test_the_card_asks_ten_minutes_before_the_end(office: Office) -> None:
    """With three buttons, and a call to who asked below it; until then it has none."""
    office.type(SMALL)
    assert buttons(office.card) == {}
    pass_time(office, 49)
    assert (buttons(office.card), office.chat.replies) == ({}, [])
    pass_time(office, 1)
    assert set(buttons(office.card)) == AT_THE_END
    (call,) = called(office.chat)
    assert call.startswith(f"<@{KIM}>: wordcount workers 2 → 4 is put back ")
    pass_time(office, 1)
    assert len(office.chat.replies) == 1


def test_a_short_change_is_asked_about_at_once(office: Office) -> None:
    """Its first card has the buttons, and nobody is called before the end."""
    office.type("scale wordcount workers=4 for 10m because backlog")
    assert set(buttons(office.card)) == AT_THE_END
    pass_time(office, 9)
    assert office.chat.replies == []
    pass_time(office, 1)
    assert (office.state(), buttons(office.card)) == (State.REVERTED, {})


def test_an_extended_change_says_so_and_asks_again(office: Office) -> None:
    """Who, and until when; the buttons come back ten minutes before the new end."""
    near(office)
    office.press("extend", LEE)
    assert f"last extended by <@{LEE}>" in read(office.card)
    assert buttons(office.card) == {}
    pass_time(office, 59)
    assert buttons(office.card) == {}
    pass_time(office, 1)
    assert set(buttons(office.card)) == AT_THE_END
    assert len(called(office.chat)) == 2
    office.press("extend", KIM)
    assert office.request.revert_at == at(180)


def test_a_kept_change_says_so(office: Office) -> None:
    """On the card, and to who asked for it."""
    near(office)
    office.press("keep", LEE)
    assert f"Kept by <@{LEE}>" in read(office.card)
    assert buttons(office.card) == {}
    assert called(office.chat)[-1] == f"<@{KIM}>: wordcount workers 2 → 4 \u2013 kept by <@{LEE}>."


def test_a_change_put_back_before_its_time_says_so(office: Office) -> None:
    """By whose wish, and what the job has; who asked for it is called."""
    near(office)
    office.press("revert", LEE)
    assert SAY("ending.undone_by", who=mention(LEE)) in read(office.card)
    assert "Read back: 2 workers." in read(office.card)
    assert buttons(office.card) == {}
    assert called(office.chat)[-1] == f"<@{KIM}>: wordcount workers 2 → 4 \u2013 put back by <@{LEE}>."


def test_a_change_that_is_over_says_what_lies_on_it(office: Office) -> None:
    """Its time is over, and it was not put back: nobody thinks it stays."""
    office.type(SMALL)
    office.type("scale wordcount workers=6 because more", LEE, "trigger-2")
    pass_time(office, 60)
    first = next(each for each in office.story.ledger.requests.values() if each.minutes)
    assert first.card is not None
    assert SAY("ending.overlaid") in read(office.shown(first.card))
    assert buttons(office.shown(first.card)) == {}
    assert called(office.chat)[-1].endswith("\u2013 its time is over, nothing was put back.")


def test_what_could_not_be_put_back_calls_people_in_the_end(office: Office) -> None:
    """Each try is told with the moment of the next; after the last the escalation group is called, once."""
    office.type(SMALL)
    pass_time(office, 59)
    office.story.dataflow.faults.append(Fault("put_run_condition", BadParameter("put", status=400), times=6))
    pass_time(office, 1)
    assert "Sluice tries again" in read(office.card)
    assert buttons(office.card) == {}
    pass_time(office, 60)
    assert "It was tried 6 times and is not tried again." in read(office.card)
    calls = [each for each in called(office.chat) if each.startswith("<!subteam^S0LEADS>")]
    assert len(calls) == 1
    assert "could not be put back, though it was tried 6 times" in calls[0]
    assert f"undo {office.request.id}" in calls[0]


def test_who_types_undo_is_answered_where_they_typed(office: Office) -> None:
    """Also far from the card, which tells everybody else; who asked for the change is called to it."""
    office.type("scale wordcount workers=4 because backlog")
    elsewhere = actor(LEE, "C0OPS")
    office.desk.typed(Slash(f"undo {office.request.id}", elsewhere, "trigger-2", ADDRESS))
    (told,) = office.whispered
    assert told.startswith("*Put back:*")
    assert "Read back: 2 workers." in told
    assert office.card.text.startswith("Put back:")
    assert called(office.chat) == [f"<@{KIM}>: wordcount workers 2 → 4 \u2013 put back by <@{LEE}>."]
    office.desk.typed(Slash(f"undo {office.request.id}", elsewhere, "trigger-2", ADDRESS))
    assert len(office.whispered) == 1


def test_an_unknown_request_is_answered(office: Office) -> None:
    """With what was typed, and where ids are to be found."""
    office.type("undo wordcount")
    (told,) = office.whispered
    assert "There is no request `wordcount`." in told
    assert "history JOB" in told


# Presses and words that change nothing


def nothing_more(office: Office) -> None:
    """Let the end be near."""
    near(office)


def extended(office: Office) -> None:
    """Let somebody extend it, behind the back of who sees the card as it was."""
    near(office)
    office.press("extend", LEE)


def kept(office: Office) -> None:
    """Let somebody keep it."""
    near(office)
    office.press("keep", LEE)


def loud(office: Office) -> None:
    """Let the end of an emergency of two hours be near."""
    office.type("break-glass scale wordcount workers=8 for 2h because pager")
    pass_time(office, 110)


def only_with_approval(office: Office) -> None:
    """Let the policy ask for an approval from now on."""
    near(office)
    office.story.policy = ruled(office.story.policy, SCALE_WITH_ONE, LEADS_APPROVE)


def moved(office: Office) -> None:
    """Change the job in the console."""
    near(office)
    office.story.dataflow.edit(JOB_ID, numWorker=6)


def covered(office: Office) -> None:
    """Make another change on top."""
    near(office)
    office.type("scale wordcount workers=6 because more", LEE, "trigger-2")


def gone(office: Office) -> None:
    """Delete the job."""
    near(office)
    office.story.dataflow.remove(JOB_ID)


def no_value_before(office: Office) -> None:
    """Make the job one that had no such setting."""
    office.story.dataflow.edit(JOB_ID, timeout=None)
    office.type("scale wordcount timeout=2h for 1h because backlog")
    pass_time(office, 50)


PRESSES: dict[Objection, tuple[Callable[[Office], None], str, str]] = {
    Objection.EXTENDED_BEFORE: (extended, "extend", KIM),
    Objection.HAS_NO_END: (kept, "revert", KIM),
    Objection.TOO_LONG: (loud, "extend", KIM),
    Objection.NOT_ENTITLED: (nothing_more, "keep", PARK),
    Objection.NEEDS_APPROVAL: (only_with_approval, "revert", PARK),
    Objection.MOVED_SINCE: (moved, "revert", KIM),
    Objection.OVERLAID: (covered, "revert", KIM),
    Objection.GONE: (gone, "revert", KIM),
    Objection.NOTHING_TO_PUT_BACK: (no_value_before, "revert", KIM),
}
WORDS_TYPED = {
    Objection.NOT_YET_APPLIED,
    Objection.UNDER_WAY,
    Objection.NEVER_APPLIED,
    Objection.UNDONE_BEFORE,
    Objection.WAS_REFUSED,
}


def test_every_objection_has_a_scene() -> None:
    """Of decisions, of ends, or of `undo` (whose scenes are those of its own tests)."""
    assert {*OBJECTIONS, *PRESSES, *WORDS_TYPED} == set(Objection)


@pytest.mark.parametrize("why", PRESSES)
def test_every_press_is_answered(office: Office, why: Objection) -> None:
    """One sentence to one person, and what to do instead; a fact where somebody tried what they may not."""
    scene, action_id, user = PRESSES[why]
    scene(office)
    request = next(iter(office.story.ledger.requests.values()))
    value = f"{request.id} {request.digest} 2026-11-23T04:04:05.678Z"
    if why not in {Objection.EXTENDED_BEFORE, Objection.HAS_NO_END}:
        assert request.card is not None
        value = buttons(office.shown(request.card))[action_id]
    facts = len(office.story.ledger.all_facts())
    whispered = len(office.whispered)
    office.click(action_id, value, user)
    (told,) = office.whispered[whispered:]
    assert told.startswith(SAY(f"click.{why.value}"))
    assert len(office.story.ledger.all_facts()) - facts == (1 if why.is_attempt else 0)


def test_the_second_of_two_is_told_who_extended_it_and_to_when(office: Office) -> None:
    """By name, and as a moment in the reader's own time."""
    near(office)
    value = buttons(office.card)["extend"]
    office.click("extend", value, LEE)
    office.click("extend", value, HAN)
    (told,) = office.whispered
    moment = int(at(120).timestamp())
    assert f"<@{LEE}> extended it: it will be put back <!date^{moment}^" in told
    assert office.request.revert_at == at(120)


def test_what_needs_an_approval_is_told_with_the_line_to_type(office: Office) -> None:
    """Letter by letter, and it does what it says."""
    only_with_approval(office)
    office.press("revert", PARK)
    (told,) = office.whispered
    undo = f"undo {office.request.id}"
    line = f"scale wordcount workers=2 because {undo}"
    assert f"`/dataflow {line}`" in told
    assert f"<@{HAN}>, <@{LEE}>" in told
    office.type(line, PARK, "trigger-2")
    asked = list(office.story.ledger.requests.values())[-1]
    assert (asked.state, asked.change.values, asked.reason) == (State.PENDING, {"numWorker": 2}, undo)
