"""A fixed conversation with the playground: what people type, what must come back, and what the record holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.types import TypeDeserializer

from handler.domain.audit import breaks
from infra.local.aws import local_client
from infra.local.slack.cast import PLAYGROUND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.local.playground import Playground
    from infra.local.slack.conversation import Message

INCIDENT: Final = "C0INCIDENT"
KIM, LEE, PARK, CHOI = "U0KIM", "U0LEE", "U0PARK", "U0CHOI"
SEED_JOB: Final = "gqigvH******"
ANSWER_SECONDS: Final = 30.0
REFUSALS: Final = 4
DATE: Final = re.compile(r"<!date\^[^|>]*\|([^>]*)>")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a person types, and what the answer must and must not say."""

    user: str
    text: str
    expected: tuple[str, ...]
    unwanted: tuple[str, ...] = ("<!channel>",)


CONVERSATION: Final = (
    Line(KIM, "help", ("status JOB", "scale JOB", "history JOB")),
    Line(KIM, "list", ("job001", "wordcount", "orders-daily")),
    Line(KIM, "status job001", ("job001", "RUNNABLE", "2880 min", "Filters")),
    Line(CHOI, "scale job001 workers=4", ("Not allowed", "Nothing was changed")),
    Line(KIM, "scale job001 workers=11", ("cannot have 11 workers", "Nothing was changed")),
    Line(
        KIM,
        "scale job001 workers 4 because *backlog* since <!channel> 새벽 3시 🔥",
        ("Done:", "workers 2 → 4", "every other setting is as it was", "since @channel 새벽 3시 🔥"),
    ),
    Line(KIM, "scale job001 —workers “8”", ("Needs 1 approval", "workers 4 → 8")),
    Line(PARK, "scale job001 workers=3", ("Not allowed",)),
    Line(KIM, "scale job001 wrokers=3", ("wrokers", "workers")),
    Line(KIM, "status job01", ("no job", "job001")),
    Line(KIM, "status job001", ("*Workers*\n4", "2880 min")),
    Line(PARK, "history job001", ("workers 2 → 4", "applied", "refused")),
    Line(KIM, "requests", ("No change is under way",)),
)


@dataclass(slots=True)
class Script:
    """Plays the conversation and keeps what did not come out as it must."""

    playground: Playground
    say: Callable[[str], None]
    failures: list[str] = field(default_factory=list)

    def run(self) -> bool:
        """Play everything; return whether all came out right."""
        before = self._run_condition()
        for line in CONVERSATION:
            self._play(line)
        self._check("only numWorker changed", self._run_condition() == {**before, "numWorker": 4})
        self._check("one write reached the API", len(self.playground.dataflow.puts) == 1)
        self._audit()
        for failure in self.failures:
            self.say(f"FAILED: {failure}")
        self.say("everything came out as it must" if not self.failures else f"{len(self.failures)} things went wrong")
        return not self.failures

    def _play(self, line: Line) -> None:
        workspace = self.playground.workspace
        before = {message.ts for message in workspace.messages(line.user, INCIDENT)}
        self.say(f"\n{self._name(line.user)}: /dataflow {line.text}")
        delivery = workspace.command(line.user, INCIDENT, line.text)
        if delivery.error:
            self.failures.append(f"{line.text}: {delivery.error}")
            return
        try:
            answer = workspace.wait_for_message(
                line.user, INCIDENT, lambda message: message.ts not in before, ANSWER_SECONDS
            )
        except TimeoutError:
            self.failures.append(f"{line.text}: no answer within {ANSWER_SECONDS:.0f} s")
            return
        said = _words_of(answer)
        whom = "only visible to them" if answer.ephemeral_to else "to the channel"
        self.say(f"  Sluice, {whom}:")
        for row in _readable(answer).splitlines():
            self.say(f"    {row}")
        for words in line.expected:
            self._check(f"the answer to “{line.text}” says “{words}”", words in said, quiet=True)
        for words in line.unwanted:
            self._check(f"the answer to “{line.text}” does not say “{words}”", words not in said, quiet=True)

    def _audit(self) -> None:
        deployment = self.playground.deployment
        dynamodb = local_client("dynamodb", deployment.endpoint_url, deployment.region)
        found = dynamodb.scan(TableName=deployment.audit_table, ConsistentRead=True)["Items"]
        chains: dict[str, list[dict[str, Any]]] = {}
        for item in sorted((_plain(each) for each in found), key=lambda fact: (fact["request_id"], fact["seq"])):
            chains.setdefault(item["request_id"], []).append(item)
        self.say("\nThe audit table, request by request:")
        for request_id, facts in sorted(chains.items(), key=lambda chain: str(chain[1][0]["at"])):
            for fact in facts:
                self.say(_row(fact))
            broken = breaks(facts)
            self._check(f"{request_id}: every hash and prev_hash is right", not broken)
        events = [fact["event"] for facts in chains.values() for fact in facts]
        self._check("the record has the whole change", {"requested", "applying", "applied"} <= set(events))
        self._check("the record has the refusals", events.count("refused") == REFUSALS)

    def _run_condition(self) -> Mapping[str, object]:
        return dict(self.playground.dataflow.job(SEED_JOB)["runCondition"])

    def _check(self, what: str, holds: bool, *, quiet: bool = False) -> None:  # noqa: FBT001 - reads as a sentence
        if not holds:
            self.failures.append(what)
        if not quiet:
            self.say(f"  {'✓' if holds else '✗'} {what}")

    def _name(self, user: str) -> str:
        person = PLAYGROUND.people[user]
        return f"{person.real_name} ({person.role})"


def _readable(message: Message) -> str:
    """What a person sees: the blocks, or the text where there are none."""
    shown = _block_words(message.blocks) if message.blocks else [message.text]
    return unescape(DATE.sub(r"\1", "\n".join(shown)))


def _words_of(message: Message) -> str:
    """Everything a person can read of a message, text and blocks, as it was sent."""
    return "\n".join([message.text, *_block_words(message.blocks)])


def _block_words(blocks: object) -> list[str]:
    found: list[str] = []

    def gather(value: object) -> None:
        match value:
            case {"text": str(text)}:
                found.append(text)
            case dict():
                for each in value.values():
                    gather(each)
            case list():
                for each in value:
                    gather(each)
            case _:
                return

    gather(blocks)
    return found


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    reader = TypeDeserializer()
    read = {name: reader.deserialize(value) for name, value in item.items()}
    return {name: _integers(value) for name, value in read.items()}


def _integers(value: Any) -> Any:  # noqa: ANN401 - whatever DynamoDB holds
    match value:
        case dict():
            return {name: _integers(each) for name, each in value.items()}
        case list():
            return [_integers(each) for each in value]
        case str() | bool() | None:
            return value
        case _:
            return int(value)


def _row(fact: Mapping[str, Any]) -> str:
    before, after = fact.get("before", {}), fact.get("after", {})
    moved = ", ".join(f"{name} {before.get(name)} → {after[name]}" for name in after if after[name] != before.get(name))
    because = f"  ({', '.join(fact['because'])})" if fact.get("because") else ""
    return (
        f"  {fact['request_id']} #{fact['seq']}  {fact['at']}  {fact['event']:<9}  {fact['actor']}  "
        f"{fact.get('job_name', '-')}  {moved}{because}  {fact['prev_hash'][:8]}→{fact['hash'][:8]}"
    )
