"""Where a scene is played: the people, the jobs in the console, and the record to hold them against."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.local.script.player import Player, Unmet
from infra.local.script.reading import readable
from infra.local.slack.cast import PLAYGROUND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.script.record import Record
    from infra.local.slack.conversation import Message

_REQUEST_ID = re.compile(r"request ([0-9a-z]{4}-[0-9a-z]{4})")


@dataclass(slots=True)
class Stage:
    """One scene's stage; what was written before it began does not count."""

    play: Player
    record: Record
    _puts_before: int = field(init=False)

    def __post_init__(self) -> None:
        self._puts_before = len(self.play.playground.dataflow.puts)

    def records(self, card: Message, *events: str) -> None:
        """Check what the audit table holds of the request that a message shows, fact by fact."""
        held = self.record.events(self.request_id(card))
        self.play.checks(f"the record: {', '.join(held)}", holds=held == list(events))

    def wrote(self, job_name: str, values: Mapping[str, Any] | None = None, *, times: int) -> None:
        """Check how often this scene's writes reached a job, and that it has these values and all others as before."""
        job_id = self.job_id(job_name)
        puts = [put for put in self.play.playground.dataflow.puts[self._puts_before :] if put.job_id == job_id]
        self.play.checks(
            f"{times or 'no'} write{'s' * (times != 1)} of {job_name} reached the API", holds=len(puts) == times
        )
        if puts and values is not None:
            only = puts[-1].after == {**puts[0].before, **values}
            has = ", ".join(f"{key} {value}" for key, value in values.items())
            self.play.checks(f"{job_name} has {has}, and all else as before", holds=only)

    def opened_once(self, job_name: str, values: Mapping[str, Any]) -> None:
        """Check that the audit table holds one request, and no more, for these values of a job."""
        begun = [facts[0] for facts in self.record.chains() if facts[0]["event"] == "requested"]
        same = [fact for fact in begun if fact["job_name"] == job_name and fact["after"] | values == fact["after"]]
        self.play.checks(f"the record: one request for this change of {job_name}", holds=len(same) == 1)

    def in_the_console(self, job_name: str, values: Mapping[str, Any]) -> None:
        """Change a job's settings as somebody outside Slack does."""
        self.play.playground.dataflow.change_job(self.job_id(job_name), {"runCondition": dict(values)})

    def job_id(self, name: str) -> str:
        """Find a job by its name."""
        jobs = self.play.playground.dataflow.jobs
        return next(job_id for job_id, job in jobs.items() if job["name"] == name)

    def request_id(self, card: Message) -> str:
        """Read a request's id off the message that shows it, as a person would."""
        found = _REQUEST_ID.search(readable(card, PLAYGROUND))
        if found is None:
            raise Unmet("the message names no request")
        return found[1]
