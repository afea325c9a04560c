"""Histories: by job, by person and by time, page by page; authorised at every click."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from handler.domain.commands import ShowOlder
from handler.domain.errors import BadCursor, Usage
from handler.domain.identity import delivery_digest
from handler.domain.outcomes import HistoryShown, Misunderstood, Refused, Trouble
from handler.domain.period import EVER, Bounds
from handler.flows.access import Asker
from handler.flows.answer import answer
from tests.flows.conftest import CHOI, KIM, PARK
from tests.flows.office import buttons, read
from tests.flows.policies import ruled
from tests.flows.test_questions import ORDERS_ONLY
from tests.makers import JOB_ID, NOW, actor, at

if TYPE_CHECKING:
    from handler.domain.outcomes import Outcome
    from tests.flows.conftest import Story
    from tests.flows.office import Office

TOO_MANY = "scale wordcount workers=11"


def refused(story: Story, count: int, text: str = TOO_MANY) -> list[str]:
    """Let the one on call be refused once a minute; return the ids of the refusals, newest first."""
    for number in range(count):
        story.ask(text, delivery=f"{text} {number}")
        story.clock.move_on(minutes=1)
    return [str(fact["request_id"]) for fact in reversed(story.facts("refused"))]


def older(story: Story, shown: Outcome, user: str = KIM) -> Outcome:
    """Ask for the page after the one that is shown."""
    assert isinstance(shown, HistoryShown)
    assert shown.older is not None
    page = ShowOlder(shown.key, shown.older, shown.bounds, shown.is_user)
    return answer(story.world, Asker(actor(user), delivery_digest(f"older {shown.key} {shown.older}")), page)


def ids(shown: Outcome) -> list[str]:
    """Return whose facts a page shows."""
    assert isinstance(shown, HistoryShown)
    return [str(fact["request_id"]) for fact in shown.facts]


@pytest.mark.parametrize("text", ["history wordcount", f"history <@{KIM}>"])
def test_a_history_goes_on_page_by_page(story: Story, text: str) -> None:
    """Twenty facts a page, the newest first; each page says how the next is asked for, the last that it is."""
    newest_first = refused(story, 45)
    first = story.ask(text)
    second = older(story, first)
    third = older(story, second)
    assert newest_first == ids(first) + ids(second) + ids(third)
    assert [len(ids(first)), len(ids(second)), len(ids(third))] == [20, 20, 5]
    assert isinstance(first, HistoryShown)
    assert isinstance(third, HistoryShown)
    assert (first.is_first, third.is_first, third.older) == (True, False, None)
    assert (first.subject, third.subject) == (third.subject, first.subject)


def test_a_page_ends_between_two_requests(story: Story) -> None:
    """What would show a request as under way that has ended long ago is left to the next page, with all of it."""
    story.ask("scale wordcount workers=4", delivery="applied")
    story.clock.move_on(minutes=1)
    refused(story, 18)
    page = story.ask("history wordcount")
    assert isinstance(page, HistoryShown)
    assert {str(fact["event"]) for fact in page.facts} == {"refused"}
    next_page = older(story, page)
    assert isinstance(next_page, HistoryShown)
    assert [fact["event"] for fact in next_page.facts] == ["applied", "applying", "requested"]


@pytest.mark.parametrize(
    ("time", "bounds", "minutes"),
    [
        ("", EVER, range(6)),
        ("since 3m", Bounds(since=at(3)), range(3, 6)),
        ("until 4m", Bounds(until=at(2)), range(2)),
        ("since 5m until 2m", Bounds(at(1), at(4)), range(1, 4)),
        ("today", Bounds(NOW.replace(hour=0, minute=0, second=0, microsecond=0), at(0)), range(6)),
        ("yesterday", None, range(0)),
        ("last 7d", Bounds(since=at(6 - 7 * 24 * 60)), range(6)),
    ],
)
def test_a_history_is_of_the_time_that_was_asked_for(
    story: Story, time: str, bounds: Bounds | None, minutes: range
) -> None:
    """By job and by person; the time is that of the answer, so that it says which it was."""
    newest_first = refused(story, 6)
    of_job, of_person = story.ask(f"history wordcount {time}"), story.ask(f"history me {time}")
    expected = [newest_first[5 - minute] for minute in reversed(minutes)]
    assert expected == ids(of_job) == ids(of_person)
    assert isinstance(of_job, HistoryShown)
    if bounds is not None:
        assert of_job.bounds.since == bounds.since


def test_a_time_that_ends_before_it_begins_teaches(story: Story) -> None:
    """Only now, with a clock, can it be told; it is answered like any other slip."""
    for subject in ("wordcount", "me"):
        outcome = story.ask(f"history {subject} since 1h until 2h")
        assert isinstance(outcome, Misunderstood)
        assert (outcome.error.usage, outcome.error.topic) == (Usage.BACKWARDS, "history")


def test_pages_keep_to_the_time(story: Story) -> None:
    """A page that is asked for later is of the time that the first was of, not of a later one."""
    newest_first = refused(story, 50)
    first = story.ask("history wordcount since 30m")
    story.clock.move_on(hours=1)
    second = older(story, first)
    assert newest_first[:30] == ids(first) + ids(second)


def test_facts_of_jobs_one_may_not_audit_do_not_hide_that_there_is_more(story: Story) -> None:
    """A page of which nothing may be seen is empty, says that something comes, and leads to it."""
    mine = refused(story, 3, "scale orders-daily workers=11")
    refused(story, 21)
    story.policy = ruled(story.policy, ORDERS_ONLY)
    first = story.ask(f"history <@{KIM}>", PARK)
    assert isinstance(first, HistoryShown)
    assert (first.facts, first.after) == ((), ())
    assert mine == ids(older(story, first, PARK))


def test_each_page_is_refused_to_whoever_may_not_see_it(story: Story) -> None:
    """A button that somebody passes on, or presses after losing the right, is a refusal on record like any other."""
    refused(story, 45)
    for text in ("history wordcount", f"history <@{KIM}>"):
        outcome = older(story, story.ask(text), CHOI)
        assert isinstance(outcome, Refused)
    assert [fact["action"] for fact in story.facts("refused") if fact["actor"] == CHOI] == ["audit", "audit"]


def test_a_cursor_that_leads_nowhere_is_told(story: Story) -> None:
    """It is an error of the record's."""
    asker = Asker(actor(KIM), delivery_digest("older"))
    outcome = answer(story.world, asker, ShowOlder(JOB_ID, "nowhere"))
    assert isinstance(outcome, Trouble)
    assert isinstance(outcome.error, BadCursor)


# As people see it


def test_a_button_shows_what_is_older(office: Office) -> None:
    """The next page comes below the first, and the last one has no button."""
    refused(office.story, 25)
    office.type("history wordcount")
    office.click("history_open", buttons(office.chat.responses[-1].message)["history_open"])
    first, second = office.chat.responses
    assert not second.replace
    assert first.message.text.startswith("History of wordcount")
    assert second.message.text.startswith("Older history of wordcount")
    assert first.message.text.count("refused") == 20
    assert second.message.text.count("refused") == 5
    assert buttons(second.message) == {}


def test_the_time_of_a_history_is_said_with_its_zone(office: Office) -> None:
    """Whoever asks for yesterday reads from when to when that was, and whose days are meant."""
    refused(office.story, 1)
    office.type("history wordcount yesterday")
    (answered,) = office.chat.responses
    assert "Nothing is recorded about" in answered.message.text
    assert "From 2026-11-22 00:00 UTC to 2026-11-23 00:00 UTC. Days are counted in UTC." in answered.message.text


def test_a_page_with_nothing_to_see_has_a_button_to_the_next(office: Office) -> None:
    """It does not look as if that were all."""
    refused(office.story, 1, "scale orders-daily workers=11")
    refused(office.story, 21)
    office.story.policy = ruled(office.story.policy, ORDERS_ONLY)
    office.type(f"history <@{KIM}>", PARK)
    first = office.chat.responses[-1].message
    assert "There is more behind it." in read(first)
    office.click("history_open", buttons(first)["history_open"], PARK)
    assert "orders-daily" in office.chat.responses[-1].message.text


@pytest.mark.parametrize("value", ['{"job":"x"}', json.dumps({"job": JOB_ID, "after": "nowhere"}), "{"])
def test_a_button_that_leads_nowhere_says_how_to_ask_again(office: Office, value: str) -> None:
    """A forged value, or one of another version, is no reason for silence or for a defect."""
    office.click("history_open", value)
    (answered,) = office.chat.responses
    assert "leads to no page of the history" in answered.message.text
    assert "Ask for the history again: /dataflow history JOB." in answered.message.text
