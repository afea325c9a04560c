"""What every view needs: the words, the slash command's name, and the same way to say the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handler.slack.mrkdwn import Mrkdwn, code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handler.slack.catalogue import Words

MOST_LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Voice:
    """Says things in one language about one slash command."""

    words: Words
    command: str

    def __call__(self, key: str, **values: str | int) -> Mrkdwn:
        """Return a sentence of the catalogue; ``{command}`` is filled in."""
        return self.words(key, command=self.command, **values)

    def known(self, section: str, name: str) -> Mrkdwn | None:
        """Return the sentence for a member of an open set, None where there is none; such a sentence has no values."""
        key = f"{section}.{name}"
        return self(key) if key in self.words.sentences else None

    def either(self, names: Sequence[str]) -> Mrkdwn:
        """Show names of which one is meant, at most ten of them: ``a``, ``b`` or ``c``."""
        shown = [code(name) for name in names[:MOST_LISTED]]
        some = Mrkdwn(", ".join(shown[:-1]))
        return self("amount.either", some=some, last=shown[-1]) if some else Mrkdwn("".join(shown))

    def listed(self, names: Sequence[str], total: int = 0) -> Mrkdwn:
        """Show names one after the other, at most ten of them; ``total`` when there are more than are given."""
        shown = Mrkdwn(", ".join(code(name) for name in names[:MOST_LISTED]))
        more = max(total, len(names)) - min(len(names), MOST_LISTED)
        return self("amount.more", shown=shown, count=more) if more else shown
