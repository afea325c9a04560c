"""What does not wait for people: a job that moves, a request that nobody decides, an emergency."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from infra.local.script.sights import alone, below, card, direct, posted

if TYPE_CHECKING:
    from infra.local.script.stage import Stage

KIM, LEE, PARK, HAN = "U0KIM", "U0LEE", "U0PARK", "U0HAN"
OPEN = ("Approve", "Deny …", "Withdraw")
TIMES: Final = {"expires": "36s", "remind": "6s", "after": "11s", "review_within": "3s"}
"""The policy's times while the script runs, by their keys in settings.toml."""


def stale(on: Stage) -> None:
    """An approval does not reach a job that has moved since; one button asks again."""
    asked = on.play.types(KIM, "scale clickstream-sessionize workers=8", posted("workers 4 → 8", buttons=OPEN))
    on.play.say("\nsomebody gives the job 6 workers in the console")
    on.in_the_console("clickstream-sessionize", {"numWorker": 6})
    moved = card("Not done:", "Nothing was changed", "4 → 6", buttons=("Ask again",))
    on.play.presses(LEE, asked, "Approve", moved, below("@Kim Minji", "not done"))
    on.records(asked, "requested", "stale")
    on.wrote("clickstream-sessionize", times=0)
    again = on.play.presses(KIM, asked, "Ask again", posted("workers 6 → 8", "+2", buttons=OPEN))
    on.play.presses(HAN, again, "Approve", card("Done:", "workers 6 → 8"), below("@Kim Minji", "done"))
    on.records(again, "requested", "approved", "applying", "applied")
    on.wrote("clickstream-sessionize", {"numWorker": 8}, times=1)


def emergency(on: Stage) -> None:
    """Breaking the glass passes approvals by: at once, loudly, and somebody must look at it afterwards."""
    command = "break-glass scale partner-feed-import workers=8 for 1h because partners wait"
    on.play.types(PARK, command, alone(PARK, "Not allowed"))
    began = time.monotonic()
    done = on.play.types(
        KIM,
        command,
        posted("Done:", "workers 2 → 8", "🚨 Break-glass", buttons=("Reviewed",)),
        direct(LEE, "🚨 Break-glass", "@Kim Minji", "partners wait"),
        direct(HAN, "🚨 Break-glass"),
    )
    on.wrote("partner-feed-import", {"numWorker": 8}, times=1)
    on.play.presses(KIM, done, "Reviewed", alone(KIM, "your own request"))
    on.play.waits(began + 3.5, "a day later (here 3 seconds)")
    on.play.ticks(done, below("@Han Bora, @Lee Jun", "reviewed"))
    on.play.presses(LEE, done, "Reviewed", card("Done:", "🚨 Break-glass", "Reviewed by @Lee Jun"))
    reviewed = ("click_refused", "review_reminded", "reviewed")
    on.records(done, "requested", "broke_glass", "applying", "applied", *reviewed)


def expired(on: Stage) -> None:
    """Nobody decides: people are reminded, others are turned to, and the request ends."""
    asked = on.play.types(KIM, "scale feature-store-refresh workers=7", posted("workers 4 → 7", buttons=OPEN))
    began = time.monotonic()
    on.play.waits(began + 6.5, "10 minutes later (here 6 seconds)")
    on.play.ticks(asked, below("@Han Bora, @Lee Jun", "feature-store-refresh workers 4 → 7"))
    on.play.waits(began + 11.5, "20 minutes later (here 11 seconds)")
    on.play.ticks(asked, below("@leads", "feature-store-refresh workers 4 → 7"))
    on.play.waits(began + 36.5, "half an hour later (here 36 seconds)")
    over = card("Expired:", "Nothing was changed", buttons=("Ask again",))
    on.play.ticks(asked, over, below("@Kim Minji", "expired"))
    on.records(asked, "requested", "reminded", "escalated", "expired")
    on.wrote("feature-store-refresh", times=0)
