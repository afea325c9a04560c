"""Changes for a time: asked about before their end, put off, ended at once, put back by the tick, and undone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra.local.script.player import Unmet
from infra.local.script.sights import alone, below, card, posted

if TYPE_CHECKING:
    from infra.local.script.stage import Stage
    from infra.local.slack.conversation import Message

KIM, LEE, PARK = "U0KIM", "U0LEE", "U0PARK"
AT_THE_END: Final = ("Extend 1 h", "Keep", "Revert now")


@dataclass(slots=True)
class TimeBoxed:
    """Two changes begin early in the script, so that nobody has to wait for the minute after which they are due."""

    began: float = 0.0
    short: Message | None = None
    longer: Message | None = None

    def beginning(self, on: Stage) -> None:
        """A change for a time has its end on its card; a short one is asked about at once."""
        self.began = time.monotonic()
        self.short = on.play.types(
            KIM,
            "scale user-profile-merge workers=4 for 1m because a load test",
            posted("Done:", "workers 2 → 4", "For 1 min: will be put back", buttons=AT_THE_END),
        )
        self.longer = on.play.types(
            KIM,
            "scale recommend-train-input workers=6 for 11m because a load test",
            posted("Done:", "For 11 min: will be put back", buttons=()),
        )

    def deciding(self, on: Stage) -> None:
        """Who may, extends a change, ends it at once, or undoes one that has no end."""
        asked = on.play.types(
            KIM, "scale orders-hourly workers=4 for 5m because catching up", posted("workers 3 → 4", buttons=AT_THE_END)
        )
        on.play.presses(PARK, asked, "Keep", alone(PARK, "Nothing was changed", "@Han Bora, @Kim Minji, @Lee Jun"))
        on.play.presses(KIM, asked, "Extend 1 h", card("For 1\u00a0h 5 min, last extended by @Kim Minji"))
        undo = f"undo {on.request_id(asked).upper()} because it has caught up"
        on.play.types(
            LEE,
            undo,
            alone(LEE, "Put back:", "Read back: 3 workers"),
            card("Put back:", "because @Lee Jun wanted it so"),
            below("@Kim Minji", "put back"),
        )
        on.play.types(LEE, undo, alone(LEE, "was put back already", "@Lee Jun"))
        ended = ("requested", "applying", "applied", "click_refused", "extended", "reverting", "reverted")
        on.records(asked, *ended)
        on.wrote("orders-hourly", {"numWorker": 3}, times=2)

    def ending(self, on: Stage) -> None:
        """When the time is over, the minute's tick puts the former values back."""
        if self.short is None or self.longer is None:
            raise Unmet("the changes for a time were not begun")
        on.play.waits(self.began + 61.0, "a minute after they were made")
        on.play.ticks_by(self.short, card("Put back:", "Read back: 2 workers"), below("@Kim Minji", "put back"))
        on.play.finds(self.longer, card("Done:", buttons=AT_THE_END), below("@Kim Minji", "is put back", "Extend 1 h"))
        on.records(self.short, "requested", "applying", "applied", "reverting", "reverted")
        kept = card("Done:", "Kept by @Lee Jun: it stays until it is undone")
        on.play.presses(LEE, self.longer, "Keep", kept, below("@Kim Minji", "kept by @Lee Jun"))
        on.records(self.longer, "requested", "applying", "applied", "reminded", "kept")
