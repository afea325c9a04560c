"""JSON and its values, read leniently: what is odd becomes absent, so that one odd field hides nothing else.

Numbers are read as Python reads JSON: an integer of any size and 1.0 stay what they are, a fraction becomes the nearest
double. What no JSON text could hold when it is written back (NaN, an infinity, a lone surrogate among the settings) is
refused with a ValueError, since it could not be kept as read.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from handler.domain.model import WORKERS, RunCondition

# Every documented date carries Korea's offset; one without it can mean nothing else.
KOREA: Final = timezone(timedelta(hours=9))


def document(body: bytes) -> object:
    """Return a body's JSON value. Raises ValueError when it is not one JSON text in UTF-8."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number is out of range")
    return number


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _required_text(value: object) -> str:
    if text := _text(value):
        return text
    raise ValueError("there is none")


def _whole(value: object) -> int | None:
    # the domain reads the numbers among the settings, and the two have to agree
    return RunCondition({WORKERS: value}).workers


def _moment(value: object) -> datetime | None:
    try:
        read = datetime.fromisoformat(_text(value))
        return (read if read.tzinfo else read.replace(tzinfo=KOREA)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _settings(value: object) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    json.dumps(value, ensure_ascii=False).encode()  # UnicodeEncodeError, a ValueError, for a lone surrogate
    return value


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [text for each in _items(value) if (text := _text(each))]


Text = Annotated[str, BeforeValidator(_text)]
"""Text, or a whole number's digits; "" for anything else."""
RequiredText = Annotated[str, BeforeValidator(_required_text)]
"""The same, but there must be some."""
Texts = Annotated[list[str], BeforeValidator(_texts)]
"""A list's texts, without those that are none."""
Whole = Annotated[int | None, BeforeValidator(_whole)]
"""A whole number, also when sent as text; None for anything else."""
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
"""An aware moment in UTC of an ISO 8601 text; None for anything else."""
Settings = Annotated[dict[str, Any] | None, BeforeValidator(_settings)]
"""An object exactly as sent; None for anything else."""
Items = Annotated[list[Any], BeforeValidator(_items)]
"""A list's items, whatever they are; none for anything else."""
