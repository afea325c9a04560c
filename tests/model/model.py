"""What must come of what happens, told a second time: without a database, a policy engine, Slack or messages."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handler.domain.identity import delivery_digest, request_id
from tests.model.endings import Endings
from tests.model.expected import Expected
from tests.model.happenings import Ask, Death, DiedError, Edit, Press, Silence, Tick, UnansweredError, Undo
from tests.model.rules import EMERGENCY_MINUTES, approvals_needed
from tests.model.work import SLUICE, WORKER_IS_GONE_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.model.happenings import Happening

MOST_WORKERS: Final = 10


@dataclass(slots=True)
class Model(Endings):
    """The requests there should be, and the chains of a single refusal."""

    def happen(self, what: Happening) -> None:
        """Let something happen. Raises DiedError when the worker dies of it."""
        match what:
            case Ask():
                with suppress(UnansweredError):
                    self._ask(what)
            case Press():
                with suppress(UnansweredError):
                    self._press(what)
            case Undo():
                with suppress(UnansweredError):
                    self.undo(what)
            case Tick():
                self.tick()
            case Edit():
                self.jobs.edit(what)
            case Death():
                raise DiedError
            case Silence():
                self.turns.silence = what

    # Asking

    def _ask(self, ask: Ask) -> None:
        known = self.requests.get(str(request_id(delivery_digest(ask.heard))))
        if known is not None:
            self._carry_on(known, can_post=ask.can_post)
        elif self.directory.broken:
            self.refuse(ask.who, ask.heard)
        elif (opened := self._open(ask)) is not None:
            if opened.state == "approved":
                self.execute(opened)
            else:
                self._show(opened, can_post=ask.can_post)

    def _carry_on(self, known: Expected, *, can_post: bool) -> None:
        if known.state == "approved":
            self.execute(known)
        elif known.state == "pending" and self.takes_over(known):
            self._show(known, can_post=can_post)

    def _open(self, ask: Ask) -> Expected | None:
        job = self.jobs.read(ask.job_id)
        if job is None:
            return None
        needed = approvals_needed(self.groups(ask.who), ask)
        is_possible = ask.workers != job["numWorker"] and ask.workers <= MOST_WORKERS
        is_too_long = ask.is_emergency and (ask.minutes or 0) > EMERGENCY_MINUTES
        if not is_possible or is_too_long or needed is None or (ask.is_emergency and needed):
            self.refuse(ask.who, ask.heard)
            return None
        before, now, terms, below = dict(job), self.now, self.terms, self.newest_in_effect(ask.job_id)
        minutes = EMERGENCY_MINUTES if ask.is_emergency and ask.minutes is None else ask.minutes
        silence = self.turns.take()
        new_id = str(request_id(delivery_digest(ask.heard)))
        is_open = not (new_id in self.refusals or any(each.holds_job for each in self.of_job(ask.job_id)))
        opened = Expected(
            id=new_id,
            requester=ask.who,
            job_id=ask.job_id,
            before=before,
            workers=ask.workers,
            minutes=minutes,
            is_emergency=ask.is_emergency,
            needed=needed,
            opened_at=now,
            expires_at=now + terms.expires_after,
            remind_at=now + terms.remind_after,
            escalate_at=None if terms.escalate_after is None else now + terms.escalate_after,
            review_at=now + terms.review_within,
            state="pending" if needed else "approved",
            log=[("requested", ask.who)],
            approved_at=None if needed else now,
            look_at=None if needed else now + WORKER_IS_GONE_AFTER,
            tell_at=now + WORKER_IS_GONE_AFTER,
            below=below,
        )
        if not is_open or (silence is not None and not silence.is_done):
            return None
        self.requests[new_id] = opened
        return opened if silence is None else None

    def _show(self, request: Expected, *, can_post: bool) -> None:
        """Post the card; what nobody can see is taken back."""
        if can_post:
            request.is_shown = True
            return
        while request.state == "pending" and not self.record(request, "withdrawn", SLUICE, state="withdrawn"):
            pass

    # Pressing

    def _press(self, press: Press) -> None:
        request = self.requests.get(press.request_id)
        if request is None:
            return
        stories: dict[str, Callable[[Press, Expected], bool]] = {
            "approve": self._approve,
            "deny": self._look_before_denying,
            "form": self._deny,
            "withdraw": self._withdraw,
            "ask_again": self._ask_again,
            "reviewed": self._review,
            "extend": self.press_at_the_end,
            "keep": self.press_at_the_end,
            "revert": self.press_at_the_end,
        }
        while not stories[press.button](press, request):
            pass  # somebody else was first: look again

    def _is_answered(self, press: Press, request: Expected) -> bool | None:
        """Answer what nobody can decide about; None where this press may. False: look again."""
        if press.is_stranger or not press.is_genuine:
            return self.attempt(press, request)
        if request.state != "pending":
            return True
        if self.now >= request.expires_at:
            return self.record(request, "expired", SLUICE, state="expired")
        return None

    def _may_decide(self, press: Press, request: Expected) -> bool | None:
        """Whether this person may decide; None when it cannot be found out."""
        if press.who == request.requester:
            return False
        return None if self.directory.broken else "leads" in self.groups(press.who)

    def _approve(self, press: Press, request: Expected) -> bool:
        if request.state == "approved" and press.who in request.approvals and self._is_fit(press):
            self.execute(request)  # the worker of the decisive press is gone, and it is delivered again
            return True
        answered = self._is_answered(press, request)
        if answered is not None or press.who in request.approvals:
            return answered is not False
        may = self._may_decide(press, request)
        if not may:
            return may is None or self.attempt(press, request)
        is_last = len(request.approvals) + 1 >= request.needed
        if is_last:
            job = self.jobs.read(request.job_id)
            if job is None:
                return True
            needed = approvals_needed(self.groups(request.requester), request)
            if job != request.before or needed is None or needed > request.needed:
                return self.record(request, "stale", SLUICE, state="stale")
        yes: dict[str, object] = {"approvals": [*request.approvals, press.who]}
        if is_last:
            yes |= {"state": "approved", "approved_at": self.now, "look_at": self.now + WORKER_IS_GONE_AFTER}
        if not self.record(request, "approved", press.who, **yes):
            return False
        request.is_shown = True
        if is_last:
            self.execute(request)
        return True

    def _look_before_denying(self, press: Press, request: Expected) -> bool:
        answered = self._is_answered(press, request)
        if answered is not None:
            return answered
        return self._may_decide(press, request) is not False or self.attempt(press, request)

    def _deny(self, press: Press, request: Expected) -> bool:
        answered = self._is_answered(press, request)
        if answered is not None:
            return answered
        may = self._may_decide(press, request)
        if not may:
            return may is None or self.attempt(press, request)
        return self.record(request, "denied", press.who, state="denied")

    def _withdraw(self, press: Press, request: Expected) -> bool:
        answered = self._is_answered(press, request)
        if answered is not None:
            return answered
        if press.who != request.requester:
            return self.attempt(press, request)
        return self.record(request, "withdrawn", press.who, state="withdrawn")

    def _ask_again(self, press: Press, request: Expected) -> bool:
        if not self._is_fit(press):
            return self.attempt(press, request)
        if request.state not in {"stale", "expired"}:
            return True
        ask = Ask(
            who=press.who,
            job_id=request.job_id,
            workers=request.workers,
            minutes=request.minutes,
            is_emergency=request.is_emergency,
            delivery=press.delivery,
            again=press.heard,
        )
        is_new = str(request_id(delivery_digest(press.heard))) not in self.requests
        if not (is_new and self.directory.broken):
            self._ask(ask)
        return True

    def _review(self, press: Press, request: Expected) -> bool:
        if not self._is_fit(press):
            return self.attempt(press, request)
        if not request.is_emergency or request.is_reviewed:
            return True
        may = self._may_decide(press, request)
        if not may:
            return may is None or self.attempt(press, request)
        return self.record(request, "reviewed", press.who, is_reviewed=True)

    @staticmethod
    def _is_fit(press: Press) -> bool:
        return press.is_genuine and not press.is_stranger
