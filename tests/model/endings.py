"""What must come of a change that somebody ends, puts off or keeps, told a second time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from handler.domain.identity import delivery_digest, request_id
from tests.model.expected import MINUTE, Expected
from tests.model.rules import EMERGENCY_MINUTES, is_free_to, is_on_call
from tests.model.work import NOTICE_BEFORE, Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.model.happenings import Press, Undo

EXTENSION: Final = timedelta(hours=1)
LOOKS: Final = 3


@dataclass(slots=True)
class Endings(Work):
    """The ends of changes; ``refusals`` are the chains of a single refusal, by their ids."""

    refusals: dict[str, str] = field(default_factory=dict)

    def groups(self, who: str) -> frozenset[str]:
        """Return the groups that somebody is in."""
        return frozenset(self.directory.groups.get(who, frozenset()))

    def refuse(self, who: str, heard: str) -> None:
        """Put on record that a command was refused."""
        self.refusals.setdefault(str(request_id(delivery_digest(heard))), who)

    def attempt(self, what: Press | Undo, request: Expected) -> bool:
        """Put on record that somebody tried what they may not, once for each delivery."""
        while what.delivery not in request.refused_deliveries:
            refused = request.refused_deliveries | {what.delivery}
            self.record(request, "click_refused", what.who, refused_deliveries=refused)
        return True

    def press_at_the_end(self, press: Press, request: Expected) -> bool:
        """Extend, keep or revert now; False: look again."""
        if press.is_stranger or not press.is_genuine or press.end is None:
            return self.attempt(press, request)
        if request.state != "applied" or request.revert_at is None:
            return True
        if press.end != request.revert_at:
            return request.is_extended or self.attempt(press, request)
        stories: dict[str, Callable[[Press, Expected, datetime], bool]] = {"extend": self._extend, "keep": self._keep}
        if press.button in stories:
            return stories[press.button](press, request, request.revert_at)
        return self._put_back(press, request) is not False

    def undo(self, undo: Undo) -> None:
        """Put a change back by its id, if its putting back has not begun by this very delivery."""
        request = self.requests[undo.request_id]
        for _ in range(LOOKS):
            is_possible = request.state == "applied" or (request.state == "failed" and request.is_undoing)
            if undo.delivery == request.undone_by or not is_possible:
                return
            done = self._put_back(undo, request)
            if done is None:
                self.refuse(undo.who, undo.heard)
            if done is not False:
                return

    def _extend(self, press: Press, request: Expected, revert_at: datetime) -> bool:
        now = self.now
        end = max(revert_at, now) + EXTENSION
        minutes = -((request.begun_at - end) // MINUTE)
        if request.is_emergency and minutes > EMERGENCY_MINUTES:
            return self.attempt(press, request)
        may = self._may_have_it(press.who, request, minutes)
        if not may:
            return may is None or self.attempt(press, request)
        notice_at = end - NOTICE_BEFORE if end - NOTICE_BEFORE > now else None
        return self.record(request, "extended", press.who, revert_at=end, notice_at=notice_at, is_extended=True)

    def _keep(self, press: Press, request: Expected, _: datetime) -> bool:
        may = self._may_have_it(press.who, request, 0)
        if not may:
            return may is None or self.attempt(press, request)
        return self.record(request, "kept", press.who, revert_at=None, notice_at=None)

    def _may_have_it(self, who: str, request: Expected, minutes: int) -> bool | None:
        """Whether somebody may have this change straight away, or may approve it; None: not to be found out now."""
        if self.directory.broken or self.jobs.read(request.job_id) is None:
            return None
        groups = self.groups(who)
        is_short = request.is_emergency and 0 < minutes <= EMERGENCY_MINUTES
        is_free = is_free_to(groups, request.job_id, request.workers, is_emergency=is_short)
        return is_free or ("leads" in groups and who != request.requester)

    def _put_back(self, what: Press | Undo, request: Expected) -> bool | None:
        """Put the former value back for whoever may. False: look again, None: it cannot be found out who they are."""
        job = self.read(request.job_id)
        if job is None or self.is_overlaid(request, job) or job["numWorker"] != request.workers:
            return True
        if self.directory.broken:
            return None
        former, groups = self.former(request), self.groups(what.who)
        if what.who == request.requester:
            may = is_on_call(groups)
        else:
            is_change = former != job["numWorker"]
            may = "leads" in groups or is_free_to(groups, request.job_id, former if is_change else 0)
        if not may:
            return self.attempt(what, request)
        seen, standing = -1, request.standing
        while seen != len(request.log) and request.standing == standing:
            seen = len(request.log)
            if self.has_begun_to_put_back(request, what.who, former, failures=0, undone_by=what.delivery):
                self.write_former(request, job, former)
                return True
        return request.standing == standing
