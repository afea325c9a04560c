"""Changes that others decide about: one yes, two yeses, a no, and a change of mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.script.sights import alone, below, card, posted

if TYPE_CHECKING:
    from infra.local.script.stage import Stage

KIM, LEE, PARK, CHOI, HAN = "U0KIM", "U0LEE", "U0PARK", "U0CHOI", "U0HAN"
OPEN = ("Approve", "Deny …", "Withdraw")


def one_approval(on: Stage) -> None:
    """A larger change needs one yes, of somebody who may give it."""
    on.play.types(KIM, "why scale job001 workers=8", alone(KIM, "Needs 1 approval", "oncall-with-approval", "@Lee Jun"))
    asked = on.play.types(
        KIM,
        "scale job001 —workers “8” because backlog",
        posted("workers 4 → 8", "+4", "Needs 1 more approval", "@Han Bora, @Lee Jun", "Expires", buttons=OPEN),
    )
    on.play.types(KIM, "scale job001 —workers “8” because backlog", alone(KIM, "asked for this already"))
    on.opened_once("job001", {"numWorker": 8})
    on.play.types(LEE, "scale job001 workers=3", alone(LEE, "under way", "@Kim Minji"))
    on.play.types(KIM, "requests", alone(KIM, "waiting for approval", "workers 4 → 8"))
    on.play.presses(PARK, asked, "Approve", alone(PARK, "policy does not let you"))
    on.play.presses(CHOI, asked, "Deny …", alone(CHOI, "policy does not let you"))
    on.play.presses(KIM, asked, "Approve", alone(KIM, "your own request"))
    on.wrote("job001", times=0)
    on.play.presses(
        LEE,
        asked,
        "Approve",
        card("Done:", "workers 4 → 8", "Read back", "@Lee Jun"),
        below("@Kim Minji", "workers 4 → 8", "done"),
    )
    on.records(asked, "requested", *["click_refused"] * 3, "approved", "applying", "applied")
    on.wrote("job001", {"numWorker": 8}, times=1)


def two_approvals(on: Stage) -> None:
    """The largest changes need two yeses, of two people."""
    why = ("Needs 2 approvals", "oncall-with-two-approvals", "up to 6 workers")
    on.play.types(KIM, "why scale wordcount workers=9", alone(KIM, *why))
    asked = on.play.types(
        KIM, "scale wordcount workers=9", posted("workers 2 → 9", "Needs 2 more approvals", buttons=OPEN)
    )
    first = card("@Lee Jun", "1 of 2", "Needs 1 more approval", buttons=OPEN)
    on.play.presses(LEE, asked, "Approve", first)
    on.play.presses(LEE, asked, "Approve", alone(LEE, "approved this already"))
    on.wrote("wordcount", times=0)
    done = card("Done:", "@Lee Jun, @Han Bora", "2 of 2")
    on.play.presses(HAN, asked, "Approve", done, below("@Kim Minji", "done"))
    on.records(asked, "requested", "approved", "approved", "applying", "applied")
    on.wrote("wordcount", {"numWorker": 9}, times=1)


def denied(on: Stage) -> None:
    """A no has a reason, asked in a form; for settlement jobs even less than they have needs a yes."""
    asked = on.play.types(
        KIM,
        "scale settlement-close workers=8",
        posted("settlement-close", "workers 10 → 8", "settlement-never-alone", buttons=OPEN),
    )
    form = on.play.opens(LEE, asked, "Deny …")
    unsent = on.play.playground.workspace.submit(LEE, form, {"reason": ""})
    on.play.checks("the form is not sent without a reason", holds=unsent.error == "incomplete")
    on.play.submits(
        LEE,
        form,
        asked,
        "month-end close runs tonight: *not* <!here> 지금",
        card("Denied:", "Nothing was changed", "@Lee Jun, because: month-end close runs tonight"),
        below("@Kim Minji", "denied"),
    )
    on.records(asked, "requested", "denied")
    on.wrote("settlement-close", times=0)


def withdrawn(on: Stage) -> None:
    """Who asked may take it back, and nobody else."""
    asked = on.play.types(KIM, "scale orders-hourly workers=7", posted("workers 3 → 7", buttons=OPEN))
    on.play.presses(LEE, asked, "Withdraw", alone(LEE, "Only the person who asked"))
    on.play.presses(KIM, asked, "Withdraw", card("Withdrawn:", "by @Kim Minji"), below("@Kim Minji", "withdrawn"))
    on.records(asked, "requested", "click_refused", "withdrawn")
    on.wrote("orders-hourly", times=0)
