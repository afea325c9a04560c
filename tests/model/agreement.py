"""The program and the model beside each other: the same happens to both, and then they must agree."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from hypothesis.stateful import RuleBasedStateMachine, invariant, multiple

from handler.domain.audit import breaks
from handler.domain.identity import delivery_digest, request_id
from handler.domain.model import JobId, RequestId
from tests.fakes.directory import FakeDirectory
from tests.makers import RUN_CONDITION_FIELDS
from tests.model.expected import Jobs
from tests.model.happenings import NAMES, Ask, Button, DiedError, Press, Tick, Undo, Write
from tests.model.model import Model
from tests.model.stage import POLICY, Stage, StillClock

if TYPE_CHECKING:
    from handler.domain.model import RunCondition
    from tests.model.expected import Expected
    from tests.model.happenings import Happening

ARROWS: Final = {
    "pending": {"approved", "denied", "expired", "withdrawn", "stale"},
    "approved": {"applying", "stale"},
    "applying": {"applied", "failed", "unknown"},
    "applied": {"reverting"},
    "reverting": {"reverted", "failed", "unknown"},
    "failed": {"reverting"},
    "unknown": {"applied", "reverted", "failed"},
}
"""From which state a request may get to which (contract, "Request states"); an unknown one is found out either way."""

UNTIL_ALL_IS_DONE: Final = (1, 7, 31, 125, 7, 125, 7, 1, 125, 7)
"""Minutes between ticks after which everything has ended, reverts that had to wait for each other too."""


class Agreement(RuleBasedStateMachine):
    """Delivers to both, and says what must hold after each step; which steps there are is the tests' own."""

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.directory = StillClock(), FakeDirectory()
        begin = {job_id: dict(RUN_CONDITION_FIELDS) for job_id in NAMES}
        self.model = Model(self.clock, self.directory, POLICY.terms, Jobs(begin))
        self.stage = Stage(self.clock, self.directory, self.watch_write)
        self.deliveries: list[Ask | Press | Undo] = []
        self.numbers = count(1)
        self.intents_used: set[tuple[str, int]] = set()
        self.verified: dict[str, int] = {}
        self.is_sound = True

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
        end = self.model.requests[the_id].revert_at if button in {"extend", "keep", "revert"} else None
        return Press(who, button, the_id, is_genuine, is_stranger, self.fresh(), end)

    def approval(self, place: int, who: str) -> Press:
        """Make a press of Approve of a request that waits for it; of any if none does."""
        pending = [each.id for each in self.model.requests.values() if each.state == "pending"]
        among = pending or list(self.model.requests)
        return Press(
            who, "approve", among[place % len(among)], is_genuine=True, is_stranger=False, delivery=self.fresh()
        )

    @property
    def ending(self) -> list[Expected]:
        """The changes that have an end."""
        return [each for each in self.model.requests.values() if each.state == "applied" and each.revert_at]

    def made_press_at_the_end(self, place: int, who: str, button: Button) -> Press:
        """Make a press of a button about the end of a change."""
        request = self.ending[place % len(self.ending)]
        return Press(
            who,
            button,
            request.id,
            is_genuine=True,
            is_stranger=False,
            delivery=self.fresh(),
            end=request.revert_at,
        )

    def made_undo(self, place: int, who: str) -> Undo:
        """Make an ``undo``, of a change that was applied if there is one."""
        applied = [each.id for each in self.model.applied if each.lasts]
        among = applied or list(self.model.requests)
        return Undo(who, among[-1 - place % len(among)], self.fresh())

    def deliver(self, what: Ask | Press | Undo, at: int = 0, other: Happening | None = None) -> str:
        """Deliver something for the first time; return its delivery if it has opened a request."""
        self.deliveries.append(what)
        self.let(what, at, other)
        has_opened = request_id(delivery_digest(what.heard)) in self.stage.ledger.requests
        return what.heard if has_opened else multiple()  # type: ignore[return-value]  # hypothesis's own nothing

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
            assert expected.is_undoing
            assert condition.workers == expected.former

    @invariant()
    def all_is_as_it_must_be(self) -> None:
        """Whatever happened."""
        self.check_that_the_model_agrees()
        self.check_approvals()
        self.check_arrows()
        self.check_chains()
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
        assert "defect" not in self.stage.words()  # which says that a move was tried that there is not
