"""The audit table as text, and whether it is what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handler.flows.prove import Examiner
from infra.local.script.record import Record
from infra.local.slack.cast import PLAYGROUND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.script.player import Player


def report(play: Player) -> None:
    """Print every fact, request by request, and examine the record as ``sluice audit verify`` does."""
    record = Record(play.playground.deployment)
    play.say("\n── The audit table, request by request ──")
    for facts in record.chains():
        play.say("")
        for fact in facts:
            play.say(_row(fact))
    examiner = Examiner(record.archive, lambda _: None)
    faults = list(examiner.everything())
    tally = examiner.tally
    looked_at = (
        f"{tally.facts} facts in {tally.chains} chains, {tally.requests} requests, sealed days: {len(tally.seals)}"
    )
    play.say("")
    play.checks(f"sluice audit verify: {looked_at}; every hash, chain and seal is right", holds=not faults)
    for fault in faults:
        play.checks(fault, holds=False)


def _row(fact: Mapping[str, Any]) -> str:
    before, after = fact.get("before", {}), fact.get("after", {})
    moved = ", ".join(f"{key} {before.get(key)} → {after[key]}" for key in after if after[key] != before.get(key))
    why = [*fact.get("because", []), *([fact["detail"]] if fact.get("detail") else [])]
    person = PLAYGROUND.people.get(fact["actor"])
    columns = [
        f"  {fact['request_id']} #{fact['seq']}",
        fact["at"][11:23],
        f"{fact['event']:<15}",
        f"{person.real_name if person else fact['actor']:<10}",
        f"{fact.get('job_name', fact.get('day', '-')):<22}",
        f"{moved:<18}",
        f"{', '.join(why):<30}",
        f"{fact['prev_hash'][:8]}→{fact['hash'][:8]}",
    ]
    return "  ".join(columns)
