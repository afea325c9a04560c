"""What every view needs: the words, the slash command's name, and the same way to say the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handler.domain.model import TIMEOUT, WORKERS
from handler.slack.mrkdwn import Mrkdwn, code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handler.domain.errors import SluiceError
    from handler.domain.model import RunCondition
    from handler.slack.catalogue import Words


@dataclass(frozen=True, slots=True)
class Voice:
    """Says things in one language about one slash command."""

    words: Words
    command: str

    def __call__(self, key: str, **values: str | int) -> Mrkdwn:
        """Return a sentence of the catalogue; ``{command}`` is filled in."""
        return self.words(key, command=self.command, **values)

    def number(self, value: object) -> str:
        """Show a number, or that there is none."""
        return self("change.absent") if value is None else str(value)

    def difference(self, before: Mapping[str, object], after: Mapping[str, object]) -> Mrkdwn:
        """Say how workers and timeout differ: ``workers 2 → 4 and timeout 60 → 90 min``; empty when they do not."""
        said = [
            self(key, before=self.number(before.get(name)), after=self.number(after.get(name)))
            for key, name in (("change.workers", WORKERS), ("change.timeout", TIMEOUT))
            if before.get(name) != after.get(name)
        ]
        return self("change.both", first=said[0], second=said[1]) if len(said) > 1 else Mrkdwn("".join(said))

    def settings(self, condition: RunCondition) -> Mrkdwn:
        """Say both numbers of a run condition."""
        if not condition.fields:
            return self("change.gone")
        return self(
            "change.found_both",
            workers=self.number(condition.workers),
            timeout=self.number(condition.timeout_minutes),
        )

    def error(self, error: SluiceError) -> Mrkdwn:
        """Say what an error of the tree means."""
        known = {name: value for name, value in vars(error).items() if isinstance(value, str | int)}
        problems = "; ".join(getattr(error, "problems", ()))
        return self(f"error.{type(error).__name__}", **{**known, "problems": problems})

    def problem(self, name: str | None) -> Mrkdwn:
        """Say an error that a request remembers by its name only."""
        keys = (f"error.{name}_plain", f"error.{name}")
        return next((self(key) for key in keys if key in self.words.keys), Mrkdwn(""))

    def listed(self, names: tuple[str, ...]) -> Mrkdwn:
        """Show names one after the other."""
        return Mrkdwn(", ".join(code(name) for name in names))
