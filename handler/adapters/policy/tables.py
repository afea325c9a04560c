"""TOML into a pydantic model, with every problem said in a sentence that names the file and the key."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from handler.domain.errors import PolicyInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails


class Table(BaseModel):
    """A TOML table of ours: nothing is guessed, an unknown key is a problem, and nothing changes after."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CamelTable(Table):
    """The same, with keys as Cedar spells them (``workersBefore``)."""

    model_config = ConfigDict(alias_generator=to_camel)


_Model = TypeVar("_Model", bound=Table)


def read_table(file: str, text: str, model: type[_Model]) -> _Model:
    """Parse a whole TOML text. Raises PolicyInvalid with a sentence for each problem."""
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise PolicyInvalid((f"{file} is not TOML: {error}.",)) from error
    except RecursionError as error:
        raise PolicyInvalid((f"{file} is nested too deeply to be read.",)) from error
    try:
        return model.model_validate(values)
    except ValidationError as error:
        known = tuple(_paths(model))
        raise PolicyInvalid(tuple(f"{file}: {_sentence(each, known)}" for each in error.errors())) from error


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence: it offers what is near to the word, or is a mere full stop when nothing is."""
    near = get_close_matches(word, tuple(known), n=1)
    return f"; did you mean {near[0]}?" if near else "."


def _sentence(error: ErrorDetails, known: tuple[str, ...]) -> str:
    path = ".".join(f"{part + 1}" if isinstance(part, int) else part for part in error["loc"])
    match error["type"]:
        case "extra_forbidden":
            unnumbered = ".".join(part for part in error["loc"] if isinstance(part, str))
            return f"{path} is not a setting{did_you_mean(unnumbered, known)}"
        case "missing":
            return f"{path} is missing."
        case "value_error":
            return f"{path} {error['msg'].removeprefix('Value error, ')}."
        case _:
            return f"{path} is not right: {error['msg'][:1].lower()}{error['msg'][1:]}."


def _paths(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        yield path
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _paths(kind, f"{path}.")
