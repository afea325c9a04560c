"""How the tests of the grammar look at a refusal: as one value with everything an answer is made of."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from handler.domain.errors import Usage, UsageError
from handler.domain.grammar import parse


class Refusal(NamedTuple):
    """A usage error's fields."""

    usage: Usage
    word: str = ""
    near: tuple[str, ...] = ()
    topic: str = "scale"
    limit: int = 0


def refusal(text: str) -> Refusal:
    """Parse a text that makes no command and return why."""
    with pytest.raises(UsageError) as caught:
        parse(text)
    error = caught.value
    return Refusal(error.usage, error.word, error.near, error.topic, error.limit)
