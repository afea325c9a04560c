"""The record: history and open requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from handler.ports import Message
from handler.slack.blocks import Block, as_blocks, context, paragraphs, section
from handler.slack.change_view import what
from handler.slack.mrkdwn import Mrkdwn, code, escape, mention, moment

if TYPE_CHECKING:
    from handler.domain.outcomes import HistoryShown, RequestsShown
    from handler.slack.voice import Voice

Fact = Mapping[str, object]


def history_message(say: Voice, shown: HistoryShown) -> Message:
    """Show who changed what, when and why: one entry for each request, the newest first."""
    who = mention(shown.subject)
    title = say("history.title_user", who=who) if shown.is_user else say("history.title", name=code(shown.subject))
    if not shown.facts:
        none = say("history.none_user", who=who) if shown.is_user else say("history.none", name=code(shown.subject))
        return Message(none, as_blocks([section(none)]))
    entries = [_entry(say, facts) for facts in _by_request(shown.facts)]
    blocks: list[Block] = [section(title), *paragraphs(entries)]
    if shown.more:
        blocks.append(context(say("history.more")))
    return Message("\n".join([title, *entries]), as_blocks(blocks))


def _by_request(facts: tuple[Fact, ...]) -> list[list[Fact]]:
    grouped: dict[str, list[Fact]] = {}
    for fact in facts:
        grouped.setdefault(str(fact.get("request_id")), []).append(fact)
    return list(grouped.values())


def _entry(say: Voice, newest_first: list[Fact]) -> Mrkdwn:
    last, first = newest_first[0], newest_first[-1]
    event = str(last.get("event"))
    key = f"history.{event}"
    row = say(
        "history.row",
        event=say(key) if key in say.words.keys else event,
        name=code(str(first.get("job_name") or first.get("job_id") or "-"), 100),
        what=say.difference(_map(first, "before"), _map(first, "after")) or say("history.no_change"),
        who=mention(str(first.get("actor"))),
        at=moment(datetime.fromisoformat(str(last.get("at")))),
        id=code(str(last.get("request_id"))),
    )
    reason = first.get("reason")
    detail = last.get("detail")
    extra = [say("history.reason", reason=escape(str(reason), 200))] if reason else []
    if detail:
        extra.append(say("history.detail", detail=_why(say, str(detail))))
    return Mrkdwn("".join([row, *extra]))


def _why(say: Voice, detail: str) -> Mrkdwn:
    key = f"history.why_{detail}"
    return say(key) if key in say.words.keys else say.problem(detail) or escape(detail, 200)


def _map(fact: Fact, name: str) -> Mapping[str, object]:
    value = fact.get(name)
    return value if isinstance(value, Mapping) else {}


def requests_message(say: Voice, shown: RequestsShown) -> Message:
    """Show the changes under way."""
    if not shown.requests:
        none = say("requests.none")
        return Message(none, as_blocks([section(none)]))
    rows = [
        say(
            "requests.row",
            id=code(each.id),
            name=code(each.change.job_name, 100),
            what=what(say, each.change),
            state=say(f"state.{each.state.value}"),
            who=mention(each.requester.user_id),
            at=moment(each.created_at),
        )
        for each in shown.requests
    ]
    title = say("requests.title")
    return Message("\n".join([title, *rows]), as_blocks([section(title), *paragraphs(rows)]))
