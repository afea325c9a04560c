"""Histories of requests in random order: the program against a model, and against what must hold whatever happens."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, precondition, rule

from handler.domain.model import GroupName
from tests.fakes.directory import FakeDirectory
from tests.model.agreement import Agreement
from tests.model.happenings import (
    GROUPS,
    ORDERS,
    PEOPLE,
    SETTLEMENT,
    WORDCOUNT,
    Ask,
    Button,
    Death,
    Edit,
    Silence,
    Tick,
    Write,
)

if TYPE_CHECKING:
    from tests.model.happenings import Happening

IS_LONG: Final = bool(os.environ.get("SLUICE_LONG_TESTS"))

jobs = st.sampled_from([WORDCOUNT, ORDERS, SETTLEMENT])
anybody = st.sampled_from(["U0KIM", "U0LEE", "U0HAN", "U0PARK", "U0CHOI"])
clickers = st.sampled_from(["U0LEE", "U0HAN", "U0LEE", "U0HAN", "U0KIM", "U0PARK", "U0CHOI"])
leads = st.sampled_from(["U0LEE", "U0HAN"])
workers = st.sampled_from([8, 3, 10, 6, 7, 9, 2, 11])
spans = st.sampled_from([None, 30, 60, 1, 120, 121])
rarely = st.sampled_from([False] * 7 + [True])
mostly = st.sampled_from([True] * 7 + [False])
buttons: st.SearchStrategy[Button] = st.sampled_from(
    ["approve", "deny", "form", "withdraw", "ask_again", "reviewed", "approve", "approve", "extend", "keep", "revert"]
)
ends: st.SearchStrategy[Button] = st.sampled_from(["extend", "extend", "keep", "revert", "revert"])
minutes_passed = st.sampled_from([1, 2, 5, 6, 10, 16, 20, 30, 61, 125, 1500, 0.01])
edits = st.builds(Edit, jobs, st.sampled_from(["numWorker", "timeout"]), st.sampled_from([2, 3, 8, 9]))
others: st.SearchStrategy[Happening] = st.one_of(
    st.just(Death()), st.just(Tick()), edits, st.builds(Silence, st.booleans())
)
disturbances = st.sampled_from(["edit", "person", "person restored", "write", "write", "API", "groups", "late"])


class Histories(Agreement):
    """What happens, happens to the model first and then to the program; after each step they must agree."""

    asked: Bundle[str] = Bundle("asked")

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

    @precondition(lambda self: self.ending)
    @rule(place=st.integers(0, 3), who=clickers, button=ends, minutes=st.sampled_from([0, 0, 15, 90]))
    def end(self, *, place: int, who: str, button: Button, minutes: int) -> None:
        """Somebody presses a button about the end of a change, perhaps of a card that is no longer as it is shown."""
        press = self.made_press_at_the_end(place, who, button)
        self.clock.move_on(minutes=minutes)
        self.deliver(press)

    @precondition(lambda self: self.ending)
    @rule(place=st.integers(0, 3), who=st.sampled_from(["U0KIM", "U0LEE"]), button=ends)
    def end_without_the_right_to(self, *, place: int, who: str, button: Button) -> None:
        """Somebody presses such a button after they have left the groups."""
        self.directory.groups[who] = frozenset()
        self.deliver(self.made_press_at_the_end(place, who, button))
        self.directory.groups |= FakeDirectory().groups

    @precondition(lambda self: self.ending)
    @rule(place=st.integers(0, 3), who=leads, button=ends, at=st.integers(1, 4), second=clickers, second_button=ends)
    def end_while_others_press(  # noqa: PLR0913 - one argument for each thing that may differ
        self, *, place: int, who: str, button: Button, at: int, second: str, second_button: Button
    ) -> None:
        """Before a move of such a press is on record, somebody presses another of these buttons."""
        other = self.made_press_at_the_end(place, second, second_button)
        self.deliver(self.made_press_at_the_end(place, who, button), at, other)

    @precondition(lambda self: self.ending)
    @rule(place=st.integers(0, 3), who=leads, button=ends, at=st.integers(1, 4), other=others)
    def end_while_others_act(self, *, place: int, who: str, button: Button, at: int, other: Happening) -> None:
        """Before a move of such a press is on record, something else happens or the worker dies."""
        self.deliver(self.made_press_at_the_end(place, who, button), at, other)

    @precondition(lambda self: self.model.requests)
    @rule(place=st.integers(0, 8), who=clickers)
    def undo(self, *, place: int, who: str) -> None:
        """Somebody has a change put back by its id."""
        self.deliver(self.made_undo(place, who))

    @precondition(lambda self: self.model.requests)
    @rule(place=st.integers(0, 3), who=leads, at=st.integers(1, 4), other=others)
    def undo_while_others_act(self, *, place: int, who: str, at: int, other: Happening) -> None:
        """Before a move of that is on record, something else happens or the worker dies."""
        self.deliver(self.made_undo(place, who), at, other)

    @precondition(lambda self: self.model.requests)
    @rule(place=st.integers(0, 3), who=leads, at=st.integers(1, 3), second=leads)
    def undo_twice_at_once(self, *, place: int, who: str, at: int, second: str) -> None:
        """Before a move of that is on record, another has the same change put back."""
        self.deliver(self.made_undo(place, who), at, self.made_undo(place, second))

    @precondition(lambda self: self.model.requests)
    @rule(place=st.integers(0, 3), who=leads)
    def undo_in_vain(self, *, place: int, who: str) -> None:
        """The API refuses to put a change back, for which somebody asks twice; the second is delivered again."""
        for delivers in (self.deliver, self.deliver, self.let):
            undo = self.made_undo(place, who) if delivers == self.deliver else self.deliveries[-1]
            self.model.jobs.next_write = self.stage.dataflow.next_write = Write.REFUSED
            delivers(undo)
        self.model.jobs.next_write = self.stage.dataflow.next_write = Write.DONE

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


Histories.TestCase.settings = settings(
    max_examples=2000 if IS_LONG else 250,
    stateful_step_count=60 if IS_LONG else 35,
    deadline=None,
    derandomize=not IS_LONG,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHistories = Histories.TestCase
