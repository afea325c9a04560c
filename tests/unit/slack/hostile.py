"""Hostile text in every place of an outcome: what people, jobs and APIs may send, and nothing of it may take effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from handler.domain.errors import SluiceError
from handler.domain.model import Change
from handler.domain.request import Request
from tests.unit.slack.gallery import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from handler.domain.outcomes import Outcome

PIECES: Final = (
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    "<@U0LEE>",
    "<#C0DATA>",
    "<!subteam^S0LEADS>",
    "<https://evil.example|your bank>",
    "<!date^0^{date}^https://evil.example|x>",
    "&lt;!channel&gt;",
    "&",
    "&amp",
    "*bold*",
    "*",
    "_x_",
    "_",
    "~gone~",
    "`code`",
    "`",
    "```",
    "\n> quoted",
    ">>> quoted",
    ">",
    "\r\n",
    "\u2028",
    "\t",
    "\x00",
    "\x1b[31m",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u202e",
    "\u2066",
    "\u2069",
    "\u200f",
    "\u061c",
    "\ud800",
    "\udfff",
    "\u3164",
    "\u2800",
    "e" + "\u0301" * 30,
    "{command}",
    "{0.__class__}",
    "%s",
    ":fire:",
    "작업 목록",
    "새벽 3시",
    "👩‍👩‍👧",
    "🏳️‍🌈",
    "名前",
    "שלום",
    " ",
    "job-1",
    "a_b",
)
# What Sluice makes itself of a request, and the id that the API knows a job by, which is never shown.
OUR_OWN: Final = frozenset({"id", "delivery", "policy_version", "head", "job_id"})
LENGTHS: Final = (1, 1, 1, 3000, 10_000)


@st.composite
def hostile_texts(draw: st.DrawFn) -> str:
    """Draw a text: pieces in any order, anything at all, each now and then 3,000 or 10,000 characters long."""
    text = draw(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=6).map("".join))
    length = draw(st.sampled_from(LENGTHS))
    return text if length == 1 or not text else (text * (length // len(text) + 1))[:length]


@st.composite
def poisoned(draw: st.DrawFn) -> Outcome:
    """Draw an outcome in which each text is itself or hostile, and each number itself or out of any range."""

    def text(value: str) -> str:
        return draw(st.just(value) | hostile_texts())

    def number(value: int) -> int:
        return draw(st.just(value) | st.sampled_from((0, -1, 1, 10**4000)) | st.integers())

    return everywhere(EVERYTHING[draw(st.sampled_from(sorted(EVERYTHING)))], text, number)


def everywhere(outcome: Outcome, text: Callable[[str], str], number: Callable[[int], int]) -> Outcome:
    """Return the outcome with every text and number in it put through these; names of settings stay as they are."""
    changed: Outcome = _changed(outcome, text, number)
    return changed


def _changed(value: Any, text: Callable[[str], str], number: Callable[[int], int]) -> Any:
    match value:
        case Enum() | bool() | None | datetime() | frozenset():
            return value
        case str():
            return text(value)
        case int():
            return number(value)
        case tuple() | list():
            return type(value)(_changed(each, text, number) for each in value)
        case Mapping():
            known = {name: _changed(each, text, number) for name, each in value.items()}
            return {**known, text("another"): text("value")} if "nrn" in known else known
        case SluiceError():
            changed = type(value).__new__(type(value))
            vars(changed).update({name: _changed(each, text, number) for name, each in vars(value).items()})
            return changed
        case _:
            ours = OUR_OWN if isinstance(value, Request | Change) else frozenset()
            told = {name: getattr(value, name) for name in (each.name for each in fields(value)) if name not in ours}
            return replace(value, **{name: _changed(each, text, number) for name, each in told.items()})
