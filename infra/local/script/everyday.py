"""Looking at jobs, small changes, and what is answered to those who may not or did not type it right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.local.script.sights import alone, posted

if TYPE_CHECKING:
    from infra.local.script.stage import Stage

KIM, PARK, CHOI = "U0KIM", "U0PARK", "U0CHOI"
BACKLOG: Final = "*backlog* since <!channel> 새벽 3시 🔥"


def looking(on: Stage) -> None:
    """What is there?"""
    on.play.types(KIM, "help", alone(KIM, "status JOB", "scale JOB", "history JOB"))
    on.play.types(KIM, "list", alone(KIM, "job001", "wordcount", "orders-daily"))
    on.play.types(KIM, "status job001", alone(KIM, "job001", "RUNNABLE", "2880 min", "Filters"))


def straight_away(on: Stage) -> None:
    """A small change needs nobody."""
    done = on.play.types(
        KIM,
        f"scale job001 workers 4 because {BACKLOG}",
        posted("Done:", "workers 2 → 4", "every other setting is as it was", "since @channel 새벽 3시 🔥", buttons=()),
    )
    on.records(done, "requested", "applying", "applied")
    on.wrote("job001", {"numWorker": 4}, times=1)


def refused(on: Stage) -> None:
    """Who may not, and what cannot be, is answered and recorded."""
    on.play.types(CHOI, "scale job001 workers=4", alone(CHOI, "Not allowed", "Nothing was changed"))
    on.play.types(PARK, "scale job001 workers=3", alone(PARK, "Not allowed"))
    on.play.types(KIM, "scale job001 workers=11", alone(KIM, "cannot have 11 workers", "Nothing was changed"))
    on.play.types(KIM, "scale job001 wrokers=3", alone(KIM, "wrokers", "workers"))
    on.play.types(KIM, "status job01", alone(KIM, "no job", "job001"))
    on.wrote("job001", times=0)


def looking_back(on: Stage) -> None:
    """What has happened, for everybody who may look."""
    on.play.types(PARK, "history job001", alone(PARK, "workers 2 → 4", "workers 4 → 8", "applied", "refused"))
    on.play.types(PARK, "history job001 last 1h", alone(PARK, "Days are counted in UTC", "applied", "refused"))
    on.play.types(KIM, "requests", alone(KIM, "Open requests", "partner-feed-import workers 2 → 8"))
