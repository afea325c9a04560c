"""The record: history and open requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from handler.domain.audit import Event
from handler.domain.commands import ShowOlder
from handler.domain.moves import SLUICE
from handler.domain.period import EVER
from handler.slack.blocks import Block, actions, button, context, message, paragraphs, section, that_fit, told
from handler.slack.change_view import what
from handler.slack.ending_view import open_standing
from handler.slack.faults import problem
from handler.slack.job_view import can_be_asked_for
from handler.slack.mrkdwn import LONGEST_WORD, Mrkdwn, bare, code, dotted, escape, mention, moment
from handler.slack.pages import page_value
from handler.slack.quantities import difference, typed_job

if TYPE_CHECKING:
    from handler.domain.outcomes import HistoryShown, RequestsShown
    from handler.domain.period import Bounds
    from handler.domain.request import Request
    from handler.ports import Message
    from handler.slack.voice import Voice

Fact = Mapping[str, object]

LONGEST_REASON: Final = 200
MOST_NOTES: Final = 5
# Facts that say what somebody did beside the request, which stands as it stood.
NOTES: Final = {
    Event.APPROVED.value,
    Event.DENIED.value,
    Event.BROKE_GLASS.value,
    Event.CLICK_REFUSED.value,
    Event.REVIEWED.value,
    Event.EXTENDED.value,
    Event.KEPT.value,
    Event.REVERTING.value,
}
CALLS: Final = {Event.REMINDED.value, Event.ESCALATED.value, Event.REVIEW_REMINDED.value}
# Of these, some say where the request stands too; and what nobody did is no note.
STANDS: Final = {Event.APPROVED.value, Event.DENIED.value, Event.KEPT.value, Event.REVERTING.value}
BESIDE: Final = (NOTES | CALLS) - STANDS
# Facts whose before and after are what was asked; the others' are what was found.
ASKED: Final = frozenset({Event.REQUESTED.value, Event.REFUSED.value, Event.APPLYING.value})


def history_message(say: Voice, shown: HistoryShown) -> Message:
    """Show who changed what, when and why: one entry for each request, the newest first; a button shows the older."""
    time = _time(say, shown.bounds)
    if not shown.facts:
        older = _older(say, shown, shown.older)
        lines = [_nothing(say, shown), *time]
        return message(lines, [*paragraphs(lines), *older])
    rows, count = _that_fit(say, shown)
    cursor = shown.older if count == len(shown.facts) else shown.after[count - 1]
    title = _title(say, shown)
    button_row = _older(say, shown, cursor)
    more = [say("history.more")] if cursor is not None and not button_row else []
    blocks = [section(title), *map(context, time), *paragraphs(rows), *map(context, more), *button_row]
    return message([title, *time, *rows, *more], blocks)


def _title(say: Voice, shown: HistoryShown) -> Mrkdwn:
    if shown.is_user:
        who = mention(shown.subject)
        return say("history.title_user", who=who) if shown.is_first else say("history.title_user_older", who=who)
    name = code(shown.subject)
    return say("history.title", name=name) if shown.is_first else say("history.title_older", name=name)


def _nothing(say: Voice, shown: HistoryShown) -> Mrkdwn:
    if shown.older is not None:
        return say("history.none_here")
    who, name = mention(shown.subject), code(shown.subject)
    if not shown.is_first:
        return say("history.none_older")
    if shown.bounds == EVER:
        return say("history.none_user", who=who) if shown.is_user else say("history.none", name=name)
    if shown.is_user:
        return say("history.none_user_then", who=who)
    return say("history.none_then", name=name, job=typed_job(shown.subject, shown.key))


def _time(say: Voice, bounds: Bounds) -> list[Mrkdwn]:
    since = None if bounds.since is None else moment(bounds.since)
    until = None if bounds.until is None else moment(bounds.until)
    if since and until:
        return [say("history.between", since=since, until=until)]
    if since:
        return [say("history.since", since=since)]
    return [say("history.until", until=until)] if until else []


def _that_fit(say: Voice, shown: HistoryShown) -> tuple[list[Mrkdwn], int]:
    """Return the entries that fit into a message, and of how many facts they are: the next page goes on after those."""
    count = len(shown.facts)
    while True:
        grouped = _by_request(shown.facts[:count])
        entries = [_entry(say, facts, of_user=shown.is_user) for facts in grouped]
        rows = that_fit(entries) or entries[:1]
        if len(rows) == len(grouped):
            return rows, count
        # None of an entry that does not fit, so that the next page has it whole.
        count = shown.facts.index(grouped[len(rows)][0])


def _older(say: Voice, shown: HistoryShown, cursor: str | None) -> list[Block]:
    """Return the row with the button that leads on; none when nothing comes, or when no button can carry where."""
    if cursor is None or not can_be_asked_for(shown.key):
        return []
    value = page_value(ShowOlder(shown.key, cursor, shown.bounds, shown.is_user))
    if value is None:
        return []
    return [actions([button("history_open", say("history.older"), value, say("history.older_label"))])]


def _by_request(facts: tuple[Fact, ...]) -> list[list[Fact]]:
    grouped: dict[str, list[Fact]] = {}
    for fact in facts:
        grouped.setdefault(str(fact.get("request_id")), []).append(fact)
    return list(grouped.values())


def _entry(say: Voice, newest_first: list[Fact], *, of_user: bool) -> Mrkdwn:
    """Say one request in a line; its reason, who else had a part in it and what stood in its way in a line each."""
    first = newest_first[-1]
    last = next((fact for fact in newest_first if _text(fact, "event") not in BESIDE), newest_first[0])
    event = _stands(newest_first, last)
    row = dotted(
        (
            say("history.event", event=say.known("event", event) or escape(event, LONGEST_WORD) or bare("")),
            _asked(say, first, _name(first) if of_user else None),
            "" if of_user else _who(first),
            _at(last),
            code(_text(last, "request_id"), LONGEST_WORD),
        )
    )
    reason = escape(_text(first, "reason"), LONGEST_REASON)
    why = "" if _is_note(last) else _why(say, _text(last, "detail"))
    lines = [say("history.reason", reason=reason)] if reason else []
    lines += [_note(say, fact) for fact in reversed(newest_first) if _is_note(fact)][:MOST_NOTES]
    if why:
        lines.append(say("history.detail", detail=why))
    return Mrkdwn("\n".join([row, *lines]))


def _stands(newest_first: list[Fact], last: Fact) -> str:
    """Return the word for where a request stands: its last fact's, where that alone says enough."""
    event = _text(last, "event")
    given, _, needed = _text(last, "detail").partition(" of ")
    if event == Event.KEPT and _text(last, "actor") == SLUICE:
        return "stood_down"
    if event == Event.FAILED and any(_text(fact, "event") == Event.REVERTING for fact in newest_first):
        return "put_back_failed"
    if event == Event.APPROVED and given != needed:
        return "half_approved"
    return event


def _is_note(fact: Fact) -> bool:
    event = _text(fact, "event")
    return event in NOTES and not (event in STANDS and _text(fact, "actor") == SLUICE)


def _note(say: Voice, fact: Fact) -> Mrkdwn:
    """Say who approved, denied, tried to, looked at it afterwards, or had a part in its end."""
    event = _text(fact, "event")
    did, who = say(f"note.{event}"), mention(_text(fact, "actor"))
    if event in {Event.BROKE_GLASS, Event.EXTENDED}:  # its reason is the request's; its detail is a moment
        return say("history.note", did=did, who=who)
    why = escape(_text(fact, "reason"), LONGEST_REASON) or _why(say, _text(fact, "detail"))
    return say("history.note_why", did=did, who=who, why=why) if why else say("history.note", did=did, who=who)


def _name(fact: Fact) -> Mrkdwn | None:
    name = _text(fact, "job_name") or _text(fact, "job_id")
    return code(name) if name else None


def _who(fact: Fact) -> str:
    user_id = _text(fact, "actor")
    return mention(user_id) if user_id else ""


def _asked(say: Voice, fact: Fact, name: Mrkdwn | None) -> Mrkdwn:
    """Say ``workers 2 → 4``, else ``look at it``; with the job's name where the entry does not stand below it."""
    if _text(fact, "event") in ASKED:
        if changed := difference(say, _map(fact, "before"), _map(fact, "after")):
            return say("requests.what", name=name, what=changed) if name else changed
        if verb := say.known("verb", _text(fact, "action")):
            return say("history.wanted", verb=verb, name=name or say("history.it"))
    return name or Mrkdwn("")


def _at(fact: Fact) -> Mrkdwn:
    try:
        return moment(datetime.fromisoformat(_text(fact, "at")))
    except (ValueError, OverflowError):
        return code(_text(fact, "at"), LONGEST_WORD)


def _why(say: Voice, detail: str) -> Mrkdwn:
    return say.known("why", detail) or problem(say, detail) or escape(detail, LONGEST_REASON)


def _text(fact: Fact, name: str) -> str:
    value = fact.get(name)
    return value if isinstance(value, str) else ""


def _map(fact: Fact, name: str) -> Mapping[str, object]:
    value = fact.get(name)
    return value if isinstance(value, Mapping) else {}


def requests_message(say: Voice, shown: RequestsShown) -> Message:
    """Show the open requests, the essential of each in its first line."""
    if not shown.requests:
        return told([say("requests.none")])
    title = say("requests.title")
    rows = that_fit([_row(say, each) for each in shown.requests])
    left = len(shown.requests) - len(rows)
    more = [say("requests.more", count=left)] if left else []
    return message([title, *rows, *more], [section(title), *paragraphs(rows), *map(context, more)])


def _row(say: Voice, request: Request) -> Mrkdwn:
    state = say("requests.state", state=open_standing(say, request))
    asked = say("requests.what", name=code(request.change.job_name), what=what(say, request.change))
    who, at = mention(request.requester.user_id), moment(request.created_at)
    below = say("history.detail", detail=dotted((who, at, code(request.id, LONGEST_WORD))))
    return Mrkdwn(f"{dotted((state, asked))}\n{below}")
