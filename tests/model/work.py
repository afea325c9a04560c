"""What must come of a change that is carried out, and what the tick owes to whom, told a second time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tests.model.expected import MINUTE, Expected, Fields, Jobs
from tests.model.happenings import Turns, UnansweredError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from handler.domain.review import Terms
    from tests.fakes.clock import FakeClock
    from tests.fakes.directory import FakeDirectory

SLUICE: Final = "sluice"
WORKER_IS_GONE_AFTER: Final = 2 * MINUTE
TOO_LATE_TO_START: Final = 15 * MINUTE
WRITES_ARRIVE_WITHIN: Final = 6 * MINUTE
LONGEST_PAUSE: Final = 15 * MINUTE
LONGEST_REMINDER_PAUSE: Final = timedelta(hours=4)
LOOK_AGAIN_AFTER: Final = timedelta(hours=1)
OUTCOME_WITHIN: Final = 5 * MINUTE
CALLED_AGAIN_AFTER: Final = timedelta(hours=1)
NOTICE_BEFORE: Final = 10 * MINUTE
ABOUT_A_JOB: Final = {"resume", "reconcile", "revert"}
TRIES_AFTER: Final = {1: 1, 2: 2, 3: 4, 4: 8, 5: 15}
"""After how many minutes a putting back that has failed so many times is tried again."""


@dataclass(slots=True)
class Work:
    """The requests there should be; clock and directory are the program's own, which change between happenings only."""

    clock: FakeClock
    directory: FakeDirectory
    terms: Terms
    jobs: Jobs
    requests: dict[str, Expected] = field(default_factory=dict)
    turns: Turns = field(default_factory=Turns)
    applied: list[Expected] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.clock.now()

    def of_job(self, job_id: str) -> Iterator[Expected]:
        """Yield the requests of a job."""
        return (each for each in self.requests.values() if each.job_id == job_id)

    # Moves

    def record(self, request: Expected, event: str, actor: str, **changes: object) -> bool:
        """Put a fact on record, with what it changes; False when somebody else did before.

        Raises UnansweredError.
        """
        seen = len(request.log)
        silence = self.turns.take()
        if silence is not None and not silence.is_done:
            raise UnansweredError
        needs_job = changes.get("state") == "reverting" or changes.get("is_over")
        if len(request.log) != seen or (needs_job and self._is_held(request.job_id)):
            return False
        request.log.append((event, actor))
        for name, value in changes.items():
            setattr(request, name, value)
        if event != "click_refused" and "called_at" not in changes:
            request.put_off_to = None
        if event == "applied":
            self.applied.append(request)
        if silence is not None:
            raise UnansweredError
        return True

    def step(self, request: Expected, event: str, actor: str, **changes: object) -> bool:
        """Take a step that no mere note on record stands in the way of; False when another took it, or none is sure."""
        standing, seen = request.standing, -1
        while seen != len(request.log) and request.standing == standing:
            seen = len(request.log)
            try:
                if self.record(request, event, actor, **changes):
                    return True
            except UnansweredError:
                return False
        return False

    def _is_held(self, job_id: str) -> bool:
        return any(each.holds_job for each in self.of_job(job_id))

    # Carrying out

    def execute(self, request: Expected) -> None:
        """Carry out what is allowed."""
        if request.state != "approved" or not self._is_loud(request):
            return
        now, job = self.now, self.jobs.read(request.job_id)
        is_too_late = now - (request.approved_at or now) > TOO_LATE_TO_START
        if job is None or job != request.before or is_too_late:
            self.step(request, "stale", request.requester, state="stale")
            return
        end = None if request.minutes is None else now + timedelta(minutes=request.minutes)
        notice_at = end - NOTICE_BEFORE if end and end - NOTICE_BEFORE > now else None
        ends = {"revert_at": end, "notice_at": notice_at, "called_at": None}
        begun = {"started_at": now, "look_at": now + WORKER_IS_GONE_AFTER, **ends}
        if self.step(request, "applying", request.requester, state="applying", **begun):
            self._write(request, {**request.before, "numWorker": request.workers})

    def _is_loud(self, request: Expected) -> bool:
        if not request.is_emergency or any(event == "broke_glass" for event, _ in request.log):
            return True
        return self.step(request, "broke_glass", request.requester)

    def _write(self, request: Expected, fields: dict[str, object]) -> None:
        is_refused = self.jobs.write(request.job_id, fields, self.now)
        self._settle(request, is_refused=is_refused)

    def _settle(self, request: Expected, *, is_refused: bool = False) -> None:
        """Judge by what can be read; what is not known stays so until the write cannot arrive any more."""
        now, job, who = self.now, self.jobs.read(request.job_id), request.requester
        has_settled = is_refused or now - (request.started_at or now) >= WRITES_ARRIVE_WITHIN
        if job is not None and job["numWorker"] == request.target:
            became = "reverted" if request.is_undoing else "applied"
            self.step(request, became, who, state=became)
        elif job is not None and has_settled:
            self._fail(request)
        else:
            again = now + min(MINUTE * 2 ** min(request.checks, 10), LONGEST_PAUSE)
            self.step(request, "unknown", who, state="unknown", look_at=again, checks=request.checks + 1)

    def _fail(self, request: Expected) -> None:
        """Record that the write came to nothing; what was to be put back is tried again, or left to people."""
        failures = request.failures + 1
        again = self.now + MINUTE * TRIES_AFTER.get(failures, 0)
        changes = {"revert_at": again, "failures": failures} if request.is_undoing else {"revert_at": None}
        self.step(request, "failed", request.requester, state="failed", notice_at=None, **changes)

    def _revert(self, request: Expected) -> None:
        job, begun_with = self.read(request.job_id), len(request.log)
        if job is None:
            overdue = max(self.now - (request.revert_at or self.now), MINUTE)
            request.put_off_to = self.now + min(overdue, LONGEST_PAUSE)
            return
        is_over = self.is_overlaid(request, job) or job["numWorker"] != request.workers
        former, standing, seen = self.former(request), request.standing, -1
        with suppress(UnansweredError):
            while seen != len(request.log) and request.standing == standing:
                seen = len(request.log)
                if is_over:
                    if self.record(request, "kept", SLUICE, revert_at=None, notice_at=None, is_over=True):
                        return
                elif self.has_begun_to_put_back(request, SLUICE, former):
                    self.write_former(request, job, former)
                    return
            if begun_with == len(request.log) and self._is_held(request.job_id):
                request.put_off_to = self.now + MINUTE

    def has_begun_to_put_back(self, request: Expected, actor: str, former: object, **by_whom: object) -> bool:
        """Put on record that the former value is about to be written. Raises UnansweredError."""
        ends = {"state": "reverting", "is_undoing": True, "revert_at": None, "notice_at": None, "former": former}
        begun = {"started_at": self.now, "look_at": self.now + WORKER_IS_GONE_AFTER, "checks": 0, "called_at": None}
        return self.record(request, "reverting", actor, **ends, **begun, **by_whom)

    def write_former(self, request: Expected, job: Fields, former: object) -> None:
        """Write it if it is the right one still."""
        is_as_it_was = job == self.read(request.job_id) and former == self.former(request)
        if is_as_it_was and not self.is_overlaid(request, job):
            self._write(request, {**job, "numWorker": former})
        else:
            self._fail(request)

    def read(self, job_id: str) -> Fields | None:
        """Return a job as it is now; None while the API is down."""
        job = self.jobs.read(job_id)
        return None if job is None else dict(job)

    def is_overlaid(self, request: Expected, job: Fields) -> bool:
        """Whether the job has what a later change has set, which is to stay."""
        of_job = [each for each in self.applied if each.job_id == request.job_id]
        later = of_job[of_job.index(request) + 1 :]
        return any(each.lasts and each.workers == job["numWorker"] for each in later)

    def newest_in_effect(self, job_id: str) -> list[Expected]:
        """Return the changes that the next one of this job lies over, the newest first."""
        lasting = [each for each in self.applied if each.job_id == job_id and each.lasts]
        return [lasting[-1], *lasting[-1].below] if lasting else []

    @staticmethod
    def former(request: Expected) -> object:
        """Return what was there before, and before what lay under it and has ended, however often."""
        value = request.before["numWorker"]
        for each in request.below:
            if each.lasts or each.workers != value:
                break
            value = each.before["numWorker"]
        return value

    # The tick

    def tick(self) -> None:
        """Do what is due; what somebody else did since it was planned stays as they left it."""
        due = [(each.due_at, each) for each in self.requests.values() if each.due_at and each.due_at <= self.now]
        planned = [(each, len(each.log), each.standing) for _, each in sorted(due, key=lambda pair: pair[0])]
        duties = [self._duty(each) for each, _, _ in planned]
        in_turn = sorted(zip(planned, duties, strict=True), key=lambda pair: pair[1] in ABOUT_A_JOB)
        for (request, seen, standing), duty in in_turn:
            if duty in ABOUT_A_JOB:
                if request.standing == standing:
                    self._work(request, duty)
            elif len(request.log) == seen:
                with suppress(UnansweredError):
                    self._remind(request, duty)
        self._call_people()
        for request in self.requests.values():
            request.is_shown = request.is_shown or (request.state == "pending" and self.takes_over(request))

    def takes_over(self, request: Expected) -> bool:
        """Whether this worker is to post the card that another one did not: it has time for it, then the next does."""
        if request.is_shown or request.tell_at is None or request.tell_at > self.now:
            return False
        request.tell_at = self.now + WORKER_IS_GONE_AFTER
        return True

    def _call_people(self) -> None:
        """Call people to what nobody knows for long, once for each write and each hour after that."""
        by_due = sorted(self.requests.values(), key=lambda each: each.due_at or self.now)
        overdue = [(each, len(each.log)) for each in by_due if self._is_overdue(each)]
        for request, seen in overdue:
            with suppress(UnansweredError):
                if len(request.log) == seen:
                    self.record(request, "escalated", SLUICE, called_at=self.now)

    def _is_overdue(self, request: Expected) -> bool:
        call_after = self.terms.call_after
        patience = {"unknown": call_after, "applying": OUTCOME_WITHIN, "reverting": OUTCOME_WITHIN}
        if request.state in patience and request.started_at is not None:
            owed_at = request.started_at + patience[request.state]
        elif request.state in {"applied", "failed"} and request.revert_at is not None:
            owed_at = request.revert_at + call_after
        else:
            return False
        return max(owed_at, (request.called_at or owed_at - CALLED_AGAIN_AFTER) + CALLED_AGAIN_AFTER) <= self.now

    def _duty(self, request: Expected) -> str:
        now = self.now
        match request.state:
            case "pending" if request.expires_at <= now:
                return "expired"
            case "pending":
                return "escalated" if request.escalate_at and request.escalate_at <= now else "reminded"
            case "approved":
                return "resume"
            case "applying" | "reverting" | "unknown":
                return "reconcile"
            case _ if request.revert_at and request.revert_at <= now:
                return "revert" if request.failures in {0, *TRIES_AFTER} else "left to people"
            case _:
                return "end is near" if request.notice_at and request.notice_at <= now else "review_reminded"

    def _work(self, request: Expected, duty: str) -> None:
        if duty == "resume":
            self.execute(request)
        elif duty == "reconcile":
            self._settle(request)
        else:
            self._revert(request)

    def _remind(self, request: Expected, duty: str) -> None:
        now, terms = self.now, self.terms
        changes: dict[str, object]
        match duty:
            case "expired":
                changes = {"state": "expired"}
            case "escalated":
                changes = {"escalate_at": None}
            case "reminded":
                reminders = request.reminders + 1
                again = now + min(terms.remind_after * 2 ** min(reminders, 10), LONGEST_REMINDER_PAUSE)
                changes = {"reminders": reminders, "remind_at": again if again < request.expires_at else None}
            case "end is near":
                duty, changes = "reminded", {"notice_at": None}
            case "left to people":
                duty, changes = "escalated", {"revert_at": None}
            case _:
                changes = {"review_at": now + LOOK_AGAIN_AFTER}
        if self.record(request, duty, SLUICE, **changes):
            request.is_shown = True
