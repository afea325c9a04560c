"""What people decide about requests, and what they are told beside the card: a part of the gallery."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from handler.domain.authority import Allowed, Denied, NeedsApproval
from handler.domain.calls import PeopleReminded, ReviewWanted
from handler.domain.commands import Scale, To
from handler.domain.model import ChannelId, UserId
from handler.domain.outcomes import AskedAlready, ChangeShown, ClickRefused, WhyShown
from handler.domain.preview import NeverSetUp, OutOfBounds
from handler.domain.request import Ending, State
from handler.domain.review import Objection
from handler.slack.review_view import last_word, skipped_message, unposted_message, waiting_message
from tests.makers import actor, approval, at, change, emergency, job, request, review, run_condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from handler.domain.outcomes import Outcome
    from handler.ports import Message
    from handler.slack.voice import Voice

LEE, HAN = UserId("U0LEE"), UserId("U0HAN")
BOTH: Final = change(values={"numWorker": 4, "timeout": 720})
TWELVE: Final = tuple(UserId(f"U0LEAD{number}") for number in range(12))
UNSAID: Final = change(before=run_condition(numWorker=None), values={"numWorker": 4})


def reviews() -> Iterator[tuple[str, Outcome]]:
    """Make each outcome that has to do with a decision, by name."""
    yield from _cards()
    yield from _emergencies()
    yield from _calls()
    yield from _answers()


def _cards() -> Iterator[tuple[str, Outcome]]:
    pending = request(state=State.PENDING, asked=BOTH, minutes=120)
    half = replace(pending, review=review(2, approvals=(approval(),)))
    yield "card, nobody yet", ChangeShown(pending, approvers=(LEE, HAN))
    yield "card, 0 of 3", ChangeShown(replace(pending, review=review(3)), approvers=TWELVE)
    yield "card, 1 of 2", ChangeShown(half, approvers=(HAN,))
    yield "card, nobody can", ChangeShown(half, approvers=())
    yield "card, now unsaid", ChangeShown(request(state=State.PENDING, asked=UNSAID))
    done = review(2, approvals=(approval(), approval("U0HAN", 2)))
    yield "card, applied", ChangeShown(request(state=State.APPLIED, review=done, minutes=90, revert_at=at(90)))
    one = review(approvals=(approval(),))
    yield "card, approved by one", ChangeShown(request(state=State.APPROVED, review=one))
    since = run_condition(numWorker=6)
    kept = request(state=State.APPLIED, review=done, minutes=90, found=since, problem="moved_since")
    yield "card, kept", ChangeShown(kept)
    yield "card, applying", ChangeShown(request(state=State.APPLYING, review=done, minutes=90, revert_at=at(90)))
    no = review(decided_by=LEE, decided_reason="freeze until Monday")
    yield "card, denied", ChangeShown(request(state=State.DENIED, review=no))
    two = ("two", "never-alone")
    yield "card, denied, two rules", ChangeShown(request(state=State.DENIED, review=no, because=two))
    yield (
        "card, denied without a word",
        ChangeShown(request(state=State.DENIED, review=replace(no, decided_reason=None))),
    )
    yield "card, withdrawn", ChangeShown(request(state=State.WITHDRAWN, review=review(decided_by=actor().user_id)))
    yield "card, given up", ChangeShown(request(state=State.WITHDRAWN, review=review()))
    yield "card, expired", ChangeShown(request(state=State.EXPIRED, review=review()))
    moved = run_condition(numWorker=6)
    yield "card, stale", ChangeShown(request(state=State.STALE, review=done, found=moved))
    yield (
        "card, policy moved",
        ChangeShown(request(state=State.STALE, review=done, found=moved, problem="policy_moved")),
    )
    for state in (State.UNKNOWN, State.FAILED, State.REVERTED, State.REVERTING):
        yield (
            f"card, undoing, {state}",
            ChangeShown(request(state=state, undoing=True, found=run_condition(numWorker=4))),
        )


def _emergencies() -> Iterator[tuple[str, Outcome]]:
    loud = request(state=State.APPLIED, emergency=emergency(), minutes=60, revert_at=at(60))
    yield "card, break-glass", ChangeShown(loud)
    yield "card, break-glass, reviewed", ChangeShown(replace(loud, emergency=emergency("U0LEE")))
    yield "review refused, own", ClickRefused(Objection.OWN_REQUEST, loud)
    yield "review refused", ClickRefused(Objection.NOT_ALLOWED, loud)
    yield "review wanted", ReviewWanted(loud, (LEE, HAN))
    yield "review wanted, of nobody", ReviewWanted(loud, None)


def _calls() -> Iterator[tuple[str, Outcome]]:
    pending = request(state=State.PENDING)
    yield "reminder", PeopleReminded(pending, (LEE, HAN))
    yield "reminder, of nobody", PeopleReminded(replace(pending, review=None), ())
    yield "reminder, escalated", PeopleReminded(pending, None, ("S0LEADS", "U0HAN", "C0DATA"))
    yield "asked already", AskedAlready(pending)
    once_more = change(before=run_condition(numWorker=4), values={"numWorker": 6})
    yield "asked already, done", AskedAlready(request(state=State.APPLIED), once_more)


def _answers() -> Iterator[tuple[str, Outcome]]:
    for why in Objection:
        yield f"click {why}", ClickRefused(why)
    won = review(2, approvals=(approval(), approval("U0HAN", 2)))
    no, back = review(decided_by=LEE, decided_reason="no"), review(decided_by=actor().user_id)
    half = review(2, approvals=(approval(),))
    yield "click too late, approved", ClickRefused(Objection.CLOSED, request(state=State.APPLIED, review=won))
    yield "click too late, denied", ClickRefused(Objection.CLOSED, request(state=State.DENIED, review=no))
    yield "click too late, withdrawn", ClickRefused(Objection.CLOSED, request(state=State.WITHDRAWN, review=back))
    yield "click too late, expired", ClickRefused(Objection.EXPIRED, request(state=State.EXPIRED, review=half))
    yield "click on one's own", ClickRefused(Objection.OWN_REQUEST, request(state=State.PENDING))
    rules, version = ("oncall-with-approval",), "sha256:4f1d"
    bounds = OutOfBounds("numWorker", 11, 2, 10, 2)
    asked, loud = Scale("wordcount", To(8)), Scale("wordcount", To(8), because="pager", is_emergency=True)
    allowed, one = Allowed(rules, version), NeedsApproval(1, rules, version)
    two, denied = NeedsApproval(2, ("two", "never-alone"), version), Denied((), version)
    data = ChannelId("C0DATA")
    yield "why, allowed", WhyShown(job(), change(), allowed, None, None, None, asked)
    yield "why, one", WhyShown(job(), change(), one, 6, None, (LEE, HAN), asked)
    yield "why, two", WhyShown(job(), BOTH, two, 1, data, None, asked)
    yield "why, denied", WhyShown(job(), change(), denied, None, None, None, asked)
    yield "why, forbidden", WhyShown(job(), change(), Denied(("no-freeze",), version), None, None, None, asked)
    yield "why, impossible", WhyShown(job(), bounds, two, 6, data, None, asked)
    yield "why, set up never", WhyShown(job(), NeverSetUp(), one, 6, None, None, asked)
    yield "why, emergency", WhyShown(job(), change(), allowed, None, None, None, loud)
    silent = replace(loud, because=None)
    yield "why, emergency, no reason", WhyShown(job(), change(), allowed, None, None, None, silent)
    yield "why, emergency, one", WhyShown(job(), change(), one, 8, None, (LEE,), loud, one)
    yield "why, emergency, two", WhyShown(job(), change(), two, None, None, (LEE, HAN), loud, two)
    yield "why, emergency, not needed", WhyShown(job(), change(), denied, None, None, (), loud, allowed)
    yield "why, emergency, denied", WhyShown(job(), change(), denied, None, None, (), loud, denied)


def messages(say: Voice) -> Mapping[str, Message]:
    """Make what is told about a request without an outcome of its own, by name."""
    pending = request(state=State.PENDING)
    return {
        "waiting": waiting_message(say, pending, "C0DATA"),
        "unposted": unposted_message(say, pending, "C0DATA", "not_in_channel"),
        "unposted, word unknown": unposted_message(say, pending, "C0DATA", "a_new_word"),
        "last word": last_word(say, request(state=State.APPLIED)),
        "last word, undone": last_word(say, request(state=State.REVERTED, ending=Ending(undone_by=LEE))),
        "skipped": skipped_message(say, request(state=State.APPLIED), "C0DATA"),
        "skipped without a word": skipped_message(say, request(state=State.APPLIED, reason=None), "C0DATA"),
    }
