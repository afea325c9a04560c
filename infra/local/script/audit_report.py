"""The audit table as text, and whether every chain of it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.script.record import Record, problems
from infra.local.slack.cast import PLAYGROUND

if TYPE_CHECKING:
    from infra.local.script.player import Player
    from infra.local.script.record import Fact


def report(play: Player) -> None:
    """Print every fact, request by request, and check every chain against its request's head."""
    record = Record(play.playground.deployment)
    chains, heads = record.chains(), record.heads()
    wrong = problems(chains, heads)
    play.say("\n── The audit table, request by request ──")
    for request_id, facts in chains.items():
        play.say("")
        for fact in facts:
            play.say(_row(fact))
        ends = f"and the request's item names fact {heads[request_id].seq} as its end" if request_id in heads else ""
        play.checks(f"{request_id}: every hash and prev_hash is right {ends}".rstrip(), holds=not wrong[request_id])
    play.checks("every request has its facts", holds=heads.keys() <= chains.keys())


def _row(fact: Fact) -> str:
    before, after = fact.get("before", {}), fact.get("after", {})
    moved = ", ".join(f"{key} {before.get(key)} → {after[key]}" for key in after if after[key] != before.get(key))
    why = [*fact.get("because", []), *([fact["detail"]] if fact.get("detail") else [])]
    person = PLAYGROUND.people.get(fact["actor"])
    columns = [
        f"  {fact['request_id']} #{fact['seq']}",
        fact["at"][11:23],
        f"{fact['event']:<15}",
        f"{person.real_name if person else fact['actor']:<10}",
        f"{fact.get('job_name', '-'):<22}",
        f"{moved:<18}",
        f"{', '.join(why):<30}",
        f"{fact['prev_hash'][:8]}→{fact['hash'][:8]}",
    ]
    return "  ".join(columns)
