"""Histories of requests in random order: the program against a model, and against what must hold whatever happens."""

from __future__ import annotations

import os
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, precondition, rule

from handler.domain.audit import breaks
from handler.domain.identity import delivery_digest, request_id
from handler.domain.model import GroupName, JobId, RequestId
from tests.fakes.directory import FakeDirectory
from tests.makers import RUN_CONDITION_FIELDS
from tests.model.expected import Jobs
from tests.model.happenings import (
    GROUPS,
    NAMES,
    ORDERS,
    PEOPLE,
    SETTLEMENT,
    WORDCOUNT,
    Ask,
    Button,
    Death,
    DiedError,
    Edit,
    Press,
    Tick,
    Write,
)
from tests.model.model import Model
from tests.model.stage import POLICY, Stage, StillClock

if TYPE_CHECKING:
    from handler.domain.model import RunCondition
    from tests.model.happenings import Happening

IS_LONG: Final = bool(os.environ.get("SLUICE_LONG_TESTS"))

ARROWS: Final = {
    "pending": {"approved", "denied", "expired", "withdrawn", "stale"},
    "approved": {"applying", "stale"},
    "applying": {"applied", "failed", "unknown"},
    "applied": {"reverting"},
    "reverting": {"reverted", "failed", "unknown"},
    "unknown": {"applied", "reverted", "failed"},
}
"""From which state a request may get to which (contract, "Request states"); an unknown one is found out either way."""

jobs = st.sampled_from([WORDCOUNT, ORDERS, SETTLEMENT])
anybody = st.sampled_from(["U0KIM", "U0LEE", "U0HAN", "U0PARK", "U0CHOI"])
clickers = st.sampled_from(["U0LEE", "U0HAN", "U0LEE", "U0HAN", "U0KIM", "U0PARK", "U0CHOI"])
leads = st.sampled_from(["U0LEE", "U0HAN"])
workers = st.sampled_from([8, 3, 10, 6, 7, 9, 2, 11])
spans = st.sampled_from([None, 30, 60, 1, 120, 121])
rarely = st.sampled_from([False] * 7 + [True])
mostly = st.sampled_from([True] * 7 + [False])
buttons: st.SearchStrategy[Button] = st.sampled_from(
    ["approve", "deny", "form", "withdraw", "ask_again", "reviewed", "approve", "approve"]
)
minutes_passed = st.sampled_from([1, 2, 5, 6, 10, 16, 20, 30, 61, 125, 1500, 0.01])
edits = st.builds(Edit, jobs, st.sampled_from(["numWorker", "timeout"]), st.sampled_from([2, 3, 8, 9]))
others: st.SearchStrategy[Happening] = st.one_of(st.just(Death()), st.just(Tick()), edits)
disturbances = st.sampled_from(["edit", "person", "person restored", "write", "write", "API", "groups", "late"])
UNTIL_ALL_IS_DONE: Final = (1, 7, 31, 125, 7, 125, 7, 1, 125, 7)
"""Minutes between ticks after which everything has ended, reverts that had to wait for each other too."""


class Histories(RuleBasedStateMachine):
    """What happens, happens to the model first and then to the program; after each step they must agree."""

    asked: Bundle[str] = Bundle("asked")

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.directory = StillClock(), FakeDirectory()
        begin = {job_id: dict(RUN_CONDITION_FIELDS) for job_id in NAMES}
        self.model = Model(self.clock, self.directory, POLICY.terms, Jobs(begin))
        self.stage = Stage(self.clock, self.directory, self.watch_write)
        self.deliveries: list[Ask | Press] = []
        self.numbers = count(1)
        self.intents_used: set[tuple[str, int]] = set()
        self.verified: dict[str, int] = {}
        self.is_sound = True

    # What happens

    @rule(target=asked, place=st.integers(0, 2), workers=workers, minutes=spans, is_emergency=rarely)
    def ask(self, *, place: int, workers: int, minutes: int | None, is_emergency: bool) -> str:
        """Who is on call types a command, for a job that nobody holds if there is one."""
        return self.deliver(Ask("U0KIM", self.free_job(place), workers, minutes, is_emergency, self.fresh()))

    @rule(target=asked, who=anybody, job_id=jobs, workers=workers, is_emergency=st.booleans(), can_post=mostly)
    def ask_anyhow(self, *, who: str, job_id: str, workers: int, is_emergency: bool, can_post: bool) -> str:
        """Anybody types a command, perhaps where the bot may not post."""
        return self.deliver(Ask(who, job_id, workers, None, is_emergency, self.fresh(), can_post=can_post))

    @rule(target=asked, workers=workers, minutes=spans, is_emergency=st.booleans(), at=st.integers(1, 4), other=others)
    def ask_while_others_act(
        self, *, workers: int, minutes: int | None, is_emergency: bool, at: int, other: Happening
    ) -> str:
        """Before a move of a command is on record, something else happens or the worker dies."""
        ask = Ask("U0KIM", self.free_job(0), workers, minutes, is_emergency, self.fresh())
        return self.deliver(ask, at, other)

    @precondition(lambda self: self.model.requests)
    @rule(place=st.integers(0, 3), who=leads)
    def approve(self, *, place: int, who: str) -> None:
        """A lead approves what waits for it."""
        self.deliver(self.approval(place, who))

    @precondition(lambda self: self.model.requests)
    @rule(place=st.integers(0, 3), who=leads, value=st.sampled_from([3, 9]), is_edit=st.booleans())
    def approve_what_is_not_as_it_was(self, *, place: int, who: str, value: int, is_edit: bool) -> None:
        """A lead approves after the job was changed, or after who asked for it has left the groups."""
        press = self.approval(place, who)
        request = self.model.requests[press.request_id]
        if is_edit:
            self.let(Edit(request.job_id, "timeout", value))
        else:
            self.directory.groups[request.requester] = frozenset()
        self.deliver(press)
        self.directory.groups |= FakeDirectory().groups

    @rule(target=asked, of=asked, who=clickers, button=buttons, is_genuine=mostly, is_stranger=rarely)
    def press(self, *, of: str, who: str, button: Button, is_genuine: bool, is_stranger: bool) -> str:
        """Anybody presses any button, or sends a form."""
        return self.deliver(self.made_press(of, who, button, is_genuine=is_genuine, is_stranger=is_stranger))

    @precondition(lambda self: self.model.requests)
    @rule(place=st.integers(0, 3), who=leads, second=leads, at=st.integers(1, 3))
    def approve_at_once(self, *, place: int, who: str, second: str, at: int) -> None:
        """Before a move of a lead's approval is on record, the other lead approves, or the same press comes again."""
        self.deliver(self.approval(place, who), at, self.approval(place, second))

    @precondition(lambda self: self.model.requests)
    @rule(place=st.integers(0, 3), who=leads, at=st.integers(1, 4), other=others)
    def approve_while_others_act(self, *, place: int, who: str, at: int, other: Happening) -> None:
        """Before a move of a lead's approval is on record, something else happens or the worker dies."""
        self.deliver(self.approval(place, who), at, other)

    @rule(
        target=asked,
        of=asked,
        who=clickers,
        button=buttons,
        at=st.integers(1, 4),
        second=clickers,
        second_button=buttons,
        is_genuine=st.booleans(),
    )
    def press_while_others_press(  # noqa: PLR0913 - one argument for each thing that may differ
        self, *, of: str, who: str, button: Button, at: int, second: str, second_button: Button, is_genuine: bool
    ) -> str:
        """Before a move of a press is on record, somebody presses another button of the same request."""
        other = self.made_press(of, second, second_button, is_genuine=is_genuine)
        return self.deliver(self.made_press(of, who, button), at, other)

    @precondition(lambda self: self.deliveries)
    @rule(place=st.integers(0, 40))
    def deliver_again(self, *, place: int) -> None:
        """Slack or Lambda delivers something once more."""
        self.let(self.deliveries[-1 - place % len(self.deliveries)])

    @rule(minutes=minutes_passed)
    def wait(self, *, minutes: float) -> None:
        """Time passes; nobody ticks."""
        self.clock.move_on(minutes=minutes)

    @rule(minutes=st.integers(1, 12))
    def tick_each_minute(self, *, minutes: int) -> None:
        """Minutes pass as they should."""
        for _ in range(minutes):
            self.clock.move_on(minutes=1)
            self.let(Tick())

    @rule(at=st.integers(0, 3), other=others)
    def tick(self, *, at: int, other: Happening) -> None:
        """The minute ticks; perhaps another tick does the same at once, a job is edited or the worker dies."""
        self.let(Tick(), at, other)

    @rule(
        what=disturbances,
        is_down=rarely,
        edit=edits,
        who=st.sampled_from(PEOPLE),
        groups=st.sets(st.sampled_from(GROUPS), max_size=2),
        write=st.sampled_from(Write),
    )
    def disturb(  # noqa: PLR0913 - one argument for each thing that may differ
        self, *, what: str, is_down: bool, edit: Edit, who: str, groups: set[str], write: Write
    ) -> None:
        """Something is other than it was: a job, people's groups, what the API will do, whether it or Slack is down."""
        match what:
            case "edit":
                self.let(edit)
            case "person":
                self.directory.groups[who] = frozenset(GroupName(each) for each in groups)
            case "person restored":
                self.directory.groups[who] = FakeDirectory().groups.get(who, frozenset())
            case "write":
                self.model.jobs.next_write = self.stage.dataflow.next_write = write
            case "API":
                self.model.jobs.is_dark = self.stage.dataflow.is_dark = is_down
            case "groups":
                self.directory.broken = "leads" if is_down else None
            case _:
                self.model.jobs.arrive(self.clock.now())
                self.stage.dataflow.arrive()

    # How it is delivered

    def fresh(self) -> str:
        """Return the id of a delivery that there was not before."""
        return f"delivery-{next(self.numbers)}"

    def free_job(self, place: int) -> str:
        """Return a job that no request holds; any if there is none."""
        held = {each.job_id for each in self.model.requests.values() if each.holds_job}
        free = [job_id for job_id in NAMES if job_id not in held] or list(NAMES)
        return free[place % len(free)]

    def made_press(
        self, of: str, who: str, button: Button, *, is_genuine: bool = True, is_stranger: bool = False
    ) -> Press:
        """Make a press of a button of the request that a delivery opened."""
        the_id = str(request_id(delivery_digest(of)))
        return Press(who, button, the_id, is_genuine, is_stranger, self.fresh())

    def approval(self, place: int, who: str) -> Press:
        """Make a press of Approve of a request that waits for it; of any if none does."""
        pending = [each.id for each in self.model.requests.values() if each.state == "pending"]
        among = pending or list(self.model.requests)
        return Press(
            who, "approve", among[place % len(among)], is_genuine=True, is_stranger=False, delivery=self.fresh()
        )

    def deliver(self, what: Ask | Press, at: int = 0, other: Happening | None = None) -> str:
        """Deliver something for the first time; return its delivery if it has opened a request."""
        self.deliveries.append(what)
        self.let(what, at, other)
        has_opened = request_id(delivery_digest(what.delivery)) in self.stage.ledger.requests
        return what.delivery if has_opened else multiple()  # type: ignore[return-value]  # hypothesis's own nothing

    def let(self, what: Happening, at: int = 0, other: Happening | None = None) -> None:
        """Let something happen to both; before the turn ``at`` of it, something else."""
        self.is_sound = False
        dead = []
        for side in (self.model, self.stage):
            side.turns.begin(at, None if other is None else partial(side.happen, other))
            try:
                side.happen(what)
            except DiedError:
                dead.append(side)
        assert len(dead) in {0, 2}, "only one of the two came to the turn"

    # What must hold

    def watch_write(self, job_id: JobId, condition: RunCondition) -> None:
        """Be called before each write: it is of whoever holds the job, with the right to it, and the intent's first."""
        request = self.stage.ledger.requests[self.stage.ledger.locks[job_id]]
        expected = self.model.requests[request.id]
        assert request.state.value in {"applying", "reverting"}
        intent = (request.id, request.head.seq)
        assert intent not in self.intents_used
        self.intents_used.add(intent)
        if request.state.value == "applying":
            yeses = self.stage.good_yeses.get(request.id, set()) if expected.needed else set()
            assert len(yeses) >= expected.needed
            assert condition.fields == {**expected.before, "numWorker": expected.workers}
        else:
            assert expected.minutes is not None
            assert condition.workers == expected.before["numWorker"]

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        """Whatever happened."""
        self.check_that_the_model_agrees()
        self.check_approvals()
        self.check_arrows()
        self.check_chains()
        assert [text for text in self.stage.told() if "defect" in text] == []
        self.is_sound = True

    def check_that_the_model_agrees(self) -> None:
        """The same requests, states, moments when something is due, facts in their order, locks and jobs."""
        ledger, model = self.stage.ledger, self.model
        logs = {the_id: [(fact["event"], fact["actor"]) for fact in facts] for the_id, facts in ledger.facts.items()}
        refusals = {the_id: [("refused", who)] for the_id, who in model.refusals.items()}
        assert {the_id: each.log for the_id, each in model.requests.items()} | refusals == logs
        expected = {the_id: (each.state, each.due_at) for the_id, each in model.requests.items()}
        assert expected == {the_id: (each.state.value, each.due_at) for the_id, each in ledger.requests.items()}
        assert {each.job_id: each.id for each in model.requests.values() if each.holds_job} == ledger.locks
        assert model.jobs.now == {each: dict(self.stage.dataflow.stored(each).fields) for each in NAMES}

    def check_approvals(self) -> None:
        """Approvals are of different people, and never of who asked."""
        for each in self.stage.ledger.requests.values():
            counted = [approval.user_id for approval in each.review.approvals] if each.review else []
            assert counted == self.model.requests[each.id].approvals
            assert len(set(counted)) == len(counted)
            assert each.requester.user_id not in counted

    def check_arrows(self) -> None:
        """No request got into a state that does not follow from the one before."""
        moves, self.stage.ledger.moves = self.stage.ledger.moves, []
        assert [(before, after) for before, after in moves if before != after and after not in ARROWS[before]] == []

    def check_chains(self) -> None:
        """Every chain is unbroken, and ends where its request says."""
        for the_id, facts in self.stage.ledger.facts.items():
            if self.verified.get(the_id) != len(facts):
                request = self.stage.ledger.requests.get(RequestId(the_id))
                assert breaks(facts, None if request is None else request.head) == ()
                self.verified[the_id] = len(facts)

    def teardown(self) -> None:
        """When all is well again, and ticks come as they should, nothing hangs."""
        if not self.is_sound:
            return
        self.directory.broken = None
        self.model.jobs.next_write = self.stage.dataflow.next_write = Write.DONE
        self.model.jobs.is_dark = self.stage.dataflow.is_dark = False
        for minutes in UNTIL_ALL_IS_DONE:
            self.clock.move_on(minutes=minutes)
            self.let(Tick())
        self.all_is_as_it_must_be()
        assert self.stage.ledger.locks == {}


Histories.TestCase.settings = settings(
    max_examples=2000 if IS_LONG else 300,
    stateful_step_count=60 if IS_LONG else 35,
    deadline=None,
    derandomize=not IS_LONG,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHistories = Histories.TestCase
