"""Every word a person reads comes from one catalogue for each language; values are escaped on their way in.

A key is ``section.name``. Most keys stand in the views as they are. The rest are families, one sentence for each
member of a closed set: ``help``, ``verb`` by Action; ``type`` by Topic; ``usage`` by Usage; ``became``, ``state`` by
State; ``error``, ``next`` by the leaves of the error tree. Open sets, which the API or a later version may add to, are
looked up with ``Voice.known`` and shown as they came where there is no sentence: ``status_meaning``, ``node``,
``field``, ``event``, ``why``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from handler.slack.mrkdwn import Mrkdwn, escape

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_LANGUAGE: Final = "en"
FOLDER: Final = Path(__file__).parent


class Words:
    """One language's sentences, by key (``section.name``)."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self.sentences: Final = MappingProxyType(dict(sentences))

    def __call__(self, key: str, **values: str | int) -> Mrkdwn:
        """Return a sentence with its values; text that is not Mrkdwn is escaped. Raises KeyError for an unknown key."""
        safe = {name: value if isinstance(value, Mrkdwn) else escape(str(value)) for name, value in values.items()}
        return Mrkdwn(self.sentences[key].format_map(safe))


def load_words(language: str = DEFAULT_LANGUAGE, folder: Path = FOLDER) -> Words:
    """Read a language's catalogue, a TOML file of sections; what it does not say is said in English."""
    return Words({**_read(FOLDER / f"{DEFAULT_LANGUAGE}.toml"), **_read(folder / f"{language}.toml")})


def _read(catalogue: Path) -> dict[str, str]:
    sections = tomllib.loads(catalogue.read_text("utf-8"))
    return {f"{section}.{name}": text for section, entries in sections.items() for name, text in entries.items()}
