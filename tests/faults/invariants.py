"""What must be true at the end of every story, whatever went wrong in it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from handler.domain.request import State
from handler.flows.prove import Examiner
from handler.slack.catalogue import load_words
from tests.faults.stage import ASKER, LEAD, OTHER_LEAD, VIEWER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from handler.domain.request import Request
    from infra.local.slack.conversation import Message
    from tests.faults.flows import Flow
    from tests.faults.stage import Stage

    Fact = Mapping[str, Any]
    Intent = tuple[object, str | None]

SENTENCES = load_words().sentences
NEWS = ("applied", "failed", "unknown", "reverted", "denied", "expired", "withdrawn", "stale")
OUTCOMES = {"applying": {"applied", "failed"}, "reverting": {"reverted", "failed"}}
OPEN_BUTTONS = {
    State.STALE: {"ask_again"},
    State.EXPIRED: {"ask_again"},
}


def violations(stage: Stage, flow: Flow, *, must_begin: bool = True, must_be_heard: bool = True) -> list[str]:
    """Return a sentence for everything that is not as it must be.

    Unless it ``must_begin``, a delivery may have been lost before anything was recorded of it; then the asker hears at
    least that, if it ``must_be_heard``.
    """
    requests = stage.requests()
    found = [*stage.notes, *_record(stage)]
    if not flow.ends or not (requests or must_begin):
        found += _nothing_done(stage, requests)
        if must_be_heard and not (stage.whispers(ASKER) or stage.whispers(VIEWER)):
            found.append("the asker was told nothing")
        return found
    if len(requests) != 1:
        return [*found, f"there are {len(requests)} requests, not one"]
    (request,) = requests
    facts = stage.chain(request)
    return [
        *found,
        *_job(stage, flow, request),
        *_writes(stage, facts),
        *_card(stage, request),
        *_words(stage, facts),
    ]


def _nothing_done(stage: Stage, requests: Sequence[Request]) -> Iterator[str]:
    if requests or stage.puts() or stage.posts():
        yield "something was done that nobody allowed"


def _record(stage: Stage) -> Iterator[str]:
    """The whole record verifies, as ``sluice audit verify`` does it; nothing is owed, and no job is held."""
    yield from Examiner(stage.archive(), lambda _tally: None).everything()
    if stage.locks():
        yield f"a lock is left: {stage.locks()}"
    if stage.due():
        yield f"the tick still owes something: {stage.due()}"


def _job(stage: Stage, flow: Flow, request: Request) -> Iterator[str]:
    """The job has the old or the new values, the record says which, and every other setting is as it was."""
    if request.state not in flow.ends:
        yield f"the request ended {request.state}"
        return
    workers = flow.ends[request.state]
    expected = {**request.change.before.fields, "numWorker": workers}
    if stage.job() != expected:
        yield f"the record says {request.state}, and the job has {stage.job()}"


def _writes(stage: Stage, facts: Sequence[Fact]) -> Iterator[str]:
    """Each intent has an outcome, and was sent once; one that failed may not have been sent at all."""
    intents = []
    for place, fact in enumerate(facts):
        if fact["event"] in OUTCOMES:
            later = [each["event"] for each in facts[place + 1 :]]
            outcome = next((each for each in later if each in OUTCOMES[fact["event"]]), None)
            intents.append((fact["after"], outcome))
            if outcome is None:
                yield f"the intent {fact['event']} has no outcome"
    if not _is_each_sent_once(intents, stage.puts()):
        yield f"the intents {intents} were carried out with {stage.puts()}"


def _is_each_sent_once(intents: Sequence[Intent], puts: Sequence[object]) -> bool:
    """Whether the writes that arrived are those of the intents in their order, without one that failed or with it."""
    if not intents:
        return not puts
    (after, outcome), *later = intents
    if puts and puts[0] == after and _is_each_sent_once(later, puts[1:]):
        return True
    return outcome == "failed" and _is_each_sent_once(later, puts)


def _card(stage: Stage, request: Request) -> Iterator[str]:
    """There is one card; it says how the request ended, and has no button that does nothing."""
    cards = stage.cards()
    if len(cards) != 1:
        yield f"there are {len(cards)} cards, not one: {[each.text.splitlines()[0] for each in cards]}"
    for card in cards:
        if not card.text.startswith(_titles(request.state)):
            yield f"the request ended {request.state}, and its card says {card.text.splitlines()[0]!r}"
        buttons = {
            element["action_id"] for block in card.blocks if block["type"] == "actions" for element in block["elements"]
        }
        if dead := buttons - OPEN_BUTTONS.get(request.state, set()):
            yield f"the card has buttons that do nothing: {sorted(dead)}"


def _words(stage: Stage, facts: Sequence[Fact]) -> Iterator[str]:
    """People are called to what is new: exactly once to how it ended, at the most once to what it was in between."""
    entered = [fact["event"] for fact in facts if fact["event"] in NEWS]
    told = Counter(state for post in stage.posts() for state in _told(post))
    for state in NEWS:
        most = min(entered.count(state), 1)
        if told[state] > most:
            yield f"people were called to {state!r} {told[state]} times"
    if entered and not told[entered[-1]]:
        yield f"nobody was called to {entered[-1]!r}"
    happened = [fact["event"] for fact in facts]
    if "broke_glass" in happened and happened[-1] != "broke_glass":
        for lead in (LEAD, OTHER_LEAD):
            # What a person was told alone is not looked up again: a worker that dies in between may tell it twice.
            if (count := len(_direct(stage, lead))) not in (1, 2):
                yield f"{lead} was told {count} times that the approvals were passed by"


def _direct(stage: Stage, user_id: str) -> list[Message]:
    return [each for each in stage.state().conversation.messages if each.channel == f"D{user_id[1:]}"]


def _told(post: Message) -> Iterator[str]:
    """Name the states that a message called people to: when it was posted, as an edit calls nobody."""
    text = post.edits[0].text if post.edits else post.text
    for state in NEWS:
        if text.startswith(_titles(State(state))) if post.thread_ts is None else re.search(_ending(state), text):
            yield state


def _ending(state: str) -> str:
    """Return what a last word to a state ends with: of what somebody had put back, with who it was."""
    words = [f"state.{state}", *(["ending.stands_put_back_by"] if state == State.REVERTED else [])]
    ends = [SENTENCES["click.last_word"].partition("{what}")[2].format(state=SENTENCES[each]) for each in words]
    return "|".join(f"{re.escape(each).replace(re.escape('{who}'), '<@[A-Z0-9]+>')}$" for each in ends)


def _titles(state: State) -> tuple[str, ...]:
    keys = (f"became.{state.value}", f"undoing.{state.value}")
    return tuple(re.sub(r"[*]|(?<=[*:]) .*", "", SENTENCES[key]) for key in keys if key in SENTENCES)
