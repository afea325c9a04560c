"""Every word a person reads comes from one catalogue for each language; values are escaped on their way in."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from handler.slack.mrkdwn import Mrkdwn, escape

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_LANGUAGE: Final = "en"
FOLDER: Final = Path(__file__).parent


class Words:
    """One language's sentences, by key (``section.name``)."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self._sentences = dict(sentences)

    @property
    def keys(self) -> frozenset[str]:
        """Every key there is."""
        return frozenset(self._sentences)

    def __call__(self, key: str, **values: str | int) -> Mrkdwn:
        """Return a sentence with its values; text that is not Mrkdwn is escaped. Raises KeyError for an unknown key."""
        safe = {name: value if isinstance(value, Mrkdwn) else escape(str(value)) for name, value in values.items()}
        return Mrkdwn(self._sentences[key].format_map(safe))


def load_words(language: str = DEFAULT_LANGUAGE) -> Words:
    """Read a language's catalogue, a TOML file of sections beside this module."""
    sections = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return Words({f"{section}.{name}": text for section, entries in sections.items() for name, text in entries.items()})
