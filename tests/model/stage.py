"""The program itself, from Slack's payloads down, between fakes in which others may act and things go wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from handler.adapters.policy.cedar import CedarPolicy
from handler.delivery import Desk
from handler.domain.audit import timestamp
from handler.domain.dataflow_errors import DataFlowTimedOut, DataFlowUnavailable, Throttled
from handler.domain.errors import ChatRefused, LedgerUnavailable
from handler.domain.model import RequestId
from handler.noticeboard import Noticeboard
from handler.ports import World
from handler.settings import PACKAGED_POLICY
from handler.slack.catalogue import load_words
from handler.slack.payloads import Slash, click
from handler.slack.voice import Voice
from handler.telling import Herald
from tests.fakes.chat import FakeChat
from tests.fakes.clock import FakeClock
from tests.fakes.dataflow import FakeDataFlow, Fault
from tests.fakes.ledger import FakeLedger
from tests.fakes.ledger import Fault as LedgerFault
from tests.makers import actor, job, run_condition
from tests.model.expected import STILL_TO_ARRIVE
from tests.model.happenings import CHANNEL, NAMES, Ask, Death, DiedError, Edit, Press, Silence, Tick, Turns, Undo, Write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from handler.domain.audit import Fact
    from handler.domain.model import Job, JobId, RunCondition
    from handler.domain.request import Request
    from tests.fakes.directory import FakeDirectory
    from tests.model.happenings import Happening

    Watch = Callable[[JobId, RunCondition], None]

POLICY = CedarPolicy.from_folder(PACKAGED_POLICY)
VOICE = Voice(load_words(), "/dataflow")
ADDRESS, TEAM = "https://slack.invalid/response/1", "T0SLUICE"


class StillClock(FakeClock):
    """A clock that only the test moves on: waiting takes no time."""

    def sleep(self, seconds: float) -> None:
        """Remember the wait."""
        self.slept_seconds.append(seconds)


@dataclass(slots=True)
class WatchedLedger(FakeLedger):
    """A record in which somebody else may act just before a move; ``moves`` are the states before and after each."""

    turns: Turns = field(default_factory=Turns)
    moves: list[tuple[str, str]] = field(default_factory=list)

    def open(self, request: Request, fact: Fact) -> None:
        """Record a new request."""
        self._be_silent("open", self.turns.take())
        FakeLedger.open(self, request, fact)

    def advance(self, before: Request, after: Request, fact: Fact) -> None:
        """Record a request's next state."""
        self._be_silent("advance", self.turns.take())
        FakeLedger.advance(self, before, after, fact)
        self.moves.append((before.state.value, after.state.value))

    def _be_silent(self, operation: str, silence: Silence | None) -> None:
        if silence is not None:
            self.faults.append(LedgerFault(operation, takes_effect=silence.is_done))


class StormyDataFlow(FakeDataFlow):
    """Does to the next write what the test says; ``watch`` is called with every write before it is done."""

    def __init__(self, clock: FakeClock, watch: Watch) -> None:
        super().__init__([job(job_id, name, run_condition()) for job_id, name in NAMES.items()])
        self.next_write = Write.DONE
        self.is_dark = False
        self._late: list[tuple[JobId, RunCondition, datetime]] = []
        self._clock = clock
        self._watch = watch

    def job(self, job_id: str) -> Job:
        """Read one job by its id."""
        if self.is_dark:
            raise DataFlowUnavailable("getJobById", status=503, may_have_changed=False)
        return super().job(job_id)

    def put_run_condition(self, job_id: JobId, condition: RunCondition) -> None:
        """Write a job's run condition."""
        self._watch(job_id, condition)
        what, self.next_write = self.next_write, Write.DONE
        timed_out = DataFlowTimedOut("updateJobExecuteConfig")
        if what is Write.REFUSED:
            self.faults.append(Fault("put_run_condition", Throttled("updateJobExecuteConfig")))
        elif what is not Write.DONE:
            is_done = what in {Write.UNHEARD, Write.DARK}
            self.faults.append(Fault("put_run_condition", timed_out, takes_effect=is_done))
        if what is Write.LATE:
            self._late.append((job_id, condition, self._clock.now()))
        self.is_dark = self.is_dark or what is Write.DARK
        super().put_run_condition(job_id, condition)

    def arrive(self) -> None:
        """Let what is late arrive; the API takes no signature that is too old."""
        for job_id, condition, sent_at in self._late:
            if self._clock.now() - sent_at < STILL_TO_ARRIVE:
                self.edit(job_id, **condition.fields)
        self._late.clear()


class Stage:
    """Everything the program touches, and what Slack and the schedule deliver to it."""

    def __init__(self, clock: FakeClock, directory: FakeDirectory, watch: Watch) -> None:
        self.ledger, self.chat = WatchedLedger(), FakeChat()
        self.dataflow = StormyDataFlow(clock, watch)
        incidents: Iterator[int] = count(1)
        world = World(self.dataflow, self.ledger, POLICY, directory, clock, lambda: f"incident-{next(incidents)}")
        self.desk = Desk(world, Herald(Noticeboard(world, self.chat, VOICE)))
        self.good_yeses: dict[str, set[str]] = {}
        self._delivered: set[str] = set()
        self._directory = directory

    @property
    def turns(self) -> Turns:
        """Where others may act."""
        return self.ledger.turns

    def happen(self, what: Happening) -> None:
        """Let something happen. Raises DiedError when the worker dies of it."""
        match what:
            case Ask():
                self._ask(what)
            case Press():
                self._press(what)
            case Undo():
                self._undo(what)
            case Tick():
                self.desk.tick()
            case Edit():
                self.dataflow.edit(what.job_id, **{what.name: what.value})
            case Death():
                raise DiedError
            case Silence():
                self.turns.silence = what

    @property
    def told(self) -> int:
        """How many times anything was said to anybody so far, in any way."""
        chat = self.chat
        said = (chat.posts, chat.replies, chat.updates, chat.responses, chat.whispers, chat.forms)
        return sum(len(each) for each in said)

    def words(self) -> str:
        """Return all words that were said."""
        told = [message for _, message in (*self.chat.posts, *self.chat.replies, *self.chat.updates)]
        told += [each.message for each in self.chat.responses] + [message for _, _, message in self.chat.whispers]
        return "\n".join(message.text for message in told)

    def _ask(self, ask: Ask) -> None:
        self.chat.closed = {} if ask.can_post else {CHANNEL: ChatRefused("chat.postMessage", "not_in_channel")}
        try:
            # Where the record fails while the request is taken back, the delivery fails, to be delivered again.
            with suppress(LedgerUnavailable):
                self.desk.typed(Slash(ask.text, actor(ask.who, CHANNEL), ask.delivery, ADDRESS))
        finally:
            self.chat.closed = {}

    def _undo(self, undo: Undo) -> None:
        before = self.told
        self.desk.typed(Slash(undo.text, actor(undo.who, CHANNEL), undo.delivery, ADDRESS))
        self._check_that_something_was_said(undo.delivery, before)

    def _press(self, press: Press) -> None:
        request = self.ledger.requests.get(RequestId(press.request_id))
        if request is not None and self._is_good_yes(press, request):
            self.good_yeses.setdefault(press.request_id, set()).add(press.who)
        end = "" if press.end is None else f" {timestamp(press.end)}"
        value = f"{press.request_id} {self._digest(press, request)}{end}"
        person = {"id": press.who, "team_id": "T0OTHER" if press.is_stranger else TEAM}
        body = {
            "team": {"id": TEAM},
            "user": person,
            "channel": {"id": CHANNEL},
            "trigger_id": press.delivery,
            "response_url": ADDRESS,
            "actions": [{"action_id": press.button, "value": value}],
        }
        before = self.told
        if press.button == "form":
            self.desk.submitted({**body, "view": _form(press.delivery, value)})
        else:
            self.desk.pressed(click(body))
        self._check_that_something_was_said(press.delivery, before)

    def _check_that_something_was_said(self, delivery: str, before: int) -> None:
        """What has opened a request is told once, however often it is delivered; the same is true of an end."""
        assert self.told > before or delivery in self._delivered, "nobody answered"
        self._delivered.add(delivery)

    def _is_good_yes(self, press: Press, request: Request) -> bool:
        """Whether this press approves, as anybody could say who looks on."""
        is_lead = "leads" in self._directory.groups.get(press.who, ())
        is_fit = press.button == "approve" and press.is_genuine and not press.is_stranger
        return is_fit and is_lead and press.who != request.requester.user_id

    def _digest(self, press: Press, request: Request | None) -> str:
        """Return what the button carries: where it is not the request's own, it is another's if there is one."""
        if request is None:
            return "0" * 32
        if press.is_genuine:
            return request.digest
        others = [each.digest for each in self.ledger.requests.values() if each.id != request.id]
        return others[-1] if others else request.digest[::-1] + "0"


def _form(view_id: str, value: str) -> dict[str, object]:
    """Make a filled-in form of a denial."""
    return {
        "id": view_id,
        "callback_id": "deny_reason",
        "private_metadata": json.dumps({"value": value, "channel": CHANNEL}),
        "state": {"values": {"reason": {"reason": {"type": "plain_text_input", "value": "not tonight"}}}},
    }
